/*
 * What readers ask for, kept beside the ledger in the same transaction: persons, badges, visits and counters. All of
 * it follows from the state; only what a batch changed is written.
 */
#ifndef HUDUR_WORKERS_PROJECTION_H
#define HUDUR_WORKERS_PROJECTION_H

#include "workers/state.h"

/* A person that the batch changes, with the visits as they were before. */
struct touched {
	int64_t person;
	struct visit *visits;
	size_t visit_count;
};

/* Of one batch. Zero-initialise with state and arena; the arena outlives it. */
struct projection {
	struct state *state;
	struct arena *arena;
	struct touched *touched;
	uint32_t touched_count, touched_room;
	struct text *badges;
	uint32_t badge_count, badge_room;
};

/* Before a fact about this person is applied, also one who is not there yet. E_OK or E_NO_MEMORY. */
enum error projection_touch(struct projection *projection, int64_t person);

/* Before the programme or a gavel changes: everybody who ever passed a door. */
enum error projection_touch_attendance(struct projection *projection);

/* Before a fact about this badge is applied. */
enum error projection_touch_badge(struct projection *projection, struct text code);

/* Writes what changed. */
enum error projection_write(struct projection *projection, struct driver *store);

#endif
