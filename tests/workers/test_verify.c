/* A file that is whole verifies; one row changed, taken or added anywhere is told, and damage too. */
#include "tests/harness.h"
#include "tests/workers/office.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "workers/verify.h"

struct told {
	struct verdict verdict;
	char sentences[4096];
};

static void keep(void *context, const char *sentence)
{
	struct told *told = context;
	size_t used = strlen(told->sentences);

	snprintf(told->sentences + used, sizeof told->sentences - used, "%s\n", sentence);
}

static const char *path_of(const struct office *office)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/e1.hudur", office->folder);
	return path;
}

static struct told verify(const struct office *office)
{
	struct told told = {.sentences = ""};

	assert_int_equal(verify_file(path_of(office), keep, &told, &told.verdict), E_OK);
	return told;
}

static void change(const struct office *office, const char *sql)
{
	sqlite3 *db;
	char *why = NULL;

	assert_int_equal(sqlite3_open(path_of(office), &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
	assert_int_not_equal(sqlite3_total_changes(db), 0);
	sqlite3_close(db);
}

/* Two people, three badges, a gavel, scans of each kind. */
static void play(struct office *office)
{
	char one[16], two[16];
	int64_t first = office_admit(office, "Invented One", one);

	office_admit(office, "Invented Two", two);
	office_do(office, "ok", "e1/attendance", "open_session", "'session': 'PLENARY'");
	office_do(office, "ok", "e1/attendance", "scan", "'badge': '%s', 'session': 'PLENARY', 'direction': 'in'", one);
	office->now += 60000;
	office_do(office, "ok", "e1/attendance", "scan", "'badge': '%s', 'session': 'WORKSHOP', 'direction': 'in'", one);
	office_do(office, "ok", "e1/attendance", "scan", "'badge': '%s', 'session': 'PLENARY', 'direction': 'in'", two);
	office_do(office, "unknown_badge", "e1/attendance", "scan",
		  "'badge': 'nothing', 'session': 'PLENARY', 'direction': 'in'");
	office_do(office, "ok", "e1/checkin", "reissue", "'person': %lld, 'why': 'lost'", (long long)first);
}

static void whole_file_verifies(void **state)
{
	struct office *office = *state;
	struct told told;

	play(office);
	told = verify(office);
	assert_string_equal(told.sentences, "");
	assert_int_equal(told.verdict.differences, 0);
	assert_int_equal(told.verdict.ledger, office_ledger(office));
	assert_in_range(told.verdict.received, office->now, office->now + 100); /* a millisecond for each batch */
	assert_int_equal(told.verdict.persons, 2);
	assert_string_equal(told.verdict.event, "e1");
}

static void server_clock_set_back_is_no_difference(void **state)
{
	struct office *office = *state;

	play(office);
	office->now -= 3600000;
	office_do(office, "unknown_badge", "e1/attendance", "scan",
		  "'badge': 'nothing', 'session': 'PLENARY', 'direction': 'in'");
	assert_string_equal(verify(office).sentences, "");
}

/* Each is one thing that a bug, a hand or a bad disk may do to a row, and the word by which it is told. */
static const struct {
	const char *sql, *told;
} damages[] = {
	{"UPDATE person SET category = 'press' WHERE person = 1", "person 1: `category`"},
	{"UPDATE person SET badge = NULL WHERE person = 2", "person 2: `badge`"},
	{"DELETE FROM person WHERE person = 2", "persons: 1 are missing"},
	{"INSERT INTO person SELECT 9, state, entity, also, also_accredited, category, level, gender, language, walk_in,"
	 " remote, first_day, last_day, badge FROM person WHERE person = 1", "person 9"},
	{"UPDATE badge SET state = 'issued' WHERE state = 'revoked'", "a badge of person 1: `state`"},
	{"UPDATE badge SET changed = 1 WHERE person = 2", "a badge of person 2: `changed`"},
	{"DELETE FROM badge WHERE person = 2", "badges: 1 are missing"},
	{"INSERT INTO badge VALUES ('INVENTED', 1, 'issued', 1)", "issues no such badge"},
	{"UPDATE visit SET settled_ms = settled_ms + 1 WHERE person = 1 AND session = 'PLENARY'",
	 "the visit of person 1 to PLENARY: `settled_ms`"},
	{"UPDATE visit SET since = NULL WHERE person = 2", "the visit of person 2 to PLENARY: `since`"},
	{"DELETE FROM visit WHERE person = 2", "visits: 1 are missing"},
	{"INSERT INTO visit SELECT 'WORKSHOP', 2, flags, settled_ms, since, until, assumed, carried, entered FROM visit"
	 " WHERE person = 2", "the visit of person 2 to WORKSHOP"},
	{"UPDATE counter SET persons = persons + 1 WHERE qualifier = 'registered'", "more than by the ledger"},
	{"UPDATE counter SET persons = persons - 1 WHERE qualifier = 'seen' AND day = 1", "less than by the ledger"},
	{"DELETE FROM counter WHERE qualifier = 'checked_in'", "less than by the ledger"},
	{"INSERT INTO counter VALUES ('seen', 2, 'MA', '', '', '', '', '', 1)", "there is nobody"},
	{"UPDATE attended SET persons = persons + 1", "attended, 1 minutes: 1 more than by the ledger"},
	{"UPDATE attended SET half = 1", "and by the ledger there is nobody"},
	{"DELETE FROM attended", "attended, 1 minutes: 1 less than by the ledger"},
	{"UPDATE device SET requests = requests + 1", "`requests`"},
	{"UPDATE device SET highest = highest - 1", "`highest`"},
	{"DELETE FROM device", "devices: one of"},
	{"INSERT INTO device VALUES (x'', 1, 0, 1, 1, 0)", "device ...: the ledger knows"},
	{"INSERT INTO device VALUES (x'a1', 1, 0, 1, 1, 0)", "device a1...: the ledger knows"},
	{"UPDATE gavel SET at = at + 1", "gavel 1: `at`"},
	{"DELETE FROM gavel", "gavels: there are 0, and by the ledger 1"},
	{"UPDATE event SET state = 'draft'", "the event: its state"},
	{"DELETE FROM ledger WHERE seq = 4", "the ledger: 5 follows 3"},
	{"UPDATE ledger SET received = received - 1 WHERE seq = (SELECT max(seq) FROM ledger)",
	 "was received before the entry before it"},
	{"UPDATE ledger SET direction = 'out' WHERE op = 'scan' AND session = 'WORKSHOP'", "person 1 to WORKSHOP"},
	{"UPDATE ledger SET reason = 'conflict' WHERE op = 'register' AND person = 2", "no such person"},
	{"UPDATE ledger SET number = 5000000000 WHERE op = 'scan' AND session = 'WORKSHOP'", "the file is damaged"},
	{"UPDATE ledger SET person = 4 WHERE op = 'register' AND person = 2", "registers person 4, and 2 is next"},
	{"UPDATE ledger SET person = 1 WHERE op = 'register' AND person = 2", "registers person 1, and 2 is next"},
	{"DROP INDEX ledger_id; UPDATE ledger SET id = (SELECT id FROM ledger WHERE seq = 1) WHERE seq = 2",
	 "stands there more than once"},
};

static void each_changed_row_is_told(void **state)
{
	struct office *office = *state;

	play(office);
	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
		struct office *fresh = NULL;
		struct told told;
		void *place = NULL;

		assert_int_equal(office_setup(&place), 0);
		fresh = place;
		play(fresh);
		change(fresh, damages[i].sql);
		told = verify(fresh);
		if (!told.verdict.differences || !strstr(told.sentences, damages[i].told))
			fail_msg("after %s it says: %s", damages[i].sql, told.sentences);
		office_teardown(&place);
	}
}

/* Numbers that no writer gives must not become places in memory. */
static void invented_numbers_of_persons_are_no_places(void **state)
{
	static const char *const numbers[] = {"-5", "0", "NULL", "1000000000000000000"};
	struct office *office = *state;
	struct told told;
	char sql[128];

	play(office);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		told = (struct told){.sentences = ""};
		snprintf(sql, sizeof sql, "UPDATE ledger SET person = %s WHERE seq = (SELECT min(seq) FROM ledger WHERE op = "
			 "'register')", numbers[i]);
		change(office, sql);
		assert_true(verify_file(path_of(office), keep, &told, &told.verdict) != E_OK || told.verdict.differences);
	}
}

