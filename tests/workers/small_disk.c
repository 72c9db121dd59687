/* A tmpfs in a mount namespace of the test's own, and a file that takes its room. */
#include "tests/harness.h"
#include "tests/workers/small_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

static char folder[64], ballast[80], before[64];

static bool complain(const char *what)
{
	print_message("          did not run: %s: %s; only root can have a small disk\n", what, strerror(errno));
	return false;
}

bool small_disk_mount(int64_t size)
{
	static bool apart;
	const char *temporary = getenv("TMPDIR");
	char options[48];

	if (!apart && (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0))
		return complain("a mount namespace");
	apart = true;
	snprintf(before, sizeof before, "%s", temporary ? temporary : "/tmp");
	snprintf(folder, sizeof folder, "%.40s/disk-XXXXXX", before);
	assert_non_null(mkdtemp(folder));
	snprintf(options, sizeof options, "size=%lld,mode=0700", (long long)size);
	if (mount("small", folder, "tmpfs", 0, options) != 0) {
		rmdir(folder);
		return complain("a tmpfs");
	}
	snprintf(ballast, sizeof ballast, "%s/ballast", folder);
	setenv("TMPDIR", folder, 1);
	return true;
}

void small_disk_unmount(void)
{
	umount2(folder, MNT_DETACH);
	rmdir(folder);
	setenv("TMPDIR", before, 1);
}

int64_t small_disk_room(void)
{
	struct statvfs disk;

	assert_int_equal(statvfs(folder, &disk), 0);
	return (int64_t)(disk.f_bavail * disk.f_frsize);
}

void small_disk_leave(int64_t bytes)
{
	int file;
	int64_t room;

	small_disk_clear();
	room = small_disk_room() - bytes;
	file = open(ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(file >= 0);
	assert_true(room > 0);
	assert_int_equal(posix_fallocate(file, 0, room), 0);
	close(file);
}

void small_disk_clear(void)
{
	unlink(ballast);
}
