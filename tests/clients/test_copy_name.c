/* A finished copy gets its name on any file system, and never the name of a file that is there. */
#include "clients/admin/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/clients/fake_broker.h"
#include "tests/harness.h"

static struct folder folder;
static char from[128], to[128], partial[140], why[1024];
static int no_rename, no_link; /* the errno of a file system that does not know it */

/* In place of the C library's. */
__attribute__((visibility("default"))) int renameat2(int old_folder, const char *old, int new_folder, const char *new,
						     unsigned flags)
{
	errno = no_rename;
	return no_rename ? -1 : (int)syscall(SYS_renameat2, old_folder, old, new_folder, new, flags);
}

__attribute__((visibility("default"))) int link(const char *old, const char *new)
{
	errno = no_link;
	return no_link ? -1 : linkat(AT_FDCWD, old, AT_FDCWD, new, 0);
}

static void fill(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
}

static void assert_holds(const char *path, const char *text)
{
	char held[64] = "";
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_true(fgets(held, sizeof held, file) || !*text);
	fclose(file);
	assert_string_equal(held, text);
}

static int make(void **state)
{
	(void)state;
	folder_make(&folder);
	folder_file(&folder, "from", from, sizeof from);
	folder_file(&folder, "to", to, sizeof to);
	snprintf(partial, sizeof partial, "%s.partial", to);
	fill(from, "a copy");
	no_rename = no_link = 0;
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	folder_remove(&folder);
	return 0;
}

static void copy_gets_its_name_where_renaming_may_only_replace(void **state)
{
	static const int unknown[] = {0, EINVAL, ENOSYS};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		no_rename = unknown[i];
		if (!fetch(from, to, why, sizeof why))
			fail_msg("%s", why);
		assert_holds(to, "a copy");
		assert_int_not_equal(access(partial, F_OK), 0);
		assert_int_equal(unlink(to), 0);
	}
}

static void file_that_is_there_stays(void **state)
{
	static const int unknown[] = {0, EINVAL, ENOSYS};

	(void)state;
	fill(to, "another file");
	for (size_t i = 0; i < 3; i++) {
		no_rename = unknown[i];
		assert_false(fetch(from, to, why, sizeof why));
		assert_non_null(strstr(why, "File exists"));
		assert_holds(to, "another file");
		assert_int_not_equal(access(partial, F_OK), 0);
	}
}

static void file_system_that_knows_no_way_is_named_as_the_reason(void **state)
{
	static const int unknown[] = {EPERM, EOPNOTSUPP, ENOSYS};

	(void)state;
	no_rename = EINVAL;
	for (size_t i = 0; i < 3; i++) {
		no_link = unknown[i];
		assert_false(fetch(from, to, why, sizeof why));
		assert_non_null(strstr(why, "its file system"));
		assert_int_not_equal(access(to, F_OK), 0);
		assert_int_not_equal(access(partial, F_OK), 0);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(copy_gets_its_name_where_renaming_may_only_replace),
		CASE(file_that_is_there_stays),
		CASE(file_system_that_knows_no_way_is_named_as_the_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
