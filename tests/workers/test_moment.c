/* When it happened and when it was known: figures of the past, and of days. */
#include "tests/harness.h"
#include "tests/workers/asking.h"

static void second_day_arrivals_count_from_their_day(void **state)
{
	struct figures_query q = query(qualifier_checked_in, NULL);

	(void)state;
	one_delegate();
	meeting_at(m, 2, 9, 0);
	meeting_welcome(m, "Late B. Sample", "EG", category_delegate);
	q.day = 1;
	assert_int_equal(ask(q)->total_high, 1);
	q.day = 2;
	assert_int_equal(ask(q)->total_high, 2);
	q.qualifier = qualifier_seen;
	assert_int_equal(ask(q)->total_high, 1);
	q.day = ABSENT;
	assert_int_equal(ask(q)->total_high, 2);
	q.by = dimension_day;
	ask(q);
	assert_int_equal(row("1")->high, 1);
	assert_int_equal(row("2")->high, 1);
	q.qualifier = qualifier_checked_in;
	ask(q);
	assert_int_equal(row("1")->high, 1);
	assert_int_equal(row("2")->high, 2);
	q.line = TEXT("1");
	assert_int_equal(people(q).people.count, 1);
}

static void the_host_of_the_past_is_the_one_of_then(void **state)
{
	struct figures_query q = query(qualifier_checked_in, NULL);
	struct load load;

	(void)state;
	one_delegate();
	meeting_at(m, 1, 12, 0);
	q.as_of = m->now;
	meeting_at(m, 1, 13, 0);
	message_clear(&message_load, &load);
	load.event = TEXT("m");
	load.host = TEXT("TR");
	assert_int_equal(meeting_do(m, "events", "load", &load, NULL), E_OK);
	q.without_host = true;
	assert_int_equal(ask(q)->total_high, 1);
	q.as_of = ABSENT;
	assert_int_equal(ask(q)->total_high, 0);
}

static void who_was_in_a_room_before_it_was_cleared_was_there(void **state)
{
	struct figures_query q = query(qualifier_present, "S1");
	struct gavel clear;

	(void)state;
	pass(one_delegate(), "S1", direction_in, 10, 0);
	message_clear(&message_gavel, &clear);
	clear.room = TEXT("hall");
	clear.time = meeting_time(1, 11, 0);
	meeting_at(m, 1, 12, 0);
	assert_int_equal(meeting_do(m, "attendance", "clear", &clear, NULL), E_OK);
	q.at = meeting_time(1, 10, 30);
	assert_int_equal(ask(q)->total_high, 1);
	q.at = meeting_time(1, 11, 10);
	assert_int_equal(ask(q)->total_high, 0);
}

static void a_day_ends_at_midnight_of_the_zone(void **state)
{
	struct figures_query q = query(qualifier_checked_in, NULL);

	(void)state;
	meeting_at(m, 1, 23, 59);
	one_delegate();
	meeting_at(m, 2, 0, 30);
	meeting_welcome(m, "B. Sample", "EG", category_delegate);
	q.day = 1;
	assert_int_equal(ask(q)->total_high, 1);
	q.day = 2;
	assert_int_equal(ask(q)->total_high, 2);
}

static void a_scanner_an_hour_off_moves_no_interval(void **state)
{
	struct text badge = one_delegate();

	(void)state;
	m->skew = 3600000;
	m->offset = -3600000;
	pass(badge, "S1", direction_in, 10, 0);
	pass(badge, "S1", direction_out, 11, 0);
	meeting_at(m, 1, 12, 0);
	expect(qualifier_attended, "S1", 1, 1);
	expect_minutes("S1", 60, 60);
}

static void a_time_that_cannot_be_meant_is_refused(void **state)
{
	struct text badge = one_delegate();

	(void)state;
	meeting_at(m, 1, 10, 0);
	m->skew = INT64_C(2) * 86400000;
	assert_int_equal(meeting_scan(m, badge, "S1", direction_in), E_CLOCK);
	m->offset = -m->skew;
	assert_int_equal(meeting_scan(m, badge, "S1", direction_in), E_OK);
	m->offset = ABSENT;
	m->skew = -m->now;
	assert_int_equal(meeting_do(m, "checkin", "check_in", &(struct check_in){.person = 1}, NULL), E_CLOCK);
}

static void a_thousand_replays_count_once(void **state)
{
	struct text badge = one_delegate();
	int64_t ledger;

	(void)state;
	pass(badge, "S1", direction_in, 10, 0);
	ledger = ask(query(qualifier_checked_in, NULL))->ledger;
	pass(badge, "S1", direction_out, 11, 0);
	meeting_at(m, 1, 12, 0);
	assert_int_equal(meeting_again(m, 1000), E_OK);
	assert_true(m->head.repeated);
	assert_int_equal(ask(query(qualifier_checked_in, NULL))->ledger, ledger + 1);
	expect(qualifier_attended, "S1", 1, 1);
	expect_minutes("S1", 60, 60);
	assert_int_equal(unresolved(flag_out_without_in), 0);
	assert_int_equal(unresolved(flag_missing_numbers), 0);
}

