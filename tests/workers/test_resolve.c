/* A supervisor settles what stood unresolved: once, with a reason, and nothing else changes. */
#include "tests/harness.h"
#include "tests/workers/meeting.h"

static struct meeting *m;
static struct unresolved_report report;
static const char strange[] = "KX-99";

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

static int64_t open_questions(bool resolved, int64_t as_of)
{
	struct unresolved_query q;
	int64_t count = 0;

	message_clear(&message_unresolved_query, &q);
	q.as_of = as_of;
	q.resolved = resolved;
	assert_int_equal(meeting_do(m, "figures", "unresolved", &q, &report), E_OK);
	for (uint32_t i = 0; i < report.counts.count; i++)
		count += LIST_AT(report.counts, unresolved_count, i)->count;
	return count;
}

static const struct unresolved_row *only_row(void)
{
	assert_int_equal(report.rows.count, 1);
	return LIST_AT(report.rows, unresolved_row, 0);
}

static int64_t counted_beside_a_figure(int64_t as_of)
{
	struct figures_query q;
	struct figures_report figures;

	message_clear(&message_figures_query, &q);
	q.as_of = as_of;
	assert_int_equal(meeting_do(m, "figures", "figures", &q, &figures), E_OK);
	return figures.unresolved.count ? LIST_AT(figures.unresolved, unresolved_count, 0)->count : 0;
}

static enum error resolve(int64_t ledger, struct done *done)
{
	struct resolve in = {.ledger = ledger, .why = TEXT("A. Sample had another badge; the old one was collected")};

	return meeting_do(m, "attendance", "resolve", &in, done);
}

/* Nobody knows the badge, and its scan is the only question. */
static void a_question(void)
{
	meeting_at(m, 1, 10, 0);
	assert_int_equal(meeting_scan(m, text_of(strange), "S1", direction_in), E_UNKNOWN_BADGE);
	m->now += 1000;
}

/* Let in alone at a door, by a badge that was revoked meanwhile. */
static int64_t a_conflict(const char *reason)
{
	struct text badge = meeting_welcome(m, "A. Sample", "TR", category_delegate);
	struct decided decided;
	struct scanned out;

	assert_int_equal(meeting_do(m, "checkin", "revoke", &(struct revoke){.badge = badge, .why = TEXT("Lost")},
				    NULL), E_OK);
	meeting_at(m, 1, 10, 0);
	message_clear(&message_decided, &decided);
	decided.scan = TEXT("0123456789abcdef");
	decided.badge = badge;
	decided.session = TEXT("S1");
	decided.direction = direction_in;
	decided.admitted = true;
	decided.reason = text_of(reason);
	assert_int_equal(meeting_do(m, "attendance", "decided", &decided, &out), E_OK);
	m->now += 1000;
	return out.ledger;
}

static void a_conflict_tells_what_each_side_said(void **state)
{
	int64_t ledger = a_conflict(NULL);

	(void)state;
	assert_int_equal(open_questions(false, ABSENT), 1);
	assert_int_equal(only_row()->ledger, ledger);
	assert_int_equal(only_row()->direction, direction_in);
	assert_true(text_is(only_row()->door, "ok"));
	assert_true(text_is(only_row()->server, "revoked_badge"));
}

/* To a door, "not in my list" is another answer than "invalid"; the record keeps which. */
static void a_badge_that_was_not_in_the_list_is_told_as_that(void **state)
{
	(void)state;
	a_conflict("unknown_badge");
	open_questions(false, ABSENT);
	assert_true(text_is(only_row()->door, "unknown_badge"));
	assert_true(text_is(only_row()->server, "revoked_badge"));
}

static void whoever_resolves_it_is_named_with_the_reason(void **state)
{
	int64_t ledger = a_conflict(NULL), before = m->now;
	struct done done;

	(void)state;
	m->now += 60000;
	assert_int_equal(resolve(ledger, &done), E_OK);
	assert_int_equal(done.person, 1);
	assert_true(done.ledger > ledger);
	assert_int_equal(open_questions(false, ABSENT), 0);
	assert_int_equal(report.rows.count, 0);
	assert_int_equal(counted_beside_a_figure(ABSENT), 0);
	open_questions(true, ABSENT);
	assert_int_equal(only_row()->ledger, ledger);
	assert_int_equal(only_row()->resolved_at, m->now);
	assert_true(text_is(only_row()->resolved_by, "test"));
	assert_true(text_is(only_row()->why, "A. Sample had another badge; the old one was collected"));
	/* before it was, it was not */
	assert_int_equal(open_questions(false, before), 1);
	assert_int_equal(only_row()->ledger, ledger);
	assert_int_equal(only_row()->resolved_at, ABSENT);
	assert_int_equal(counted_beside_a_figure(before), 1);
	open_questions(true, before);
	assert_int_equal(report.rows.count, 0);
	/* as replayed up to now */
	assert_int_equal(open_questions(false, m->now), 0);
	assert_int_equal(counted_beside_a_figure(m->now), 0);
}

