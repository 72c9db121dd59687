/* Random meetings against a simulation that steps by the minute and paints where one is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "schema/presence.h"
#include "tests/schema/simulation.h"
#include "tests/schema/twice.h"

#define MINUTE INT64_C(60000)
#define MIDNIGHT INT64_C(1709161200000)

enum { ROUNDS = 20000 };

/* ---- the rule ---- */

static struct sitting sittings[SESSIONS];
static struct clearing clearings[2];
static struct event_day days[DAYS];
static struct schedule schedule;
static struct passage passages[SCANS];
static struct attestation attestations[VOUCHED];
static struct visit visits[VISITS_MAX];
static struct interval intervals[INTERVALS_MAX];
static enum flag flags[SCANS];
static size_t visit_count, interval_count;

static int64_t ms(int minute)
{
	return minute == UNKNOWN ? ABSENT : MIDNIGHT + minute * MINUTE;
}

static void convert(const struct meeting *meeting)
{
	for (int i = 0; i < DAYS; i++)
		days[i] = (struct event_day){ms(i * DAY), ms((i + 1) * DAY)};
	for (int i = 0; i < meeting->item_count; i++) {
		const struct item *item = &meeting->items[i];

		sittings[i] = (struct sitting){
			.room = (uint16_t)item->room, .continues = SESSION_NONE, .counts = item->counts,
			.starts = ms(item->starts), .ends = ms(item->ends),
			.opened = ms(item->opened), .closed = ms(item->closed)};
	}
	for (int i = 0; i < meeting->clearing_count; i++)
		clearings[i] = (struct clearing){(uint16_t)meeting->cleared[i], ms(meeting->clearings[i])};
	for (int i = 0; i < meeting->act_count; i++)
		passages[i] = (struct passage){ms(meeting->acts[i].at), 1, (uint16_t)meeting->acts[i].session,
					       meeting->acts[i].in ? direction_in : direction_out};
	for (int i = 0; i < meeting->vouch_count; i++)
		attestations[i] = (struct attestation){ms(meeting->vouches[i].since),
						       ms(meeting->vouches[i].until),
						       (uint16_t)meeting->vouches[i].session};
	schedule = (struct schedule){sittings, clearings, days, (uint32_t)meeting->item_count,
				     (uint32_t)meeting->clearing_count, DAYS, 0};
	schedule_join_rooms(&schedule);
}

static void run(const struct meeting *meeting)
{
	visit_count = presence_visits(&schedule, passages, (size_t)meeting->act_count, attestations,
				      (size_t)meeting->vouch_count, visits);
	interval_count = presence_intervals(&schedule, passages, (size_t)meeting->act_count,
					    attestations, (size_t)meeting->vouch_count, intervals, flags);
}

static const struct visit *visit_of(int session)
{
	for (size_t i = 0; i < visit_count; i++)
		if (visits[i].session == session)
			return &visits[i];
	return NULL;
}

static void duration(int session, int64_t at, int64_t *low, int64_t *high)
{
	*low = *high = 0;
	if (visit_of(session))
		visit_duration(visit_of(session), at, low, high);
}

/* ---- what must hold ---- */

static struct meeting meeting;
static struct person person;

/* Calls `check` for many meetings; a failure names the round. */
static void for_many(void (*check)(int round))
{
	seed = UINT64_C(0x20240229);
	for (int round = 0; round < ROUNDS; round++) {
		draw(&meeting);
		now = &meeting;
		convert(&meeting);
		run(&meeting);
		check(round);
	}
}

static void check_simulation(int round)
{
	live(&person);
	for (int i = 0; i < meeting.vouch_count; i++)
		vouch(&person, &meeting.vouches[i]);
	for (int s = 0; s < meeting.item_count; s++) {
		int64_t low, high, certain = 0, most = 0;

		duration(s, ms(MINUTES), &low, &high);
		for (int m = 0; m < MINUTES; m++) {
			certain += person.paint[s][m] == CERTAIN;
			most += person.paint[s][m] != AWAY;
		}
		if (low != certain * MINUTE || high != most * MINUTE)
			fail_msg("round %d session %d: %d to %d minutes, simulated %d to %d", round, s,
				 (int)(low / MINUTE), (int)(high / MINUTE), (int)certain, (int)most);
	}
	for (int i = 0; i < meeting.act_count; i++)
		if (flags[i] != person.flags[i])
			fail_msg("round %d passage %d: flag %d, simulated %d", round, i, (int)flags[i],
				 (int)person.flags[i]);
}

static void it_agrees_with_a_simulation_by_the_minute(void **state)
{
	(void)state;
	for_many(check_simulation);
}

