/* Devices as the ledger tells of them, noted row by row while it is replayed: SQL would sort the whole of it by device. */
#ifndef HUDUR_WORKERS_HEARD_H
#define HUDUR_WORKERS_HEARD_H

#include "workers/records.h"

enum { HEARD_HEADS = 256 };

struct heard_device {
	struct device_row row; /* its backlog is not in the ledger, and is 0 */
	bool met;              /* the caller's, false at first */
	struct heard_device *next;
};

/* Zero-initialise. Devices live in the arena that is given, always the same. */
struct heard {
	struct heard_device *heads[HEARD_HEADS];
	uint32_t count;
};

/* Any row of the ledger, in order. E_OK or E_NO_MEMORY. */
enum error heard_note(struct heard *heard, const struct fact *fact, struct arena *arena);

/* NULL when nothing was heard of it. */
struct heard_device *heard_find(const struct heard *heard, struct text device);

/* struct device_row, by device. E_OK or E_NO_MEMORY. */
enum error heard_list(const struct heard *heard, struct arena *arena, struct list *devices);

#endif
