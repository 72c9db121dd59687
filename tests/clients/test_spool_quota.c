/* A quota that is used up is a full disk, whose remedy is told: SQLite itself knows of ENOSPC alone. */
#include "clients/lib/spool.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/clients/fake_broker.h"
#include "tests/harness.h"

static struct folder folder;
static char path[128];
static struct complaint complaint;
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
	folder_make(&folder);
	folder_file(&folder, "door.spool", path, sizeof path);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	folder_remove(&folder);
	return 0;
}

static bool keep(struct spool *spool)
{
	const uint8_t id[ID_SIZE] = {1};
	int64_t seq, n;

	return spool_number(spool, TEXT("e"), &seq, &complaint) &&
	       spool_keep(spool, id, TEXT("e/attendance"), TEXT("\x81\xa1x\x01"), true, &n, &complaint);
}

static void room_is_asked_for(int cause, bool full)
{
	struct spool *spool;

	assert_true(spool_open(path, &spool, &complaint));
	why = cause;
	assert_false(keep(spool));
	assert_int_equal(strstr(complaint.sentence, "The disk is full") != NULL, full);
	why = 0;
	assert_true(keep(spool));
	spool_close(spool);
}

static void a_quota_is_a_full_disk(void **state)
{
	(void)state;
	room_is_asked_for(EDQUOT, true);
}

static void a_full_disk_is_one(void **state)
{
	(void)state;
	room_is_asked_for(ENOSPC, true);
}

static void another_failure_is_not(void **state)
{
	(void)state;
	room_is_asked_for(EIO, false);
}

static void a_quota_when_it_is_opened_is_one(void **state)
{
	struct spool *spool;

	(void)state;
	why = EDQUOT;
	assert_false(spool_open(path, &spool, &complaint));
	assert_non_null(strstr(complaint.sentence, "The disk is full"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_quota_is_a_full_disk),
		CASE(a_full_disk_is_one),
		CASE(another_failure_is_not),
		CASE(a_quota_when_it_is_opened_is_one),
	};

	return RUN_TESTS(tests);
}