static int left_out;

static void expect_both(int round, size_t before_count)
{
	char where[32];

	snprintf(where, sizeof where, "round %d", round);
	left_out += expect_twice(where, &schedule, passages, before_count, (size_t)meeting.act_count, attestations,
				 (size_t)meeting.vouch_count);
}

static void check_twice(int round)
{
	for (int n = 0; n <= meeting.act_count; n++)
		expect_both(round, (size_t)n);
}

static void what_is_told_at_once_is_what_each_is_alone(void **state)
{
	(void)state;
	left_out = 0;
	for_many(check_twice);
	assert_true(left_out > ROUNDS / 4);
}

/* Each passage's flag from those before it. */
static void check_flags(int round)
{
	for (int i = 0; i < meeting.act_count; i++)
		if (presence_flag(&schedule, passages, (size_t)i, &passages[i]) != flags[i])
			fail_msg("round %d passage %d has another flag when it is asked for alone", round, i);
}

static void the_flag_of_one_is_what_it_is_among_all(void **state)
{
	(void)state;
	for_many(check_flags);
}

static void check_one_place(int round)
{
	int64_t last = INT64_MIN;

	for (size_t i = 0; i < interval_count; i++) {
		if (intervals[i].attested)
			continue;
		if (intervals[i].since < last || intervals[i].until <= intervals[i].since)
			fail_msg("round %d: interval %d overlaps", round, (int)i);
		last = intervals[i].until;
	}
}

static void nobody_is_in_two_places_at_once(void **state)
{
	(void)state;
	for_many(check_one_place);
}

static void check_clock(int round)
{
	int64_t first = INT64_MAX, last = INT64_MIN, total = 0, low, high;

	if (meeting.vouch_count)
		return;
	for (int s = 0; s < meeting.item_count; s++) {
		duration(s, ms(MINUTES), &low, &high);
		total += high;
	}
	for (size_t i = 0; i < interval_count; i++) {
		first = intervals[i].since < first ? intervals[i].since : first;
		last = intervals[i].until > last ? intervals[i].until : last;
	}
	if (interval_count && total > last - first)
		fail_msg("round %d: more minutes than the clock", round);
}

static void minutes_in_parallel_sessions_never_exceed_the_clock(void **state)
{
	(void)state;
	for_many(check_clock);
}

static void check_bounds(int round)
{
	for (int s = 0; s < meeting.item_count; s++) {
		const struct visit *visit = visit_of(s);
		int64_t start = schedule_start(&schedule, (uint16_t)s), low, high, end;
		bool assumed;

		if (!visit)
			continue;
		end = schedule_end(&schedule, (uint16_t)s, start, &assumed);
		for (int at = 0; at <= MINUTES; at += 7) {
			duration(s, ms(at), &low, &high);
			if (low > high || high > end - start || low < 0)
				fail_msg("round %d session %d at %d", round, s, at);
		}
		if (visit->since != ABSENT && (visit->since < start || visit->until > end ||
					       visit->until < visit->since || visit->entered > visit->since))
			fail_msg("round %d session %d: open outside the session", round, s);
		if (visit->settled_ms < 0 || visit->settled_ms > end - start)
			fail_msg("round %d session %d: settled outside the session", round, s);
	}
}

static void no_more_minutes_than_the_session_has_and_low_is_not_above_high(void **state)
{
	(void)state;
	for_many(check_bounds);
}

static void check_days(int round)
{
	for (size_t i = 0; i < interval_count; i++)
		if (schedule_day(&schedule, intervals[i].since) !=
		    schedule_day(&schedule, intervals[i].until - 1))
			fail_msg("round %d: interval %d runs overnight", round, (int)i);
}

static void nothing_runs_overnight(void **state)
{
	(void)state;
	for_many(check_days);
}

static int by_time(const void *one, const void *other)
{
	int64_t a = ((const struct passage *)one)->at, b = ((const struct passage *)other)->at;

	return (a > b) - (a < b);
}

/* Scans and attestations arrive in another order; the scans are sorted, as the contract asks. */
static void shuffle(void)
{
	for (int i = meeting.act_count - 1; i > 0; i--) {
		int j = chance(i + 1);
		struct passage kept = passages[i];

		passages[i] = passages[j];
		passages[j] = kept;
	}
	for (int i = meeting.vouch_count - 1; i > 0; i--) {
		int j = chance(i + 1);
		struct attestation kept = attestations[i];

		attestations[i] = attestations[j];
		attestations[j] = kept;
	}
	qsort(passages, (size_t)meeting.act_count, sizeof *passages, by_time);
}

