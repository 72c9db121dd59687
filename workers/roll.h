/* Who there is and who was where: one roll, called from the projections or from a replayed state. */
#ifndef HUDUR_WORKERS_ROLL_H
#define HUDUR_WORKERS_ROLL_H

#include "workers/longest.h"
#include "workers/moment.h"

struct attendee {
	struct profile profile; /* `seen` only when called from a state */
	bool remote;
};

/* A person's visit to the session whose list it is in. */
struct stay {
	uint32_t person;
	struct visit visit;
};

struct stays {
	struct stay *items;
	uint32_t count, room;
};

struct roll {
	struct attendee *people; /* by number, from 1 */
	uint32_t count;
	struct stays *sessions;  /* by session */
	struct stays vouched;    /* by attestation there at the moment: visit.session alone is set */
	struct longest *longest; /* of each, when called by roll_call_assumed; else NULL */
};

/*
 * Calls the roll. From the projections only the sessions that are `wanted` (by session) are read. All of it lives in
 * the reading's arena. E_OK, or a store's error.
 */
enum error roll_call(struct roll *roll, struct reading *reading, const struct moment *moment,
		     const struct state *state, const bool *wanted);

/*
 * The same from the projections, of nobody but those who have a visit that ends by assumption, and by no number of
 * theirs. Nobody is vouched for.
 */
enum error roll_call_assumed(struct roll *roll, struct reading *reading, const struct state *state);

#endif
