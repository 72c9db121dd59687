/* The writer meets each failure that its disk and its memory can have, one in each run, until a run meets none. */
#include <dirent.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/faults/allocations.h"
#include "tests/harness.h"
#include "tests/powerloss/calls.h"
#include "tests/powerloss/checker.h"
#include "tests/powerloss/shift.h"
#include "tests/powerloss/state_digest.h"

enum { BATCH = 5, TRIES = 4 };

/* One of so many is tried, the first ones always; SWEEP=all tries each. */
#if defined __SANITIZE_ADDRESS__
enum { SLOWER = 8 };
#elif defined __has_feature
#if __has_feature(address_sanitizer)
enum { SLOWER = 8 };
#else
enum { SLOWER = 1 };
#endif
#else
enum { SLOWER = 1 };
#endif
enum { STRIDE = 13 * SLOWER, FIRST = 100 };

struct ward {
	char base[64], folder[80];
	struct shift shift;
	struct checker checker;
	int64_t answers; /* done, since the last look */
	int64_t errors;  /* answers that tell a client to give up */
	uint64_t digests[SHIFT_EVENTS]; /* of files that the checker has found to be right */
};

static void count_answer(void *context, uint32_t sent)
{
	struct ward *ward = context;

	ward->answers += shift_is_done(&ward->shift.all[sent]);
	ward->errors += ward->shift.all[sent].status == status_error;
}

static void empty(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(folder), entry->d_name, 0);
	if (folder)
		closedir(folder);
}

static int tear_down(void **state)
{
	struct ward *ward = *state;

	calls_unwatch();
	shift_free(&ward->shift);
	checker_stop(&ward->checker);
	empty(ward->folder);
	rmdir(ward->folder);
	empty(ward->base);
	rmdir(ward->base);
	free(ward);
	return 0;
}

/* ---- one run ---- */

static uint32_t left_to_do(const struct shift *shift)
{
	uint32_t left = 0;

	for (uint32_t i = 0; i < shift->count; i++)
		left += !shift_is_done(&shift->all[i]);
	return left;
}

/* As a supervisor starts a worker, and clients send until they are answered. False when the disk is not trusted. */
static bool do_all(struct ward *ward)
{
	struct shift *shift = &ward->shift;
	bool trusted = true;

	for (int tries = 0; tries < TRIES && trusted && left_to_do(shift); tries++) {
		if (!shift->writer && !shift_open(shift, ward->folder)) {
			trusted = !shift->distrusted;
			if (trusted)
				shift_close(shift);
			continue;
		}
		trusted = shift_send(shift, 0, shift->count / 2, BATCH) && writer_rest(shift->writer) &&
			  shift_send(shift, shift->count / 2, shift->count, BATCH) && writer_scan(shift->writer);
	}
	return trusted;
}

static void begin_run(struct ward *ward)
{
	empty(ward->folder);
	shift_forget(&ward->shift);
	chance_seed_sodium(1);
	calls_watch(ward->folder, NULL);
}

static void write_ledger(const struct ward *ward, uint32_t event, const char *path)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fputs("any order\n", out);
	for (uint32_t i = 0; i < ward->shift.count; i++) {
		const struct sent *sent = &ward->shift.all[i];
		char id[2 * ID_SIZE + 1], reply[2048];

		if (sent->event != event)
			continue;
		sodium_bin2hex(id, sizeof id, (const unsigned char *)sent->id, ID_SIZE);
		assert_true(sent->reply.size * 2 < sizeof reply);
		sodium_bin2hex(reply, sizeof reply, (const unsigned char *)sent->reply.at, sent->reply.size);
		fprintf(out, "sent %s\n", id);
		if (shift_is_done(sent))
			fprintf(out, "acked %s %s\n", id, reply);
	}
	fclose(out);
}

static bool has_event(const struct ward *ward, uint32_t event)
{
	for (uint32_t i = 0; i < ward->shift.count; i++)
		if (ward->shift.all[i].event == event)
			return true;
	return false;
}

/* Asks the checker, unless the file is one that it has found to be right. */
static void check_event(struct ward *ward, uint32_t event, int64_t run)
{
	char path[128], ledger[128], sentence[512];
	uint64_t digest = 0;
	int64_t lost, rows;

	snprintf(path, sizeof path, "%s/%s.hudur", ward->folder, shift_events[event]);
	if (state_digest(path, &rows, &digest) && digest == ward->digests[event])
		return;
	snprintf(ledger, sizeof ledger, "%s/ledger", ward->base);
	write_ledger(ward, event, ledger);
	if (!checker_ask(&ward->checker, path, ledger, &lost, sentence))
		fail_msg("run %lld: %s: %s", (long long)run, shift_events[event], sentence);
	if (!run)
		ward->digests[event] = digest;
}

/* Every request is done, once, and the file agrees with what was answered. */
static void all_is_done(struct ward *ward, int64_t run)
{
	if (ward->errors)
		fail_msg("run %lld: an error was answered, where busy is true: %s", (long long)run, ward->shift.log);
	if (left_to_do(&ward->shift))
		fail_msg("run %lld: %u requests could not be done: %s", (long long)run, left_to_do(&ward->shift),
			 ward->shift.log);
	for (uint32_t e = 0; e < SHIFT_EVENTS; e++)
		if (has_event(ward, e))
			check_event(ward, e, run);
}

/* What a lock file tells is of the run of the machine before. */
static void start_machine(const struct ward *ward)
{
	char path[128];

	for (uint32_t e = 0; e < SHIFT_EVENTS; e++) {
		snprintf(path, sizeof path, "%s/%s.lock", ward->folder, shift_events[e]);
		unlink(path);
	}
}

