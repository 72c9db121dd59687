/* A copy of an event that is written meanwhile, and a check of it: begun, joined, given up, left behind. */
#include "tests/harness.h"
#include "tests/workers/office.h"
#include "tests/workers/small_disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "workers/verify.h"

enum { MIB = 1 << 20, ROUNDS_MAX = 100000 };

static void fail_with(void *context, const char *sentence)
{
	(void)context;
	fail_msg("%s", sentence);
}

static struct backup_state ask_backup(struct office *office, int64_t task)
{
	struct office_request request = task
		? office_request(office, "main/events", "backup", "'event': 'e1', 'task': %lld", (long long)task)
		: office_request(office, "main/events", "backup", "'event': 'e1'");
	struct office_answer answer = office_ask(office, &request);
	struct backup_state state;

	assert_string_equal(office_ending(office, &answer), "ok");
	office_result(office, &answer, &message_backup_state, &state);
	return state;
}

static void scan(struct office *office, const char *badge)
{
	office_do(office, "ok", "e1/attendance", "scan", "'badge': '%s', 'session': 'PLENARY', 'direction': 'in'", badge);
}

/* Some MiB of ledger. */
static void grow(struct office *office, int batches)
{
	char badge[251] = "";

	memset(badge, 'x', sizeof badge - 1);
	for (int i = 0; i < batches; i++) {
		for (int k = 0; k < 500; k++) {
			struct office_request request = office_request(office, "e1/attendance", "scan",
				"'badge': '%s', 'session': 'PLENARY', 'direction': 'in'", badge);

			office_take(office, office, &request);
		}
		assert_true(office_flush(office));
		office->answers = NULL;
	}
	assert_true(writer_rest(office->writer));
}

/* Files in the folder for copies, other than those that are done. */
static int count_files(const struct office *office, const char *ending)
{
	char path[128];
	struct dirent *entry;
	DIR *folder;
	int count = 0;

	snprintf(path, sizeof path, "%s/backups", office->folder);
	folder = opendir(path);
	while (folder && (entry = readdir(folder)))
		count += entry->d_name[0] != '.' && (!ending || strstr(entry->d_name, ending));
	if (folder)
		closedir(folder);
	return count;
}

/* Goes on until it is over; with a badge, one scan after each slice. */
static struct backup_state finish(struct office *office, int64_t task, const char *badge, int *slices)
{
	for (int i = 0; i < ROUNDS_MAX; i++) {
		struct backup_state state;

		*slices += writer_go_on(office->writer);
		state = ask_backup(office, task);
		if (state.stage == task_stage_done || state.stage == task_stage_failed)
			return state;
		if (badge)
			scan(office, badge);
		else
			sched_yield();
	}
	fail_msg("the copy never was finished");
	return (struct backup_state){0};
}

static int64_t integer_of(const char *path, const char *sql)
{
	sqlite3_stmt *statement;
	sqlite3 *db;
	int64_t value;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return value;
}

static void copy_carries_what_is_written_meanwhile(void **state)
{
	struct office *office = *state;
	struct backup_state begun, done;
	struct verdict verdict;
	char badge[16], path[300];
	int64_t before, after;
	int slices = 0;

	office_admit(office, "Invented Guest", badge);
	grow(office, 12);
	before = office_ledger(office);
	begun = ask_backup(office, 0);
	assert_int_equal(begun.stage, task_stage_copying);
	assert_false(begun.file.at);
	assert_int_equal(count_files(office, ".partial"), 1);
	done = finish(office, begun.task, badge, &slices);
	assert_int_equal(done.stage, task_stage_done);
	after = office_ledger(office);
	assert_in_range(slices, 10, ROUNDS_MAX);
	/* each slice was followed by a scan, and those of the time of copying are in it */
	assert_in_range(done.ledger, before + slices - 1, after);
	snprintf(path, sizeof path, "%.*s", (int)done.file.size, done.file.at);
	assert_non_null(strstr(path, "/backups/e1.20240229-100000.hudur"));
	assert_int_equal(verify_file(path, fail_with, NULL, &verdict), E_OK);
	assert_int_equal(verdict.ledger, done.ledger);
	assert_int_equal(count_files(office, NULL), 1); /* and nothing beside it */
	assert_int_equal(integer_of(path, "SELECT count(*) FROM ledger"), done.ledger);
}

static void second_one_joins_the_first_and_a_later_one_is_new(void **state)
{
	struct office *office = *state;
	struct backup_state first, second, third;
	int slices = 0;

	grow(office, 4);
	first = ask_backup(office, 0);
	writer_go_on(office->writer);
	second = ask_backup(office, 0);
	assert_int_equal(second.task, first.task);
	assert_int_equal(second.copied, 64);
	assert_int_equal(finish(office, first.task, NULL, &slices).stage, task_stage_done);
	third = ask_backup(office, 0);
	assert_int_not_equal(third.task, first.task);
	assert_int_equal(ask_backup(office, first.task).stage, task_stage_failed); /* forgotten */
	assert_int_equal(finish(office, third.task, NULL, &slices).stage, task_stage_done);
	assert_int_equal(count_files(office, NULL), 2);
	assert_int_equal(count_files(office, "-2.hudur"), 1); /* in the same second */
}

/* Killed: what a copy has left is gone once the event is open again. */
static void leftovers_are_removed_at_the_next_start(void **state)
{
	struct office *office = *state;
	char path[128];
	int file;

	snprintf(path, sizeof path, "%s/backups", office->folder);
	assert_int_equal(mkdir(path, 0700), 0);
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/backups/e1.partial%s", office->folder, i ? "-journal" : "");
		file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		assert_int_equal(write(file, "half", 4), 4);
		close(file);
	}
	office_restart(office);
	assert_int_equal(count_files(office, NULL), 0);
}

