/* One sealed file of the desk's: read whole, written whole or not at all. */
#ifndef HUDUR_CLIENTS_DESK_VAULT_H
#define HUDUR_CLIENTS_DESK_VAULT_H

#include "clients/lib/seal.h"

enum { VAULT_PATH_MAX = 1100 };

/* `what` the file holds ("roster"), so that one cannot stand for another. A NULL seal: nothing is on the disk. */
struct vault {
	struct seal *seal;
	const char *what;
	char path[VAULT_PATH_MAX];
};

/*
 * Until the descriptor that this gives is closed, nobody else has the vault: by a lock on FILE.lock, as a spool has one.
 * -1 with why not, an end of a sentence.
 */
int vault_lock(const struct vault *vault, const char **why);

/*
 * 1: `bytes` is what was written, owned by the caller; 0: there is no such file; -1 with why not, an end of a sentence.
 */
int vault_read(const struct vault *vault, struct text *bytes, const char **why);

/* Mode 0600, synced, by a new file in the old one's place. 0, or -1 with errno; then the old one stands. */
int vault_write(const struct vault *vault, struct text bytes);

#endif
