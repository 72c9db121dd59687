/* How many files may be open: each connection and each event's file is some, and the usual limit is low. */
#ifndef HUDUR_SCHEMA_OPEN_FILES_H
#define HUDUR_SCHEMA_OPEN_FILES_H

#include <stdint.h>

/* Raises the process's limit as far as the system lets it. Returns the limit; INT64_MAX when there is none. */
int64_t open_files_allow(void);

#endif
