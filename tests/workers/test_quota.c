/* A quota that is used up is a full disk to a worker: the requests come back busy, and the reserve is used. */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/harness.h"
#include "workers/store.h"

static char folder[32], path[64];
static int why; /* of each write that fails; 0: none does */

/* In place of the C library's, also for SQLite. */
__attribute__((visibility("default"))) ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t at)
{
	if (!why)
		return syscall(SYS_pwrite64, fd, bytes, size, at);
	errno = why;
	return -1;
}

__attribute__((visibility("default"))) ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
	return pwrite64(fd, bytes, size, at);
}

static int set_up(void **state)
{
	(void)state;
	why = 0;
	snprintf(folder, sizeof folder, "/tmp/hudur-XXXXXX");
	snprintf(path, sizeof path, "%s/e.hudur", mkdtemp(folder));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static enum error store_one(struct driver *driver)
{
	const struct fact fact = {.seq = 1, .op = TEXT("scan"), .at = 1, .received = 1, .cause = ABSENT,
				  .clock_offset = ABSENT, .number = ABSENT, .person = ABSENT, .day = ABSENT,
				  .since = ABSENT, .until = ABSENT, .corrects = ABSENT};
	enum error e = driver_begin(driver);

	if (!e)
		e = ledger_append(driver, &fact);
	if (!e)
		e = driver_commit(driver);
	if (e)
		driver_rollback(driver);
	return e;
}

static void comes_to(int cause, enum error expected)
{
	struct driver *driver;

	assert_int_equal(driver_open(path, DRIVER_WRITE, &driver), E_OK);
	why = cause;
	assert_int_equal(store_one(driver), expected);
	why = 0;
	assert_int_equal(store_one(driver), E_OK);
	driver_free(driver);
}

static void a_quota_is_a_full_disk(void **state)
{
	(void)state;
	comes_to(EDQUOT, E_DISK_FULL);
}

static void a_full_disk_is_one(void **state)
{
	(void)state;
	comes_to(ENOSPC, E_DISK_FULL);
}

static void another_failure_is_not(void **state)
{
	(void)state;
	comes_to(EIO, E_STORAGE);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_quota_is_a_full_disk),
		CASE(a_full_disk_is_one),
		CASE(another_failure_is_not),
	};

	return RUN_TESTS(tests);
}
