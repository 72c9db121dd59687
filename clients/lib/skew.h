/* How far the server's clock is from the device's, measured from every reply. */
#ifndef HUDUR_CLIENTS_SKEW_H
#define HUDUR_CLIENTS_SKEW_H

#include <stdbool.h>
#include <stdint.h>

enum { SKEW_SAMPLES = 8, SKEW_FRESH_MS = 60000 };

/*
 * One exchange: offset = server clock - device clock, known to within half the round trip.
 * Milliseconds.
 */
struct skew_sample {
	int64_t offset, round_trip, taken;
};

/* Zero-initialise. */
struct skew {
	struct skew_sample samples[SKEW_SAMPLES]; /* a ring */
	unsigned count, next;
	bool known;
	int64_t offset; /* the best of the recent ones, or what skew_recall gave */
};

/* The wire's limit for an offset: one beyond it is neither believed nor sent. */
#define SKEW_FAR INT64_C(100000000000000)

/* What was measured before this program started; any sample counts for more. */
void skew_recall(struct skew *skew, int64_t offset);

/*
 * The device's clock read `sent` and `received` around an exchange in which the server's read
 * `server`; the exchange took round_trip by the monotonic clock and ended at `now` of that clock.
 */
void skew_measure(struct skew *skew, int64_t sent, int64_t received, int64_t server,
		  int64_t round_trip, int64_t now);

/* True when the newest sample is younger than SKEW_FRESH_MS. */
bool skew_is_fresh(const struct skew *skew, int64_t now);

#endif
