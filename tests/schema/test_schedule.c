/* When sessions begin and end, and who follows whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "schema/schedule.h"

#define MIDNIGHT INT64_C(1709161200000) /* 2024-02-29 in Morocco */
#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define AT(day, hour, minute) \
	(MIDNIGHT + ((day) - 1) * 24 * HOUR + (hour) * HOUR + (minute) * MINUTE)

enum { HALL = 1, ANNEX = 2 };

static struct event_day days[] = {{AT(1, 0, 0), AT(2, 0, 0)}, {AT(2, 0, 0), AT(3, 0, 0)}};
static struct sitting sittings[8];
static struct clearing clearings[4];
static struct schedule schedule;

static int reset(void **state)
{
	(void)state;
	schedule = (struct schedule){sittings, clearings, days, 0, 0, 2, 0};
	return 0;
}

static uint16_t add(const char *code, uint16_t room, int64_t starts, int64_t ends)
{
	sittings[schedule.sitting_count] = (struct sitting){
		.code = text_of(code), .room = room, .continues = SESSION_NONE, .counts = true,
		.type = session_type_panel, .starts = starts, .ends = ends,
		.opened = ABSENT, .closed = ABSENT};
	schedule.sitting_count++;
	schedule_join_rooms(&schedule);
	return (uint16_t)(schedule.sitting_count - 1);
}

static void expect_end(uint16_t session, int64_t from, int64_t end, bool assumed)
{
	bool got;

	assert_int_equal(schedule_end(&schedule, session, from, &got), end);
	assert_int_equal(got, assumed);
}

static void expect_follower(uint16_t session, int64_t from, uint16_t follower, int64_t at)
{
	int64_t got;
	bool assumed, its_end_is;

	assert_int_equal(schedule_follower(&schedule, session, from, &got, &assumed), follower);
	(void)schedule_end(&schedule, session, from, &its_end_is);
	assert_int_equal(assumed, its_end_is);
	assert_int_equal(got, at);
}

static void a_session_is_found_by_its_code(void **state)
{
	(void)state;
	add("D1-06", HALL, AT(1, 14, 0), AT(1, 15, 30));
	uint16_t wanted = add("D1-08", HALL, AT(1, 15, 45), AT(1, 17, 15));

	assert_int_equal(schedule_find(&schedule, TEXT("D1-08")), wanted);
	assert_int_equal(schedule_find(&schedule, TEXT("D1-0")), SESSION_NONE);
	assert_int_equal(schedule_find(&schedule, TEXT("")), SESSION_NONE);
}

static void a_day_is_its_own_midnights(void **state)
{
	(void)state;
	assert_int_equal(schedule_day(&schedule, AT(1, 0, 0) - 1), 0);
	assert_int_equal(schedule_day(&schedule, AT(1, 0, 0)), 1);
	assert_int_equal(schedule_day(&schedule, AT(1, 23, 59)), 1);
	assert_int_equal(schedule_day(&schedule, AT(2, 0, 0)), 2);
	assert_int_equal(schedule_day(&schedule, AT(3, 0, 0)), 0);
	schedule.day_count = 0;
	assert_int_equal(schedule_day(&schedule, AT(1, 0, 0)), 0);
}

static void the_gavel_beats_the_plan(void **state)
{
	(void)state;
	uint16_t panel = add("P", HALL, AT(1, 15, 45), AT(1, 17, 15));

	assert_int_equal(schedule_start(&schedule, panel), AT(1, 15, 45));
	expect_end(panel, AT(1, 16, 0), AT(1, 17, 15), true);
	sittings[panel].opened = AT(1, 15, 50);
	sittings[panel].closed = AT(1, 17, 40);
	assert_int_equal(schedule_start(&schedule, panel), AT(1, 15, 50));
	expect_end(panel, AT(1, 16, 0), AT(1, 17, 40), false);
}

static void without_an_end_the_day_ends_it(void **state)
{
	(void)state;
	uint16_t dinner = add("G", HALL, AT(1, 19, 30), ABSENT);
	uint16_t board = add("B", ANNEX, ABSENT, ABSENT);

	expect_end(dinner, AT(1, 20, 0), AT(2, 0, 0), true);
	expect_end(dinner, AT(2, 0, 20), AT(2, 0, 0), true);
	expect_end(board, AT(2, 9, 0), AT(3, 0, 0), true);
	expect_end(board, AT(4, 9, 0), AT(5, 9, 0), true);
	assert_int_equal(schedule_start(&schedule, board), ABSENT);
}

static void a_gavel_recorded_next_morning_is_not_believed(void **state)
{
	(void)state;
	uint16_t panel = add("P", HALL, AT(1, 15, 45), AT(1, 17, 15));
	uint16_t morning = add("Q", HALL, AT(2, 8, 30), AT(2, 11, 0));

	sittings[panel].closed = AT(2, 9, 0);
	expect_end(panel, AT(1, 16, 0), AT(1, 17, 15), true);
	assert_int_equal(schedule_start(&schedule, morning), AT(2, 8, 30));
	sittings[panel].ends = ABSENT;
	uint16_t evening = add("R", HALL, AT(1, 18, 0), AT(1, 19, 0));
	assert_int_equal(schedule_start(&schedule, evening), AT(1, 18, 0));
	sittings[panel].closed = AT(2, 0, 40); /* a night sitting */
	expect_end(panel, AT(1, 16, 0), AT(2, 0, 40), false);
}

