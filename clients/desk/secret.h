/* The secret under which a desk's files are sealed: never on their disk. */
#ifndef HUDUR_CLIENTS_SECRET_H
#define HUDUR_CLIENTS_SECRET_H

#include "clients/cli/options.h"
#include "clients/lib/seal.h"

struct secret {
	char bytes[SEAL_SECRET_MAX];
	uint32_t size;
};

/*
 * From the file `key_file` (NULL: none), else from HUDUR_ROSTER_KEY: 1, 0 when there is neither, -1 after a sentence.
 * A line's end after it does not belong to it.
 */
int secret_given(const struct options *options, const char *key_file, struct secret *secret);

/* Asks on the terminal, unseen; `fresh`: twice, for a file that is yet to be made. 1, 0: nothing typed, -1: no terminal. */
int secret_asked(const char *path, bool fresh, struct secret *secret);

/* Leaves nothing of it in memory. */
void secret_wipe(struct secret *secret);

#endif
