/* Each kind of thing that a supervisor should look at, once. */
#include <string.h>

#include "tests/harness.h"
#include "tests/workers/meeting.h"
#include "workers/unresolved.h"

static struct meeting *m;
static struct unresolved_report report;

static int set_up(void **state)
{
	(void)state;
	m = meeting_begin();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	meeting_free(m);
	return 0;
}

static struct unresolved_query query(enum flag flag)
{
	struct unresolved_query q;

	message_clear(&message_unresolved_query, &q);
	q.flag = flag;
	return q;
}

static void ask(struct unresolved_query q)
{
	assert_int_equal(meeting_do(m, "figures", "unresolved", &q, &report), E_OK);
}

static int64_t count(enum flag flag)
{
	for (uint32_t i = 0; i < report.counts.count; i++)
		if (LIST_AT(report.counts, unresolved_count, i)->flag == flag)
			return LIST_AT(report.counts, unresolved_count, i)->count;
	return 0;
}

/* The one row of a kind, now and as replayed. */
static const struct unresolved_row *only(enum flag flag)
{
	struct unresolved_query q = query(flag);

	q.as_of = m->now + 1000; /* the last entry may be some ms after the clock, which stands still */
	ask(q);
	assert_int_equal(count(flag), 1);
	assert_int_equal(report.rows.count, 1);
	assert_in_range(report.as_of, 0, m->now + 999); /* up to the last entry alone */
	q.as_of = ABSENT;
	ask(q);
	assert_int_equal(count(flag), 1);
	assert_int_equal(report.rows.count, 1);
	return LIST_AT(report.rows, unresolved_row, 0);
}

static struct text one_delegate(void)
{
	return meeting_welcome(m, "A. Sample", "TR", category_delegate);
}

static enum error pass(struct text badge, const char *session, enum direction direction, int hour, int minute)
{
	meeting_at(m, 1, hour, minute);
	return meeting_scan(m, badge, session, direction);
}

static void nothing_at_first(void **state)
{
	(void)state;
	ask(query(flag_none));
	assert_int_equal(report.counts.count, 0);
	assert_int_equal(report.rows.count, 0);
	assert_int_equal(report.cursor, ABSENT);
}

static void an_unknown_badge(void **state)
{
	(void)state;
	assert_int_equal(pass(TEXT("KX-99"), "S1", direction_in, 10, 0), E_UNKNOWN_BADGE);
	assert_true(text_is(only(flag_unknown_badge)->badge, "KX-99"));
	assert_true(text_is(only(flag_unknown_badge)->session, "S1"));
	assert_int_equal(only(flag_unknown_badge)->at, meeting_time(1, 10, 0));
}

static void a_badge_that_was_reprinted(void **state)
{
	struct text old = one_delegate();
	struct issued issued;

	(void)state;
	assert_int_equal(meeting_do(m, "checkin", "reissue",
				    &(struct reissue){.person = 1, .why = TEXT("Lost")}, &issued), E_OK);
	assert_int_equal(pass(old, "S1", direction_in, 10, 0), E_REVOKED_BADGE);
	assert_int_equal(only(flag_revoked_badge)->person, 1);
	assert_true(text_is(only(flag_revoked_badge)->name, "A. Sample"));
	assert_int_equal(pass(issued.badge, "S1", direction_in, 10, 1), E_OK);
}

/* The scan and the door's decision about it are one thing, whichever comes first. */
static void an_unknown_badge_at_a_door_alone(void **state)
{
	struct scan scan = {.badge = TEXT("KX-99"), .session = TEXT("S1"), .direction = direction_in};
	struct decided decided;
	uint64_t next = m->ids + 2;
	char id[16] = {0};

	(void)state;
	meeting_at(m, 1, 10, 0);
	message_clear(&message_decided, &decided);
	memcpy(id, &next, sizeof next);
	decided.scan = (struct text){id, sizeof id};
	decided.badge = scan.badge;
	decided.session = scan.session;
	decided.direction = scan.direction;
	assert_int_equal(meeting_do(m, "attendance", "decided", &decided, NULL), E_OK);
	assert_int_equal(meeting_do(m, "attendance", "scan", &scan, NULL), E_UNKNOWN_BADGE);
	only(flag_unknown_badge);
	assert_int_equal(count(flag_conflict), 0);
}

static void a_door_that_let_in_whom_the_server_would_not(void **state)
{
	int64_t person = meeting_register(m, "A. Sample", "TR", category_delegate);
	struct text badge = meeting_check_in(m, person);
	struct decided decided;

	(void)state;
	assert_int_equal(meeting_do(m, "registration", "cancel",
				    &(struct cancel){.person = person, .why = TEXT("Called home")}, NULL), E_OK);
	meeting_at(m, 1, 10, 0);
	message_clear(&message_decided, &decided);
	decided.scan = TEXT("0123456789abcdef");
	decided.badge = badge;
	decided.session = TEXT("S1");
	decided.direction = direction_in;
	decided.admitted = true;
	assert_int_equal(meeting_do(m, "attendance", "decided", &decided, NULL), E_OK);
	assert_int_equal(only(flag_conflict)->person, person);
	assert_non_null(only(flag_conflict)->detail.at);
	assert_int_equal(count(flag_left_after), 1);
}

