/* A copy takes its place whole or not at all, whatever is there, whoever has it, and whenever somebody is killed. */
#include "tests/harness.h"
#include "tests/workers/faulty.h"
#include "tests/workers/fork_alone.h"
#include "tests/workers/killed.h"
#include "tests/workers/shelf.h"
#include "tests/workers/small_disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MIB = 1 << 20 };

static void copy_takes_the_place_and_what_was_there_is_kept(void **state)
{
	struct shelf *shelf = *state;
	char why[RESTORE_WHY_MAX], kept[160];

	assert_int_equal(shelf_restore(shelf, false, why), E_ALREADY_DONE);
	assert_non_null(strstr(why, "--replace"));
	assert_int_equal(shelf_ledger_of(shelf->live), shelf->now);
	assert_int_equal(shelf_restore(shelf, true, why), E_OK);
	assert_int_equal(shelf_ledger_of(shelf->live), shelf->then);
	assert_int_equal(shelf_count(shelf, "replaced", kept), 1);
	assert_int_equal(shelf_ledger_of(kept), shelf->now);
	assert_int_equal(shelf_count(shelf, "restoring", kept), 0);
	office_restart(shelf->office);
	office_do(shelf->office, "ok", "e1/attendance", "scan", "'badge': '%s', 'session': 'PLENARY', 'direction': 'in'",
		  shelf->badge);
}

/* By which a feed says whose ledger it tells. */
static void take_instance(struct shelf *shelf, const char *service, const char *op, char instance[16])
{
	struct office_request request = office_request(shelf->office, service, op, "'since': 0");
	struct office_answer answer = office_read(shelf->office, &request);
	struct text told;

	if (strcmp(op, "roster") == 0) {
		struct roster_page page;

		office_result(shelf->office, &answer, &message_roster_page, &page);
		told = page.instance;
	} else if (strcmp(op, "badges") == 0) {
		struct badges_changed page;

		office_result(shelf->office, &answer, &message_badges_changed, &page);
		told = page.instance;
	} else {
		struct changed page;

		office_result(shelf->office, &answer, &message_changed, &page);
		told = page.instance;
	}
	assert_int_equal(told.size, 16);
	memcpy(instance, told.at, 16);
}

/* However far the restored one grows: who had followed the old one knows that its numbers mean nothing in it. */
static void who_follows_sees_that_it_is_another_ledger(void **state)
{
	static const char *const feeds[][2] = {{"e1/changes", "changes"}, {"e1/changes", "badges"},
					       {"e1/people", "roster"}};
	struct shelf *shelf = *state;
	char why[RESTORE_WHY_MAX], before[3][16], again[16], after[16];

	office_restart(shelf->office);
	for (int i = 0; i < 3; i++)
		take_instance(shelf, feeds[i][0], feeds[i][1], before[i]);
	office_restart(shelf->office);
	for (int i = 0; i < 3; i++) {
		take_instance(shelf, feeds[i][0], feeds[i][1], again);
		assert_memory_equal(again, before[i], 16);
	}
	shelf_end_writer(shelf->office);
	reader_free(shelf->office->reader);
	shelf->office->reader = NULL;
	assert_int_equal(shelf_restore(shelf, true, why), E_OK);
	office_restart(shelf->office);
	while (office_ledger(shelf->office) <= shelf->now)
		office_do(shelf->office, "unknown_badge", "e1/attendance", "scan",
			  "'badge': 'nothing', 'session': 'PLENARY', 'direction': 'in'");
	for (int i = 0; i < 3; i++) {
		take_instance(shelf, feeds[i][0], feeds[i][1], after);
		assert_memory_not_equal(after, before[i], 16);
	}
}

