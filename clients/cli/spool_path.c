/* Finds a place for the spool. */
#include "clients/cli/spool_path.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_MAX = 900 };

/* The folder and those above it that are missing, all for the user alone. */
static bool make_folders(char *path)
{
	for (char *c = path + 1; *c; c++) {
		if (*c != '/')
			continue;
		*c = '\0';
		if (mkdir(path, 0700) && errno != EEXIST) {
			*c = '/';
			return false;
		}
		*c = '/';
	}
	return mkdir(path, 0700) == 0 || errno == EEXIST;
}

static const char *home(void)
{
	const char *set = getenv("HOME");
	const struct passwd *user;

	if (set && *set)
		return set;
	user = getpwuid(getuid());
	return user ? user->pw_dir : "/";
}

bool spool_path(const char *program, int n, char *path, size_t size)
{
	const char *state = getenv("XDG_STATE_HOME");
	char folder[FOLDER_MAX];
	int wrote;

	/* the XDG rules: a relative path is to be ignored */
	if (state && *state == '/')
		wrote = snprintf(folder, sizeof(folder), "%s/hudur", state);
	else
		wrote = snprintf(folder, sizeof(folder), "%s/.local/state/hudur", home());
	if (wrote < 0 || (size_t)wrote >= sizeof(folder)) {
		errno = ENAMETOOLONG;
		return false;
	}
	if (n == 1)
		wrote = snprintf(path, size, "%s/%s.spool", folder, program);
	else
		wrote = snprintf(path, size, "%s/%s-%d.spool", folder, program, n);
	if (wrote < 0 || (size_t)wrote >= size) {
		errno = ENAMETOOLONG;
		return false;
	}
	return make_folders(folder);
}

bool spool_is_held(const char *path)
{
	char lock[1100];
	bool held;
	int fd;

	if ((size_t)snprintf(lock, sizeof(lock), "%s.lock", path) >= sizeof(lock))
		return false;
	fd = open(lock, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return false;
	held = flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
	close(fd);
	return held;
}