static void a_session_of_several_days_ends_each_evening(void **state)
{
	(void)state;
	uint16_t exhibition = add("X", ANNEX, AT(1, 9, 0), AT(2, 17, 0));

	expect_end(exhibition, AT(1, 10, 0), AT(2, 0, 0), true);
	expect_end(exhibition, AT(2, 10, 0), AT(2, 17, 0), true);
}

static void a_scan_the_evening_before_lasts_no_night(void **state)
{
	(void)state;
	uint16_t morning = add("Q", HALL, AT(2, 9, 30), AT(2, 11, 0));

	expect_end(morning, AT(1, 18, 0), AT(2, 0, 0), true);
}

static void an_overrun_pushes_the_next_session(void **state)
{
	(void)state;
	uint16_t first = add("A", HALL, AT(1, 14, 0), AT(1, 15, 30));
	uint16_t second = add("B", HALL, AT(1, 15, 45), AT(1, 17, 15));
	uint16_t elsewhere = add("C", ANNEX, AT(1, 15, 45), AT(1, 17, 15));
	uint16_t coffee = add("K", HALL, AT(1, 15, 30), AT(1, 15, 45));

	sittings[coffee].counts = false;
	sittings[first].closed = AT(1, 15, 40);
	assert_int_equal(schedule_start(&schedule, second), AT(1, 15, 45));
	expect_follower(first, AT(1, 14, 0), SESSION_NONE, AT(1, 15, 40));
	sittings[first].closed = AT(1, 15, 50);
	assert_int_equal(schedule_start(&schedule, second), AT(1, 15, 50));
	assert_int_equal(schedule_start(&schedule, elsewhere), AT(1, 15, 45));
	assert_int_equal(schedule_start(&schedule, coffee), AT(1, 15, 30));
	expect_follower(first, AT(1, 14, 0), second, AT(1, 15, 50));
	sittings[second].opened = AT(1, 15, 48);
	assert_int_equal(schedule_start(&schedule, second), AT(1, 15, 48));
	expect_follower(first, AT(1, 14, 0), second, AT(1, 15, 48));
}

static void an_overrun_that_swallows_a_session_carries_past_it(void **state)
{
	(void)state;
	uint16_t first = add("A", HALL, AT(1, 9, 0), AT(1, 10, 0));
	uint16_t second = add("B", HALL, AT(1, 10, 0), AT(1, 10, 30));
	uint16_t third = add("C", HALL, AT(1, 10, 30), AT(1, 12, 0));

	sittings[first].closed = AT(1, 10, 40);
	expect_follower(first, AT(1, 9, 0), third, AT(1, 10, 40));
	assert_int_equal(schedule_start(&schedule, third), AT(1, 10, 40));
	sittings[second].closed = AT(1, 10, 50);
	expect_follower(first, AT(1, 9, 0), second, AT(1, 10, 40));
}

static void abutting_sessions_follow_each_other(void **state)
{
	(void)state;
	uint16_t closing = add("D2-06", HALL, AT(2, 16, 0), AT(2, 16, 30));
	uint16_t views = add("D2-05", HALL, AT(2, 14, 45), AT(2, 16, 0));
	uint16_t aside = add("D2-0X", ANNEX, AT(2, 16, 0), AT(2, 16, 30));

	expect_follower(views, AT(2, 15, 0), closing, AT(2, 16, 0));
	expect_follower(closing, AT(2, 16, 0), SESSION_NONE, AT(2, 16, 30));
	expect_follower(aside, AT(2, 16, 0), SESSION_NONE, AT(2, 16, 30));
	sittings[views].closed = AT(2, 15, 45); /* early: people stay seated */
	expect_follower(views, AT(2, 15, 0), closing, AT(2, 15, 45));
	sittings[closing].counts = false;
	expect_follower(views, AT(2, 15, 0), SESSION_NONE, AT(2, 15, 45));
}

static void a_session_without_end_ends_when_the_next_begins(void **state)
{
	(void)state;
	uint16_t talks = add("T", HALL, AT(1, 14, 0), ABSENT);
	uint16_t panel = add("P", HALL, AT(1, 16, 0), AT(1, 17, 0));
	uint16_t board = add("B", ANNEX, ABSENT, ABSENT);
	uint16_t morning = add("M", ANNEX, AT(1, 9, 0), AT(1, 10, 0));
	uint16_t evening = add("E", ANNEX, AT(1, 18, 0), AT(1, 19, 0));

	expect_follower(talks, AT(1, 14, 0), panel, AT(1, 16, 0));
	expect_follower(board, AT(1, 11, 0), evening, AT(1, 18, 0));
	expect_follower(morning, AT(1, 9, 0), SESSION_NONE, AT(1, 10, 0));
}

