/* Sums each person's visits by whole sessions and keeps the longest. */
#include "workers/longest.h"

#include "workers/whole.h"

/* What the visits to the parts of one session come to, as far as all of them are settled. */
struct sum {
	uint16_t whole;
	bool settled;
	int64_t ms;
};

struct sums {
	struct sum items[VISITS_MAX];
	size_t count;
};

static struct sum *sum_of(struct sums *sums, uint16_t whole)
{
	size_t i = 0;

	while (i < sums->count && sums->items[i].whole != whole)
		i++;
	if (i == sums->count)
		sums->items[sums->count++] = (struct sum){.whole = whole, .settled = true};
	return &sums->items[i];
}

static void add_visit(struct sums *sums, uint16_t whole, const struct visit *visit)
{
	struct sum *sum = sum_of(sums, whole);

	sum->settled = sum->settled && !visit->assumed;
	sum->ms += visit->settled_ms + (visit->since == ABSENT ? 0 : visit->until - visit->since);
}

struct longest longest_of(const struct state *state, bool remote, const struct visit *visits, size_t count)
{
	struct longest longest = {.minutes = NOWHERE};
	struct sums sums;
	int64_t most = 0;

	sums.count = 0;
	for (size_t i = 0; !remote && i < count; i++)
		if (state->whole_of[visits[i].session] != SESSION_NONE)
			add_visit(&sums, state->whole_of[visits[i].session], &visits[i]);
	for (size_t i = 0; i < sums.count; i++) {
		const struct sum *sum = &sums.items[i];
		int64_t half = state->halves[sum->whole];

		if (!sum->settled || sum->ms <= 0)
			continue;
		if (sum->ms > most)
			most = sum->ms;
		longest.half |= half != ABSENT && sum->ms >= half;
	}
	if (most >= WHOLE_MINUTES_MAX * WHOLE_MINUTE)
		longest.minutes = WHOLE_MINUTES_MAX;
	else if (most > 0)
		longest.minutes = (int16_t)(most / WHOLE_MINUTE);
	return longest;
}

/* Whether a session has parts, of which some may not be among the visits. */
static bool is_part(const struct state *state, uint16_t session)
{
	uint16_t whole = state->whole_of[session];
	int parts = 0;

	for (uint16_t i = 0; whole != SESSION_NONE && i < state->schedule.sitting_count; i++)
		parts += state->whole_of[i] == whole;
	return parts > 1;
}

static bool has_parts(const struct state *state, const struct visit *visits, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_part(state, visits[i].session))
			return true;
	return false;
}

struct longest longest_after(const struct state *state, const struct person *person,
			     const struct visit *was, size_t was_count, const struct visit *now, size_t now_count)
{
	struct longest before = longest_of(state, person->remote, was, was_count);
	struct longest after = longest_of(state, person->remote, now, now_count), longest = person->longest;
	bool shrinks = (before.minutes == longest.minutes && after.minutes < before.minutes) || (before.half && !after.half);

	if (shrinks || has_parts(state, was, was_count) || has_parts(state, now, now_count)) {
		struct visit visits[VISITS_MAX];

		return longest_of(state, person->remote, visits, state_visits(state, person, visits));
	}
	if (after.minutes > longest.minutes)
		longest.minutes = after.minutes;
	longest.half |= after.half;
	return longest;
}