/* What was answered before is known; the rest is done now, on a disk that works. */
static void go_on(struct ward *ward, int64_t run)
{
	struct shift *shift = &ward->shift;

	shift_close(shift);
	start_machine(ward);
	if (!shift_open(shift, ward->folder))
		fail_msg("run %lld: the folder cannot be opened again: %s", (long long)run, shift->log);
	for (uint32_t i = 0; i < shift->count; i++) {
		enum status before = shift->all[i].status;

		if (!shift_is_done(&shift->all[i]))
			continue;
		shift_take(shift, i);
		assert_true(shift_run(shift));
		if (!shift->all[i].repeated || shift->all[i].status != before)
			fail_msg("run %lld: request %u was acknowledged and is not known: %s", (long long)run, i, shift->log);
	}
	assert_true(do_all(ward));
	all_is_done(ward, run);
	shift_close(shift);
}

/* ---- the disk ---- */

/* It acknowledges nothing from then on, and says why. */
static void is_over(struct ward *ward, int64_t run)
{
	ward->answers = 0;
	if (ward->shift.writer && shift_send(&ward->shift, 0, ward->shift.count, BATCH))
		fail_msg("run %lld: a sync failed, and the writer goes on", (long long)run);
	if (ward->answers)
		fail_msg("run %lld: a sync failed, and %lld requests were acknowledged", (long long)run,
			 (long long)ward->answers);
	if (!*ward->shift.log)
		fail_msg("run %lld: a sync failed, and nothing was said", (long long)run);
}

static void a_sync_that_fails_ends_the_writer(void **state)
{
	struct ward *ward = *state;
	int64_t run = 1, ended = 0;

	for (bool met = true; met; run++) {
		bool trusted;

		begin_run(ward);
		calls.failing_sync = run;
		trusted = do_all(ward);
		met = calls.syncs >= run;
		if (!trusted)
			is_over(ward, run);
		else if (met && !calls.folder_failed) /* SQLite keeps that to itself; see the next case */
			fail_msg("run %lld: a sync failed, and nobody noticed: %s", (long long)run,
				 ward->shift.log);
		ended += !trusted;
		calls.failing_sync = 0;
		go_on(ward, run);
	}
	assert_true(ended > 10);
}

/* SQLite syncs the folder when it has made a log, and does not say when that fails. */
static void a_folder_that_is_never_synced_is_not_trusted(void **state)
{
	struct ward *ward = *state;

	begin_run(ward);
	calls.failing_folders = true;
	assert_false(do_all(ward));
	is_over(ward, 1);
	assert_int_equal(left_to_do(&ward->shift), ward->shift.count);
	calls.failing_folders = false;
	go_on(ward, 1);
}

static void a_write_that_finds_the_disk_full_is_done_later(void **state)
{
	struct ward *ward = *state;
	int64_t run = 1;

	for (bool met = true; met; run++) {
		begin_run(ward);
		calls.failing_write = run;
		if (!do_all(ward))
			fail_msg("run %lld: the writer ended: %s", (long long)run, ward->shift.log);
		met = calls.writes >= run;
		calls.failing_write = 0;
		all_is_done(ward, run);
		go_on(ward, run);
	}
	assert_true(run > 50);
}

/* ---- memory ---- */

static void sweep_memory(struct ward *ward, enum allocator allocator, int64_t stride)
{
	const char *sweep = getenv("SWEEP");
	int64_t run = 1;

	if (sweep && strcmp(sweep, "all") == 0)
		stride = 1;
	for (bool met = true; met; run += run < FIRST ? 1 : stride) {
		bool trusted;

		begin_run(ward);
		allocations_watch(allocator, run);
		trusted = do_all(ward);
		met = allocations_unwatch() >= run;
		if (!trusted)
			fail_msg("run %lld: the writer ended: %s", (long long)run, ward->shift.log);
		all_is_done(ward, run);
		shift_close(&ward->shift);
	}
	assert_true(run > 20);
}

static void memory_of_ours_that_is_out_once_is_no_harm(void **state)
{
	sweep_memory(*state, ALLOCATOR_OURS, 1);
}

static void memory_of_sqlites_that_is_out_once_is_no_harm(void **state)
{
	sweep_memory(*state, ALLOCATOR_SQLITE, STRIDE);
}

/* ---- a case's beginning ---- */

static int begin(void **state, struct shift_size size)
{
	struct chance chance = {1};
	struct ward *ward = calloc(1, sizeof *ward);

	if (!ward || sodium_init() < 0)
		return -1;
	*state = ward;
	snprintf(ward->base, sizeof ward->base, "%s/hudur-faults-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(ward->base) || !checker_start(&ward->checker))
		return -1;
	snprintf(ward->folder, sizeof ward->folder, "%s/events", ward->base);
	mkdir(ward->folder, 0700);
	chance_seed_sodium(1);
	shift_plan(&ward->shift, size, &chance);
	ward->shift.answered = count_answer;
	ward->shift.context = ward;
	ward->shift.outside = allocations_pause;
	begin_run(ward);
	assert_true(do_all(ward));
	all_is_done(ward, 0);
	shift_close(&ward->shift);
	return 0;
}

static int set_up(void **state)
{
	return begin(state, (struct shift_size){2, 6, 2});
}

/* SQLite allocates a thousand times as often as we do. */
static int set_up_little(void **state)
{
	return begin(state, (struct shift_size){2, 1, 1});
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_sync_that_fails_ends_the_writer),
		CASE(a_folder_that_is_never_synced_is_not_trusted),
		CASE(a_write_that_finds_the_disk_full_is_done_later),
		CASE(memory_of_ours_that_is_out_once_is_no_harm),
		cmocka_unit_test_setup_teardown(memory_of_sqlites_that_is_out_once_is_no_harm, set_up_little, tear_down),
	};

	allocations_install();
	return RUN_TESTS(tests);
}
