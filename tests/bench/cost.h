/* Scans through the writer alone. */
#ifndef HUDUR_TESTS_BENCH_COST_H
#define HUDUR_TESTS_BENCH_COST_H

struct bill;
struct requests;

/* Prints how many scans there were, microseconds for each, and what it was built with, as JSON; returns the exit status. */
int cost_run(void);

/* The part that is counted: a function of its own, so that callgrind can be told to count nothing else. */
void cost_scans(struct bill *bill, const struct requests *scans) __attribute__((noinline));

#endif
