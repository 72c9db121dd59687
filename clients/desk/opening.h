/* Opens a desk's roster, stock and spool with one secret, and says what the desk has to do without. */
#ifndef HUDUR_CLIENTS_OPENING_H
#define HUDUR_CLIENTS_OPENING_H

#include "clients/desk/desk.h"

/*
 * `file` and `key_file` may be NULL: the file is then beside the spool, and a passphrase is asked for only when that or
 * its stock is there. What a typed passphrase does not open is left alone, and the desk goes on in memory. EXIT_NOT_DONE
 * after a sentence: a key was given and is no use, or another desk uses the file, so this one must not begin. opening_undo is due in either case.
 */
int opening_run(struct desk *desk, const char *file, const char *key_file);

/* Saves the roster, forgets the secret, and leaves the file to other desks. */
void opening_undo(struct desk *desk);

#endif
