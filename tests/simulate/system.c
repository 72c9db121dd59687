/* What the cores ask of the system: clocks, chance, and the few files that are not SQLite's. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "schema/clock.h"
#include "tests/simulate/disk.h"
#include "tests/simulate/network.h"
#include "workers/distrust.h"

enum { DESCRIPTORS_MAX = 32 };

static struct descriptor {
	struct file *file;    /* or a folder */
	char folder[PATH_LENGTH];
	struct process *process;
} descriptors[DESCRIPTORS_MAX];

/* ---- clocks and chance ---- */

int clock_open(struct clock *clock)
{
	clock->simulated = NULL;
	return 0;
}

void clock_close(struct clock *clock)
{
	(void)clock;
}

int64_t clock_now(const struct clock *clock)
{
	const struct process *process = world.current;

	(void)clock;
	return WALL_START + world.now + (process ? process->ahead + process->machine->wall_shift : 0);
}

int64_t clock_monotonic_ms(void)
{
	const struct process *process = world.current;

	return world.now + (process ? process->ahead + process->machine->booted : 0);
}

int64_t clock_monotonic_us(void)
{
	return clock_monotonic_ms() * 1000;
}

void randombytes_buf(void *const bytes, const size_t size)
{
	unsigned char *at = bytes;

	for (size_t i = 0; i < size; i++)
		at[i] = (unsigned char)pick(256);
}

bool boot_read(struct boot *boot)
{
	const struct process *process = world.current;

	if (!process)
		return false;
	snprintf(boot->id, sizeof boot->id, "%033" PRId64 "-%s", process->machine->booted, process->machine->name);
	boot->process = (long)process->life * 10 + process->name[1];
	return true;
}

/* ---- files; wrapped by the linker ---- */

int __wrap_open(const char *path, int flags, ...);
int __wrap_close(int fd);
int __real_close(int fd);
int __wrap_fsync(int fd);
int __wrap_flock(int fd, int operation);
ssize_t __wrap_pread(int fd, void *to, size_t size, off_t at);
ssize_t __wrap_pwrite(int fd, const void *from, size_t size, off_t at);
int __wrap_stat(const char *path, struct stat *about);
int __wrap_fstat(int fd, struct stat *about);
int __real_fstat(int fd, struct stat *about);
int __wrap_access(const char *path, int mode);
DIR *__wrap_opendir(const char *path);
struct dirent *__wrap_readdir(DIR *folder);
int __wrap_closedir(DIR *folder);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);

static bool is_dead(void)
{
	return world.current && world.current->dying;
}

int __wrap_open(const char *path, int flags, ...)
{
	struct file *file = disk_find(path);
	bool folder = flags & O_DIRECTORY;
	int i = 0;

	if (is_dead() || (!file && !folder && !(flags & O_CREAT)) || (file && flags & O_CREAT && flags & O_EXCL)) {
		errno = is_dead() ? EIO : file ? EEXIST : ENOENT;
		return -1;
	}
	while (i < DESCRIPTORS_MAX && (descriptors[i].file || descriptors[i].folder[0]))
		i++;
	if (i == DESCRIPTORS_MAX)
		abort();
	descriptors[i] = (struct descriptor){.process = world.current};
	if (folder)
		snprintf(descriptors[i].folder, PATH_LENGTH, "%s", path);
	else
		descriptors[i].file = file ? file : disk_make(path);
	return DESCRIPTOR_FILES + i;
}

int __wrap_close(int fd)
{
	struct descriptor *descriptor = &descriptors[fd - DESCRIPTOR_FILES];

	if (fd < DESCRIPTOR_FILES)
		return __real_close(fd);
	if (descriptor->file && descriptor->file->locked == descriptor->process)
		descriptor->file->locked = NULL;
	*descriptor = (struct descriptor){.file = NULL};
	return 0;
}

int __wrap_fsync(int fd)
{
	const struct descriptor *descriptor = &descriptors[fd - DESCRIPTOR_FILES];

	if (is_dead()) {
		errno = EIO;
		return -1;
	}
	if (descriptor->file)
		disk_sync(descriptor->file);
	else
		disk_sync_folder(descriptor->folder);
	return 0;
}

int __wrap_flock(int fd, int operation)
{
	const struct descriptor *descriptor = &descriptors[fd - DESCRIPTOR_FILES];

	(void)operation;
	if (descriptor->file->locked && descriptor->file->locked != descriptor->process) {
		errno = EWOULDBLOCK;
		return -1;
	}
	descriptor->file->locked = descriptor->process;
	return 0;
}

ssize_t __wrap_pread(int fd, void *to, size_t size, off_t at)
{
	const struct file *file = descriptors[fd - DESCRIPTOR_FILES].file;
	size_t from = (size_t)at < file->size ? (size_t)at : file->size;

	if (size > file->size - from)
		size = file->size - from;
	if (size)
		memcpy(to, file->bytes + from, size);
	return (ssize_t)size;
}

ssize_t __wrap_pwrite(int fd, const void *from, size_t size, off_t at)
{
	if (is_dead())
		return -1;
	disk_write(descriptors[fd - DESCRIPTOR_FILES].file, from, size, (size_t)at);
	return (ssize_t)size;
}

int __wrap_stat(const char *path, struct stat *about)
{
	const struct file *file = disk_find(path);

	if (!file) {
		errno = ENOENT;
		return -1;
	}
	*about = (struct stat){.st_size = (off_t)file->size};
	return 0;
}

int __wrap_fstat(int fd, struct stat *about)
{
	if (fd < DESCRIPTOR_FILES)
		return __real_fstat(fd, about);
	*about = (struct stat){.st_size = (off_t)descriptors[fd - DESCRIPTOR_FILES].file->size};
	return 0;
}

int __wrap_access(const char *path, int mode)
{
	(void)mode;
	errno = ENOENT;
	return disk_find(path) ? 0 : -1;
}

struct folder {
	char path[PATH_LENGTH];
	struct file *at;
	struct dirent entry;
};

DIR *__wrap_opendir(const char *path)
{
	struct folder *folder = calloc(1, sizeof *folder);

	if (folder)
		snprintf(folder->path, sizeof folder->path, "%s", path);
	return (DIR *)folder;
}

struct dirent *__wrap_readdir(DIR *directory)
{
	struct folder *folder = (struct folder *)directory;

	folder->at = disk_next(folder->path, folder->at);
	if (!folder->at)
		return NULL;
	snprintf(folder->entry.d_name, sizeof folder->entry.d_name, "%s",
		 folder->at->path + strlen(folder->path) + 1);
	return &folder->entry;
}

int __wrap_closedir(DIR *directory)
{
	free(directory);
	return 0;
}

/* The time passes for whoever waits; the others have theirs later. */
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	(void)fds;
	(void)count;
	world.current->ahead += timeout > 0 ? timeout : 1;
	return 0;
}
