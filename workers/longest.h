/*
 * The longest that somebody certainly was in one session: whether it suffices is all that `attended` asks of most
 * people, whatever sessions they came to, so it is counted beside the ledger.
 */
#ifndef HUDUR_WORKERS_LONGEST_H
#define HUDUR_WORKERS_LONGEST_H

#include "workers/state.h"

/*
 * Of the sessions that count, parts summed. One in which a stay ends by assumption is left out: what that comes to
 * changes with the hour. So is whoever takes part by video.
 */
struct longest {
	int16_t minutes; /* whole ones, at most WHOLE_MINUTES_MAX; NOWHERE: no such session */
	bool half;       /* half of one of them or more */
};

enum { NOWHERE = -1 };

/* By the person's visits as state_visits tells them. */
struct longest longest_of(const struct state *state, bool remote, const struct visit *visits, size_t count);

static inline bool longest_same(struct longest a, struct longest b)
{
	return a.minutes == b.minutes && a.half == b.half;
}

#endif
