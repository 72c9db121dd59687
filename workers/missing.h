/* A device's numbers that never came, less those that a supervisor has settled. */
#ifndef HUDUR_WORKERS_MISSING_H
#define HUDUR_WORKERS_MISSING_H

#include "workers/store.h"

/*
 * How many of the device's numbers are missing and not settled, by what `device` says of it (requests and highest) at a
 * ledger sequence. `settlements` are those of settlement_all up to it. Without one for the device nothing is read.
 */
enum error missing_count(struct driver *store, const struct list *settlements, const struct device_row *device,
			 int64_t ledger, int64_t *count);

#endif
