/* Opens a desk's roster, stock and spool with one secret, and says what the desk has to do without. */
#ifndef HUDUR_CLIENTS_OPENING_H
#define HUDUR_CLIENTS_OPENING_H

#include "clients/desk/desk.h"

/*
 * `file` and `key_file` may be NULL: the file is then beside the spool, and a passphrase is asked for only when that is
 * there. Whatever cannot be opened is left alone, and the desk goes on in memory.
 */
void opening_run(struct desk *desk, const char *file, const char *key_file);

/* Saves the roster and forgets the secret. */
void opening_undo(struct desk *desk);

#endif