static void a_badge_at_two_doors_within_a_minute(void **state)
{
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "S1", direction_in, 10, 0);
	m->device = 1;
	m->now += 30000;
	assert_int_equal(meeting_scan(m, badge, "S1", direction_in), E_OK);
	assert_int_equal(only(flag_lent_badge)->person, 1);
}

/* It has no entry that could be settled, and says how it ends instead. */
static void ends_by(enum flag flag, const char *what)
{
	const struct unresolved_row *row = only(flag);
	struct text detail = row->detail;

	assert_int_equal(row->ledger, ABSENT);
	assert_non_null(detail.at);
	assert_non_null(memmem(detail.at, detail.size, what, strlen(what)));
}

static void gone(enum flag flag)
{
	ask(query(flag_none));
	assert_int_equal(count(flag), 0);
}

static void a_lent_badge_goes_when_the_out_between_comes_late(void **state)
{
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "S1", direction_in, 10, 0);
	m->device = 1;
	m->now += 30000;
	assert_int_equal(meeting_scan(m, badge, "S1", direction_in), E_OK);
	ends_by(flag_lent_badge, "the scan out between comes late");
	m->device = 2;
	meeting_at(m, 1, 10, 0);
	m->now += 15000;
	assert_int_equal(meeting_scan(m, badge, "S1", direction_out), E_OK);
	gone(flag_lent_badge);
}

static void an_out_without_in_goes_when_the_in_comes_late(void **state)
{
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "S1", direction_out, 10, 0);
	ends_by(flag_out_without_in, "the scan in comes late");
	m->device = 1;
	pass(badge, "S1", direction_in, 9, 50);
	gone(flag_out_without_in);
}

static void a_move_goes_when_the_out_comes_late(void **state)
{
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "P1", direction_in, 14, 0);
	pass(badge, "W1", direction_in, 14, 30);
	ends_by(flag_moved, "the scan out of the first room comes late");
	m->device = 1;
	pass(badge, "P1", direction_out, 14, 20);
	gone(flag_moved);
}

static void a_move_without_out_and_an_out_without_in(void **state)
{
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "P1", direction_in, 14, 0);
	pass(badge, "W1", direction_in, 14, 30);
	pass(badge, "W1", direction_out, 15, 0);
	pass(badge, "P1", direction_out, 15, 10);
	assert_true(text_is(only(flag_moved)->session, "W1"));
	assert_true(text_is(only(flag_out_without_in)->session, "P1"));
	assert_int_equal(count(flag_open_interval), 0);
}

static void an_interval_that_nobody_ended(void **state)
{
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "W1", direction_in, 14, 0);
	meeting_at(m, 1, 15, 29);
	ask(query(flag_none));
	assert_int_equal(count(flag_open_interval), 0);
	meeting_at(m, 1, 15, 30);
	assert_int_equal(only(flag_open_interval)->at, meeting_time(1, 14, 0));
	pass(badge, "W1", direction_out, 15, 40);
	ask(query(flag_none));
	assert_int_equal(count(flag_open_interval), 0);
}

static void numbers_that_never_came(void **state)
{
	(void)state;
	m->numbers[0] += 3;
	one_delegate();
	assert_int_equal(only(flag_missing_numbers)->number, 3);
	assert_int_equal(only(flag_missing_numbers)->device.size, 32);
}

static void numbers_that_had_not_come_by_then(void **state)
{
	struct unresolved_query q = query(flag_missing_numbers);

	(void)state;
	meeting_at(m, 1, 8, 0);
	m->numbers[0] += 3;
	one_delegate();
	meeting_at(m, 1, 9, 0);
	m->numbers[0] += 4;
	one_delegate();
	q.as_of = meeting_time(1, 8, 30);
	ask(q);
	assert_int_equal(report.rows.count, 1);
	assert_int_equal(LIST_AT(report.rows, unresolved_row, 0)->number, 3);
}

static void a_number_that_was_made_up(void **state)
{
	(void)state;
	m->numbers[0] = INT64_C(500000000);
	one_delegate();
	assert_int_equal(only(flag_missing_numbers)->number, UNRESOLVED_MISSING_MAX);
	assert_non_null(only(flag_missing_numbers)->detail.at);
}

