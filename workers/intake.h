/*
 * Requests on their way to the writer: read from their bytes and checked as far as that can be done without any
 * event, while the writer is busy storing those before them. One thread at a time has an intake.
 */
#ifndef HUDUR_WORKERS_INTAKE_H
#define HUDUR_WORKERS_INTAKE_H

#include "workers/batch.h"

/* One client's request as it is to be answered: by one incoming, or by the parts of a batch of scans. */
struct ticket {
	void *origin; /* to whom the reply goes; not looked at */
	struct text address, id;
	const struct operation *operation; /* NULL: it is refused, and there is nothing to do */
	struct text map;
	struct incoming *parts; /* one, or for a batch of scans each of them, by `after` */
	uint32_t part_count;
	struct text reply;      /* when it needs no event, or was refused before it came to one */
	struct ticket *next;
};

/* Zero-initialise. All bytes live in the arena until intake_reset. */
struct intake {
	struct arena arena;
	struct arena reserve; /* for saying that memory is out */
	struct ticket *first, *last;
	size_t count; /* parts that were taken; a request without any counts as one */
};

/* Sets memory aside for intake_busy. False when there is none. */
bool intake_reserve(struct intake *intake);

/*
 * Takes a request; bytes are copied. `now`: server clock, Unix ms. False when memory is out: nothing was taken, and it
 * is for the caller to answer with intake_busy, for the broker counts a request as ours until it is answered.
 */
bool intake_take(struct intake *intake, void *origin, struct text address, struct text id, struct text map,
		 int64_t now);

/* The reply that memory is out; valid until the next call. */
struct text intake_busy(struct intake *intake, int64_t now);

/* A reply to what was taken from `origin`; views for the call. */
typedef void reply_fn(void *context, void *origin, struct text address, struct text id, struct text map);

/* Gives out the replies that the writer has made, in the order of the requests; busy where memory was out. */
void intake_hand_out(struct intake *intake, int64_t now, reply_fn *reply, void *context);

void intake_reset(struct intake *intake);
void intake_free(struct intake *intake);

#endif