/* SQLite's own check sees what no query does. */
static void broken_page_is_told(void **state)
{
	struct office *office = *state;
	char noise[4096];
	struct told told;
	int file;

	play(office);
	change(office, "DELETE FROM gavel"); /* closing the last writer moves the log into the file */
	writer_free(office->writer);
	office->writer = NULL;
	memset(noise, 0x5a, sizeof noise);
	file = open(path_of(office), O_RDWR | O_CLOEXEC);
	assert_true(file >= 0);
	assert_int_equal(pwrite(file, noise, sizeof noise, 5 * 4096), sizeof noise);
	close(file);
	told = verify(office);
	assert_non_null(strstr(told.sentences, "damaged"));
	assert_int_not_equal(told.verdict.differences, 0);
}

static void what_is_no_event_is_told(void **state)
{
	struct office *office = *state;
	struct told told = {.sentences = ""};
	char path[128];
	int file;

	snprintf(path, sizeof path, "%s/e2.hudur", office->folder);
	file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	for (int i = 0; i < 100; i++)
		assert_int_equal(write(file, "no event at all\n", 16), 16);
	close(file);
	assert_int_equal(verify_file(path, keep, &told, &told.verdict), E_OK);
	assert_int_equal(told.verdict.differences, 1);
	assert_non_null(strstr(told.sentences, "no event file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		OFFICE_CASE(whole_file_verifies),
		OFFICE_CASE(server_clock_set_back_is_no_difference),
		OFFICE_CASE(each_changed_row_is_told),
		OFFICE_CASE(invented_numbers_of_persons_are_no_places),
		OFFICE_CASE(broken_page_is_told),
		OFFICE_CASE(what_is_no_event_is_told),
	};

	return RUN_TESTS(tests);
}
