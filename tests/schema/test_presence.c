/* The traps of presence, one named test each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "schema/presence.h"

#define MIDNIGHT INT64_C(1709161200000) /* 2024-02-29 in Morocco */
#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define AT(day, hour, minute) \
	(MIDNIGHT + ((day) - 1) * 24 * HOUR + (hour) * HOUR + (minute) * MINUTE)
#define IN direction_in
#define OUT direction_out

enum { HALL = 1, ANNEX, TENT };

/* A room that is parallel to the hall is invented. */
enum {
	PANEL1, COFFEE, PANEL2, DINNER, PARALLEL, BOARD,
	PLAN1, PLAN2, VIEWS, CLOSING, SESSIONS
};

static struct event_day days[] = {{AT(1, 0, 0), AT(2, 0, 0)}, {AT(2, 0, 0), AT(3, 0, 0)}};
static struct sitting sittings[SESSIONS];
static struct clearing clearings[2];
static struct schedule schedule;
static struct passage passages[600];
static struct attestation attestations[4];
static struct interval intervals[INTERVALS_MAX];
static struct visit visits[VISITS_MAX];
static enum flag flags[600];
static size_t passage_count, attestation_count, interval_count, visit_count;

static void plan(uint16_t session, const char *code, uint16_t room, int64_t starts, int64_t ends)
{
	sittings[session] = (struct sitting){
		.code = text_of(code), .room = room, .continues = SESSION_NONE, .counts = true,
		.starts = starts, .ends = ends, .opened = ABSENT, .closed = ABSENT};
}

static int reset(void **state)
{
	(void)state;
	plan(PANEL1, "D1-06", HALL, AT(1, 14, 0), AT(1, 15, 30));
	plan(COFFEE, "D1-07", HALL, AT(1, 15, 30), AT(1, 15, 45));
	plan(PANEL2, "D1-08", HALL, AT(1, 15, 45), AT(1, 17, 15));
	plan(DINNER, "D1-09", TENT, AT(1, 19, 30), ABSENT);
	plan(PARALLEL, "D1-P", ANNEX, AT(1, 14, 0), AT(1, 17, 0));
	plan(BOARD, "BOARD", 100, ABSENT, ABSENT);
	plan(PLAN1, "D2-01", HALL, AT(2, 9, 30), AT(2, 11, 0));
	plan(PLAN2, "D2-03", HALL, AT(2, 11, 15), AT(2, 12, 45));
	plan(VIEWS, "D2-05", HALL, AT(2, 14, 45), AT(2, 16, 0));
	plan(CLOSING, "D2-06", HALL, AT(2, 16, 0), AT(2, 16, 30));
	sittings[COFFEE].counts = sittings[DINNER].counts = false;
	sittings[PLAN2].continues = PLAN1;
	schedule = (struct schedule){sittings, clearings, days, SESSIONS, 0, 2};
	passage_count = attestation_count = 0;
	return 0;
}

static void scan_at(uint32_t door, uint16_t session, uint8_t direction, int64_t at)
{
	passages[passage_count++] = (struct passage){at, door, session, direction};
}

static void scan(uint16_t session, uint8_t direction, int64_t at)
{
	scan_at(session, session, direction, at);
}

static void attest(uint16_t session, int64_t since, int64_t until)
{
	attestations[attestation_count++] = (struct attestation){since, until, session};
}

static void clear(uint16_t room, int64_t at)
{
	clearings[schedule.clearing_count++] = (struct clearing){room, at};
}

static void run(void)
{
	interval_count = presence_intervals(&schedule, passages, passage_count, attestations,
					    attestation_count, intervals, flags);
	visit_count = presence_visits(&schedule, passages, passage_count, attestations,
				      attestation_count, visits);
}

static const struct visit *visit(uint16_t session)
{
	for (size_t i = 0; i < visit_count; i++)
		if (visits[i].session == session)
			return &visits[i];
	return NULL;
}

/* Minutes in the session when all is over. */
static void expect_minutes(uint16_t session, int64_t low, int64_t high)
{
	int64_t got_low = 0, got_high = 0;

	if (visit(session))
		visit_duration(visit(session), AT(9, 0, 0), &got_low, &got_high);
	if (got_low != low * MINUTE || got_high != high * MINUTE)
		fail_msg("%s: %d to %d minutes, not %d to %d", sittings[session].code.at,
			 (int)(got_low / MINUTE), (int)(got_high / MINUTE), (int)low, (int)high);
}

