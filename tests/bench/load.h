/* A closed-loop load generator: so many connections, each with so many requests in flight, until all are answered. */
#ifndef HUDUR_TESTS_BENCH_LOAD_H
#define HUDUR_TESTS_BENCH_LOAD_H

#include "schema/arena.h"

/* The requests to send, encoded beforehand: making them is not what is measured. */
struct requests {
	const char *service;
	struct text *maps;
	uint32_t count;
};

struct load_result {
	double seconds;
	uint32_t answered;
	int64_t *latencies_us; /* sorted; free() it */
};

/* Called for each reply; false ends the run as failed. */
typedef bool check_fn(void *context, uint32_t request, struct text map);

/* Sends every request once and waits for every answer. False with a sentence on standard error. */
bool load_run(const char *endpoint, int connections, int in_flight, const struct requests *requests,
	      check_fn *check, void *context, struct load_result *result);

/* The p-th of sorted values, p in 0..100. */
int64_t percentile(const int64_t *sorted, uint32_t count, double p);

#endif