static void an_amended_country_leaves_the_old_answer(void **state)
{
	struct figures_query q = query(qualifier_checked_in, NULL);
	int64_t person = meeting_register(m, "A. Sample", "TR", category_delegate);
	struct amend amend;

	(void)state;
	meeting_check_in(m, person);
	meeting_at(m, 1, 12, 0);
	message_clear(&message_amend, &amend);
	amend.person = person;
	amend.entity = TEXT("AZ");
	amend.why = TEXT("The letter says so");
	assert_int_equal(meeting_do(m, "registration", "amend", &amend, NULL), E_OK);
	ask(q);
	assert_int_equal(row("TR")->high, 0);
	assert_int_equal(row("AZ")->high, 1);
	q.as_of = meeting_time(1, 11, 0);
	ask(q);
	assert_int_equal(row("TR")->high, 1);
	assert_int_equal(row("AZ")->high, 0);
	q.as_of = ABSENT;
	q.at = meeting_time(1, 11, 0);
	ask(q);
	assert_int_equal(row("AZ")->high, 1);
}

static void a_replaced_delegate_leaves_the_old_answer(void **state)
{
	struct figures_query q = query(qualifier_registered, NULL);
	int64_t person = meeting_register(m, "A. Sample", "TR", category_delegate);
	struct replace replace;
	struct people_counted out;

	(void)state;
	meeting_at(m, 1, 12, 0);
	message_clear(&message_replace, &replace);
	replace.person = person;
	replace.why = TEXT("Ill");
	replace.name = TEXT("B. Instead");
	assert_int_equal(meeting_do(m, "registration", "replace", &replace, NULL), E_OK);
	assert_int_equal(ask(q)->total_high, 1);
	out = people(q);
	assert_int_equal(out.people.count, 1);
	assert_true(text_is(LIST_AT(out.people, person_line, 0)->name, "B. Instead"));
	q.as_of = meeting_time(1, 11, 0);
	out = people(q);
	assert_int_equal(out.people.count, 1);
	assert_true(text_is(LIST_AT(out.people, person_line, 0)->name, "A. Sample"));
}

static void a_late_scan_changes_no_earlier_answer(void **state)
{
	struct figures_query q = query(qualifier_present, "S1");
	struct text badge = one_delegate();

	(void)state;
	meeting_at(m, 1, 18, 0);
	m->late = meeting_time(1, 18, 0) - meeting_time(1, 10, 0);
	assert_int_equal(meeting_scan(m, badge, "S1", direction_in), E_OK);
	m->late = 0;
	q.at = meeting_time(1, 10, 30);
	assert_int_equal(ask(q)->total_high, 1);
	q.as_of = meeting_time(1, 17, 59);
	assert_int_equal(ask(q)->total_high, 0);
	q.as_of = meeting_time(1, 18, 0);
	assert_int_equal(ask(q)->total_high, 1);
	assert_int_equal(report.as_of, meeting_time(1, 18, 0));
}

static void load_part(struct list days, struct list entities, struct list standings)
{
	struct load load;

	message_clear(&message_load, &load);
	load.event = TEXT("m");
	load.days = days;
	load.entities = entities;
	load.standings = standings;
	assert_int_equal(meeting_do(m, "events", "load", &load, NULL), E_OK);
}

static void a_corrected_standing_or_kind_leaves_the_old_answer(void **state)
{
	struct figures_query q = query(qualifier_checked_in, NULL);
	struct standing_plan standing = {.entity = TEXT("TR"), .standing = standing_observer, .since = ABSENT,
					 .until = ABSENT};
	struct entity_plan entity;

	(void)state;
	one_delegate();
	meeting_welcome(m, "B. Sample", "PROJ", category_delegate);
	message_clear(&message_entity_plan, &entity);
	entity.entity = TEXT("PROJ");
	entity.kind = entity_kind_institution;
	meeting_at(m, 1, 12, 0);
	load_part((struct list){0}, (struct list){&entity, 1}, (struct list){&standing, 1});
	ask(q);
	assert_int_equal(report.states_high, 0);
	assert_int_equal(report.observer_states_high, 1);
	assert_int_equal(report.in_good_standing, 55);
	assert_int_equal(report.institutions_high, 1);
	assert_int_equal(report.others_high, 0);
	q.as_of = meeting_time(1, 11, 0);
	ask(q);
	assert_int_equal(report.states_high, 1);
	assert_int_equal(report.in_good_standing, 56);
	assert_int_equal(report.institutions_high, 0);
	assert_int_equal(report.others_high, 1);
}

