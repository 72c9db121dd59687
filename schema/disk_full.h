/* Whether an error of SQLite's is a full disk: the same for the worker's store and a client's spool. */
#ifndef HUDUR_SCHEMA_DISK_FULL_H
#define HUDUR_SCHEMA_DISK_FULL_H

#include <stdbool.h>

struct sqlite3;

/* Of the connection's last error. A quota that is used up is a full disk, too. */
bool disk_full_says(struct sqlite3 *db);

#endif
