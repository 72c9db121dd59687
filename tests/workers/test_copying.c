/* What goes wrong while copies are made, and how they take turns. */
#include "tests/harness.h"
#include "tests/workers/office.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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

/* ---- turns ---- */

/* Some MiB of ledger. */
static void grow(struct office *office, const char *event, int batches)
{
	char badge[251] = "", service[32];

	snprintf(service, sizeof service, "%s/attendance", event);
	memset(badge, 'x', sizeof badge - 1);
	for (int i = 0; i < batches; i++) {
		for (int k = 0; k < 500; k++) {
			struct office_request request = office_request(office, service, "scan",
				"'badge': '%s', 'session': 'PLENARY', 'direction': 'in'", badge);

			office_take(office, office, &request);
		}
		assert_true(office_flush(office));
		office->answers = NULL;
	}
	assert_true(writer_rest(office->writer));
}

static int64_t copied(struct office *office, const char *event, int64_t task)
{
	struct backup_state state = ask_backup(office, event, task);

	return state.copied == ABSENT ? 0 : state.copied;
}

static void one_slice_of_one_copy_a_turn(void **state)
{
	struct office *office = *state;
	struct backup_state first, second;

	office_load(office, "e2");
	grow(office, "e1", 4);
	grow(office, "e2", 4);
	first = ask_backup(office, "e1", 0);
	second = ask_backup(office, "e2", 0);
	for (int turn = 1; turn < 4; turn++) {
		assert_true(writer_go_on(office->writer));
		assert_int_equal(copied(office, "e1", first.task), 64 * turn);
		assert_int_equal(copied(office, "e2", second.task), 0);
	}
	assert_int_equal(finish(office, "e1", first.task).stage, task_stage_done);
	assert_int_equal(finish(office, "e2", second.task).stage, task_stage_done);
	assert_int_equal(count_files(office), 2);
}

static int count_threads(void)
{
	DIR *folder = opendir("/proc/self/task");
	struct dirent *entry;
	int count = 0;

	while ((entry = readdir(folder)))
		count += entry->d_name[0] != '.';
	closedir(folder);
	return count;
}

static struct verify_state ask_verify(struct office *office, const char *event, int64_t task)
{
	struct office_request request = task
		? office_request(office, "main/events", "verify", "'event': '%s', 'task': %lld", event, (long long)task)
		: office_request(office, "main/events", "verify", "'event': '%s'", event);
	struct office_answer answer = office_ask(office, &request);
	struct verify_state told;

	office_result(office, &answer, &message_verify_state, &told);
	return told;
}

/* Their ends are found between batches; the second one begins then. */
static void one_file_is_looked_through_at_a_time(void **state)
{
	struct office *office = *state;
	struct verify_state first, second;
	int threads = count_threads();

	office_load(office, "e2");
	grow(office, "e1", 8);
	first = ask_verify(office, "e1", 0);
	second = ask_verify(office, "e2", 0);
	assert_in_range(count_threads(), threads, threads + 1);
	for (int i = 0; first.stage == task_stage_checking || second.stage == task_stage_checking; i++) {
		assert_in_range(i, 0, ROUNDS_MAX);
		writer_go_on(office->writer);
		sched_yield();
		first = ask_verify(office, "e1", first.task);
		assert_true(first.stage == task_stage_done || second.stage == task_stage_checking);
		second = ask_verify(office, "e2", second.task);
	}
	assert_int_equal(first.stage, task_stage_done);
	assert_int_equal(second.stage, task_stage_done);
}

/* ---- removal ---- */

/* Closings of the file that is watched, after its name was gone. */
static atomic_int closed_elsewhere, closed_here;
static ino_t watched;
static pthread_t here;

__attribute__((visibility("default"))) int close(int file)
{
	struct stat about;

	if (fstat(file, &about) == 0 && about.st_ino == watched && !about.st_nlink)
		atomic_fetch_add(pthread_equal(pthread_self(), here) ? &closed_here : &closed_elsewhere, 1);
	return (int)syscall(SYS_close, file);
}

/* Its room is given back by who closes it last. */
static void unfinished_copy_is_removed_by_another_thread(void **state)
{
	struct office *office = *state;
	struct stat about;
	char path[128];

	here = pthread_self();
	grow(office, "e1", 4);
	ask_backup(office, "e1", 0);
	for (int i = 0; i < 4; i++)
		assert_true(writer_go_on(office->writer));
	snprintf(path, sizeof path, "%s/backups/e1.partial", office->folder);
	assert_int_equal(stat(path, &about), 0);
	watched = about.st_ino;
	office_restart(office);
	assert_int_equal(count_files(office), 0);
	for (int i = 0; !atomic_load(&closed_elsewhere); i++, sched_yield())
		assert_in_range(i, 0, ROUNDS_MAX);
	assert_int_equal(atomic_load(&closed_here), 0);
}

/* ---- names ---- */

static bool may_only_replace;

/* In place of the C library's: a file system that knows no flags. */
__attribute__((visibility("default"))) int renameat2(int old_folder, const char *old, int new_folder, const char *new,
						     unsigned flags)
{
	errno = EINVAL;
	return may_only_replace && flags ? -1 : (int)syscall(SYS_renameat2, old_folder, old, new_folder, new, flags);
}

static void copy_gets_its_name_where_renaming_may_only_replace(void **state)
{
	struct office *office = *state;
	struct backup_state over;

	may_only_replace = true;
	over = finish(office, "e1", ask_backup(office, "e1", 0).task);
	may_only_replace = false;
	assert_int_equal(over.stage, task_stage_done);
	assert_int_equal(count_files(office), 1);
}


int main(void)
{
	const struct CMUnitTest tests[] = {
		OFFICE_CASE(copy_that_another_program_locks_is_given_up),
		OFFICE_CASE(copy_gets_its_name_where_renaming_may_only_replace),
		OFFICE_CASE(one_slice_of_one_copy_a_turn),
		OFFICE_CASE(one_file_is_looked_through_at_a_time),
		OFFICE_CASE(unfinished_copy_is_removed_by_another_thread),
	};

	return RUN_TESTS(tests);
}
