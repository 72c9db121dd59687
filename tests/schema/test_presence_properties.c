/* Random meetings against a simulation that steps by the minute and paints where one is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

#include "schema/presence.h"

#define MINUTE INT64_C(60000)
#define MIDNIGHT INT64_C(1709161200000)

enum {
	ROOMS = 3, DAYS = 2, DAY = 1440, MINUTES = DAYS * DAY, SESSIONS = 40, SCANS = 16, VOUCHED = 3,
	ROUNDS = 20000, NIGHT = 360, NOBODY = -1, UNKNOWN = -1
};

/* All times in minutes from the first midnight, -1 where not known. */
struct item {
	int room, starts, ends, opened, closed;
	bool counts;
};

struct act {
	int at, session;
	bool in;
};

struct vouch {
	int since, until, session;
};

struct meeting {
	struct item items[SESSIONS];
	struct act acts[SCANS];
	struct vouch vouches[VOUCHED];
	int clearings[2], cleared[2]; /* when, which room */
	int item_count, act_count, vouch_count, clearing_count;
};

static uint64_t seed;

static int chance(int below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int)((seed >> 11) % (uint64_t)below);
}

/* ---- random meetings ---- */

static void draw_gavels(struct item *item, const struct item *before)
{
	item->opened = item->closed = UNKNOWN;
	if (chance(3) == 0)
		item->opened = item->starts + chance(10);
	if (chance(5) < 2)
		item->closed = item->ends - 15 + chance(36);
	/* the chair of the next one waits until the room is free */
	if (before && before->closed > item->opened)
		item->opened = UNKNOWN;
}

static void draw_room(struct meeting *meeting, int room, int day)
{
	int at = day * DAY + 480 + chance(60), count = 2 + chance(4);

	for (int i = 0; i < count; i++) {
		struct item *item = &meeting->items[meeting->item_count];

		item->room = room;
		item->counts = chance(6) != 0;
		item->starts = at;
		item->ends = at + 40 + chance(60);
		draw_gavels(item, i ? item - 1 : NULL);
		at = item->ends + (chance(2) ? 0 : 5 + chance(30));
		meeting->item_count++;
	}
}

static int draw_session(const struct meeting *meeting, int at)
{
	for (int tries = 0; tries < 20; tries++) {
		int i = chance(meeting->item_count);

		if (chance(20) == 0 || abs(meeting->items[i].starts - at) < 100)
			return i;
	}
	return chance(meeting->item_count);
}

static void draw_acts(struct meeting *meeting)
{
	bool taken[MINUTES] = {false};
	int count = chance(SCANS + 1), kept = 0;

	for (int i = 0; i < count; i++)
		taken[chance(DAYS) * DAY + 450 + chance(700)] = true;
	for (int at = 0; at < MINUTES; at++)
		if (taken[at])
			meeting->acts[kept++] = (struct act){at, draw_session(meeting, at), chance(5) < 3};
	meeting->act_count = kept;
}

static void draw_rest(struct meeting *meeting)
{
	meeting->clearing_count = chance(3);
	for (int i = 0; i < meeting->clearing_count; i++) {
		meeting->clearings[i] = chance(DAYS) * DAY + 500 + chance(600);
		meeting->cleared[i] = chance(ROOMS);
	}
	meeting->vouch_count = chance(3) ? 0 : 1 + chance(VOUCHED);
	for (int i = 0; i < meeting->vouch_count; i++) {
		int session = chance(meeting->item_count);
		int since = meeting->items[session].starts - 20 + chance(60);

		meeting->vouches[i] = (struct vouch){since, since + 1 + chance(90), session};
	}
}

static void draw(struct meeting *meeting)
{
	*meeting = (struct meeting){0};
	for (int day = 0; day < DAYS; day++)
		for (int room = 0; room < ROOMS; room++)
			draw_room(meeting, room, day);
	draw_acts(meeting);
	draw_rest(meeting);
}

/* ---- the simulation ---- */

enum paint { AWAY, CERTAIN, ASSUMED };

struct person {
	int room, as, since, wish; /* `as`: the session the person is in the room for */
	int entered;               /* the stay's first minute; kept while it may still be made certain */
	int lapsed;                /* when a session's end ended the stay, or NOBODY */
	unsigned char paint[SESSIONS][MINUTES];
	enum flag flags[SCANS];
};

static const struct meeting *now;

static int begins(int session)
{
	const struct item *item = &now->items[session];
	int start = item->opened != UNKNOWN ? item->opened : item->starts;

	for (int i = 0; i < session && item->counts && item->opened == UNKNOWN; i++)
		if (now->items[i].counts && now->items[i].room == item->room &&
		    now->items[i].closed > start)
			start = now->items[i].closed;
	return start;
}

static int ends(int session, int since)
{
	const struct item *item = &now->items[session];
	int end = item->closed != UNKNOWN ? item->closed : item->ends;
	int evening = (since / DAY + 1) * DAY;

	return end > evening + NIGHT ? evening : end;
}

static bool by_gavel(int session, int since)
{
	return now->items[session].closed == ends(session, since);
}

/* The next counting session of the room, when no break lies between. */
static int carrier(int session, int since)
{
	const struct item *item = &now->items[session];
	int end = ends(session, since);

	if (!item->counts || end % DAY == 0)
		return NOBODY;
	for (int i = session + 1; i < now->item_count; i++) {
		const struct item *next = &now->items[i];
		int start = next->opened != UNKNOWN ? next->opened : next->starts;

		if (next->room != item->room || !next->counts)
			continue;
		if (next->starts <= item->ends || start < end || (start == end && end == item->closed))
			return ends(i, since) > since ? i : NOBODY;
		return NOBODY;
	}
	return NOBODY;
}

