/* Many connections with many requests on the way each, for a while; who is told `busy` asks again when told to. */
#ifndef HUDUR_TESTS_LOAD_SWARM_H
#define HUDUR_TESTS_LOAD_SWARM_H

#include <stdbool.h>
#include <stdint.h>

#include "schema/arena.h"

/* Every request that left has exactly one answer in here when a run has ended, or the run has failed. */
struct swarm_counts {
	int64_t sent, ok, busy;
	double seconds; /* from the first request until the last answer */
	int64_t slowest_us;
};

struct swarm_settings {
	const char *endpoint, *service;
	int connections, in_flight; /* at most */
	/* The map of request `n`, a view that holds until the next call. */
	struct text (*map)(void *context, uint64_t n);
	void *context;
};

struct swarm;

/* NULL with a sentence on standard error. Settings are copied. */
struct swarm *swarm_new(const struct swarm_settings *settings);
void swarm_free(struct swarm *swarm);

/*
 * Keeps `connections` busy with `in_flight` requests each for that long, then waits for what is still on its way. False
 * with a sentence on standard error: something was answered twice, or neither `ok` nor `busy`, or not at all.
 * `rate`: ok answers a second while it lasted, without the end that is waited for.
 */
bool swarm_run(struct swarm *swarm, int connections, int in_flight, double seconds, double *rate,
	       struct swarm_counts *counts);

/* Open files that so many connections need here, and whether the system allows them; raises the limit if it may. */
bool swarm_allows(int connections, uint64_t *needed, uint64_t *allowed);

#endif
