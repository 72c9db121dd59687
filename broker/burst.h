/* What one socket holds ready, read before any of it is handled, and each sender's together. */
#ifndef HUDUR_BROKER_BURST_H
#define HUDUR_BROKER_BURST_H

#include <sys/queue.h>

#include "schema/wire.h"

enum {
	/*
	 * Messages of one side before the other has its turn: a burst ends at BURST_LEAST, or at BURST_EACH for each
	 * sender met in it so far when that is more, and never beyond BURST_MAX. Senders come by turns, and several of
	 * each must be found. Measured with 640 senders and 16 on the way for each: 256 at a time cost the broker 11 us
	 * a scan, 1024 cost 7.5 and 4096 cost 5.5, which is what 64 senders cost with 512. More would only take memory.
	 */
	BURST_EACH = 8,
	BURST_LEAST = 512,
	BURST_MAX = 4096,
	BURST_BYTES = 1 << 20 /* of frames; the message that passes it is the last */
};

/* A message, its views good until burst_release. */
struct arrival {
	STAILQ_ENTRY(arrival) link;
	struct wire *wire;
	struct text peer;
	struct frames frames;
	bool whole; /* false: it has too many frames */
};

STAILQ_HEAD(arrivals, arrival);

struct burst;

/* NULL when memory is out. */
struct burst *burst_new(void);
void burst_free(struct burst *burst);

/*
 * Reads what a ROUTER has, without blocking. Senders come in the order of their first message, the
 * messages of one in their own order. The list is the burst's. `more` is false when the socket was found empty.
 */
const struct arrivals *burst_read(struct burst *burst, void *socket, bool *more);

/* Lets the messages go, so that large ones do not stay in memory while nothing comes. */
void burst_release(struct burst *burst);

#endif