static int turns(const struct person *person)
{
	int end = ends(person->as, person->since), next = carrier(person->as, person->since);

	if (next != NOBODY && begins(next) < end)
		end = begins(next);
	return end < person->since ? person->since : end;
}

static void paint_certain(struct person *person, int until)
{
	for (int s = 0; s < now->item_count; s++)
		for (int m = person->entered; m < until; m++)
			if (person->paint[s][m] == ASSUMED && now->items[s].room == person->room)
				person->paint[s][m] = CERTAIN;
}

static void go(struct person *person, int as, int at)
{
	person->as = as;
	person->since = at;
}

static void end_by_itself(struct person *person, int at)
{
	int next = carrier(person->as, person->since);

	if (by_gavel(person->as, person->since))
		for (int m = person->since; m < at; m++)
			if (person->paint[person->as][m] == ASSUMED)
				person->paint[person->as][m] = CERTAIN;
	if (next == NOBODY || next == person->wish) {
		next = person->wish != NOBODY && ends(person->wish, at) > at ? person->wish : NOBODY;
		person->wish = NOBODY;
	}
	go(person, next, at);
	if (next == NOBODY)
		person->lapsed = at;
}

static void come_in(struct person *person, int session, int at)
{
	bool waiting;
	int former = person->as;

	if (person->as == NOBODY) {
		person->room = now->items[session].room;
		person->entered = at;
		person->wish = person->lapsed = NOBODY;
		go(person, session, at);
		return;
	}
	waiting = begins(former) > at;
	if (session == former)
		return;
	if ((waiting || !now->items[former].counts) && begins(session) <= at && ends(session, at) > at) {
		for (int m = person->since; m < at; m++)
			if (person->paint[former][m] == ASSUMED)
				person->paint[former][m] = CERTAIN;
		go(person, session, at);
		person->wish = waiting ? former : NOBODY;
	} else {
		person->wish = session;
	}
}

static enum flag go_out(struct person *person, int session, int at)
{
	int start = begins(session);

	if (person->room != now->items[session].room)
		return flag_out_without_in;
	if (person->as == NOBODY) {
		if (person->lapsed == NOBODY || at > person->lapsed + NIGHT)
			return flag_out_without_in;
		if (now->items[session].counts && start > person->lapsed && start <= at)
			return flag_out_without_in;
	}
	paint_certain(person, at);
	person->as = person->lapsed = NOBODY;
	return flag_none;
}

static enum flag act_out(struct person *person, const struct act *act)
{
	enum flag flag = flag_none;

	if (!act->in)
		return go_out(person, act->session, act->at);
	if (person->as != NOBODY)
		flag = person->room == now->items[act->session].room ? flag_already_inside : flag_moved;
	if (flag == flag_moved) {
		paint_certain(person, act->at);
		person->as = NOBODY;
	}
	come_in(person, act->session, act->at);
	return flag;
}

static void sweep_out(struct person *person, int at)
{
	for (int i = 0; i < now->clearing_count; i++) {
		if (person->as == NOBODY || now->clearings[i] != at || now->cleared[i] != person->room ||
		    person->since >= at)
			continue;
		paint_certain(person, at);
		person->as = person->lapsed = NOBODY;
	}
}

static void live(struct person *person)
{
	int next = 0;

	*person = (struct person){.room = NOBODY, .as = NOBODY, .wish = NOBODY, .lapsed = NOBODY};
	for (int m = 0; m < MINUTES; m++) {
		sweep_out(person, m);
		while (person->as != NOBODY && turns(person) <= m)
			end_by_itself(person, m);
		while (next < now->act_count && now->acts[next].at == m) {
			person->flags[next] = act_out(person, &now->acts[next]);
			next++;
			/* what is over already is over at once */
			while (person->as != NOBODY && turns(person) <= m)
				end_by_itself(person, m);
		}
		if (person->as != NOBODY && begins(person->as) <= m)
			person->paint[person->as][m] = ASSUMED;
	}
}

static void vouch(struct person *person, const struct vouch *vouch)
{
	unsigned char *paint = person->paint[vouch->session];
	int end = ends(vouch->session, vouch->since), start = begins(vouch->session);
	bool seen = false;

	for (int m = vouch->since; m < vouch->until && m < end; m++)
		seen |= paint[m] == ASSUMED;
	for (int m = 0; m < vouch->until && seen; m++)
		if (paint[m] == ASSUMED)
			paint[m] = CERTAIN;
	for (int m = vouch->since; m < vouch->until && m < end; m++)
		if (m >= start)
			paint[m] = CERTAIN;
}

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
				     (uint32_t)meeting->clearing_count, DAYS};
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
				     (uint32_t)chance(DAYS + 1)};
	for (uint32_t i = 0; i < schedule.sitting_count; i++)
		sittings[i] = (struct sitting){
			.room = (uint16_t)chance(2), .continues = SESSION_NONE, .counts = chance(4) != 0,
			.starts = wild_time(), .ends = wild_time(), .opened = wild_time(),
			.closed = wild_time()};
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
		cmocka_unit_test(it_agrees_with_a_simulation_by_the_minute),
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
