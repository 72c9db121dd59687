/*
 * The names of an event's people as they are searched, in a reader's memory: a part anywhere in a name is found among
 * 100,000 in less than a millisecond, where LIKE would take a hundred.
 */
#ifndef HUDUR_WORKERS_NAMEBOOK_H
#define HUDUR_WORKERS_NAMEBOOK_H

#include "workers/store.h"

/* Zero-initialise. About 60 bytes a person, and 40 for each amended name. */
struct namebook {
	int64_t ledger; /* it holds every name up to this sequence */
	struct named *persons; /* by number */
	uint32_t person_count, person_room;
	char *letters;
	size_t letters_size, letters_room;
};

/* Takes what the store's snapshot holds beyond. E_OK, E_NO_MEMORY, E_BAD_DATA, or why the store cannot be read. */
enum error namebook_follow(struct namebook *book, struct driver *store);

/* The first person after that number whose name in force holds every word, folded, somewhere; 0: nobody. */
int64_t namebook_next(const struct namebook *book, int64_t after, const struct text *words, size_t count);

void namebook_free(struct namebook *book);

#endif