static bool inside(uint16_t session, int64_t at)
{
	return visit(session) && visit_is_inside(visit(session), at);
}

static void expect_interval(size_t i, uint16_t session, int64_t since, int64_t until)
{
	assert_true(i < interval_count);
	assert_int_equal(intervals[i].session, session);
	assert_int_equal(intervals[i].since, since);
	assert_int_equal(intervals[i].until, until);
}

static void in_and_out_is_what_lies_between(void **state)
{
	(void)state;
	scan(PANEL1, IN, AT(1, 14, 10));
	scan(PANEL1, OUT, AT(1, 15, 0));
	run();
	assert_int_equal(interval_count, 1);
	expect_interval(0, PANEL1, AT(1, 14, 10), AT(1, 15, 0));
	assert_false(intervals[0].open);
	assert_false(intervals[0].assumed);
	expect_minutes(PANEL1, 50, 50);
	assert_true(visit(PANEL1)->since == ABSENT);
	assert_int_equal(flags[0], flag_none);
	assert_int_equal(flags[1], flag_none);
}

static void in_without_out_ends_with_the_plan_by_assumption(void **state)
{
	(void)state;
	scan(PANEL1, IN, AT(1, 14, 10));
	run();
	expect_interval(0, PANEL1, AT(1, 14, 10), AT(1, 15, 30));
	assert_true(intervals[0].open);
	assert_true(intervals[0].assumed);
	expect_minutes(PANEL1, 0, 80);
	expect_minutes(PANEL2, 0, 0);
	assert_null(visit(PANEL2)); /* there is a break between */
}

static void in_without_out_never_runs_overnight(void **state)
{
	(void)state;
	scan(PARALLEL, IN, AT(1, 14, 0));
	scan(DINNER, IN, AT(1, 19, 40));
	scan(BOARD, IN, AT(2, 17, 0));
	sittings[PARALLEL].closed = AT(2, 9, 0); /* the clerk remembered it next morning */
	run();
	expect_minutes(PARALLEL, 0, 180);
	expect_minutes(DINNER, 0, 260);
	expect_minutes(BOARD, 0, 420);
	for (size_t i = 0; i < interval_count; i++)
		assert_int_equal(schedule_day(&schedule, intervals[i].since),
				 schedule_day(&schedule, intervals[i].until - 1));
}

static void a_scan_for_the_next_day_never_runs_overnight(void **state)
{
	(void)state;
	scan(PLAN1, IN, AT(1, 18, 0));
	run();
	expect_minutes(PLAN1, 0, 0);
	assert_false(inside(PLAN1, AT(2, 9, 45)));

	passages[0].session = VIEWS;
	run();
	expect_minutes(VIEWS, 0, 0);
	expect_minutes(CLOSING, 0, 0);
	assert_null(visit(CLOSING)); /* nor is anybody carried by it */
}

static void out_without_in_is_flagged_and_counts_nothing(void **state)
{
	(void)state;
	scan(PANEL1, OUT, AT(1, 15, 0));
	run();
	assert_int_equal(interval_count, 0);
	assert_int_equal(flags[0], flag_out_without_in);
	assert_int_equal(visit(PANEL1)->flags, 1u << flag_out_without_in);
	expect_minutes(PANEL1, 0, 0);
}

static void out_of_another_room_ends_nothing(void **state)
{
	(void)state;
	scan(PANEL1, IN, AT(1, 14, 0));
	scan(PARALLEL, OUT, AT(1, 15, 0));
	run();
	assert_int_equal(flags[1], flag_out_without_in);
	expect_minutes(PANEL1, 0, 90);
	expect_minutes(PARALLEL, 0, 0);
}

static void a_second_out_is_an_out_without_in(void **state)
{
	(void)state;
	scan(PANEL1, IN, AT(1, 14, 0));
	scan(PANEL1, OUT, AT(1, 15, 0));
	scan(PANEL1, OUT, AT(1, 15, 1));
	run();
	assert_int_equal(flags[2], flag_out_without_in);
	expect_minutes(PANEL1, 60, 60);
}

