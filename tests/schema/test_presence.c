/* The traps of presence, one named test each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/schema/two_days.h"

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
		cmocka_unit_test_setup(out_after_the_assumed_end_makes_it_certain, reset),
		cmocka_unit_test_setup(out_by_the_next_name_before_it_begins_makes_it_certain, reset),
		cmocka_unit_test_setup(out_of_a_session_begun_since_tells_nothing_of_the_one_before, reset),
		cmocka_unit_test_setup(out_on_the_next_day_tells_nothing_of_the_evening, reset),
		cmocka_unit_test_setup(waiting_before_the_start_is_no_minute_of_it, reset),
		cmocka_unit_test_setup(sessions_without_times_have_presence, reset),
		cmocka_unit_test_setup(a_dinner_without_end_ends_with_the_day, reset),
		cmocka_unit_test_setup(clearing_ends_stays_at_that_instant_for_certain, reset),
		cmocka_unit_test_setup(an_attestation_is_presence_without_a_scan, reset),
		cmocka_unit_test_setup(an_attestation_stays_within_the_session, reset),
		cmocka_unit_test_setup(an_attestation_is_not_counted_twice, reset),
		cmocka_unit_test_setup(an_attestation_settles_part_of_an_open_interval, reset),
		cmocka_unit_test_setup(while_the_session_runs_both_bounds_count_what_has_passed, reset),
		cmocka_unit_test_setup(more_than_can_be_kept_is_dropped, reset),
		cmocka_unit_test_setup(what_names_no_session_or_direction_is_passed_over, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