static int64_t minutes_of_the_one(void)
{
	struct figures_query q;
	struct people_counted people;

	message_clear(&message_figures_query, &q);
	q.qualifier = qualifier_attended;
	q.session = TEXT("S1");
	q.minutes = 0;
	assert_int_equal(meeting_do(m, "figures", "people", &q, &people), E_OK);
	assert_int_equal(people.people.count, 1);
	return LIST_AT(people.people, person_line, 0)->high;
}

static void it_changes_no_figure_and_no_earlier_entry(void **state)
{
	int64_t ledger = a_conflict(NULL), minutes;
	struct changes_query all = {.since = 0, .limit = 200};
	struct changed before, after;
	struct done done;

	(void)state;
	meeting_at(m, 1, 13, 0);
	minutes = minutes_of_the_one();
	assert_int_equal(minutes, 90);
	assert_int_equal(meeting_do(m, "changes", "changes", &all, &before), E_OK);
	assert_int_equal(resolve(ledger, &done), E_OK);
	assert_int_equal(minutes_of_the_one(), minutes);
	assert_int_equal(meeting_do(m, "changes", "changes", &all, &after), E_OK);
	assert_int_equal(after.entries.count, before.entries.count + 1);
	for (uint32_t i = 0; i < before.entries.count; i++) {
		const struct change *was = LIST_AT(before.entries, change, i), *is = LIST_AT(after.entries, change, i);

		assert_int_equal(was->ledger, is->ledger);
		assert_true(text_equal(was->op, is->op));
		assert_int_equal(was->at, is->at);
		assert_int_equal(was->received, is->received);
	}
}

static void twice_or_what_is_no_question_is_refused(void **state)
{
	int64_t ledger = a_conflict(NULL);
	struct done done;

	(void)state;
	assert_int_equal(resolve(999999, NULL), E_UNKNOWN_ENTRY);
	assert_int_equal(resolve(1, NULL), E_NO_QUESTION);
	assert_int_equal(open_questions(false, ABSENT), 1); /* a refused one settles nothing */
	assert_int_equal(resolve(ledger, &done), E_OK);
	assert_int_equal(resolve(ledger, NULL), E_ALREADY_DONE);
	assert_non_null(memmem(m->head.detail.at, m->head.detail.size, "resolved before", 15));
	assert_int_equal(resolve(done.ledger, NULL), E_NO_QUESTION);
	assert_int_equal(meeting_again(m, 3), E_NO_QUESTION);
	assert_int_equal(open_questions(false, ABSENT), 0);
}

static void two_in_one_batch_settle_it_once(void **state)
{
	struct resolve in = {.ledger = a_conflict(NULL), .why = TEXT("Seen")};

	(void)state;
	meeting_post(m, "attendance", "resolve", &in);
	meeting_post(m, "attendance", "resolve", &in);
	meeting_flush(m);
	open_questions(true, ABSENT);
	only_row();
}

static void scans_of_unknown_badges_can_be_settled_too(void **state)
{
	int64_t row;

	(void)state;
	a_question();
	open_questions(false, ABSENT);
	row = only_row()->ledger;
	assert_int_equal(only_row()->flag, flag_unknown_badge);
	assert_int_equal(resolve(row, NULL), E_OK);
	assert_int_equal(open_questions(false, ABSENT), 0);
}

/* Only the badge of a person makes a conflict; a blank that a door let in alone is listed all the same. */
static void a_blank_that_was_let_in_alone_can_be_settled(void **state)
{
	struct decided decided;
	struct blanks blanks;
	struct scanned out;

	(void)state;
	assert_int_equal(meeting_do(m, "checkin", "issue_blanks", &(struct issue_blanks){.count = 1}, &blanks), E_OK);
	meeting_at(m, 1, 10, 0);
	message_clear(&message_decided, &decided);
	decided.scan = TEXT("0123456789abcdef");
	decided.badge = LIST_AT(blanks.badges, blank, 0)->badge;
	decided.session = TEXT("S1");
	decided.direction = direction_in;
	decided.admitted = true;
	assert_int_equal(meeting_do(m, "attendance", "decided", &decided, &out), E_OK);
	assert_int_equal(open_questions(false, ABSENT), 1);
	assert_int_equal(resolve(only_row()->ledger, NULL), E_OK);
	assert_int_equal(open_questions(false, ABSENT), 0);
}

/* ---- numbers that never came ---- */

static enum error resolve_missing(struct text device, struct done *done)
{
	struct resolve in = {.ledger = ABSENT, .why = TEXT("Answered error, and typed anew"), .missing = device};

