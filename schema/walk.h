/*
 * The walk behind presence.h: through a person's passages in order, with one stay kept, the room the person is in, and as what.
 * Each passage that is taken may end intervals; finishing ends the last of them.
 */
#ifndef HUDUR_SCHEMA_WALK_H
#define HUDUR_SCHEMA_WALK_H

#include "schema/presence.h"

/* Presence in one room. A stay has one interval for each session that it went through. */
struct stay {
	bool inside;
	bool lapsed;      /* not inside: a session's end, not the person, ended it, at `until` */
	bool carried;     /* the present interval began in the session before */
	bool assumed, cleared; /* how the present interval will end at `until` */
	uint16_t session, room;
	uint16_t follower; /* carries the person on at `until`, or SESSION_NONE */
	uint16_t wish;     /* scanned while inside: else goes on there, or SESSION_NONE */
	int64_t since, until;
	size_t first;      /* its first interval */
};

/* Zero-initialise with schedule and INTERVALS_MAX intervals, of which the first `count` are written. */
struct walk {
	const struct schedule *schedule;
	struct interval *intervals;
	size_t count;
	struct stay stay;
	const struct passage *entry; /* the last IN */
};

/* Takes the next passage; what a supervisor should look at in it, or flag_none. */
enum flag walk_pass(struct walk *walk, const struct passage *passage);

/* As if nothing came after; attested intervals come last. */
void walk_finish(struct walk *walk, const struct attestation *attestations, size_t count);

/* From which of so many passages on a walk need only go to be, after them all, as one through all of them. */
size_t walk_beginning(const struct schedule *schedule, const struct passage *passages, size_t count);

static inline bool walk_knows(const struct schedule *schedule, uint16_t session)
{
	return session < schedule->sitting_count;
}

#endif