static void in_at_room_b_while_in_room_a_closes_a(void **state)
{
	(void)state;
	scan(PANEL1, IN, AT(1, 14, 0));
	scan(PARALLEL, IN, AT(1, 14, 40));
	run();
	expect_interval(0, PANEL1, AT(1, 14, 0), AT(1, 14, 40));
	assert_false(intervals[0].assumed);
	assert_int_equal(flags[1], flag_moved);
	assert_int_equal(visit(PARALLEL)->flags, 1u << flag_moved);
	expect_minutes(PANEL1, 40, 40);
	expect_minutes(PARALLEL, 0, 140);
	assert_false(inside(PANEL1, AT(1, 14, 50)));
	assert_true(inside(PARALLEL, AT(1, 14, 50)));
}

static void going_elsewhere_after_the_end_is_no_move(void **state)
{
	(void)state;
	scan(PANEL1, IN, AT(1, 14, 0));
	scan(PARALLEL, IN, AT(1, 15, 40));
	run();
	assert_int_equal(flags[1], flag_none);
	expect_minutes(PANEL1, 0, 90); /* when it was left is not known */
	expect_minutes(PARALLEL, 0, 80);
}

static void in_while_in_keeps_the_first(void **state)
{
	(void)state;
	scan(PANEL1, IN, AT(1, 14, 0));
	scan(PANEL1, IN, AT(1, 14, 30));
	scan(PANEL1, OUT, AT(1, 15, 0));
	run();
	assert_int_equal(interval_count, 1);
	assert_int_equal(flags[1], flag_already_inside);
	assert_int_equal(visit(PANEL1)->flags, 1u << flag_already_inside);
	expect_minutes(PANEL1, 60, 60);
}

static void in_by_another_door_within_a_minute_may_be_a_lent_badge(void **state)
{
	(void)state;
	scan_at(1, PANEL1, IN, AT(1, 14, 0));
	scan_at(1, PANEL1, IN, AT(1, 14, 0) + 5000);
	scan_at(2, PANEL1, IN, AT(1, 14, 1) + 5000);
	scan_at(1, PANEL1, IN, AT(1, 14, 2) + 5001);
	scan_at(3, PARALLEL, OUT, AT(1, 14, 2) + 6000); /* tells nothing */
	scan_at(2, PANEL1, IN, AT(1, 14, 2) + 7000);
	run();
	assert_int_equal(flags[1], flag_already_inside);
	assert_int_equal(flags[2], flag_lent_badge);
	assert_int_equal(flags[3], flag_already_inside);
	assert_int_equal(flags[4], flag_out_without_in);
	assert_int_equal(flags[5], flag_lent_badge);
	assert_int_equal(visit(PANEL1)->flags, 1u << flag_already_inside | 1u << flag_lent_badge);
}

static void in_and_out_by_different_doors_of_a_room_are_one_stay(void **state)
{
	(void)state;
	scan_at(1, PANEL1, IN, AT(1, 14, 0));
	scan_at(2, PANEL1, OUT, AT(1, 15, 0));
	run();
	assert_int_equal(interval_count, 1);
	assert_int_equal(flags[1], flag_none);
	expect_minutes(PANEL1, 60, 60);
}

static void prayer_ends_presence_and_is_no_early_departure(void **state)
{
	(void)state;
	scan(PANEL1, IN, AT(1, 14, 0));
	scan(PANEL1, OUT, AT(1, 14, 30));
	scan(PANEL1, IN, AT(1, 14, 50));
	scan(PANEL1, OUT, AT(1, 15, 30));
	run();
	expect_minutes(PANEL1, 70, 70);
	for (size_t i = 0; i < passage_count; i++)
		assert_int_equal(flags[i], flag_none);
}

static void abutting_sessions_carry_who_is_in_the_room(void **state)
{
	(void)state;
	scan(VIEWS, IN, AT(2, 14, 45));
	scan(CLOSING, OUT, AT(2, 16, 20));
	run();
	assert_int_equal(interval_count, 2);
	expect_interval(0, VIEWS, AT(2, 14, 45), AT(2, 16, 0));
	expect_interval(1, CLOSING, AT(2, 16, 0), AT(2, 16, 20));
	assert_false(intervals[0].carried);
	assert_true(intervals[1].carried);
	assert_true(visit(CLOSING)->carried);
	assert_int_equal(flags[1], flag_none);
	expect_minutes(VIEWS, 75, 75); /* the OUT proves it */
	expect_minutes(CLOSING, 20, 20);
}

