/* By renaming, or by a second name where a file system knows no renaming that does not replace. */
#include "schema/rename_new.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

bool rename_new(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	if (link(from, to) == 0) {
		unlink(from);
		return true;
	}
	if (errno == EPERM || errno == ENOSYS)
		errno = EOPNOTSUPP;
	return false;
}
