/* Who attended anything is counted beside the ledger: it is what going through all visits comes to, at any hour. */
#include "tests/harness.h"
#include "tests/workers/asking.h"
#include "tests/workers/older.h"

#include <sqlite3.h>

/* What was counted, against a replay of the same moment. */
static void expect_counted(int64_t minutes, int64_t low, int64_t high)
{
	struct figures_query q = query(qualifier_attended, NULL);
	struct text now;

	q.minutes = minutes;
	ask(q);
	assert_int_equal(report.total_low, low);
	assert_int_equal(report.total_high, high);
	now = m->reply;
	q.as_of = m->now > report.as_of ? m->now : report.as_of; /* all that was received, and silence is judged by now */
	ask(q);
	assert_true(text_equal(now, m->reply));
}

/* A number that a query of the event's file tells. */
static int64_t stored(const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *statement;
	char path[300];
	int64_t number;

	snprintf(path, sizeof path, "%s/m.hudur", m->folder);
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return number;
}

static void a_stay_that_goes_on_counts_by_the_hour(void **state)
{
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "W1", direction_in, 14, 0);
	pass(badge, "W1", direction_out, 14, 20);
	assert_int_equal(stored("SELECT sum(persons) FROM attended WHERE minutes = 20 AND half = 0"), 1);
	expect_counted(20, 1, 1);
	expect_counted(21, 0, 0);
	pass(badge, "W1", direction_in, 14, 30);
	assert_int_equal(stored("SELECT count(*) FROM attended"), 0);
	meeting_at(m, 1, 14, 50);
	expect_counted(40, 1, 1);
	expect_counted(41, 0, 0);
	expect_counted(ABSENT, 0, 0);
	meeting_at(m, 1, 14, 55);
	expect_counted(ABSENT, 1, 1);
	meeting_at(m, 1, 15, 30); /* who did not scan out stayed, or did not */
	expect_counted(20, 1, 1);
	expect_counted(80, 0, 1);
	expect_counted(81, 0, 0);
	expect_counted(ABSENT, 0, 1);
	assert_int_equal(meeting_gavel(m, "close_session", "W1"), E_OK);
	assert_int_equal(stored("SELECT sum(persons) FROM attended WHERE minutes = 80 AND half = 1"), 1);
	expect_counted(80, 1, 1);
}

static void whoever_is_inside_again_counts_once(void **state)
{
	struct text badge = one_delegate(), other = meeting_welcome(m, "B. Sample", "EG", category_delegate);

	(void)state;
	pass(badge, "S1", direction_in, 10, 0);
	pass(badge, "S1", direction_out, 11, 0);
	pass(badge, "W1", direction_in, 14, 0);
	pass(other, "W1", direction_in, 14, 0);
	assert_int_equal(stored("SELECT sum(persons) FROM attended WHERE minutes = 60"), 1);
	meeting_at(m, 1, 14, 10);
	expect_counted(60, 1, 1);
	expect_counted(10, 2, 2);
	assert_int_equal(row("TR")->high, 1);
	meeting_at(m, 1, 15, 20);
	expect_counted(60, 2, 2);
	expect_counted(80, 2, 2);
	meeting_at(m, 1, 16, 0);
	expect_counted(60, 1, 2);
	expect_counted(80, 0, 2);
}

/* What makes half a session may be another stay than the longest. */
static void half_of_one_is_lost_by_going_in_again(void **state)
{
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "BOARD", direction_in, 10, 0);
	pass(badge, "BOARD", direction_out, 11, 40);
	pass(badge, "W1", direction_in, 14, 0);
	pass(badge, "W1", direction_out, 14, 50);
	assert_int_equal(stored("SELECT sum(persons) FROM attended WHERE minutes = 100 AND half = 1"), 1);
	pass(badge, "W1", direction_in, 14, 55);
	assert_int_equal(stored("SELECT sum(persons) FROM attended WHERE minutes = 100 AND half = 0"), 1);
	pass(badge, "BOARD", direction_in, 15, 0);
	assert_int_equal(stored("SELECT sum(persons) FROM attended WHERE minutes = 55 AND half = 1"), 1);
	expect_counted(55, 1, 1);
	expect_counted(100, 1, 1);
}

/* A writer that has just started knows of no stay how long it was until somebody passes again. */
static void what_was_attended_before_a_restart_is_known(void **state)
{
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "S1", direction_in, 10, 0);
	pass(badge, "S1", direction_out, 11, 0);
	meeting_restart(m);
	pass(badge, "W1", direction_in, 14, 0);
	pass(badge, "W1", direction_out, 15, 10);
	assert_int_equal(stored("SELECT sum(persons) FROM attended WHERE minutes = 70 AND half = 1"), 1);
	assert_int_equal(stored("SELECT count(*) FROM attended"), 1);
	expect_counted(70, 1, 1);
}

static void parts_are_one_session(void **state)
{
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "P1", direction_in, 14, 0);
	pass(badge, "P1", direction_out, 14, 50);
	expect_counted(ABSENT, 0, 0);
	pass(badge, "P1B", direction_in, 15, 45);
	meeting_at(m, 1, 16, 0);
	expect_counted(65, 1, 1);
	pass(badge, "P1B", direction_out, 16, 30);
	assert_int_equal(stored("SELECT sum(persons) FROM attended WHERE minutes = 95 AND half = 1"), 1);
	expect_counted(95, 1, 1);
	expect_counted(96, 0, 0);
	expect_counted(ABSENT, 1, 1);
}

