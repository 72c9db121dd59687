/* Copies into a file beside the wanted one, syncs it, and gives it its name. */
#include "clients/admin/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "schema/rename_new.h"
#include "schema/whole_file.h"

enum { PATH_SIZE = 4096 };

static bool fail(char *why, size_t size, const char *path, const char *what)
{
	snprintf(why, size, "%.400s %s: %s", path, what, strerror(errno));
	return false;
}

static bool copy(int source, int target)
{
	ssize_t sent;

	while ((sent = sendfile(target, source, NULL, 1 << 20)) > 0 || (sent < 0 && errno == EINTR))
		;
	return sent == 0 && fsync(target) == 0;
}

static bool copy_to(const char *from, const char *partial, char *why, size_t size)
{
	int source = open(from, O_RDONLY | O_CLOEXEC);
	int target = source < 0 ? -1 : open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool copied = target >= 0 && copy(source, target);

	if (!copied)
		fail(why, size, source < 0 ? from : partial, source < 0 ? "cannot be read" : "cannot be written");
	if (source >= 0)
		close(source);
	if (target >= 0)
		close(target);
	if (!copied && target >= 0)
		unlink(partial);
	return copied;
}

static bool name_finally(const char *partial, const char *to, char *why, size_t size)
{
	if (rename_new(partial, to))
		return true;
	if (errno == EOPNOTSUPP)
		snprintf(why, size, "%.400s cannot be written: its file system can name a file neither without writing over "
			 "another nor twice; copy it yourself, or give --to a name elsewhere", to);
	else
		fail(why, size, to, "cannot be written");
	unlink(partial);
	return false;
}

bool fetch(const char *from, const char *to, char *why, size_t size)
{
	char partial[PATH_SIZE];
	int length = snprintf(partial, sizeof partial, "%s.partial", to);

	if (length <= 0 || (size_t)length >= sizeof partial) {
		errno = ENAMETOOLONG;
		return fail(why, size, to, "cannot be written");
	}
	if (!copy_to(from, partial, why, size))
		return false;
	if (!name_finally(partial, to, why, size))
		return false;
	return folder_sync_of(to) == 0 || fail(why, size, to, "may not last, its folder cannot be synced");
}