static void nobody_vanishes_at_sixteen_hundred(void **state)
{
	(void)state;
	scan(VIEWS, IN, AT(2, 14, 50));
	run();
	assert_true(inside(VIEWS, AT(2, 16, 0) - 1));
	assert_false(inside(VIEWS, AT(2, 16, 0)));
	assert_true(inside(CLOSING, AT(2, 16, 0)));
	assert_true(inside(CLOSING, AT(2, 16, 29)));
	assert_false(inside(CLOSING, AT(2, 16, 30)));
	expect_minutes(VIEWS, 0, 70);
	expect_minutes(CLOSING, 0, 30);
}

static void in_for_the_follower_while_in_the_first_is_already_inside(void **state)
{
	(void)state;
	scan(VIEWS, IN, AT(2, 14, 45));
	scan(CLOSING, IN, AT(2, 15, 55));
	run();
	assert_int_equal(flags[1], flag_already_inside);
	expect_minutes(VIEWS, 0, 75);
	expect_minutes(CLOSING, 0, 30);
	assert_false(visit(CLOSING)->carried); /* did scan into it */
}

static void out_by_either_name_of_the_room_ends_the_stay(void **state)
{
	(void)state;
	scan(VIEWS, IN, AT(2, 14, 45));
	scan(CLOSING, OUT, AT(2, 15, 45)); /* the door was set to the next one early */
	run();
	assert_int_equal(flags[1], flag_none);
	expect_minutes(VIEWS, 60, 60);
	expect_minutes(CLOSING, 0, 0);

	passage_count = 0;
	scan(VIEWS, IN, AT(2, 14, 45));
	scan(VIEWS, OUT, AT(2, 16, 10)); /* and here too late */
	run();
	assert_int_equal(flags[1], flag_none);
	expect_minutes(VIEWS, 75, 75);
	expect_minutes(CLOSING, 10, 10);
}

static void an_early_close_belongs_to_no_session_but_carries(void **state)
{
	(void)state;
	sittings[VIEWS].closed = AT(2, 15, 45);
	scan(VIEWS, IN, AT(2, 14, 45));
	run();
	expect_minutes(VIEWS, 60, 60);
	expect_minutes(CLOSING, 0, 30);
	assert_int_equal(visit(CLOSING)->since, AT(2, 16, 0));
	assert_int_equal(visit(CLOSING)->entered, AT(2, 15, 45));
	assert_true(inside(CLOSING, AT(2, 15, 50))); /* still in the room */

	scan(CLOSING, OUT, AT(2, 15, 50));
	run();
	assert_int_equal(flags[1], flag_none);
	assert_int_equal(interval_count, 1);
	expect_minutes(VIEWS, 60, 60);
	expect_minutes(CLOSING, 0, 0);
}

static void overrun_is_counted_to_the_gavel(void **state)
{
	(void)state;
	sittings[PANEL2].closed = AT(1, 17, 40);
	scan(PANEL2, IN, AT(1, 15, 45));
	run();
	expect_minutes(PANEL2, 115, 115);
	assert_false(visit(PANEL2)->assumed);

	scan(PANEL2, OUT, AT(1, 17, 30));
	run();
	expect_minutes(PANEL2, 105, 105);
}

static void a_gavel_recorded_after_the_next_scans_in_moves_them(void **state)
{
	(void)state;
	scan(PANEL1, IN, AT(1, 14, 0));
	scan(PANEL2, IN, AT(1, 15, 40));
	scan(PANEL2, OUT, AT(1, 17, 0));
	run();
	assert_int_equal(flags[1], flag_none);
	expect_minutes(PANEL1, 0, 90);
	expect_minutes(PANEL2, 75, 75);

	sittings[PANEL1].closed = AT(1, 15, 50); /* heard of later */
	run();
	assert_int_equal(flags[1], flag_already_inside);
	expect_minutes(PANEL1, 110, 110);
	expect_minutes(PANEL2, 70, 70);

	sittings[PANEL1].closed = AT(1, 15, 42); /* overran, yet a break was left */
	run();
	assert_int_equal(flags[1], flag_already_inside);
	expect_minutes(PANEL1, 102, 102);
	expect_minutes(PANEL2, 75, 75);
}