	return meeting_do(m, "attendance", "resolve", &in, done);
}

/* Of device 1, so many of whose next numbers never come. */
static void lose(int64_t count)
{
	m->device = 1;
	m->numbers[1] += count;
	meeting_register(m, "A. Sample", "TR", category_delegate);
	m->device = 0;
	m->now += 1000;
}

static struct text device_of_the_row(void)
{
	open_questions(false, ABSENT);
	assert_int_equal(only_row()->flag, flag_missing_numbers);
	return arena_text(&m->arena, only_row()->device);
}

static void numbers_that_never_came_can_be_settled(void **state)
{
	struct text device;
	struct done done;
	int64_t before;

	(void)state;
	lose(3);
	before = m->now;
	m->now += 1000;
	device = device_of_the_row();
	assert_int_equal(only_row()->number, 3);
	assert_int_equal(resolve_missing(device, &done), E_OK);
	assert_int_equal(open_questions(false, ABSENT), 0);
	assert_int_equal(counted_beside_a_figure(ABSENT), 0);
	open_questions(true, ABSENT);
	assert_int_equal(only_row()->flag, flag_missing_numbers);
	assert_true(text_equal(only_row()->device, device));
	assert_true(text_is(only_row()->resolved_by, "test"));
	assert_true(text_is(only_row()->why, "Answered error, and typed anew"));
	/* before it was, it was not; and as replayed up to now */
	assert_int_equal(open_questions(false, before), 1);
	assert_int_equal(only_row()->number, 3);
	assert_int_equal(open_questions(false, m->now + 1000), 0);
}

static void what_is_missing_later_is_another_question(void **state)
{
	struct text device;

	(void)state;
	lose(3);
	device = device_of_the_row();
	assert_int_equal(resolve_missing(device, NULL), E_OK);
	lose(0);
	assert_int_equal(open_questions(false, ABSENT), 0);
	lose(2);
	m->device = 1;
	m->numbers[1] -= 7; /* one that was settled comes after all, and hides none of the two */
	meeting_register(m, "B. Sample", "TR", category_delegate);
	m->numbers[1] += 6;
	m->device = 0;
	assert_true(text_equal(device_of_the_row(), device));
	assert_int_equal(only_row()->number, 2);
	assert_int_equal(resolve_missing(device, NULL), E_OK);
	assert_int_equal(open_questions(false, ABSENT), 0);
	open_questions(true, ABSENT);
	assert_int_equal(report.rows.count, 2);
}

static void a_device_of_which_nothing_is_missing_is_no_question(void **state)
{
	static const char nobody[] = "00000000000000000000000000000000";
	struct text device;

	(void)state;
	assert_int_equal(resolve_missing(text_of(nobody), NULL), E_NO_QUESTION);
	assert_int_equal(resolve_missing(TEXT("zz000000000000000000000000000000"), NULL), E_MALFORMED);
	assert_int_equal(resolve_missing((struct text){0}, NULL), E_MALFORMED);
	lose(1);
	device = device_of_the_row();
	assert_int_equal(resolve_missing(device, NULL), E_OK);
	assert_int_equal(resolve_missing(device, NULL), E_NO_QUESTION);
	open_questions(true, ABSENT);
	only_row();
}

/* The entry by which a device's highest number is known may itself be a question. */
static void the_entry_with_the_highest_number_stays_a_question(void **state)
{
	int64_t asked;

	(void)state;
	m->device = 1;
	m->numbers[1] += 2;
	a_question();
	m->device = 0;
	assert_int_equal(open_questions(false, ABSENT), 2);
	asked = LIST_AT(report.rows, unresolved_row, 0)->ledger;
	assert_int_equal(resolve_missing(arena_text(&m->arena, LIST_AT(report.rows, unresolved_row, 1)->device), NULL), E_OK);
	assert_int_equal(open_questions(false, ABSENT), 1);
	assert_int_equal(only_row()->flag, flag_unknown_badge);
	assert_int_equal(resolve(asked, NULL), E_OK);
	assert_int_equal(open_questions(false, ABSENT), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_conflict_tells_what_each_side_said),
		TEST(a_badge_that_was_not_in_the_list_is_told_as_that),
		TEST(whoever_resolves_it_is_named_with_the_reason),
		TEST(it_changes_no_figure_and_no_earlier_entry),
		TEST(twice_or_what_is_no_question_is_refused),
		TEST(two_in_one_batch_settle_it_once),
		TEST(scans_of_unknown_badges_can_be_settled_too),
		TEST(numbers_that_never_came_can_be_settled),
		TEST(what_is_missing_later_is_another_question),
		TEST(a_device_of_which_nothing_is_missing_is_no_question),
		TEST(the_entry_with_the_highest_number_stays_a_question),
		TEST(a_blank_that_was_let_in_alone_can_be_settled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