static void a_device_that_fell_silent(void **state)
{
	struct unresolved_query q = query(flag_silent_device);
	struct scan scan = {.badge = TEXT("NOBODY"), .session = TEXT("S1"), .direction = direction_in};

	(void)state;
	meeting_at(m, 1, 8, 0);
	assert_int_equal(meeting_do(m, "attendance", "scan", &scan, NULL), E_UNKNOWN_BADGE);
	meeting_at(m, 1, 8, 14);
	ask(q);
	assert_int_equal(count(flag_silent_device), 0);
	meeting_at(m, 1, 8, 15);
	m->now += 1000;
	assert_in_range(only(flag_silent_device)->at, meeting_time(1, 8, 0), meeting_time(1, 8, 0) + 1000);
	m->device = 1;
	one_delegate(); /* by an office that never scans: its silence says nothing */
	only(flag_silent_device);
	meeting_at(m, 1, 9, 0);
	only(flag_silent_device);
	assert_int_equal(meeting_do(m, "events", "close_event", &(struct event_ref){.event = TEXT("m")}, NULL), E_OK);
	meeting_at(m, 2, 8, 0);
	ask(q);
	assert_int_equal(count(flag_silent_device), 0);
	q.as_of = meeting_time(1, 8, 14);
	ask(q);
	assert_int_equal(count(flag_silent_device), 0);
}

static void present_and_never_checked_in(void **state)
{
	struct issued issued;

	(void)state;
	assert_int_equal(meeting_do(m, "checkin", "issue", &(struct issue){.person = meeting_register(m, "A. Sample", "TR",
				    category_delegate)}, &issued), E_OK);
	pass(issued.badge, "S1", direction_in, 10, 0);
	assert_true(text_is(only(flag_not_checked_in)->name, "A. Sample"));
	meeting_check_in(m, 1);
	ask(query(flag_none));
	assert_int_equal(count(flag_not_checked_in), 0);
}

static void names_and_kinds_are_those_of_then(void **state)
{
	struct unresolved_query q = query(flag_none);
	struct text badge = one_delegate();
	struct amend amend;

	(void)state;
	pass(badge, "S1", direction_out, 10, 0);
	meeting_at(m, 1, 11, 0);
	message_clear(&message_amend, &amend);
	amend.person = 1;
	amend.name = TEXT("A. Simple");
	amend.why = TEXT("Misspelt");
	assert_int_equal(meeting_do(m, "registration", "amend", &amend, NULL), E_OK);
	assert_true(text_is(only(flag_out_without_in)->name, "A. Simple"));
	q.as_of = meeting_time(1, 10, 30);
	q.flag = flag_out_without_in;
	ask(q);
	assert_true(text_is(LIST_AT(report.rows, unresolved_row, 0)->name, "A. Sample"));
	q.as_of = meeting_time(1, 9, 59);
	ask(q);
	assert_int_equal(report.rows.count, 0);
}

static void pages_hold_everything_once(void **state)
{
	struct unresolved_query q = query(flag_unknown_badge);
	struct scan scan = {.session = TEXT("S1"), .direction = direction_in};
	uint32_t rows = 0, pages = 0;
	int64_t last = 0;

	(void)state;
	meeting_at(m, 1, 10, 0);
	for (int i = 0; i < 250; i++) {
		scan.badge = arena_printf(&m->arena, "unknown %d", i);
		meeting_post(m, "attendance", "scan", &scan);
	}
	meeting_flush(m);
	do {
		ask(q);
		assert_int_equal(count(flag_unknown_badge), 250);
		for (uint32_t i = 0; i < report.rows.count; i++) {
			assert_true(LIST_AT(report.rows, unresolved_row, i)->ledger > last);
			last = LIST_AT(report.rows, unresolved_row, i)->ledger;
			rows++;
		}
		pages++;
		q.cursor = report.cursor;
	} while (report.cursor != ABSENT);
	assert_int_equal(rows, 250);
	assert_int_equal(pages, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_at_first),
		TEST(an_unknown_badge),
		TEST(a_badge_that_was_reprinted),
		TEST(an_unknown_badge_at_a_door_alone),
		TEST(a_door_that_let_in_whom_the_server_would_not),
		TEST(a_badge_at_two_doors_within_a_minute),
		TEST(a_lent_badge_goes_when_the_out_between_comes_late),
		TEST(an_out_without_in_goes_when_the_in_comes_late),
		TEST(a_move_goes_when_the_out_comes_late),
		TEST(a_move_without_out_and_an_out_without_in),
		TEST(an_interval_that_nobody_ended),
		TEST(numbers_that_never_came),
		TEST(numbers_that_had_not_come_by_then),
		TEST(a_number_that_was_made_up),
		TEST(a_device_that_fell_silent),
		TEST(present_and_never_checked_in),
		TEST(names_and_kinds_are_those_of_then),
		TEST(pages_hold_everything_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