static void an_overrun_into_the_next_carries_without_a_scan(void **state)
{
	(void)state;
	sittings[PANEL1].closed = AT(1, 16, 0);
	scan(PANEL1, IN, AT(1, 14, 0));
	scan(PANEL2, OUT, AT(1, 17, 0));
	run();
	expect_minutes(PANEL1, 120, 120);
	expect_minutes(PANEL2, 60, 60);
	assert_true(visit(PANEL2)->carried);
}

static void a_break_never_carries(void **state)
{
	(void)state;
	scan(COFFEE, IN, AT(1, 15, 31));
	run();
	assert_int_equal(interval_count, 1);
	expect_interval(0, COFFEE, AT(1, 15, 31), AT(1, 15, 45));
	assert_null(visit(PANEL2));
	assert_null(visit(PANEL1));
}

static void a_scan_in_from_the_break_in_the_same_room_counts(void **state)
{
	(void)state;
	scan(COFFEE, IN, AT(1, 15, 31));
	scan(PANEL2, IN, AT(1, 15, 40)); /* early */
	scan(PANEL2, OUT, AT(1, 17, 0));
	run();
	assert_int_equal(flags[1], flag_already_inside);
	expect_minutes(PANEL2, 75, 75);

	sittings[COFFEE].ends = AT(1, 16, 30); /* a break that did not end in time */
	passages[1].at = AT(1, 15, 50);
	run();
	expect_minutes(PANEL2, 70, 70);
	expect_minutes(COFFEE, 19, 19);
}

static void out_after_the_assumed_end_makes_it_certain(void **state)
{
	(void)state;
	scan(PANEL2, IN, AT(1, 16, 0));
	scan(PANEL2, OUT, AT(1, 17, 40));
	run();
	assert_int_equal(flags[1], flag_none);
	expect_interval(0, PANEL2, AT(1, 16, 0), AT(1, 17, 15));
	assert_false(intervals[0].open);
	expect_minutes(PANEL2, 75, 75);
}

static void out_by_the_next_name_before_it_begins_makes_it_certain(void **state)
{
	(void)state;
	scan(PANEL1, IN, AT(1, 14, 0));
	scan(PANEL2, OUT, AT(1, 15, 40));
	run();
	assert_int_equal(flags[1], flag_none);
	expect_minutes(PANEL1, 90, 90);

	passages[1] = (struct passage){AT(1, 15, 35), 1, COFFEE, OUT};
	run();
	assert_int_equal(flags[1], flag_none);
	expect_minutes(PANEL1, 90, 90);
}

static void out_of_a_session_begun_since_tells_nothing_of_the_one_before(void **state)
{
	(void)state;
	scan(PANEL1, IN, AT(1, 14, 0));
	scan(PANEL2, OUT, AT(1, 17, 0));
	run();
	assert_int_equal(flags[1], flag_out_without_in);
	expect_minutes(PANEL1, 0, 90);
	expect_minutes(PANEL2, 0, 0);
}

static void out_on_the_next_day_tells_nothing_of_the_evening(void **state)
{
	(void)state;
	scan(BOARD, IN, AT(1, 14, 0));
	scan(BOARD, OUT, AT(2, 10, 0));
	run();
	assert_int_equal(flags[1], flag_out_without_in);
	expect_minutes(BOARD, 0, 600);
}

static void a_stay_that_ended_by_assumption_stays_so_after_the_break(void **state)
{
	(void)state;
	scan(PANEL1, IN, AT(1, 14, 0));
	scan(PANEL2, IN, AT(1, 15, 50));
	scan(PANEL2, OUT, AT(1, 17, 0));
	run();
	assert_int_equal(flags[1], flag_none);
	assert_int_equal(visit(PANEL1)->since, AT(1, 14, 0));
	assert_int_equal(visit(PANEL1)->until, AT(1, 15, 30));
	assert_true(visit(PANEL1)->assumed);
	expect_minutes(PANEL1, 0, 90);
	expect_minutes(PANEL2, 70, 70);
}

static void a_sitting_in_two_parts_excludes_the_pause(void **state)
{
	(void)state;
	scan(PLAN1, IN, AT(2, 9, 30));
	scan(PLAN1, OUT, AT(2, 11, 2));
	scan(PLAN2, IN, AT(2, 11, 12));
	scan(PLAN2, OUT, AT(2, 12, 45));
	run();
	expect_minutes(PLAN1, 90, 90);
	expect_minutes(PLAN2, 90, 90);
}

