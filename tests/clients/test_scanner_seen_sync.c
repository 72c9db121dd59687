/* The file that takes the old one's place is on the disk before its name is: no kill shows that, so it is noted here. */
#include "clients/scanner/seen.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/clients/fake_broker.h"
#include "tests/harness.h"

#define NOON INT64_C(1709200800000)

static char deeds[32];
static bool failing;

static void note(char deed)
{
	size_t count = strlen(deeds);

	if (count + 1 < sizeof deeds)
		deeds[count] = deed;
}

/* In place of the C library's: 'f' a file was synced, 'd' a folder, 'r' a file got another's name. */
__attribute__((visibility("default"))) int fsync(int fd)
{
	struct stat about;

	note(fstat(fd, &about) == 0 && S_ISDIR(about.st_mode) ? 'd' : 'f');
	errno = EIO;
	return failing ? -1 : 0;
}

__attribute__((visibility("default"))) int rename(const char *from, const char *to)
{
	note('r');
	return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

static void begin(struct folder *folder, char path[128], struct seen *seen)
{
	failing = false;
	folder_make(folder);
	folder_file(folder, "seen", path, 128);
	*seen = (struct seen){0};
	memset(deeds, 0, sizeof deeds);
}

static void it_is_synced_before_it_takes_the_old_ones_place(void **state)
{
	static struct seen seen;
	struct folder folder;
	char path[128];

	(void)state;
	begin(&folder, path, &seen);
	assert_true(seen_open(&seen, path, NOON));
	assert_string_equal(deeds, "frd");
	seen_free(&seen);
	folder_remove(&folder);
}

static void a_failed_sync_leaves_the_old_one(void **state)
{
	static struct seen seen;
	struct folder folder;
	struct stat before, after;
	char path[128];

	(void)state;
	begin(&folder, path, &seen);
	assert_true(seen_open(&seen, path, NOON));
	assert_int_equal(seen_own(&seen, 1, TEXT("S1"), direction_in, 1, NOON, ABSENT), E_OK);
	seen_free(&seen);
	assert_int_equal(stat(path, &before), 0);
	failing = true;
	assert_false(seen_open(&seen, path, NOON));
	assert_int_equal(seen.count, 1);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(after.st_ino, before.st_ino);
	seen_free(&seen);
	folder_remove(&folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_synced_before_it_takes_the_old_ones_place),
		cmocka_unit_test(a_failed_sync_leaves_the_old_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
