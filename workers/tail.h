/*
 * The newest scans of a batch, stored together: nearly every row of the ledger is one, and each run of an INSERT has a price
 * beside that of its rows.
 */
#ifndef HUDUR_WORKERS_TAIL_H
#define HUDUR_WORKERS_TAIL_H

#include "workers/store.h"

enum { TAIL_MAX = 128 };

/* Zero-initialise, with an arena that outlives the batch. Whatever else reads or writes the ledger stores the tail before. */
struct tail {
	struct arena *arena;
	struct fact *scans;
	size_t count;
};

/* The scan's texts outlive the batch. Those before it may be stored by it. */
enum error tail_append(struct tail *tail, struct driver *store, const struct fact *scan);

/* All are in the ledger; on an error the transaction can only be undone. */
enum error tail_store(struct tail *tail, struct driver *store);

#endif
