/*
 * The newest scans of a batch, stored together: nearly every row of the ledger is one, and each run of an INSERT has a price
 * beside that of its rows.
 */
#ifndef HUDUR_WORKERS_TAIL_H
#define HUDUR_WORKERS_TAIL_H

#include "workers/store.h"

/* Stored by one run: so many that its price is nothing, and so few that they are still in the processor's cache. */
enum { TAIL_RUN = 128 };

struct tail_run {
	struct tail_run *next;
	size_t count, room; /* the first is short: most batches of a quiet hour are one scan */
	struct fact scans[];
};

/* Zero-initialise, with an arena that outlives the batch. Whatever else reads or writes the ledger stores the tail before. */
struct tail {
	struct arena *arena;
	struct tail_run *first, *last;
};

/* The scan's texts outlive the batch. E_OK or E_NO_MEMORY. */
enum error tail_append(struct tail *tail, const struct fact *scan);

/* All are in the ledger, and the tail is empty; on an error the transaction can only be undone. */
enum error tail_store(struct tail *tail, struct driver *store);

#endif
