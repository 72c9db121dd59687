/* The traps of presence where one session meets the next in a room: breaks, overruns, gavels, carrying. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/schema/two_days.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
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
		cmocka_unit_test_setup(a_stay_that_ended_by_assumption_stays_so_after_the_break, reset),
		cmocka_unit_test_setup(a_sitting_in_two_parts_excludes_the_pause, reset),
		cmocka_unit_test_setup(waiting_for_a_later_session_one_may_enter_the_present_one, reset),
		cmocka_unit_test_setup(clearing_between_abutting_sessions_carries_nobody, reset),
		cmocka_unit_test_setup(clearing_a_room_settles_what_was_carried, reset),
		cmocka_unit_test_setup(entering_after_the_planned_end_waits_for_the_gavel, reset),
		cmocka_unit_test_setup(the_next_gavel_ends_who_was_carried_by_it, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
