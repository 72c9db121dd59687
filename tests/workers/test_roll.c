/* Who was where, and for how long: each trap with the meeting that falls into it. */
#include "tests/harness.h"
#include "tests/workers/asking.h"

static void in_without_out_is_between_nothing_and_all(void **state)
{
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "P1", direction_in, 14, 0);
	pass(badge, "P1", direction_out, 14, 10);
	pass(badge, "NIGHT", direction_in, 22, 0);
	meeting_at(m, 1, 23, 0);
	expect(qualifier_present, "NIGHT", 1, 1);
	expect(qualifier_attended, "NIGHT", 1, 1);
	meeting_at(m, 2, 0, 30);
	expect(qualifier_present, NULL, 0, 0);
	expect(qualifier_attended, "NIGHT", 0, 1);
	assert_int_equal(unresolved(flag_open_interval), 1);
	meeting_at(m, 2, 12, 0);
	expect(qualifier_attended, "NIGHT", 0, 1);
	expect_minutes("NIGHT", 0, 90);
}

static void out_without_in_is_no_minute(void **state)
{
	struct figures_query q = query(qualifier_attended, "S1");
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "S1", direction_out, 11, 0);
	q.minutes = 0;
	ask(q);
	assert_int_equal(report.total_high, 0);
	assert_int_equal(unresolved(flag_out_without_in), 1);
}

static void parallel_sessions_never_pass_the_clock(void **state)
{
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "P1", direction_in, 14, 0);
	pass(badge, "W1", direction_in, 14, 40);
	meeting_at(m, 1, 15, 0);
	expect(qualifier_present, "P1", 0, 0);
	expect(qualifier_present, "W1", 1, 1);
	expect(qualifier_present, NULL, 1, 1);
	pass(badge, "W1", direction_out, 15, 30);
	expect_minutes("P1", 40, 40);
	expect_minutes("W1", 50, 50);
	expect_minutes(NULL, 90, 90);
	expect(qualifier_attended, "W1", 1, 1);
	assert_int_equal(unresolved(flag_moved), 1);
}

static void coffee_ends_presence_and_does_not_count(void **state)
{
	struct figures_query q = query(qualifier_attended, NULL);
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "S2", direction_in, 11, 30);
	pass(badge, "S2", direction_out, 12, 0);
	meeting_at(m, 1, 12, 10);
	expect(qualifier_present, NULL, 0, 0);
	pass(badge, "LUNCH", direction_in, 12, 40);
	pass(badge, "LUNCH", direction_out, 13, 40);
	expect_minutes(NULL, 30, 30);
	q.by = dimension_session;
	ask(q);
	assert_null(row("LUNCH"));
	assert_int_equal(row("S2")->low, 1);
	assert_int_equal(unresolved(flag_open_interval), 0);
}

static void abutting_sessions_need_no_second_scan(void **state)
{
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "S1", direction_in, 10, 0);
	meeting_at(m, 1, 11, 30);
	expect(qualifier_present, "S2", 1, 1);
	expect(qualifier_present, "S1", 0, 0);
	pass(badge, "S2", direction_out, 12, 30);
	expect(qualifier_attended, "S1", 1, 1);
	expect(qualifier_attended, "S2", 1, 1);
	expect_minutes("S1", 90, 90);
	expect_minutes("S2", 60, 60);
}

static void a_sitting_in_two_parts_is_one(void **state)
{
	struct figures_query q = query(qualifier_attended, NULL);
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "P1", direction_in, 14, 30);
	pass(badge, "P1", direction_out, 15, 30);
	pass(badge, "P1B", direction_in, 15, 45);
	pass(badge, "P1B", direction_out, 16, 15);
	expect(qualifier_attended, "P1", 1, 1);
	assert_int_equal(report.minutes, 90);
	expect(qualifier_attended, "P1B", 1, 1);
	expect_minutes("P1", 90, 90);
	q.by = dimension_session;
	ask(q);
	assert_int_equal(row("P1")->low, 1);
	assert_null(row("P1B"));
}

static void an_overrun_lasts_until_the_gavel(void **state)
{
	struct figures_query q = query(qualifier_present, "P1");
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "P1B", direction_in, 15, 45);
	meeting_at(m, 1, 17, 40);
	assert_int_equal(meeting_gavel(m, "close_session", "P1B"), E_OK);
	meeting_at(m, 1, 18, 0);
	expect_minutes("P1", 115, 115);
	q.at = meeting_time(1, 17, 30);
	assert_int_equal(ask(q)->total_high, 1);
	q.as_of = meeting_time(1, 17, 30);
	assert_int_equal(ask(q)->total_high, 0);
	q.as_of = ABSENT;
	q.at = meeting_time(1, 17, 40);
	assert_int_equal(ask(q)->total_high, 0);
}