/* A stay that a gavel ended is as long as it was by then, also for a clock that is not there yet. */
static void a_gavel_is_not_heard_before_it_fell(void **state)
{
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "S1", direction_in, 10, 0);
	meeting_at(m, 1, 11, 0);
	assert_int_equal(meeting_gavel(m, "close_session", "S1"), E_OK);
	expect_counted(60, 1, 1);
	meeting_at(m, 1, 10, 30);
	expect_counted(30, 1, 1);
	expect_counted(31, 0, 0);
}

static void an_amendment_takes_what_was_attended_along(void **state)
{
	struct text badge = one_delegate();
	struct amend amend;

	(void)state;
	pass(badge, "S1", direction_in, 10, 0);
	pass(badge, "S1", direction_out, 11, 0);
	message_clear(&message_amend, &amend);
	amend.person = 1;
	amend.entity = TEXT("EG");
	amend.why = TEXT("A letter came");
	assert_int_equal(meeting_do(m, "registration", "amend", &amend, NULL), E_OK);
	expect_counted(60, 1, 1);
	assert_int_equal(row("EG")->high, 1);
	assert_int_equal(row("TR")->high, 0);
	assert_int_equal(stored("SELECT count(*) FROM attended"), 1);
	assert_int_equal(meeting_do(m, "registration", "cancel",
				    &(struct cancel){.person = 1, .why = TEXT("Went home")}, NULL), E_OK);
	expect_counted(60, 1, 1);
}

/* A door had let nobody in: what was admitted here is taken back. A clearing ends what no OUT did. */
static void what_is_taken_back_was_not_attended(void **state)
{
	struct text badge = one_delegate();
	struct decided decided;
	char id[16];

	(void)state;
	pass(badge, "S1", direction_in, 10, 0);
	memcpy(id, m->id, sizeof id);
	meeting_at(m, 1, 10, 45);
	assert_int_equal(meeting_gavel(m, "clear", "S1"), E_OK);
	expect_counted(45, 1, 1);
	message_clear(&message_decided, &decided);
	decided.badge = badge;
	decided.session = TEXT("S1");
	decided.direction = direction_in;
	decided.scan = (struct text){id, sizeof id};
	assert_int_equal(meeting_do(m, "attendance", "decided", &decided, NULL), E_OK);
	expect_counted(0, 0, 0);
	assert_int_equal(stored("SELECT count(*) FROM attended"), 0);
}

/* Registered, checked in and known to have passed in one transaction. */
static void what_a_blank_attended_is_its_persons(void **state)
{
	struct blanks blanks;
	struct registration in;
	struct text badge;

	(void)state;
	assert_int_equal(meeting_do(m, "checkin", "issue_blanks", &(struct issue_blanks){.count = 1}, &blanks), E_OK);
	badge = LIST_AT(blanks.badges, blank, 0)->badge;
	pass(badge, "S1", direction_in, 10, 0);
	pass(badge, "S1", direction_out, 10, 50);
	expect_counted(0, 0, 0);
	message_clear(&message_registration, &in);
	in.name = TEXT("A. Sample");
	in.entity = TEXT("TR");
	in.accredit = in.check_in = true;
	in.badge = badge;
	assert_int_equal(meeting_do(m, "registration", "register", &in, NULL), E_OK);
	assert_int_equal(stored("SELECT sum(persons) FROM attended WHERE minutes = 50"), 1);
	expect_counted(50, 1, 1);
}

static void an_older_file_gets_its_counts(void **state)
{
	struct text badge = one_delegate(), other = meeting_welcome(m, "B. Sample", NULL, category_press),
		    third = meeting_welcome(m, "C. Sample", "MA", category_none);

	(void)state;
	pass(other, "S1", direction_in, 10, 0);
	pass(badge, "S1", direction_in, 10, 20);
	pass(badge, "S1", direction_out, 10, 40);
	pass(third, "BOARD", direction_in, 10, 50);
	pass(third, "BOARD", direction_out, 10, 55);
	meeting_at(m, 1, 12, 0);
	assert_int_equal(meeting_gavel(m, "close_session", "S1"), E_OK);
	pass(badge, "P1", direction_in, 14, 0);
	pass(badge, "P1", direction_out, 15, 10);
	pass(badge, "P1B", direction_in, 15, 50);
	pass(badge, "P1B", direction_out, 16, 20);
	pass(third, "P1B", direction_in, 16, 30);
	assert_int_equal(stored("SELECT count(*) FROM attended"), 2 + 1);
	older_file_is_brought_up(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_stay_that_goes_on_counts_by_the_hour),
		TEST(whoever_is_inside_again_counts_once),
		TEST(half_of_one_is_lost_by_going_in_again),
		TEST(what_was_attended_before_a_restart_is_known),
		TEST(parts_are_one_session),
		TEST(a_gavel_is_not_heard_before_it_fell),
		TEST(an_amendment_takes_what_was_attended_along),
		TEST(what_is_taken_back_was_not_attended),
		TEST(what_a_blank_attended_is_its_persons),
		TEST(an_older_file_gets_its_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
