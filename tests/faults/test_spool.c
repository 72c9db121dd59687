/* The spool meets each failure that its disk and its memory can have, one in each run, until a run meets none. */
#include "clients/lib/spool.h"

#include <sodium.h>
#include <unistd.h>

#include "tests/faults/allocations.h"
#include "tests/harness.h"
#include "tests/powerloss/calls.h"

enum { KEPT_MAX = 400, TRIES = 4 };

struct ward {
	char folder[64], path[96];
	uint32_t count;       /* to keep */
	bool kept[KEPT_MAX];  /* said to be */
	bool found[KEPT_MAX];
	int64_t seq[KEPT_MAX];
	char map[6000];
	struct complaint complaint;
};

static int begin(void **state, uint32_t count)
{
	struct ward *ward = calloc(1, sizeof *ward);

	if (!ward || sodium_init() < 0)
		return -1;
	*state = ward;
	ward->count = count;
	memset(ward->map, 'm', sizeof ward->map);
	snprintf(ward->folder, sizeof ward->folder, "%s/hudur-faults-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(ward->folder))
		return -1;
	snprintf(ward->path, sizeof ward->path, "%s/door.spool", ward->folder);
	return 0;
}

static int set_up(void **state)
{
	return begin(state, 5);
}

/* Its log is moved into the file on the way. */
static int set_up_much(void **state)
{
	return begin(state, KEPT_MAX);
}

static void empty(const struct ward *ward)
{
	static const char *const endings[] = {"", "-wal", "-shm", "-journal", ".lock"};
	char path[128];

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		snprintf(path, sizeof path, "%s%s", ward->path, endings[i]);
		unlink(path);
	}
}

static int tear_down(void **state)
{
	struct ward *ward = *state;

	calls_unwatch();
	empty(ward);
	rmdir(ward->folder);
	free(ward);
	return 0;
}

static bool keep(struct ward *ward, struct spool *spool, uint32_t number, int64_t *n)
{
	uint8_t id[ID_SIZE] = {(uint8_t)number, (uint8_t)(number >> 8)};
	struct text map = {ward->map, number % 2 ? (uint32_t)sizeof ward->map : 40};

	return spool_number(spool, TEXT("e"), &ward->seq[number], &ward->complaint) &&
	       spool_keep(spool, id, TEXT("e/attendance"), map, true, n, &ward->complaint);
}

/* One program's life: keeps what is not kept yet; a third of it is answered. False when it could not even open. */
static bool live(struct ward *ward)
{
	struct spool *spool;

	if (!spool_open(ward->path, &spool, &ward->complaint))
		return false;
	for (uint32_t i = 0; i < ward->count; i++) {
		int64_t n;

		if (ward->kept[i] || !keep(ward, spool, i, &n))
			continue;
		ward->kept[i] = true;
		if (i % 3 == 0)
			spool_answered(spool, n, &ward->complaint);
	}
	spool_close(spool);
	return true;
}

static void begin_run(struct ward *ward)
{
	empty(ward);
	memset(ward->kept, 0, sizeof ward->kept);
	*ward->complaint.sentence = 0;
	calls_watch(ward->folder, NULL);
}

static bool find(void *context, int64_t n, const uint8_t *id, struct text service, struct text map)
{
	struct ward *ward = context;
	uint32_t number = id[0] | (uint32_t)id[1] << 8;

	(void)n;
	assert_true(number < ward->count && text_is(service, "e/attendance"));
	assert_int_equal(map.size, number % 2 ? sizeof ward->map : 40);
	assert_false(ward->found[number]);
	ward->found[number] = true;
	return true;
}

/* On a disk that works: what was kept is there, nothing is there twice, numbers go on without a gap. */
static void look(struct ward *ward, int64_t run)
{
	struct spool *spool;
	int64_t highest = 0, seq;

	memset(ward->found, 0, sizeof ward->found);
	if (!spool_open(ward->path, &spool, &ward->complaint))
		fail_msg("run %lld: %s", (long long)run, ward->complaint.sentence);
	assert_true(spool_each(spool, find, ward, &ward->complaint));
	for (uint32_t i = 0; i < ward->count; i++) {
		if (ward->kept[i] && i % 3 && !ward->found[i])
			fail_msg("run %lld: request %u was kept and is lost", (long long)run, i);
		if (ward->kept[i] && ward->seq[i] > highest)
			highest = ward->seq[i];
	}
	if (!spool_number(spool, TEXT("e"), &seq, &ward->complaint))
		fail_msg("run %lld: %s", (long long)run, ward->complaint.sentence);
	spool_abandon(spool);
	if (seq <= highest || seq > highest + 2)
		fail_msg("run %lld: number %lld after %lld", (long long)run, (long long)seq, (long long)highest);
	spool_close(spool);
}

