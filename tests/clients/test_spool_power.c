/* What a failed sync, or a kill before one, leaves in a spool may be gone with the power: nothing is built on it. */
#include "clients/lib/spool.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/clients/fake_broker.h"
#include "tests/harness.h"

static struct folder folder;
static struct spool *spool;
static struct complaint complaint;
static bool failing, killed;
static int failed, synced, killed_status;

/* In place of the C library's, also for SQLite. */
__attribute__((visibility("default"))) int fdatasync(int fd)
{
	(void)fd;
	if (killed)
		_exit(0);
	failed += failing;
	synced++;
	errno = EIO;
	return failing ? -1 : 0;
}

__attribute__((visibility("default"))) int fsync(int fd)
{
	return fdatasync(fd);
}

/* Closing moves the log into the file, so that the next write begins a new one. */
static int begin_new_log(void **state)
{
	char path[128];

	(void)state;
	failing = false;
	failed = 0;
	folder_make(&folder);
	folder_file(&folder, "door.spool", path, sizeof path);
	if (!spool_open(path, &spool, &complaint))
		return -1;
	spool_close(spool);
	return spool_open(path, &spool, &complaint) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	failing = false;
	spool_close(spool);
	folder_remove(&folder);
	return 0;
}

/* What waits for an offset is sent with it, and with the same after a restart. */
static void an_offset_that_is_not_synced_is_given_to_nothing(void **state)
{
	const uint8_t id[ID_SIZE] = {1};
	int64_t seq, n, offset;

	(void)state;
	assert_true(spool_number(spool, TEXT("e"), &seq, &complaint));
	assert_true(spool_keep(spool, id, TEXT("e/attendance"), TEXT("\x80"), false, &n, &complaint));
	failing = true;
	assert_false(spool_date(spool, 5, &complaint));
	assert_true(failed > 0);
	failing = false;
	assert_false(spool_date(spool, 5, &complaint));
	assert_int_equal(spool_dating(spool, n, &offset), DATING_WAITS);
}

/* Closing moves the log into the file, so that the next write begins a new one, and that is synced even so. */
static void a_failed_sync_of_a_later_offset_is_final(void **state)
{
	char path[128];
	int64_t seq;

	(void)state;
	spool_measured(spool, 5);
	spool_close(spool);
	assert_true(spool_open(folder_file(&folder, "door.spool", path, sizeof path), &spool, &complaint));
	failing = true;
	spool_measured(spool, 6);
	failing = false;
	assert_true(failed > 0);
	assert_false(spool_number(spool, TEXT("e"), &seq, &complaint));
}

static void an_offset_that_was_written_keeps_nothing_out(void **state)
{
	int64_t seq;

	(void)state;
	spool_measured(spool, 5);
	assert_true(spool_number(spool, TEXT("e"), &seq, &complaint));
	spool_abandon(spool);
}

static bool count(void *context, int64_t n, const uint8_t *id, struct text service, struct text map)
{
	(void)n;
	(void)id;
	(void)service;
	(void)map;
	++*(int *)context;
	return true;
}

/* Another process is killed after it has written a request and before that is synced. */
static void keep_and_be_killed(const char *path)
{
	const uint8_t id[ID_SIZE] = {1};
	pid_t child = fork();
	int64_t seq, n;

	if (child == 0) {
		if (!spool_open(path, &spool, &complaint))
			_exit(1);
		spool_measured(spool, 5); /* begins the log, for which it is synced once */
		killed = spool_number(spool, TEXT("e"), &seq, &complaint);
		spool_keep(spool, id, TEXT("e/attendance"), TEXT("\x80"), true, &n, &complaint);
		_exit(1);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &killed_status, 0), child);
	assert_int_equal(killed_status, 0);
}

static void what_a_kill_left_is_synced_before_it_is_sent(void **state)
{
	char path[128];
	int kept = 0;

	(void)state;
	spool_close(spool);
	folder_file(&folder, "door.spool", path, sizeof path);
	keep_and_be_killed(path);
	synced = 0;
	assert_true(spool_open(path, &spool, &complaint));
	assert_true(synced > 0);
	assert_true(spool_each(spool, count, &kept, &complaint));
	assert_int_equal(kept, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_offset_that_is_not_synced_is_given_to_nothing, begin_new_log, tear_down),
		cmocka_unit_test_setup_teardown(a_failed_sync_of_a_later_offset_is_final, begin_new_log, tear_down),
		cmocka_unit_test_setup_teardown(what_a_kill_left_is_synced_before_it_is_sent, begin_new_log,
						tear_down),
		cmocka_unit_test_setup_teardown(an_offset_that_was_written_keeps_nothing_out, begin_new_log,
						tear_down),
	};

	return RUN_TESTS(tests);
}
