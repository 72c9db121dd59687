/* What goes wrong while copies are made, and how they take turns. */
#include "tests/harness.h"
#include "tests/workers/office.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROUNDS_MAX = 100000 };

/* ---- copies ---- */

static struct backup_state ask_backup(struct office *office, const char *event, int64_t task)
{
	struct office_request request = task
		? office_request(office, "main/events", "backup", "'event': '%s', 'task': %lld", event, (long long)task)
		: office_request(office, "main/events", "backup", "'event': '%s'", event);
	struct office_answer answer = office_ask(office, &request);
	struct backup_state state;

	assert_string_equal(office_ending(office, &answer), "ok");
	office_result(office, &answer, &message_backup_state, &state);
	return state;
}

static bool is_under_way(const struct backup_state *state)
{
	return state->stage == task_stage_copying || state->stage == task_stage_checking;
}

static struct backup_state finish(struct office *office, const char *event, int64_t task)
{
	struct backup_state state = ask_backup(office, event, task);

	for (int i = 0; is_under_way(&state); i++, state = ask_backup(office, event, task)) {
		assert_in_range(i, 0, ROUNDS_MAX);
		if (!writer_go_on(office->writer))
			sched_yield();
	}
	return state;
}

/* Files in the folder for copies. */
static int count_files(const struct office *office)
{
	char path[128];
	struct dirent *entry;
	DIR *folder;
	int count = 0;

	snprintf(path, sizeof path, "%s/backups", office->folder);
	folder = opendir(path);
	while (folder && (entry = readdir(folder)))
		count += entry->d_name[0] != '.';
	if (folder)
		closedir(folder);
	return count;
}

static int teardown(void **state)
{
	const struct office *office = *state;
	char path[128];
	struct dirent *entry;
	DIR *folder;

	snprintf(path, sizeof path, "%s/backups", office->folder);
	folder = opendir(path);
	while (folder && (entry = readdir(folder)))
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(folder), entry->d_name, 0);
	if (folder)
		closedir(folder);
	rmdir(path);
	return office_teardown(state);
}

/* ---- locks ---- */

static sqlite3 *lock(const struct office *office, const char *name)
{
	char path[160];
	sqlite3 *db;

	snprintf(path, sizeof path, "%s/%s", office->folder, name);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
	return db;
}

/* It would keep the writer turning without end, and other copies waiting. */
static void copy_that_another_program_locks_is_given_up(void **state)
{
	struct office *office = *state;
	struct backup_state begun = ask_backup(office, "e1", 0), over;
	sqlite3 *other = lock(office, "backups/e1.partial");

	assert_int_equal(begun.stage, task_stage_copying);
	assert_false(writer_go_on(office->writer));
	over = ask_backup(office, "e1", begun.task);
	sqlite3_close(other);
	assert_int_equal(over.stage, task_stage_failed);
	assert_non_null(memmem(over.problem.at, over.problem.size, "another program", 15));
	assert_int_equal(count_files(office), 0);
	begun = ask_backup(office, "e1", 0);
	assert_int_equal(finish(office, "e1", begun.task).stage, task_stage_done);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, office_setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(copy_that_another_program_locks_is_given_up),
	};

	return RUN_TESTS(tests);
}
