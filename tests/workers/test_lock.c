/* The lock file of an event goes when nothing came of what it was for: it keeps others out all the same. */
#include "workers/event.h"

#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/harness.h"
#include "workers/distrust.h"

static char folder[32], path[64], why[256];
static bool removed_meanwhile;

/* In place of the C library's: somebody else removes the file that was opened and is about to be locked. */
__attribute__((visibility("default"))) int flock(int fd, int operation)
{
	if (removed_meanwhile)
		assert_int_equal(unlink(path), 0);
	return (int)syscall(SYS_flock, fd, operation);
}

static int set_up(void **state)
{
	(void)state;
	removed_meanwhile = false;
	snprintf(folder, sizeof folder, "/tmp/hudur-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/e.lock", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	assert_int_equal(rmdir(folder), 0);
	return 0;
}

static enum error lock(int *file)
{
	return event_lock(folder, TEXT("e"), file, why);
}

static void one_keeps_the_other_out(void **state)
{
	int one, other;

	(void)state;
	assert_int_equal(lock(&one), E_OK);
	assert_int_equal(lock(&other), E_SUPERSEDED);
	assert_int_equal(other, -1);
	assert_non_null(strstr(why, "is locked"));
	close(one);
}

static void a_removed_one_is_made_again(void **state)
{
	int one, other;

	(void)state;
	assert_int_equal(lock(&one), E_OK);
	event_lock_remove(folder, TEXT("e"), one);
	assert_int_equal(access(path, F_OK), -1);
	close(one);
	assert_int_equal(lock(&other), E_OK);
	assert_int_equal(access(path, F_OK), 0);
	close(other);
}

/* Else a third would lock the file that has the name now, and there were two. */
static void one_that_was_removed_meanwhile_is_no_lock(void **state)
{
	int one, other;

	(void)state;
	removed_meanwhile = true;
	assert_int_equal(lock(&one), E_SUPERSEDED);
	assert_int_equal(one, -1);
	removed_meanwhile = false;
	assert_int_equal(lock(&other), E_OK);
	close(other);
}

static void one_that_remembers_a_failed_sync_stays(void **state)
{
	int one;

	(void)state;
	assert_int_equal(lock(&one), E_OK);
	distrust_note(one);
	event_lock_remove(folder, TEXT("e"), one);
	assert_int_equal(access(path, F_OK), 0);
	close(one);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(one_keeps_the_other_out),
		CASE(a_removed_one_is_made_again),
		CASE(one_that_was_removed_meanwhile_is_no_lock),
		CASE(one_that_remembers_a_failed_sync_stays),
	};

	return RUN_TESTS(tests);
}
