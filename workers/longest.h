/*
 * The longest that somebody certainly was in one session: whether it suffices is all that `attended` asks of most
 * people, whatever sessions they came to, so it is counted beside the ledger.
 */
#ifndef HUDUR_WORKERS_LONGEST_H
#define HUDUR_WORKERS_LONGEST_H

#include "workers/state.h"

/* By the person's visits as state_visits tells them. */
struct longest longest_of(const struct state *state, bool remote, const struct visit *visits, size_t count);

/*
 * What the person's becomes, if it is known, when of all visits those to some sessions turn from `was` into `now`. All are asked
 * only where another than the longest might be the longest then.
 */
struct longest longest_after(const struct state *state, const struct person *person,
			     const struct visit *was, size_t was_count, const struct visit *now, size_t now_count);

static inline bool longest_same(struct longest a, struct longest b)
{
	return a.minutes == b.minutes && a.half == b.half;
}

#endif
