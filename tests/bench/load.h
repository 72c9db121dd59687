/* A load generator: requests that were encoded beforehand, sent over so many connections, and how long each took. */
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
	double seconds, own_us; /* own_us: this process's own processor time meanwhile */
	uint32_t answered;
	int64_t *latencies_us; /* sorted; free() it */
};

/* Called for each reply, after the clock has stopped; false ends the run as failed. */
typedef bool check_fn(void *context, uint32_t request, struct text map);

/*
 * Sends every request once and waits for every answer: on each connection so many are on the way, and an answer is
 * followed at once by the next request. The clock starts when all are connected. False with a sentence on standard
 * error. `check` may be NULL.
 */
bool load_run(const char *endpoint, int connections, int in_flight, const struct requests *requests,
	      check_fn *check, void *context, struct load_result *result);

/* The same over plain connections (lines.h). */
bool load_run_plain(const char *endpoint, int connections, int in_flight, const struct requests *requests,
		    check_fn *check, void *context, struct load_result *result);

/*
 * Sends them at a steady rate, whatever is answered, over plain connections in turn. A latency counts from when the
 * request was to be sent: what a stall holds up is counted with it.
 */
bool load_paced(const char *endpoint, int connections, double per_s, const struct requests *requests,
		check_fn *check, void *context, struct load_result *result);

static inline double load_rate(const struct load_result *result)
{
	return result->answered / result->seconds;
}

/* The p-th of sorted values, p in 0..100. */
int64_t percentile(const int64_t *sorted, uint32_t count, double p);

#endif
