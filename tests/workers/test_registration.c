/* Who is registered as whom: files sent again, amendments, replacements, and what a withdrawn person may still do. */
#include "tests/harness.h"
#include "tests/workers/asking.h"

static struct nomination nominee(const char *name, const char *entity, const char *function)
{
	struct nomination n;

	message_clear(&message_nomination, &n);
	n.name = text_of(name);
	n.entity = text_of(entity);
	n.function = text_of(function);
	return n;
}

static struct imported import_rows(struct nomination *rows, uint32_t count)
{
	struct import import = {.rows = {rows, count}, .accredit = true};
	struct imported result;

	assert_int_equal(meeting_do(m, "registration", "import", &import, &result), E_OK);
	return result;
}

static void same_file_again_changes_nothing(void **state)
{
	struct nomination row = nominee("Invented One", "TR", "director");

	(void)state;
	assert_int_equal(import_rows(&row, 1).added, 1);
	assert_int_equal(import_rows(&row, 1).unchanged, 1);
}

static void same_file_again_after_a_correction_changes_nothing(void **state)
{
	struct nomination row = nominee("Invented One", "TR", "director");
	struct amend amend;

	(void)state;
	import_rows(&row, 1);
	message_clear(&message_amend, &amend);
	amend.person = 1;
	amend.why = TEXT("the wrong state");
	amend.entity = TEXT("SN");
	amend.function = TEXT("head of unit");
	assert_int_equal(meeting_do(m, "registration", "amend", &amend, NULL), E_OK);
	assert_int_equal(import_rows(&row, 1).unchanged, 1);
	row = nominee("Invented One", "SN", "head of unit");
	assert_int_equal(import_rows(&row, 1).unchanged, 1);
}

static void other_particulars_come_back(void **state)
{
	struct nomination rows[] = {nominee("Invented One", "TR", "director"),
				    nominee("Invented One", "TR", "deputy director")};
	struct imported result = import_rows(rows, 2);

	(void)state;
	assert_int_equal(result.added, 1);
	assert_int_equal(result.bad, 1);
	assert_true(text_is(LIST_AT(result.rows, import_row, 0)->reason, "differs"));
	rows[1].key = TEXT("TR-2");
	assert_int_equal(import_rows(&rows[1], 1).added, 1);
}

static void substitute_of_a_video_participant_comes_by_video(void **state)
{
	struct nomination row = nominee("Invented One", "TR", "director");
	struct replace replace;

	(void)state;
	row.remote = true;
	import_rows(&row, 1);
	message_clear(&message_replace, &replace);
	replace.person = 1;
	replace.why = TEXT("ill");
	replace.name = TEXT("Invented Two");
	assert_int_equal(meeting_do(m, "registration", "replace", &replace, NULL), E_OK);
	meeting_check_in(m, 2);
	expect(qualifier_checked_in, NULL, 0, 0);
	expect(qualifier_accredited, NULL, 1, 1);
}

static void withdrawn_person_gets_no_badge(void **state)
{
	struct issue issue = {.person = 1};
	struct cancel cancel = {.person = 1, .why = TEXT("withdrawn")};

	(void)state;
	meeting_register(m, "Invented One", "TR", category_delegate);
	assert_int_equal(meeting_do(m, "registration", "cancel", &cancel, NULL), E_OK);
	assert_int_equal(meeting_do(m, "checkin", "issue", &issue, NULL), E_CANCELLED);
}

static void check_in_from_before_the_event_closed_still_counts(void **state)
{
	struct check_in check_in = {.person = 1};

	(void)state;
	meeting_register(m, "Invented One", "TR", category_delegate);
	meeting_at(m, 1, 18, 0);
	assert_int_equal(meeting_do(m, "events", "close_event", &(struct event_ref){.event = TEXT("m")}, NULL), E_OK);
	meeting_at(m, 1, 19, 0);
	assert_int_equal(meeting_do(m, "checkin", "check_in", &check_in, NULL), E_EVENT_CLOSED);
	m->late = meeting_time(1, 19, 0) - meeting_time(1, 9, 0);
	assert_int_equal(meeting_do(m, "checkin", "check_in", &check_in, NULL), E_OK);
}

static void out_after_midnight_is_the_evenings(void **state)
{
	struct text badge = one_delegate();
	struct scan scan = {.badge = badge, .session = TEXT("DINNER"), .direction = direction_out};
	struct scanned result;

	(void)state;
	pass(badge, "DINNER", direction_in, 22, 0);
	meeting_at(m, 2, 0, 30);
	assert_int_equal(meeting_do(m, "attendance", "scan", &scan, &result), E_OK);
	assert_int_equal(result.flag, 0);
}

static struct decided decided(struct text badge, const char *session)
{
	struct decided d = {.badge = badge, .session = text_of(session), .direction = direction_in, .admitted = true};

	d.scan = TEXT("0123456789abcdef");
	d.snapshot = ABSENT;
	return d;
}

static void nobody_was_in_a_session_that_nobody_knows(void **state)
{
	struct text badge = one_delegate();
	struct decided d = decided(badge, "LATER");
	struct amend_session later;

	(void)state;
	meeting_at(m, 1, 10, 0);
	assert_int_equal(meeting_do(m, "attendance", "decided", &d, NULL), E_UNKNOWN_SESSION);
	message_clear(&message_amend_session, &later);
	later.session = TEXT("LATER");
	later.why = TEXT("added");
	later.type = session_type_workshop;
	later.day = 1;
	assert_int_equal(meeting_do(m, "attendance", "amend_session", &later, NULL), E_OK);
	expect(qualifier_present, "LATER", 0, 0);
}

static void cleared_room_stays_cleared_when_a_session_moves(void **state)
{
	struct text badge = one_delegate();
	struct gavel clear = {.room = TEXT("hall"), .time = ABSENT};
	struct amend_session move;

	(void)state;
	pass(badge, "P1", direction_in, 14, 0);
	meeting_at(m, 1, 14, 30);
	assert_int_equal(meeting_do(m, "attendance", "clear", &clear, NULL), E_OK);
	message_clear(&message_amend_session, &move);
	move.session = TEXT("S1");
	move.why = TEXT("moved");
	move.room = TEXT("annex");
	assert_int_equal(meeting_do(m, "attendance", "amend_session", &move, NULL), E_OK);
	meeting_at(m, 1, 16, 0);
	expect_minutes("P1", 30, 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(same_file_again_changes_nothing),
		TEST(same_file_again_after_a_correction_changes_nothing),
		TEST(other_particulars_come_back),
		TEST(substitute_of_a_video_participant_comes_by_video),
		TEST(withdrawn_person_gets_no_badge),
		TEST(check_in_from_before_the_event_closed_still_counts),
		TEST(out_after_midnight_is_the_evenings),
		TEST(nobody_was_in_a_session_that_nobody_knows),
		TEST(cleared_room_stays_cleared_when_a_session_moves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
