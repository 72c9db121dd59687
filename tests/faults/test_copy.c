/* Making a copy and restoring one meet each failure that the disk can have, one in each run, until a run meets none. */
#include <dirent.h>
#include <sched.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness.h"
#include "tests/powerloss/calls.h"
#include "tests/powerloss/shift.h"
#include "tests/powerloss/state_digest.h"
#include "workers/restore.h"

enum { BATCH = 5 };

/* An event with a copy from the middle of its day. */
struct ward {
	char folder[64], backups[80], live[80], copy[160];
	struct shift shift;
	uint64_t now, then; /* digests of the event and of the copy */
};

static void ignore(void *context, const char *sentence)
{
	(void)context;
	(void)sentence;
}

static void count_answer(void *context, uint32_t sent)
{
	(void)sent;
	++*(int *)context;
}

/* Files whose names hold this; with `removed`, they go. */
static int count_files(const char *path, const char *part, bool removed)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	int count = 0;

	while (folder && (entry = readdir(folder)))
		if (entry->d_name[0] != '.' && strstr(entry->d_name, part)) {
			count++;
			if (removed)
				unlinkat(dirfd(folder), entry->d_name, 0);
		}
	if (folder)
		closedir(folder);
	return count;
}

/* What the lock file tells is of the run of the machine before. */
static void start_machine(const struct ward *ward)
{
	count_files(ward->folder, ".lock", true);
}

static uint64_t digest_of(const char *path)
{
	uint64_t digest = 0;
	int64_t ledger;

	return state_digest(path, &ledger, &digest) ? digest : 0;
}

/* ---- a copy ---- */

/* Begins one and follows it. False when the writer ended. */
static bool back_up(struct ward *ward, struct backup_state *state)
{
	int64_t task = 0;

	do {
		if (!shift_back_up(&ward->shift, 0, task, state))
			return false;
		task = state->task;
		if (!writer_go_on(ward->shift.writer))
			sched_yield();
	} while (state->stage == task_stage_copying || state->stage == task_stage_checking);
	return true;
}

static void is_whole_or_has_no_name(struct ward *ward, const struct backup_state *state, int64_t run)
{
	bool done = state->stage == task_stage_done;
	char path[256];

	if (count_files(ward->backups, ".hudur", false) != done)
		fail_msg("run %lld: a copy that %s named", (long long)run, done ? "is done is not" : "has failed is");
	if (!done)
		return;
	snprintf(path, sizeof path, "%.*s", (int)state->file.size, state->file.at);
	assert_int_equal(digest_of(path), ward->now);
}

static void begin_run(struct ward *ward)
{
	count_files(ward->backups, "", true);
	rmdir(ward->backups); /* so that it is made anew */
	calls_watch(ward->folder, NULL);
	shift_forget(&ward->shift);
	assert_true(shift_open(&ward->shift, ward->folder));
	calls.syncs = calls.writes = 0;
}

static void end_run(struct ward *ward, int64_t run)
{
	struct backup_state state;

	calls.failing_folders = false;
	shift_close(&ward->shift);
	start_machine(ward);
	assert_int_equal(digest_of(ward->live), ward->now);
	assert_true(shift_open(&ward->shift, ward->folder));
	if (count_files(ward->backups, ".partial", false))
		fail_msg("run %lld: a part of a copy is left", (long long)run);
	count_files(ward->backups, "", true);
	assert_true(back_up(ward, &state));
	assert_int_equal(state.stage, task_stage_done);
	shift_close(&ward->shift);
}

/* It acknowledges nothing from then on, and says why. */
static void is_over(struct ward *ward, int64_t run)
{
	int answers = 0;

	ward->shift.answered = count_answer;
	ward->shift.context = &answers;
	shift_take(&ward->shift, 0);
	if (shift_run(&ward->shift) || answers || writer_rest(ward->shift.writer))
		fail_msg("run %lld: a sync failed, and the writer goes on", (long long)run);
	if (!strstr(ward->shift.log, "sync") && !strstr(ward->shift.log, "written"))
		fail_msg("run %lld: a sync failed, and what was said is: %s", (long long)run, ward->shift.log);
	ward->shift.answered = NULL;
}

static void a_copys_sync_that_fails_ends_the_writer(void **state)
{
	struct ward *ward = *state;
	int ended = 0;

	for (int64_t run = 1, met = true; met; run++) {
		struct backup_state told = {.stage = task_stage_failed};
		bool trusted;

		begin_run(ward);
		calls.failing_sync = run;
		trusted = back_up(ward, &told);
		met = calls.syncs >= run;
		if (!trusted) {
			told.stage = task_stage_failed;
			is_over(ward, run);
		} else if (met && !calls.folder_failed) { /* SQLite keeps that to itself; see the next case */
			fail_msg("run %lld: a sync failed, and nobody noticed", (long long)run);
		}
		is_whole_or_has_no_name(ward, &told, run);
		ended += !trusted;
		calls.failing_sync = 0;
		end_run(ward, run);
	}
	assert_in_range(ended, 5, 100);
}

static void a_folder_for_copies_that_is_never_synced_ends_the_writer(void **state)
{
	struct ward *ward = *state;
	struct backup_state told;

	begin_run(ward);
	calls.failing_folders = true;
	assert_false(back_up(ward, &told));
	is_over(ward, 1);
	assert_int_equal(count_files(ward->backups, ".hudur", false), 0);
	end_run(ward, 1);
}

