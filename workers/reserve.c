/* One file, allocated and removed. */
#include "workers/reserve.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

static bool path_of(const struct reserve *reserve, char path[PATH_SIZE])
{
	int size = snprintf(path, PATH_SIZE, "%s/reserve", reserve->folder);

	return size > 0 && size < PATH_SIZE;
}

/* A hole is no room: what counts is what is allocated. */
static bool is_there(const struct reserve *reserve, const char *path)
{
	struct stat about;

	return stat(path, &about) == 0 && about.st_size >= reserve->size &&
	       (int64_t)about.st_blocks * 512 >= reserve->size;
}

/* Else what was just given up would be taken again at once, and the next batch would find the disk as full. */
static bool is_room(const struct reserve *reserve)
{
	struct statvfs disk;

	return statvfs(reserve->folder, &disk) == 0 &&
	       (int64_t)(disk.f_bavail * disk.f_frsize) >= reserve->size + reserve->size / 4;
}

static bool make(const struct reserve *reserve, const char *path)
{
	int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	bool made = file >= 0 && posix_fallocate(file, 0, (off_t)reserve->size) == 0;

	if (file >= 0)
		close(file);
	if (!made)
		unlink(path);
	return made;
}

bool reserve_keep(struct reserve *reserve)
{
	char path[PATH_SIZE];
	bool spent = reserve->spent;

	if (!reserve->size || reserve->held || !path_of(reserve, path))
		return false;
	reserve->held = is_there(reserve, path) || (is_room(reserve) && make(reserve, path));
	reserve->spent = !reserve->held;
	return reserve->spent != spent;
}

bool reserve_give_up(struct reserve *reserve)
{
	char path[PATH_SIZE];

	if (!reserve->size)
		return false;
	reserve->spent = true;
	if (!reserve->held || !path_of(reserve, path))
		return false;
	reserve->held = false;
	return unlink(path) == 0;
}