/* Ended in order in the middle of it: nothing is left either, and who asks is told. */
static void ending_gives_the_copy_up(void **state)
{
	struct office *office = *state;
	struct backup_state begun;

	grow(office, 4);
	begun = ask_backup(office, 0);
	writer_go_on(office->writer);
	office_restart(office);
	assert_int_equal(count_files(office, NULL), 0);
	assert_int_equal(ask_backup(office, begun.task).stage, task_stage_failed);
}

static void only_administrators_and_only_events_that_there_are(void **state)
{
	struct office *office = *state;

	office_do(office, "unknown_event", "main/events", "backup", "'event': 'e2'");
	office_do(office, "unknown_event", "main/events", "backup", "'event': '../e1'");
	office_do(office, "unknown_event", "main/events", "verify", "'event': 'e2'");
	office->role = "organiser";
	office_do(office, "forbidden", "main/events", "backup", "'event': 'e1'");
	assert_int_equal(count_files(office, NULL), 0);
}

/* A page that is damaged on the disk: the copy of it gets no name. */
static void damaged_copy_gets_no_name(void **state)
{
	struct office *office = *state;
	struct backup_state begun, over;
	char path[128];
	int slices = 0;
	sqlite3 *db;

	grow(office, 2);
	snprintf(path, sizeof path, "%s/e1.hudur", office->folder);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DELETE FROM device", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	begun = ask_backup(office, 0);
	over = finish(office, begun.task, NULL, &slices);
	assert_int_equal(over.stage, task_stage_failed);
	assert_non_null(memmem(over.problem.at, over.problem.size, "not whole", 9));
	assert_false(over.file.at);
	assert_int_equal(count_files(office, NULL), 0);
}

/* ---- checking a live event ---- */

static struct verify_state verify(struct office *office)
{
	int64_t task = 0;

	for (int i = 0; i < ROUNDS_MAX; i++, sched_yield()) {
		struct office_request request = task
			? office_request(office, "main/events", "verify", "'event': 'e1', 'task': %lld", (long long)task)
			: office_request(office, "main/events", "verify", "'event': 'e1'");
		struct office_answer answer = office_ask(office, &request);
		struct verify_state told;

		office_result(office, &answer, &message_verify_state, &told);
		task = told.task;
		if (told.stage == task_stage_done || told.stage == task_stage_failed)
			return told;
	}
	fail_msg("it was never over");
	return (struct verify_state){0};
}

static void live_event_is_verified(void **state)
{
	struct office *office = *state;
	struct verify_state told;
	char path[128], badge[16];
	sqlite3 *db;

	office_admit(office, "Invented Guest", badge);
	told = verify(office);
	assert_int_equal(told.stage, task_stage_done);
	assert_int_equal(told.differences, 0);
	assert_int_equal(told.ledger, office_ledger(office));
	assert_int_equal(told.persons, 1);
	snprintf(path, sizeof path, "%s/e1.hudur", office->folder);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "UPDATE counter SET persons = 7 WHERE qualifier = 'registered'", NULL, NULL,
				      NULL), SQLITE_OK);
	sqlite3_close(db);
	told = verify(office);
	assert_int_equal(told.differences, 1);
	assert_int_equal(told.told.count, 1);
	assert_non_null(memmem(LIST_AT(told.told, difference, 0)->sentence.at,
			       LIST_AT(told.told, difference, 0)->sentence.size, "6 more than", 11));
}

/* ---- a disk of 24 MiB ---- */

static int disk_setup(void **state)
{
	*state = NULL;
	return small_disk_mount(24 * MIB) ? office_setup(state) : 0;
}

static int disk_teardown(void **state)
{
	if (!*state)
		return 0;
	small_disk_clear();
	office_teardown(state);
	small_disk_unmount();
	return 0;
}

static void disk_that_becomes_full_ends_the_copy_and_nothing_else(void **state)
{
	struct office *office = *state;
	struct backup_state begun, over;
	char badge[16];
	int slices = 0;

	if (!office)
		skip();
	office_admit(office, "Invented Guest", badge);
	grow(office, 8);
	begun = ask_backup(office, 0);
	assert_int_equal(begun.stage, task_stage_copying);
	assert_true(writer_go_on(office->writer));
	small_disk_leave(MIB / 2);
	over = finish(office, begun.task, NULL, &slices);
	assert_int_equal(over.stage, task_stage_failed);
	assert_non_null(memmem(over.problem.at, over.problem.size, "disk became full", 16));
	assert_int_equal(count_files(office, NULL), 0);
	scan(office, badge);
	/* and there is none at all while there is no room for it */
	assert_int_equal(ask_backup(office, 0).stage, task_stage_failed);
	small_disk_clear();
	begun = ask_backup(office, 0);
	assert_int_equal(finish(office, begun.task, NULL, &slices).stage, task_stage_done);
}


int main(void)
{
	const struct CMUnitTest tests[] = {
		OFFICE_CASE(copy_carries_what_is_written_meanwhile),
		OFFICE_CASE(second_one_joins_the_first_and_a_later_one_is_new),
		OFFICE_CASE(leftovers_are_removed_at_the_next_start),
		OFFICE_CASE(ending_gives_the_copy_up),
		OFFICE_CASE(only_administrators_and_only_events_that_there_are),
		OFFICE_CASE(damaged_copy_gets_no_name),
		OFFICE_CASE(live_event_is_verified),
		cmocka_unit_test_setup_teardown(disk_that_becomes_full_ends_the_copy_and_nothing_else, disk_setup,
						disk_teardown),
	};

	return RUN_TESTS(tests);
}