static void waiting_before_the_start_is_no_minute_of_it(void **state)
{
	(void)state;
	scan(PANEL1, IN, AT(1, 13, 40));
	run();
	assert_true(inside(PANEL1, AT(1, 13, 50)));
	assert_int_equal(visit(PANEL1)->entered, AT(1, 13, 40));
	assert_int_equal(visit(PANEL1)->since, AT(1, 14, 0));
	expect_minutes(PANEL1, 0, 90);

	scan(PANEL1, OUT, AT(1, 15, 30));
	run();
	expect_minutes(PANEL1, 90, 90);
}

static void waiting_for_a_later_session_one_may_enter_the_present_one(void **state)
{
	(void)state;
	scan(CLOSING, IN, AT(2, 15, 10));
	scan(VIEWS, IN, AT(2, 15, 15));
	scan(CLOSING, OUT, AT(2, 16, 30));
	run();
	assert_int_equal(flags[1], flag_already_inside);
	expect_minutes(VIEWS, 45, 45);
	expect_minutes(CLOSING, 30, 30);
}

static void sessions_without_times_have_presence(void **state)
{
	(void)state;
	scan(BOARD, IN, AT(1, 10, 0));
	scan(BOARD, OUT, AT(1, 11, 0));
	run();
	expect_minutes(BOARD, 60, 60);
	assert_int_equal(flags[1], flag_none);
}

static void a_dinner_without_end_ends_with_the_day(void **state)
{
	(void)state;
	scan(DINNER, IN, AT(1, 19, 45));
	run();
	expect_interval(0, DINNER, AT(1, 19, 45), AT(2, 0, 0));
	assert_true(intervals[0].assumed);
	scan(DINNER, OUT, AT(2, 0, 30)); /* after midnight */
	run();
	assert_int_equal(flags[1], flag_none);
	expect_minutes(DINNER, 255, 255);
}

static void clearing_ends_stays_at_that_instant_for_certain(void **state)
{
	(void)state;
	clear(HALL, AT(1, 15, 0));
	clear(ANNEX, AT(1, 14, 30));
	scan(PANEL1, IN, AT(1, 14, 0));
	run();
	expect_interval(0, PANEL1, AT(1, 14, 0), AT(1, 15, 0));
	assert_false(intervals[0].open);
	expect_minutes(PANEL1, 60, 60);

	scan(PANEL1, OUT, AT(1, 15, 5));
	scan(PANEL1, IN, AT(1, 15, 10));
	run();
	assert_int_equal(flags[1], flag_out_without_in);
	assert_int_equal(flags[2], flag_none);
	expect_minutes(PANEL1, 60, 80);
}

static void clearing_between_abutting_sessions_carries_nobody(void **state)
{
	(void)state;
	clear(HALL, AT(2, 16, 0));
	scan(VIEWS, IN, AT(2, 14, 45));
	run();
	expect_minutes(VIEWS, 75, 75);
	assert_null(visit(CLOSING));
}

static void clearing_a_room_settles_what_was_carried(void **state)
{
	(void)state;
	clear(HALL, AT(2, 16, 10));
	scan(VIEWS, IN, AT(2, 14, 45));
	run();
	expect_minutes(VIEWS, 75, 75);
	expect_minutes(CLOSING, 10, 10);
}

static void an_attestation_is_presence_without_a_scan(void **state)
{
	(void)state;
	attest(PANEL1, AT(1, 14, 0), AT(1, 15, 0));
	attest(PANEL1, AT(1, 14, 30), AT(1, 15, 10));
	attest(PANEL2, ABSENT, ABSENT);
	attest(BOARD, ABSENT, AT(1, 10, 0)); /* since when is not known */
	run();
	expect_minutes(PANEL1, 70, 70);
	expect_minutes(PANEL2, 90, 90);
	assert_null(visit(BOARD));
	assert_true(intervals[0].attested);
}

static void an_attestation_stays_within_the_session(void **state)
{
	(void)state;
	attest(PANEL1, AT(1, 8, 0), AT(1, 20, 0));
	attest(BOARD, AT(1, 22, 0), AT(2, 10, 0));
	run();
	expect_minutes(PANEL1, 90, 90);
	expect_minutes(BOARD, 120, 120);
}

