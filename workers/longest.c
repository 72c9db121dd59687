/* Sums each person's visits by whole sessions and keeps the longest. */
#include "workers/longest.h"

#include "workers/whole.h"

/* What the whole of that visit comes to with the later visits to it; nothing when one of them is not settled. */
static int64_t settled(const struct state *state, const struct visit *visits, size_t count)
{
	uint16_t whole = state->whole_of[visits->session];
	int64_t ms = 0;

	for (size_t i = 0; i < count; i++) {
		const struct visit *visit = &visits[i];

		if (state->whole_of[visit->session] != whole)
			continue;
		if (visit->assumed)
			return 0;
		ms += visit->settled_ms + (visit->since == ABSENT ? 0 : visit->until - visit->since);
	}
	return ms;
}

static bool met_before(const struct state *state, const struct visit *visits, size_t i)
{
	for (size_t n = 0; n < i; n++)
		if (state->whole_of[visits[n].session] == state->whole_of[visits[i].session])
			return true;
	return false;
}

struct longest longest_of(const struct state *state, bool remote, const struct visit *visits, size_t count)
{
	struct longest longest = {.minutes = NOWHERE};
	int64_t most = 0;

	for (size_t i = 0; !remote && i < count; i++) {
		uint16_t whole = state->whole_of[visits[i].session];
		int64_t ms;

		if (whole == SESSION_NONE || met_before(state, visits, i))
			continue;
		ms = settled(state, visits + i, count - i);
		if (ms > most)
			most = ms;
		longest.half |= ms > 0 && state->halves[whole] != ABSENT && ms >= state->halves[whole];
	}
	if (most >= WHOLE_MINUTES_MAX * WHOLE_MINUTE)
		longest.minutes = WHOLE_MINUTES_MAX;
	else if (most > 0)
		longest.minutes = (int16_t)(most / WHOLE_MINUTE);
	return longest;
}