static void check_order(int round)
{
	struct visit before[SESSIONS] = {0};
	size_t count = visit_count;

	for (int s = 0; s < meeting.item_count; s++)
		if (visit_of(s))
			before[s] = *visit_of(s);
	shuffle();
	run(&meeting);
	assert_int_equal(visit_count, count);
	for (int s = 0; s < meeting.item_count; s++) {
		const struct visit *after = visit_of(s), *was = &before[s];

		if (after && (after->settled_ms != was->settled_ms || after->since != was->since ||
			      after->until != was->until || after->flags != was->flags ||
			      after->assumed != was->assumed || after->carried != was->carried))
			fail_msg("round %d session %d depends on the order of arrival", round, s);
	}
}

static void the_order_of_arrival_does_not_matter(void **state)
{
	(void)state;
	for_many(check_order);
}

/* The visits say the same as the union of the intervals, painted minute by minute. */
static void check_union(int round)
{
	for (int s = 0; s < meeting.item_count; s++) {
		int64_t start = schedule_start(&schedule, (uint16_t)s), low, high, painted = 0;
		bool in[MINUTES] = {false};

		for (size_t i = 0; i < interval_count; i++)
			for (int m = 0; m < MINUTES && intervals[i].session == s; m++)
				in[m] |= ms(m) >= start && ms(m) >= intervals[i].since &&
					 ms(m) < intervals[i].until;
		for (int m = 0; m < MINUTES; m++)
			painted += in[m];
		duration(s, ms(MINUTES), &low, &high);
		if (high != painted * MINUTE)
			fail_msg("round %d session %d: %d minutes, union %d", round, s,
				 (int)(high / MINUTE), (int)painted);
	}
}

static void minutes_are_the_union_of_the_intervals(void **state)
{
	(void)state;
	for_many(check_union);
}

static int64_t wild_time(void)
{
	return chance(3) ? ms(chance(MINUTES)) : ABSENT;
}

/* What schedule_check refuses, and gavels that no chair ever used, in any order. */
static void draw_wild(void)
{
	schedule = (struct schedule){sittings, clearings, days, (uint32_t)chance(9), 2,
				     (uint32_t)chance(DAYS + 1), 0};
	for (uint32_t i = 0; i < schedule.sitting_count; i++)
		sittings[i] = (struct sitting){
			.room = (uint16_t)chance(2), .continues = SESSION_NONE, .counts = chance(4) != 0,
			.starts = wild_time(), .ends = wild_time(), .opened = wild_time(),
			.closed = wild_time()};
	schedule_join_rooms(&schedule);
	for (int i = 0; i < 2; i++)
		clearings[i] = (struct clearing){(uint16_t)chance(3), ms(chance(MINUTES))};
	for (int i = 0; i < SCANS; i++)
		passages[i] = (struct passage){ms(chance(MINUTES)), (uint32_t)chance(2),
					       (uint16_t)chance(10), (uint8_t)chance(4)};
	qsort(passages, SCANS, sizeof *passages, by_time);
	for (int i = 0; i < VOUCHED; i++)
		attestations[i] = (struct attestation){wild_time(), wild_time(), (uint16_t)chance(10)};
	meeting.act_count = SCANS;
	meeting.vouch_count = VOUCHED;
}

static void no_programme_however_wrong_breaks_it(void **state)
{
	(void)state;
	seed = UINT64_C(0x20240301);
	draw(&meeting);
	convert(&meeting);
	for (int round = 0; round < 5 * ROUNDS; round++) {
		draw_wild();
		run(&meeting);
		check_one_place(round);
		check_flags(round);
		expect_both(round, (size_t)chance(SCANS + 1));
		for (size_t i = 0; i < visit_count; i++) {
			int64_t low, high;

			visit_duration(&visits[i], ms(chance(2 * MINUTES)), &low, &high);
			if (low < 0 || low > high)
				fail_msg("round %d: %lld to %lld ms", round, (long long)low, (long long)high);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_told_at_once_is_what_each_is_alone),
		cmocka_unit_test(it_agrees_with_a_simulation_by_the_minute),
		cmocka_unit_test(the_flag_of_one_is_what_it_is_among_all),
		cmocka_unit_test(nobody_is_in_two_places_at_once),
		cmocka_unit_test(minutes_in_parallel_sessions_never_exceed_the_clock),
		cmocka_unit_test(no_more_minutes_than_the_session_has_and_low_is_not_above_high),
		cmocka_unit_test(nothing_runs_overnight),
		cmocka_unit_test(the_order_of_arrival_does_not_matter),
		cmocka_unit_test(minutes_are_the_union_of_the_intervals),
		cmocka_unit_test(no_programme_however_wrong_breaks_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