static void a_copy_that_finds_the_disk_full_fails_alone(void **state)
{
	struct ward *ward = *state;
	int64_t run = 1;

	for (bool met = true; met; run++) {
		struct backup_state told;

		begin_run(ward);
		calls.failing_write = run;
		if (!back_up(ward, &told))
			fail_msg("run %lld: the writer ended: %s", (long long)run, ward->shift.log);
		met = calls.writes >= run;
		calls.failing_write = 0;
		is_whole_or_has_no_name(ward, &told, run);
		shift_take(&ward->shift, 0);
		assert_true(shift_run(&ward->shift) && shift_is_done(&ward->shift.all[0]));
		end_run(ward, run);
	}
	assert_true(run > 20);
}

/* ---- a restoring ---- */

static bool restore(struct ward *ward, char why[RESTORE_WHY_MAX])
{
	struct restored restored;

	return restore_file(ward->copy, ward->folder, true, ward->shift.now, ignore, NULL, &restored, why) == E_OK;
}

/* Puts the copy in the event's place and then the event in its own again. True when the failure was met. */
static bool restore_and_back(struct ward *ward, int64_t *failing, const int64_t *counted, int64_t run)
{
	char why[RESTORE_WHY_MAX], kept[96];
	bool restored, met;

	snprintf(kept, sizeof kept, "%s/day", ward->folder);
	assert_true(shift_open(&ward->shift, ward->folder)); /* as a worker leaves it */
	shift_close(&ward->shift);
	assert_int_equal(link(ward->live, kept), 0);
	calls_watch(ward->folder, NULL);
	*failing = run;
	restored = restore(ward, why);
	met = *counted >= run;
	*failing = 0;
	if (!restored && !*why)
		fail_msg("run %lld: nothing was said", (long long)run);
	if (digest_of(ward->live) != (restored ? ward->then : ward->now))
		fail_msg("run %lld: the event is not %s: %s", (long long)run, restored ? "restored" : "what it was", why);
	if (count_files(ward->folder, "restoring", false))
		fail_msg("run %lld: something is left", (long long)run);
	if (restored && met && failing == &calls.failing_sync && !calls.folder_failed)
		fail_msg("run %lld: a sync failed, and nobody noticed", (long long)run);
	start_machine(ward);
	if (!restored && !restore(ward, why))
		fail_msg("run %lld: it cannot be done again: %s", (long long)run, why);
	assert_int_equal(digest_of(ward->live), ward->then);
	calls_unwatch();
	count_files(ward->folder, "replaced", true);
	assert_int_equal(rename(kept, ward->live), 0);
	return met;
}

static void a_restoring_changes_all_or_nothing(void **state)
{
	int64_t run = 1;

	while (restore_and_back(*state, &calls.failing_write, &calls.writes, run))
		run++;
	assert_true(run > 20);
	run = 1;
	while (restore_and_back(*state, &calls.failing_sync, &calls.syncs, run))
		run++;
	assert_true(run > 5);
}

/* SQLite's own syncs of a folder fail first, and it keeps that to itself. */
static void a_folder_that_is_never_synced_takes_no_copy(void **state)
{
	struct ward *ward = *state;
	char why[RESTORE_WHY_MAX];

	calls_watch(ward->folder, NULL);
	calls.failing_folders = true;
	assert_false(restore(ward, why));
	assert_non_null(strstr(why, "could not be synced"));
	calls_unwatch();
	assert_int_equal(digest_of(ward->live), ward->now);
}

/* ---- the beginning ---- */

static void prepare(struct ward *ward)
{
	struct shift *shift = &ward->shift;
	struct backup_state state;

	assert_true(shift_open(shift, ward->folder));
	assert_true(shift_send(shift, 0, shift->count / 2, BATCH));
	assert_true(back_up(ward, &state));
	snprintf(ward->copy, sizeof ward->copy, "%s.copy", ward->folder);
	assert_int_equal(rename(arena_printf(&shift->answers, "%.*s%c", (int)state.file.size, state.file.at, 0).at,
				ward->copy), 0);
	assert_true(shift_send(shift, shift->count / 2, shift->count, BATCH));
	shift_close(shift);
	ward->then = digest_of(ward->copy);
	ward->now = digest_of(ward->live);
}

static int set_up(void **state)
{
	struct chance chance = {1};
	struct ward *ward = calloc(1, sizeof *ward);

	if (!ward || sodium_init() < 0)
		return -1;
	*state = ward;
	snprintf(ward->folder, sizeof ward->folder, "%s/hudur-copy-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(ward->folder))
		return -1;
	snprintf(ward->backups, sizeof ward->backups, "%s/backups", ward->folder);
	snprintf(ward->live, sizeof ward->live, "%s/%s.hudur", ward->folder, shift_events[0]);
	chance_seed_sodium(1);
	shift_plan(&ward->shift, (struct shift_size){4, 12, 1}, &chance);
	prepare(ward);
	return ward->then && ward->now && ward->then != ward->now ? 0 : -1;
}

static int tear_down(void **state)
{
	struct ward *ward = *state;

	calls_unwatch();
	shift_free(&ward->shift);
	count_files(ward->backups, "", true);
	rmdir(ward->backups);
	count_files(ward->folder, "", true);
	rmdir(ward->folder);
	unlink(ward->copy);
	free(ward);
	return 0;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_copys_sync_that_fails_ends_the_writer),
		CASE(a_folder_for_copies_that_is_never_synced_ends_the_writer),
		CASE(a_copy_that_finds_the_disk_full_fails_alone),
		CASE(a_restoring_changes_all_or_nothing),
		CASE(a_folder_that_is_never_synced_takes_no_copy),
	};

	return RUN_TESTS(tests);
}
