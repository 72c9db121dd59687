/* Everything the bench sends, encoded beforehand: an event, people with badges, and a day of scans. */
#ifndef HUDUR_TESTS_BENCH_CROWD_H
#define HUDUR_TESTS_BENCH_CROWD_H

#include "tests/bench/load.h"

enum { CROWD_SESSIONS = 16, CROWD_DOORS = 64 };

struct crowd {
	uint32_t people;
	struct text *badges; /* by person - 1, filled by crowd_take_badge */
	struct arena arena;
	int64_t now;
	char doors[CROWD_DOORS][16];
	int64_t numbers[CROWD_DOORS];
};

/* `people` must be a multiple of 100. */
void crowd_init(struct crowd *crowd, uint32_t people, int64_t now);
void crowd_free(struct crowd *crowd);

struct requests crowd_event(struct crowd *crowd);    /* loads and opens it; send one at a time */
struct requests crowd_imports(struct crowd *crowd);
struct requests crowd_check_ins(struct crowd *crowd);
bool crowd_take_badge(void *crowd, uint32_t person, struct text map);

/* Round `round` for each person: into a session, out of it, into the next. */
struct requests crowd_scans(struct crowd *crowd, uint32_t first_round, uint32_t rounds);

/* One scan's map, for a client that adds the rest itself. */
struct text crowd_plain_scan(struct crowd *crowd, uint32_t person, uint32_t round);

#endif