static void an_attestation_is_not_counted_twice(void **state)
{
	(void)state;
	scan(PANEL1, IN, AT(1, 14, 0));
	scan(PANEL1, OUT, AT(1, 14, 40));
	attest(PANEL1, AT(1, 14, 20), AT(1, 15, 0));
	run();
	expect_minutes(PANEL1, 60, 60);
}

static void an_attestation_settles_part_of_an_open_interval(void **state)
{
	(void)state;
	scan(PANEL1, IN, AT(1, 14, 0));
	attest(PANEL1, AT(1, 14, 30), AT(1, 15, 0)); /* who was seen then had not left before */
	run();
	assert_int_equal(visit(PANEL1)->settled_ms, HOUR);
	assert_int_equal(visit(PANEL1)->since, AT(1, 15, 0));
	expect_minutes(PANEL1, 60, 90);
	assert_true(inside(PANEL1, AT(1, 15, 10)));
	assert_true(inside(PANEL1, AT(1, 14, 10)));

	attest(PANEL1, ABSENT, ABSENT);
	run();
	expect_minutes(PANEL1, 90, 90);
	assert_false(visit(PANEL1)->assumed);
	assert_true(inside(PANEL1, AT(1, 15, 10)));
}

static void while_the_session_runs_both_bounds_count_what_has_passed(void **state)
{
	int64_t low, high;

	(void)state;
	scan(PANEL1, IN, AT(1, 14, 0));
	run();
	visit_duration(visit(PANEL1), AT(1, 13, 0), &low, &high);
	assert_int_equal(low, 0);
	assert_int_equal(high, 0);
	visit_duration(visit(PANEL1), AT(1, 14, 30), &low, &high);
	assert_int_equal(low, 30 * MINUTE);
	assert_int_equal(high, 30 * MINUTE);
	visit_duration(visit(PANEL1), AT(1, 15, 30), &low, &high);
	assert_int_equal(low, 0);
	assert_int_equal(high, 90 * MINUTE);
}

static void entering_after_the_planned_end_waits_for_the_gavel(void **state)
{
	(void)state;
	scan(PANEL2, IN, AT(1, 17, 20));
	scan(PANEL2, OUT, AT(1, 17, 50));
	run();
	assert_int_equal(flags[1], flag_none);
	expect_minutes(PANEL2, 0, 0);
	sittings[PANEL2].closed = AT(1, 17, 40);
	run();
	expect_minutes(PANEL2, 20, 20);
}

static void the_next_gavel_ends_who_was_carried_by_it(void **state)
{
	(void)state;
	sittings[VIEWS].closed = AT(2, 16, 10);
	sittings[CLOSING].opened = AT(2, 16, 5); /* gavels that contradict each other */
	scan(VIEWS, IN, AT(2, 15, 0));
	run();
	expect_minutes(VIEWS, 65, 65);
	expect_minutes(CLOSING, 0, 25);
}

static void more_than_can_be_kept_is_dropped(void **state)
{
	(void)state;
	for (int i = 0; i < 600; i++)
		scan(PARALLEL, i % 2 ? OUT : IN, AT(1, 14, 0) + i * 1000);
	run();
	assert_int_equal(interval_count, 300);
	passage_count = 0;
	for (int i = 0; i < 600; i++)
		scan(i % 2 ? PARALLEL : PANEL1, IN, AT(1, 14, 0) + i * 1000);
	run();
	assert_int_equal(interval_count, INTERVALS_MAX);
	assert_int_equal(flags[599], flag_moved);
}

