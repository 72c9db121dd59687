/* Where a program keeps its spool when it is not told. */
#ifndef HUDUR_CLIENTS_SPOOL_PATH_H
#define HUDUR_CLIENTS_SPOOL_PATH_H

#include <stdbool.h>
#include <stddef.h>

enum { SPOOLS_MAX = 16 };

/*
 * Makes ${XDG_STATE_HOME:-~/.local/state}/hudur with mode 0700 and writes the path of
 * PROGRAM.spool, or of PROGRAM-N.spool for N from 2 to SPOOLS_MAX, into `path`. False with errno
 * when the folder cannot be made.
 */
bool spool_path(const char *program, int n, char *path, size_t size);

/* True when another process holds this spool. */
bool spool_is_held(const char *path);

#endif
