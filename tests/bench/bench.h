/* The bench as its measurements see it. Each of them prints its rows; what fails ends the bench. */
#ifndef HUDUR_TESTS_BENCH_BENCH_H
#define HUDUR_TESTS_BENCH_BENCH_H

#include "tests/bench/echo.h"
#include "tests/bench/report.h"
#include "tests/bench/site.h"

/* The usual load. */
enum { CONNECTIONS = 64, IN_FLIGHT = 16 };

struct bench {
	const char *build;
	char folder[512];
	struct report *report;
	struct site *busy; /* see bench_busy */
	struct echo echo;
};

/* A meeting of 20,000 people and an echo, made when they are first asked for and kept. */
struct site *bench_busy(struct bench *bench);
const char *bench_echo(struct bench *bench);

void measure_throughput(struct bench *bench);
void measure_batches(struct bench *bench);
void measure_round_trip(struct bench *bench);
void measure_half_load(struct bench *bench);
void measure_spooled(struct bench *bench);
void measure_open_scaling(struct bench *bench);
void measure_load_curve(struct bench *bench);
void measure_idle_events(struct bench *bench);
void measure_sizes(struct bench *bench);
void measure_instructions(struct bench *bench);

/* Keeps the faster of two runs, and frees the other's latencies. `best` is zero-initialised at first. */
void keep_best(struct load_result *best, struct load_result *result);

/* Rows a second that the store takes without wire and handlers, in transactions of so many; see statements.c. */
double statements_per_s(struct site *site, const char *folder, uint32_t each);

/* Ends the bench with the sentence unless it is so. */
void must(bool so, const char *sentence);

#endif
