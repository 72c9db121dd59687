/* Prepares the folder before any process starts, so that what is wrong with it is said once. */
#include "clients/serve/site.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool cannot(const char *path, int error)
{
	fprintf(stderr,
		"hudur-serve: the folder %.300s cannot be used: %s; name another with --data, or "
		"set "
		"its permissions.\n",
		path, strerror(error));
	return false;
}

static bool make_folder(const char *path)
{
	struct stat about;

	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return cannot(path, errno);
	if (stat(path, &about) != 0)
		return cannot(path, errno);
	if (!S_ISDIR(about.st_mode))
		return cannot(path, ENOTDIR);
	return access(path, R_OK | W_OK | X_OK) == 0 || cannot(path, errno);
}

static bool take_lock(struct site *site, const char *run)
{
	char path[SITE_PATH + 32];

	snprintf(path, sizeof path, "%s/serve.lock", run);
	site->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (site->lock < 0)
		return cannot(run, errno);
	if (flock(site->lock, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (errno != EWOULDBLOCK)
		return cannot(run, errno);
	fprintf(stderr,
		"hudur-serve: another hudur serve is running on %.300s; end that one, or name "
		"another "
		"folder with --data.\n",
		site->data);
	return false;
}

/* A socket's path is short by nature; a deep folder's socket goes to a private folder elsewhere. */
static bool choose_meeting(struct site *site, const char *run)
{
	const char *base = getenv("XDG_RUNTIME_DIR");

	if (strlen(run) + strlen("/workers") < sizeof((struct sockaddr_un *)0)->sun_path) {
		snprintf(site->workers, sizeof site->workers, "ipc://%.100s/workers", run);
		return true;
	}
	snprintf(site->meeting, sizeof site->meeting, "%.80s/hudur-XXXXXX",
		 base && *base == '/' && strlen(base) <= 80 ? base : "/tmp");
	if (!mkdtemp(site->meeting)) {
		cannot(site->meeting, errno);
		site->meeting[0] = '\0';
		return false;
	}
	snprintf(site->workers, sizeof site->workers, "ipc://%.100s/workers", site->meeting);
	return true;
}

bool site_open(struct site *site, const char *data)
{
	char run[SITE_PATH + 8];
	bool plain = data[0] == '/' || data[0] == '.';

	*site = (struct site){.lock = -1};
	/* ZeroMQ takes a path that begins with @ for no path at all. */
	if (!*data || (size_t)snprintf(site->data, sizeof site->data, "%s%s", plain ? "" : "./",
				       data) >= sizeof site->data)
		return cannot(data, *data ? ENAMETOOLONG : ENOENT);
	snprintf(run, sizeof run, "%s/run", site->data);
	return make_folder(site->data) && make_folder(run) &&
	       (chmod(run, 0700) == 0 || cannot(run, errno)) && take_lock(site, run) &&
	       choose_meeting(site, run);
}

void site_close(struct site *site)
{
	if (site->meeting[0]) {
		unlink(site->workers + strlen("ipc://"));
		rmdir(site->meeting);
	}
	if (site->lock >= 0)
		close(site->lock);
}

bool site_program(const char *name, char *path, unsigned size)
{
	char own[SITE_PATH];
	ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
	char *slash;

	own[length > 0 ? length : 0] = '\0';
	slash = strrchr(own, '/');
	if (slash)
		slash[1] = '\0';
	if (slash && (unsigned)snprintf(path, size, "%s%s", own, name) < size &&
	    access(path, X_OK) == 0)
		return true;
	fprintf(stderr, "hudur-serve: %s is not there; it belongs beside hudur-serve in %.300s\n",
		name, own);
	return false;
}
