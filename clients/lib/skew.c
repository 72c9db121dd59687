/* Keeps the last few measurements and takes the one with the smallest round trip, as NTP does. */
#include "clients/lib/skew.h"

#include <stdlib.h>

enum { SET_MS = 50 };

/*
 * True when the device's clock was set during an exchange, as far as two clocks can tell. One that
 * did not move at all is a simulated one between two steps.
 */
static bool was_set(int64_t passed, int64_t round_trip)
{
	return passed != 0 && llabs(passed - round_trip) > SET_MS;
}

void skew_recall(struct skew *skew, int64_t offset)
{
	skew->known = true;
	skew->offset = offset;
}

static const struct skew_sample *best(const struct skew *skew, int64_t now)
{
	const struct skew_sample *found = NULL;

	for (unsigned i = 0; i < skew->count; i++) {
		const struct skew_sample *sample = &skew->samples[i];

		if (now - sample->taken > SKEW_FRESH_MS)
			continue;
		if (!found || sample->round_trip < found->round_trip ||
		    (sample->round_trip == found->round_trip && sample->taken >= found->taken))
			found = sample;
	}
	return found;
}

/* Two samples agree when one true offset fits both; otherwise a clock was set in between. */
static bool agree(const struct skew_sample *a, const struct skew_sample *b)
{
	int64_t apart = a->offset > b->offset ? a->offset - b->offset : b->offset - a->offset;

	return apart <= (a->round_trip + b->round_trip) / 2 + 2;
}

void skew_measure(struct skew *skew, int64_t sent, int64_t received, int64_t server,
		  int64_t round_trip, int64_t now)
{
	struct skew_sample sample = {server - (sent + (received - sent) / 2), round_trip, now};
	const struct skew_sample *before = best(skew, now);

	if (was_set(received - sent, round_trip) || sample.offset > SKEW_FAR || sample.offset < -SKEW_FAR)
		return;
	if (before && !agree(before, &sample))
		skew->count = skew->next = 0;
	skew->samples[skew->next] = sample;
	skew->next = (skew->next + 1) % SKEW_SAMPLES;
	if (skew->count < SKEW_SAMPLES)
		skew->count++;
	skew->known = true;
	skew->offset = best(skew, now)->offset;
}

bool skew_is_fresh(const struct skew *skew, int64_t now)
{
	unsigned newest = (skew->next + SKEW_SAMPLES - 1) % SKEW_SAMPLES;

	return skew->count > 0 && now - skew->samples[newest].taken < SKEW_FRESH_MS;
}