static uint32_t left_to_keep(const struct ward *ward)
{
	uint32_t left = 0;

	for (uint32_t i = 0; i < ward->count; i++)
		left += !ward->kept[i];
	return left;
}

/* Restarted until all is kept. */
static void finish(struct ward *ward, int64_t run)
{
	for (int tries = 0; left_to_keep(ward) && tries < TRIES; tries++)
		live(ward);
	if (left_to_keep(ward))
		fail_msg("run %lld: %u could not be kept: %s", (long long)run, left_to_keep(ward),
			 ward->complaint.sentence);
	look(ward, run);
}

/* ---- the disk ---- */

/* Keeps one after the other, until one is not kept: then no other may be. Returns how many were, -1: not opened. */
static int64_t keep_until_broken(struct ward *ward, int64_t run)
{
	struct spool *spool;
	int64_t kept = 0, n;
	bool broken = false;

	if (!spool_open(ward->path, &spool, &ward->complaint))
		return -1;
	for (uint32_t i = 0; i < ward->count; i++) {
		bool done = keep(ward, spool, i, &n);

		if (done && broken)
			fail_msg("run %lld: a sync failed, and request %u was kept", (long long)run, i);
		ward->kept[i] = done;
		kept += done;
		if (done && i % 3 == 0)
			spool_answered(spool, n, &ward->complaint);
		broken |= calls.syncs >= run && !calls.folder_failed;
	}
	spool_close(spool);
	return kept;
}

static void a_sync_that_fails_ends_the_spool(void **state)
{
	struct ward *ward = *state;
	int64_t run = 1;

	for (bool met = true; met; run += run < 20 || run > 380 ? 1 : 7) {
		begin_run(ward);
		calls.failing_sync = run;
		keep_until_broken(ward, run);
		met = calls.syncs >= run;
		calls.failing_sync = 0;
		look(ward, run);
	}
	assert_true(run > KEPT_MAX);
}

static void a_folder_that_is_never_synced_is_not_trusted(void **state)
{
	struct ward *ward = *state;

	begin_run(ward);
	calls.failing_folders = true;
	assert_false(live(ward));
	assert_non_null(strstr(ward->complaint.sentence, "cannot be used"));
	calls.failing_folders = false;
	finish(ward, 1);
}

/* Of a file that finds no room to be made SQLite keeps the reason to itself. */
static bool says_full(const char *sentence)
{
	return strstr(sentence, "The disk is full") || strstr(sentence, "No space left on device") ||
	       strstr(sentence, "unable to open database file");
}

static void a_write_that_finds_the_disk_full_keeps_nothing(void **state)
{
	struct ward *ward = *state;
	int64_t run = 1;

	for (bool met = true; met; run++) {
		begin_run(ward);
		calls.failing_write = run;
		if (!live(ward) && !says_full(ward->complaint.sentence))
			fail_msg("run %lld: \"%s\"", (long long)run, ward->complaint.sentence);
		met = calls.writes >= run;
		calls.failing_write = 0;
		finish(ward, run);
	}
	assert_true(run > 20);
}

/* ---- memory ---- */

static void sweep_memory(struct ward *ward, enum allocator allocator)
{
	int64_t run = 1;

	for (bool met = true; met; run++) {
		begin_run(ward);
		allocations_watch(allocator, run);
		live(ward);
		met = allocations_unwatch() >= run;
		finish(ward, run);
	}
	assert_true(run > 3);
}

static void memory_of_ours_that_is_out_once_is_no_harm(void **state)
{
	sweep_memory(*state, ALLOCATOR_OURS);
}

static void memory_of_sqlites_that_is_out_once_is_no_harm(void **state)
{
	sweep_memory(*state, ALLOCATOR_SQLITE);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_sync_that_fails_ends_the_spool, set_up_much, tear_down),
		CASE(a_folder_that_is_never_synced_is_not_trusted),
		CASE(a_write_that_finds_the_disk_full_keeps_nothing),
		CASE(memory_of_ours_that_is_out_once_is_no_harm),
		CASE(memory_of_sqlites_that_is_out_once_is_no_harm),
	};

	allocations_install();
	return RUN_TESTS(tests);
}
