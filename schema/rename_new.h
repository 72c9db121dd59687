/* Names a finished file, and never writes over one that is there. */
#ifndef HUDUR_SCHEMA_RENAME_NEW_H
#define HUDUR_SCHEMA_RENAME_NEW_H

#include <stdbool.h>

/*
 * False with errno, and `from` keeps its name: EEXIST when there is a `to`, EOPNOTSUPP when the file system can neither
 * rename without replacing nor give a file a second name. The folder is not synced.
 */
bool rename_new(const char *from, const char *to);

#endif