static void what_names_no_session_or_direction_is_passed_over(void **state)
{
	(void)state;
	scan(SESSIONS, IN, AT(1, 14, 0));
	scan(SESSION_NONE, OUT, AT(1, 14, 1));
	scan(PANEL1, 0, AT(1, 14, 2));
	scan(PANEL1, 77, AT(1, 14, 3));
	attest(SESSIONS, AT(1, 14, 0), AT(1, 15, 0));
	attest(PANEL1, AT(1, 15, 0), AT(1, 14, 0));
	run();
	assert_int_equal(interval_count, 0);
	expect_minutes(PANEL1, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(in_and_out_is_what_lies_between, reset),
		cmocka_unit_test_setup(in_without_out_ends_with_the_plan_by_assumption, reset),
		cmocka_unit_test_setup(in_without_out_never_runs_overnight, reset),
		cmocka_unit_test_setup(a_scan_for_the_next_day_never_runs_overnight, reset),
		cmocka_unit_test_setup(out_without_in_is_flagged_and_counts_nothing, reset),
		cmocka_unit_test_setup(out_of_another_room_ends_nothing, reset),
		cmocka_unit_test_setup(a_second_out_is_an_out_without_in, reset),
		cmocka_unit_test_setup(in_at_room_b_while_in_room_a_closes_a, reset),
		cmocka_unit_test_setup(going_elsewhere_after_the_end_is_no_move, reset),
		cmocka_unit_test_setup(in_while_in_keeps_the_first, reset),
		cmocka_unit_test_setup(in_by_another_door_within_a_minute_may_be_a_lent_badge, reset),
		cmocka_unit_test_setup(in_and_out_by_different_doors_of_a_room_are_one_stay, reset),
		cmocka_unit_test_setup(prayer_ends_presence_and_is_no_early_departure, reset),
		cmocka_unit_test_setup(abutting_sessions_carry_who_is_in_the_room, reset),
		cmocka_unit_test_setup(nobody_vanishes_at_sixteen_hundred, reset),
		cmocka_unit_test_setup(in_for_the_follower_while_in_the_first_is_already_inside, reset),
		cmocka_unit_test_setup(out_by_either_name_of_the_room_ends_the_stay, reset),
		cmocka_unit_test_setup(an_early_close_belongs_to_no_session_but_carries, reset),
		cmocka_unit_test_setup(overrun_is_counted_to_the_gavel, reset),
		cmocka_unit_test_setup(a_gavel_recorded_after_the_next_scans_in_moves_them, reset),
		cmocka_unit_test_setup(an_overrun_into_the_next_carries_without_a_scan, reset),
		cmocka_unit_test_setup(a_break_never_carries, reset),
		cmocka_unit_test_setup(a_scan_in_from_the_break_in_the_same_room_counts, reset),
		cmocka_unit_test_setup(out_after_the_assumed_end_makes_it_certain, reset),
		cmocka_unit_test_setup(out_by_the_next_name_before_it_begins_makes_it_certain, reset),
		cmocka_unit_test_setup(out_of_a_session_begun_since_tells_nothing_of_the_one_before, reset),
		cmocka_unit_test_setup(out_on_the_next_day_tells_nothing_of_the_evening, reset),
		cmocka_unit_test_setup(a_stay_that_ended_by_assumption_stays_so_after_the_break, reset),
		cmocka_unit_test_setup(a_sitting_in_two_parts_excludes_the_pause, reset),
		cmocka_unit_test_setup(waiting_before_the_start_is_no_minute_of_it, reset),
		cmocka_unit_test_setup(waiting_for_a_later_session_one_may_enter_the_present_one, reset),
		cmocka_unit_test_setup(sessions_without_times_have_presence, reset),
		cmocka_unit_test_setup(a_dinner_without_end_ends_with_the_day, reset),
		cmocka_unit_test_setup(clearing_ends_stays_at_that_instant_for_certain, reset),
		cmocka_unit_test_setup(clearing_between_abutting_sessions_carries_nobody, reset),
		cmocka_unit_test_setup(clearing_a_room_settles_what_was_carried, reset),
		cmocka_unit_test_setup(an_attestation_is_presence_without_a_scan, reset),
		cmocka_unit_test_setup(an_attestation_stays_within_the_session, reset),
		cmocka_unit_test_setup(an_attestation_is_not_counted_twice, reset),
		cmocka_unit_test_setup(an_attestation_settles_part_of_an_open_interval, reset),
		cmocka_unit_test_setup(while_the_session_runs_both_bounds_count_what_has_passed, reset),
		cmocka_unit_test_setup(entering_after_the_planned_end_waits_for_the_gavel, reset),
		cmocka_unit_test_setup(the_next_gavel_ends_who_was_carried_by_it, reset),
		cmocka_unit_test_setup(more_than_can_be_kept_is_dropped, reset),
		cmocka_unit_test_setup(what_names_no_session_or_direction_is_passed_over, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