static void a_room_is_occupied_before_its_session_begins(void **state)
{
	struct figures_query q = query(qualifier_present, NULL);
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "S1", direction_in, 9, 40);
	meeting_at(m, 1, 9, 50);
	expect(qualifier_present, "S1", 0, 0);
	q.room = TEXT("hall");
	assert_int_equal(ask(q)->total_high, 1);
	q.room = TEXT("annex");
	assert_int_equal(ask(q)->total_high, 0);
	q.room = TEXT("store");
	assert_int_equal(ask(q)->total_high, 0);
	meeting_at(m, 1, 10, 0);
	expect(qualifier_present, "S1", 1, 1);
	pass(badge, "S1", direction_out, 11, 0);
	expect_minutes("S1", 60, 60);
}

static void who_is_attested_is_present(void **state)
{
	struct figures_query q = query(qualifier_present, "S1");
	int64_t person = meeting_register(m, "A. Sample", "TR", category_delegate);
	struct attest attest;

	(void)state;
	message_clear(&message_attest, &attest);
	attest.person = person;
	attest.session = TEXT("S1");
	attest.source = evidence_paper;
	attest.witness = TEXT("A steward");
	attest.why = TEXT("The scanner's battery was empty");
	meeting_at(m, 1, 10, 30);
	assert_int_equal(meeting_do(m, "attendance", "attest", &attest, NULL), E_OK);
	expect(qualifier_present, "S1", 1, 1);
	meeting_at(m, 1, 18, 0);
	expect(qualifier_present, "S1", 0, 0);
	expect(qualifier_attended, "S1", 1, 1);
	q.at = meeting_time(1, 10, 10);
	assert_int_equal(ask(q)->total_high, 1);
	q.at = meeting_time(1, 9, 50);
	assert_int_equal(ask(q)->total_high, 0);
	assert_int_equal(unresolved(flag_not_checked_in), 0);
	q.at = ABSENT;
	assert_int_equal(ask(q)->total_high, 0);
	assert_int_equal(unresolved(flag_not_checked_in), 1);
}

static void a_session_without_times_has_no_share(void **state)
{
	struct figures_query q = query(qualifier_attended, "BOARD");
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "BOARD", direction_in, 10, 0);
	pass(badge, "BOARD", direction_out, 10, 45);
	assert_true(ask(q)->not_applicable);
	assert_int_equal(report.total_high, 0);
	assert_int_equal(report.minutes, ABSENT);
	q.minutes = 45;
	assert_false(ask(q)->not_applicable);
	assert_int_equal(report.total_low, 1);
	q.minutes = 46;
	assert_int_equal(ask(q)->total_high, 0);
	q = query(qualifier_attended, NULL);
	q.by = dimension_session;
	ask(q);
	assert_true(row("BOARD")->not_applicable);
	assert_false(row("S1")->not_applicable);
}

static void a_gavel_for_a_room_falls_in_what_sits_there(void **state)
{
	struct text badge = one_delegate();
	struct gavel close = {.room = TEXT("hall"), .time = ABSENT}, nowhere = {.room = TEXT("cellar"), .time = ABSENT};

	(void)state;
	pass(badge, "P1", direction_in, 14, 0);
	meeting_at(m, 1, 15, 0);
	assert_int_equal(meeting_do(m, "attendance", "close_session", &nowhere, NULL), E_UNKNOWN_SESSION);
	assert_int_equal(meeting_do(m, "attendance", "close_session", &close, NULL), E_OK);
	meeting_at(m, 1, 18, 0);
	expect_minutes("P1", 60, 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(in_without_out_is_between_nothing_and_all),
		TEST(out_without_in_is_no_minute),
		TEST(parallel_sessions_never_pass_the_clock),
		TEST(coffee_ends_presence_and_does_not_count),
		TEST(abutting_sessions_need_no_second_scan),
		TEST(a_sitting_in_two_parts_is_one),
		TEST(an_overrun_lasts_until_the_gavel),
		TEST(a_room_is_occupied_before_its_session_begins),
		TEST(who_is_attested_is_present),
		TEST(a_session_without_times_has_no_share),
		TEST(a_gavel_for_a_room_falls_in_what_sits_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
