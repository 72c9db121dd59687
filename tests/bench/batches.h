/* Scans as a spool sends them that has many: 64 of one door's to a request, each with an id of its own. */
#ifndef HUDUR_TESTS_BENCH_BATCHES_H
#define HUDUR_TESTS_BENCH_BATCHES_H

#include "tests/bench/load.h"

/* In flight on a connection: two, so that one gathers while the other is synced. */
enum { BATCH_SCANS = 64, BATCHES_IN_FLIGHT = 2 };

/*
 * The same scans in requests of `scan_batch`. Their number must be a multiple of BATCH_SCANS * CROWD_DOORS, and the
 * doors must come in turn, as crowd_scans has them. Lives in the arena.
 */
struct requests batches_of(const struct requests *scans, struct arena *arena);

#endif