static void no_session_carries_overnight(void **state)
{
	(void)state;
	uint16_t talks = add("T", HALL, AT(1, 14, 0), ABSENT);

	add("M", HALL, AT(2, 0, 0), AT(2, 10, 0));
	expect_follower(talks, AT(1, 14, 0), SESSION_NONE, AT(2, 0, 0));
}

static void the_first_clearing_after_it_counts(void **state)
{
	(void)state;
	clearings[0] = (struct clearing){HALL, AT(1, 17, 0)};
	clearings[1] = (struct clearing){HALL, AT(1, 12, 0)};
	clearings[2] = (struct clearing){ANNEX, AT(1, 10, 0)};
	schedule.clearing_count = 3;
	assert_int_equal(schedule_clearing(&schedule, HALL, AT(1, 9, 0)), AT(1, 12, 0));
	assert_int_equal(schedule_clearing(&schedule, HALL, AT(1, 12, 0)), AT(1, 17, 0));
	assert_true(schedule_clearing(&schedule, HALL, AT(1, 17, 0)) == INT64_MAX);
}

static void two_sessions_in_one_room_at_one_time_are_an_error(void **state)
{
	uint16_t one, other;

	(void)state;
	uint16_t first = add("A", HALL, AT(1, 14, 0), AT(1, 15, 30));

	add("B", HALL, AT(1, 15, 30), AT(1, 17, 0));  /* abuts */
	add("C", ANNEX, AT(1, 14, 0), AT(1, 15, 30)); /* parallel, elsewhere */
	add("D", HALL, ABSENT, ABSENT);
	add("E", HALL, AT(1, 14, 0), ABSENT);
	uint16_t coffee = add("K", HALL, AT(1, 14, 30), AT(1, 15, 0));
	sittings[coffee].counts = false;
	assert_int_equal(schedule_check(&schedule, &one, &other), E_OK);
	uint16_t clash = add("F", HALL, AT(1, 15, 0), AT(1, 15, 20));
	assert_int_equal(schedule_check(&schedule, &one, &other), E_OVERLAP);
	assert_int_equal(one, first);
	assert_int_equal(other, clash);
}

static void an_end_before_its_start_is_an_error(void **state)
{
	uint16_t one, other;

	(void)state;
	add("A", HALL, AT(1, 14, 0), AT(1, 15, 30));
	uint16_t wrong = add("B", ANNEX, AT(1, 16, 0), AT(1, 15, 0));
	assert_int_equal(schedule_check(&schedule, &one, &other), E_END_BEFORE_START);
	assert_int_equal(one, wrong);
	assert_int_equal(other, wrong);
}

static void admitted_categories_are_read_from_words(void **state)
{
	const uint32_t both = 1u << category_head | 1u << category_press;
	struct text unknown;

	(void)state;
	assert_int_equal(schedule_admits((struct text){0}, &unknown), 0);
	assert_null(unknown.at);
	assert_int_equal(schedule_admits(TEXT("head press"), &unknown), both);
	assert_int_equal(schedule_admits(TEXT("  head  press "), NULL), both);
	assert_null(unknown.at);
	assert_int_equal(schedule_admits(TEXT("press heads chair"), &unknown), 1u << category_press | 1u);
	assert_true(text_is(unknown, "heads"));
}

static void breaks_and_the_like_do_not_count(void **state)
{
	(void)state;
	assert_true(session_type_counts(session_type_plenary));
	assert_false(session_type_counts(session_type_registration));
	assert_false(session_type_counts(session_type_break));
	assert_false(session_type_counts(session_type_social));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_session_is_found_by_its_code, reset),
		cmocka_unit_test_setup(a_day_is_its_own_midnights, reset),
		cmocka_unit_test_setup(the_gavel_beats_the_plan, reset),
		cmocka_unit_test_setup(without_an_end_the_day_ends_it, reset),
		cmocka_unit_test_setup(a_gavel_recorded_next_morning_is_not_believed, reset),
		cmocka_unit_test_setup(a_session_of_several_days_ends_each_evening, reset),
		cmocka_unit_test_setup(a_scan_the_evening_before_lasts_no_night, reset),
		cmocka_unit_test_setup(an_overrun_pushes_the_next_session, reset),
		cmocka_unit_test_setup(an_overrun_that_swallows_a_session_carries_past_it, reset),
		cmocka_unit_test_setup(abutting_sessions_follow_each_other, reset),
		cmocka_unit_test_setup(a_session_without_end_ends_when_the_next_begins, reset),
		cmocka_unit_test_setup(no_session_carries_overnight, reset),
		cmocka_unit_test_setup(the_first_clearing_after_it_counts, reset),
		cmocka_unit_test_setup(two_sessions_in_one_room_at_one_time_are_an_error, reset),
		cmocka_unit_test_setup(admitted_categories_are_read_from_words, reset),
		cmocka_unit_test_setup(breaks_and_the_like_do_not_count, reset),
		cmocka_unit_test_setup(an_end_before_its_start_is_an_error, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