/* A worker that was killed leaves a log. */
static void leave_a_log(struct shelf *shelf)
{
	char path[200];
	struct stat about;
	pid_t child = fork_alone(); /* so that the log outlives the writer: the child dies without closing anything */

	if (child == 0) {
		office_restart(shelf->office);
		for (int i = 0; i < 10; i++)
			office_do(shelf->office, "ok", "e1/attendance", "scan",
				  "'badge': '%s', 'session': 'PLENARY', 'direction': 'in'", shelf->badge);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	snprintf(path, sizeof path, "%s-wal", shelf->live);
	assert_int_equal(stat(path, &about), 0);
	assert_in_range(about.st_size, 10 * 4096, INT64_MAX);
}

/* It must not be taken for the new file's. */
static void log_of_a_killed_worker_stays_with_the_old_file(void **state)
{
	struct shelf *shelf = *state;
	char why[RESTORE_WHY_MAX], kept[160];

	leave_a_log(shelf);
	assert_int_equal(shelf_restore(shelf, true, why), E_OK);
	assert_int_equal(shelf_ledger_of(shelf->live), shelf->then);
	assert_int_equal(shelf_count(shelf, "replaced", kept), 1);
	assert_int_equal(shelf_ledger_of(kept), shelf->now + 10);
}

/* SQLite would put it into whatever comes to be called so. */
static void log_of_a_file_that_is_gone_is_kept_aside(void **state)
{
	struct shelf *shelf = *state;
	char why[RESTORE_WHY_MAX], kept[160];

	leave_a_log(shelf);
	unlink(shelf->live);
	assert_int_equal(shelf_restore(shelf, false, why), E_OK);
	assert_int_equal(shelf_ledger_of(shelf->live), shelf->then);
	assert_int_equal(shelf_count(shelf, "replaced", kept), 1);
	assert_non_null(strstr(kept, "-wal"));
}

static void damaged_file_is_kept_with_its_log(void **state)
{
	struct shelf *shelf = *state;
	char why[RESTORE_WHY_MAX], path[200], kept[160];
	static const char log[] = "not a log that anybody could read";
	int file;

	assert_int_equal(truncate(shelf->live, 0), 0);
	file = open(shelf->live, O_WRONLY | O_CLOEXEC);
	for (int i = 0; i < 100; i++)
		assert_int_equal(write(file, "noise ", 6), 6);
	close(file);
	snprintf(path, sizeof path, "%s-wal", shelf->live);
	file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(file, log, sizeof log), sizeof log);
	close(file);
	assert_int_equal(shelf_restore(shelf, true, why), E_OK);
	assert_int_equal(shelf_ledger_of(shelf->live), shelf->then);
	assert_int_equal(shelf_count(shelf, "replaced", kept), 2);
	assert_int_equal(shelf_count(shelf, "hudur-wal", kept), 0);
}

static void event_of_a_running_worker_is_left_alone(void **state)
{
	struct shelf *shelf = *state;
	char why[RESTORE_WHY_MAX];

	office_restart(shelf->office);
	assert_int_equal(shelf_restore(shelf, true, why), E_SUPERSEDED);
	assert_non_null(strstr(why, "end the worker"));
	office_do(shelf->office, "ok", "e1/attendance", "scan", "'badge': '%s', 'session': 'PLENARY', 'direction': 'in'",
		  shelf->badge);
	assert_int_equal(office_ledger(shelf->office), shelf->now + 1);
}

