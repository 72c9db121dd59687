/* Everything the bench sends, encoded beforehand: an event, people with badges, days of scans, and what is asked of them. */
#ifndef HUDUR_TESTS_BENCH_CROWD_H
#define HUDUR_TESTS_BENCH_CROWD_H

#include "schema/message.h"
#include "tests/bench/load.h"

enum { CROWD_SESSIONS = 16, CROWD_DOORS = 64 };

struct crowd {
	uint32_t people;
	struct text *badges; /* by person - 1, filled by crowd_take_badge */
	struct arena arena, scans; /* scans: of the last crowd_scans */
	int64_t now;
	uint64_t next_scan;
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

/* Other events in which nothing happens; they are loaded and opened. */
struct requests crowd_idle_events(struct crowd *crowd, uint32_t count);

/*
 * The next scans: everybody goes into a session, then everybody out of it, then into the next. Each person's first scan of
 * a pass is a minute after the pass before. Valid until the next call. Doors come in turn.
 */
struct requests crowd_scans(struct crowd *crowd, uint32_t count);

/* The next scan's map, for a client that adds the rest itself. */
struct text crowd_plain_scan(struct crowd *crowd);

/* A map that asks an operation without anybody's device: a figure, a search. */
struct text crowd_question(struct crowd *crowd, const char *op, const struct message *message, const void *record);

/* Names of everybody in the crowd differ; many share a part. */
struct text crowd_given(struct arena *arena, uint32_t person);
struct text crowd_family(struct arena *arena, uint32_t person);

#endif
