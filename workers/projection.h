/*
 * What readers ask for, kept beside the ledger in the same transaction: persons, badges, visits and counts. All of
 * it follows from the state; only what a batch changed is written.
 */
#ifndef HUDUR_WORKERS_PROJECTION_H
#define HUDUR_WORKERS_PROJECTION_H

#include "workers/longest.h"

/*
 * A person that the batch changes. What the visits were before is asked at the end, with what they are then, as long as
 * passages only come behind those there were; before anything else changes it is noted.
 */
struct touched {
	int64_t person;
	uint32_t passage_count; /* before */
	bool noted;
	struct visit *visits;
	size_t visit_count;
};

/* Persons alike who came to a row of a projection that counts, or left it. */
struct move {
	uint16_t key[8]; /* two that tell the row apart, then entity, also, category, level, gender, language */
	int64_t persons;
};

struct moves {
	struct move *items;
	uint32_t count, room;
};

/* Rows to be written: of counters and of those who attended, what is to be added. */
struct differences {
	struct person_row *persons;
	struct badge_row *badges;
	struct counter_row *counters;
	struct visit_row *visits;
	struct attended_row *attended;
	uint32_t person_count, badge_count, counter_count, visit_count, attended_count;
	uint32_t person_room, badge_room, visit_room;
};

/* Of one batch. Zero-initialise with state and arena; the arena outlives it. */
struct projection {
	struct state *state;
	struct arena *arena;
	struct touched *touched;
	uint32_t touched_count, touched_room;
	struct text *badges;
	uint32_t badge_count, badge_room;
	struct moves counted;  /* by qualifier and day */
	struct moves attended; /* by minutes and half */
	struct differences differences;
};

/* Before a fact about this person is applied, also one who is not there yet. E_OK or E_NO_MEMORY. */
enum error projection_touch(struct projection *projection, int64_t person);

/* The same before a scan. */
enum error projection_touch_by_scan(struct projection *projection, const struct fact *scan);

/* Before the programme or a gavel changes: everybody who ever passed a door. */
enum error projection_touch_attendance(struct projection *projection);

/* Before a fact about this badge is applied. */
enum error projection_touch_badge(struct projection *projection, struct text code);

/* After the last fact: what is to be written, whatever is applied to the state from then on. E_OK or E_NO_MEMORY. */
enum error projection_gather(struct projection *projection);

/* Writes what was gathered. */
enum error projection_write(const struct projection *projection, struct driver *store);

/* ---- what should stand there, by the state ---- */

struct person_row projection_person(const struct state *state, const struct person *person);
struct badge_row projection_badge(const struct badge *badge);
struct visit_row projection_visit(const struct state *state, int64_t person, const struct visit *visit);
/* What stands where a visit turned out to be none. */
struct visit projection_no_visit(uint16_t session);

/* Each counter that somebody of this profile counts in, once. Any error ends it and is returned. */
typedef enum error counter_fn(void *context, const struct profile *profile, enum qualifier qualifier, int64_t day);
enum error projection_each_counter(const struct profile *profile, counter_fn *each, void *context);

#endif