static void a_corrected_day_leaves_the_old_answer(void **state)
{
	struct figures_query q = query(qualifier_seen, NULL);
	struct day_plan day = {.day = 1, .date = TEXT("2024-02-29"), .starts = meeting_time(1, 0, 0),
			       .ends = meeting_time(1, 9, 30)};
	struct text badge = one_delegate();
	struct programme programme;

	(void)state;
	pass(badge, "S1", direction_in, 10, 0);
	assert_int_equal(meeting_do(m, "checkin", "undo_check_in",
				    &(struct undo_check_in){.person = 1, .day = 1, .why = TEXT("A mistake")}, NULL), E_OK);
	q.day = 1;
	assert_int_equal(ask(q)->total_high, 1);
	meeting_at(m, 1, 12, 0);
	load_part((struct list){&day, 1}, (struct list){0}, (struct list){0});
	q.as_of = meeting_time(1, 12, 0);
	assert_int_equal(ask(q)->total_high, 0);
	q.as_of = meeting_time(1, 11, 0);
	assert_int_equal(ask(q)->total_high, 1);
	assert_int_equal(meeting_do(m, "changes", "programme", &(struct programme_query){.cursor = ABSENT}, &programme),
			 E_OK);
	assert_int_equal(programme.days.count, 2);
	assert_int_equal(LIST_AT(programme.days, day_plan, 0)->ends, meeting_time(1, 9, 30));
	assert_int_equal(LIST_AT(programme.event, event_line, 0)->starts, meeting_time(1, 0, 0));
}

static void a_figure_of_now_can_be_asked_again(void **state)
{
	struct figures_query q = query(qualifier_checked_in, NULL);
	int64_t as_of;

	(void)state;
	meeting_at(m, 1, 9, 0);
	one_delegate();
	meeting_at(m, 1, 9, 30);
	as_of = ask(q)->as_of;
	assert_in_range(as_of, meeting_time(1, 9, 0), meeting_time(1, 9, 0) + 10); /* a millisecond for each batch */
	m->now -= 60000; /* gathered before the question, on the disk only after it */
	meeting_welcome(m, "B. Sample", "EG", category_delegate);
	assert_int_equal(ask(q)->total_high, 2);
	q.as_of = as_of;
	assert_int_equal(ask(q)->total_high, 1);
	assert_int_equal(report.as_of, as_of);
	m->now = as_of - 60000;
	q.as_of = ABSENT;
	as_of = ask(q)->as_of; /* the server's clock was set back: the last row is what one goes by */
	assert_in_range(as_of, meeting_time(1, 9, 29), meeting_time(1, 9, 29) + 10);
}

static void a_check_in_taken_back_never_was(void **state)
{
	struct figures_query q = query(qualifier_checked_in, NULL);
	int64_t person = meeting_register(m, "A. Sample", "TR", category_delegate);
	struct undo_check_in undo = {.person = person, .day = ABSENT, .why = TEXT("The wrong Sample")};

	(void)state;
	meeting_check_in(m, person);
	meeting_at(m, 1, 12, 0);
	assert_int_equal(meeting_do(m, "checkin", "undo_check_in", &undo, NULL), E_OK);
	assert_int_equal(ask(q)->total_high, 0);
	q.at = meeting_time(1, 9, 0);
	assert_int_equal(ask(q)->total_high, 0);
	q.as_of = meeting_time(1, 9, 0);
	assert_int_equal(ask(q)->total_high, 1);
}

static void a_figure_is_provisional_until_the_event_has_closed(void **state)
{
	struct figures_query q = query(qualifier_checked_in, NULL);

	(void)state;
	assert_true(ask(q)->provisional);
	meeting_at(m, 2, 18, 0);
	assert_int_equal(meeting_do(m, "events", "close_event", &(struct event_ref){.event = TEXT("m")}, NULL), E_OK);
	assert_false(ask(q)->provisional);
	q.as_of = meeting_time(2, 17, 0);
	assert_true(ask(q)->provisional);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(second_day_arrivals_count_from_their_day),
		TEST(the_host_of_the_past_is_the_one_of_then),
		TEST(who_was_in_a_room_before_it_was_cleared_was_there),
		TEST(a_day_ends_at_midnight_of_the_zone),
		TEST(a_scanner_an_hour_off_moves_no_interval),
		TEST(a_time_that_cannot_be_meant_is_refused),
		TEST(a_thousand_replays_count_once),
		TEST(an_amended_country_leaves_the_old_answer),
		TEST(a_replaced_delegate_leaves_the_old_answer),
		TEST(a_late_scan_changes_no_earlier_answer),
		TEST(a_corrected_standing_or_kind_leaves_the_old_answer),
		TEST(a_corrected_day_leaves_the_old_answer),
		TEST(a_figure_of_now_can_be_asked_again),
		TEST(a_check_in_taken_back_never_was),
		TEST(a_figure_is_provisional_until_the_event_has_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
