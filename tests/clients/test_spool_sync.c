/* What the spool says it kept was synced: no kill can show that, so its syncs are counted and failed. */
#include "clients/lib/spool.h"

#include <errno.h>
#include <unistd.h>

#include "tests/clients/fake_broker.h"
#include "tests/harness.h"

static struct folder folder;
static char path[128];
static struct spool *spool;
static struct complaint complaint;
static int syncs;
static bool failing;

/* In place of the C library's, also for SQLite. */
__attribute__((visibility("default"))) int fdatasync(int fd)
{
	(void)fd;
	syncs++;
	errno = EIO;
	return failing ? -1 : 0;
}

__attribute__((visibility("default"))) int fsync(int fd)
{
	return fdatasync(fd);
}

static int set_up(void **state)
{
	(void)state;
	failing = false;
	folder_make(&folder);
	folder_file(&folder, "door.spool", path, sizeof path);
	return spool_open(path, &spool, &complaint) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	spool_close(spool);
	folder_remove(&folder);
	return 0;
}

static bool keep(int64_t *n)
{
	const uint8_t id[ID_SIZE] = {1};
	int64_t seq;

	return spool_number(spool, TEXT("e"), &seq, &complaint) &&
	       spool_keep(spool, id, TEXT("e/attendance"), TEXT("\x81\xa1x\x01"), true, n, &complaint);
}

static void what_is_kept_was_synced(void **state)
{
	int64_t n;

	(void)state;
	for (int i = 0; i < 3; i++) {
		syncs = 0;
		assert_true(keep(&n));
		assert_true(syncs > 0);
		/* this one need not be, and the next is all the same */
		assert_true(spool_answered(spool, n, &complaint));
	}
}

static void what_was_not_synced_is_not_kept(void **state)
{
	int64_t n;

	(void)state;
	assert_true(keep(&n));
	failing = true;
	assert_false(keep(&n));
	assert_true(complaint.sentence[0]);
	failing = false;
	assert_false(keep(&n)); /* nobody knows what the disk holds now */
}

/* After it is opened again the first thing that is written begins a new log, which is synced. */
static void unsynced_log_is_not_trusted_whatever_began_it(void **state)
{
	int64_t n;

	(void)state;
	assert_true(keep(&n));
	spool_close(spool);
	assert_true(spool_open(path, &spool, &complaint));
	failing = true;
	syncs = 0;
	spool_heard_of(spool, TEXT("e"));
	assert_true(syncs > 0);
	failing = false;
	assert_false(keep(&n));
}

static void what_was_rejected_is_synced(void **state)
{
	int64_t n;

	(void)state;
	assert_true(keep(&n));
	syncs = 0;
	assert_true(spool_rejected(spool, n, TEXT("\x80"), 0, &complaint));
	assert_true(syncs > 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_kept_was_synced),
		CASE(what_was_not_synced_is_not_kept),
		CASE(unsynced_log_is_not_trusted_whatever_began_it),
		CASE(what_was_rejected_is_synced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