static void what_is_no_copy_is_refused(void **state)
{
	struct shelf *shelf = *state;
	char why[RESTORE_WHY_MAX], path[160];
	int file;

	unlink(shelf->copy);
	assert_int_equal(shelf_restore(shelf, true, why), E_STORAGE);
	assert_non_null(strstr(why, "cannot be read"));
	file = open(shelf->copy, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	for (int i = 0; i < 100; i++)
		assert_int_equal(write(file, "noise ", 6), 6);
	close(file);
	assert_int_equal(shelf_restore(shelf, true, why), E_BAD_DATA);
	assert_int_equal(shelf_ledger_of(shelf->live), shelf->now);
	assert_int_equal(shelf_count(shelf, "replaced", path), 0);
}

/* ---- killed ---- */

static void restore_once(void *context)
{
	char why[RESTORE_WHY_MAX];

	if (shelf_restore(context, true, why)) {
		fprintf(stderr, "%s\n", why);
		_exit(1);
	}
}

/* As it was, for the next time. */
static void take_back(const struct shelf *shelf)
{
	char kept[160];

	while (shelf_count(shelf, "replaced", kept)) {
		if (shelf_ledger_of(shelf->live) == shelf->then)
			assert_int_equal(rename(kept, shelf->live), 0);
		else
			unlink(kept);
	}
}

/* Whenever it is: the event is as it was or as the copy has it, and what it was is still somewhere. */
static void killed_anywhere_leaves_one_or_the_other(void **state)
{
	struct shelf *shelf = *state;
	const int all = killed_after(INT_MAX, restore_once, shelf); /* the last ones give the names */
	int old = 0, new = 0;
	bool killed = true; /* the last one comes to its end; how many calls that takes varies with sanitizers */

	take_back(shelf);
	for (int calls = 1; killed; calls += all - calls < 60 ? 2 : 29) {
		char other[160] = "";
		int64_t ledger;
		bool kept;

		killed = killed_after(calls, restore_once, shelf) == calls;
		office_restart(shelf->office); /* which opens it, and removes what is left over */
		assert_non_null(writer_events(shelf->office->writer));
		shelf_end_writer(shelf->office);
		kept = shelf_count(shelf, "replaced", other) > 0;
		ledger = shelf_ledger_of(shelf->live);
		old += ledger == shelf->now;
		new += ledger == shelf->then;
		assert_true(ledger == shelf->now || (ledger == shelf->then && kept));
		if (kept)
			assert_int_equal(shelf_ledger_of(other), shelf->now);
		assert_int_equal(shelf_count(shelf, "restoring", other), 0);
		take_back(shelf);
	}
	print_message("          killed at %d calls: %d times the old file, %d times the copy\n", old + new, old, new);
	assert_in_range(old, 5, 100000);
	assert_in_range(new, 1, 100000);
}

static int version_of(const char *path)
{
	sqlite3_stmt *statement;
	sqlite3 *db;
	int version;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	version = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return version;
}

static void remove_all(const struct shelf *shelf, const char *part)
{
	char one[160];

	while (shelf_count(shelf, part, one))
		unlink(one);
}

static void copy_file(const char *from, const char *to)
{
	int source = open(from, O_RDONLY | O_CLOEXEC), target = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(source >= 0 && target >= 0);
	while (sendfile(target, source, NULL, MIB) > 0)
		;
	close(source);
	close(target);
}

/* The event as it was, and then a newer program's that was killed: what that one wrote is in the log alone. */
static void begin_newer(const struct shelf *shelf, const char *was)
{
	pid_t child;
	sqlite3 *db;

	remove_all(shelf, "e1.hudur");
	remove_all(shelf, "replaced");
	copy_file(was, shelf->live);
	child = fork_alone();
	if (child == 0) {
		sqlite3_open(shelf->live, &db);
		sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA user_version = 99", NULL, NULL, NULL);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
}

/* A file that this program cannot read is never called as the event without its log: a worker would go on with less. */
static void killed_anywhere_leaves_no_file_without_its_log(void **state)
{
	struct shelf *shelf = *state;
	int all, old = 0, new = 0, gone = 0;
	bool killed = true; /* as above */
	char was[160];

	snprintf(was, sizeof was, "%s/was", shelf->office->folder);
	assert_int_equal(rename(shelf->live, was), 0);
	begin_newer(shelf, was);
	all = killed_after(INT_MAX, restore_once, shelf);
	for (int calls = all - 30; killed; calls++) {
		begin_newer(shelf, was);
		killed = killed_after(calls, restore_once, shelf) == calls;
		if (access(shelf->live, F_OK) != 0)
			gone++;
		else if (version_of(shelf->live) == 99)
			old++;
		else if (shelf_ledger_of(shelf->live) == shelf->then)
			new++;
		else
			fail_msg("after %d calls of %d it is neither", calls, all);
	}
	print_message("          %d times the old file, %d times none, %d times the copy\n", old, gone, new);
	assert_in_range(new, 1, 100000);
	unlink(was);
}

/* Nothing has changed: what was set aside has its name again, and its log. */
static void file_that_was_set_aside_in_vain_comes_back_with_its_log(void **state)
{
	struct shelf *shelf = *state;
	char why[RESTORE_WHY_MAX], was[160], kept[160];

	snprintf(was, sizeof was, "%s/was", shelf->office->folder);
	assert_int_equal(rename(shelf->live, was), 0);
	begin_newer(shelf, was);
	unlink(was);
	faulty_folder_syncs = 1;
	assert_int_equal(shelf_restore(shelf, true, why), E_STORAGE);
	assert_int_equal(shelf_count(shelf, "replaced", kept), 0);
	assert_int_equal(version_of(shelf->live), 99);
}

static void back_up_once(void *context)
{
	struct shelf *shelf = context;

	office_restart(shelf->office);
	if (shelf_back_up(shelf->office).stage != task_stage_done)
		_exit(1);
	shelf_end_writer(shelf->office);
}

/* A backup: there is none, or one that is whole; and nothing half done after the next start. */
static void killed_anywhere_leaves_whole_copies_alone(void **state)
{
	struct shelf *shelf = *state;
	char backups[160];
	bool killed = true;
	int none = 0, whole = 0;

	snprintf(backups, sizeof backups, "%s/backups", shelf->office->folder);
	for (int calls = 60; killed; calls += 61) {
		struct dirent *entry;
		DIR *directory;
		int copies = 0;

		shelf_empty_folder(backups);
		killed = killed_after(calls, back_up_once, shelf) == calls;
		office_restart(shelf->office);
		shelf_end_writer(shelf->office);
		directory = opendir(backups);
		while (directory && (entry = readdir(directory))) {
			char path[512];

			if (entry->d_name[0] == '.')
				continue;
			snprintf(path, sizeof path, "%s/%s", backups, entry->d_name);
			assert_int_equal(shelf_ledger_of(path), shelf->now);
			copies++;
		}
		if (directory)
			closedir(directory);
		assert_in_range(copies, 0, 1);
		none += !copies;
		whole += copies;
	}
	print_message("          killed at %d calls: %d times no copy, %d times a whole one\n", none + whole, none, whole);
	assert_in_range(none, 3, 100000);
	assert_in_range(whole, 1, 100000);
}

/* ---- a disk that is full ---- */

static int disk_setup(void **state)
{
	struct shelf *shelf = calloc(1, sizeof *shelf);

	*state = shelf;
	if (!shelf)
		return -1;
	if (!small_disk_mount(8 * MIB))
		return 0;
	if (shelf_fill(shelf) != 0)
		return -1;
	shelf_end_writer(shelf->office);
	return 0;
}

static int disk_teardown(void **state)
{
	struct shelf *shelf = *state;

	if (!shelf->office) {
		free(shelf);
		return 0;
	}
	small_disk_clear();
	shelf_teardown(state);
	small_disk_unmount();
	return 0;
}

static void full_disk_leaves_everything_as_it_was(void **state)
{
	struct shelf *shelf = *state;
	char why[RESTORE_WHY_MAX], other[160];
	int refused = 0;

	if (!shelf->office)
		skip();
	for (int64_t left = 48 << 10; left < 512 << 10; left += 16 << 10) {
		small_disk_leave(left);
		if (shelf_restore(shelf, true, why) == E_OK)
			break;
		assert_non_null(strstr(why, "make room"));
		assert_int_equal(shelf_ledger_of(shelf->live), shelf->now);
		assert_int_equal(shelf_count(shelf, "replaced", other), 0);
		assert_int_equal(shelf_count(shelf, "restoring", other), 0);
		refused++;
	}
	assert_in_range(refused, 3, 31);
	assert_int_equal(shelf_ledger_of(shelf->live), shelf->then);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, shelf_setup, shelf_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(copy_takes_the_place_and_what_was_there_is_kept),
		CASE(who_follows_sees_that_it_is_another_ledger),
		CASE(log_of_a_killed_worker_stays_with_the_old_file),
		CASE(log_of_a_file_that_is_gone_is_kept_aside),
		CASE(damaged_file_is_kept_with_its_log),
		CASE(event_of_a_running_worker_is_left_alone),
		CASE(what_is_no_copy_is_refused),
		CASE(killed_anywhere_leaves_one_or_the_other),
		CASE(killed_anywhere_leaves_no_file_without_its_log),
		CASE(file_that_was_set_aside_in_vain_comes_back_with_its_log),
		CASE(killed_anywhere_leaves_whole_copies_alone),
		cmocka_unit_test_setup_teardown(full_disk_leaves_everything_as_it_was, disk_setup, disk_teardown),
	};

	return RUN_TESTS(tests);
}
