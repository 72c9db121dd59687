/* Stands between the program, with the libraries it uses, and libc. */
#include "tests/powerloss/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/powerloss/record.h"

/* For all shared libraries of the process. */
#define OVER_LIBC __attribute__((visibility("default")))

struct calls calls;

enum { DESCRIPTORS = 1024, NAME_SIZE = 128 };
enum kind { KIND_OTHER, KIND_FILE, KIND_MEMORY, KIND_FOLDER };

static struct {
	enum kind kind;
	uint32_t file;
	char name[NAME_SIZE]; /* of a folder */
} descriptors[DESCRIPTORS];

/* The name within the folder that is watched; NULL when it lies elsewhere. */
static const char *name_in_folder(const char *path)
{
	size_t size = strlen(calls.folder);

	if (!size || strncmp(path, calls.folder, size) != 0 || (path[size] && path[size] != '/'))
		return NULL;
	return path[size] ? path + size + 1 : "";
}

/* SQLite's index of its log is memory that happens to have a name: nothing of it outlives the machine. */
static bool is_memory(const char *name)
{
	size_t size = strlen(name);

	return size > 4 && strcmp(name + size - 4, "-shm") == 0;
}

static enum kind kind_of(int fd)
{
	return *calls.folder && fd >= 0 && fd < DESCRIPTORS ? descriptors[fd].kind : KIND_OTHER;
}

void calls_watch(const char *folder, struct record *record)
{
	calls = (struct calls){.record = record};
	snprintf(calls.folder, sizeof calls.folder, "%s", folder);
}

void calls_unwatch(void)
{
	calls = (struct calls){.record = NULL};
	memset(descriptors, 0, sizeof descriptors);
}

static bool write_fails(enum kind kind)
{
	if (kind == KIND_OTHER || ++calls.writes != calls.failing_write)
		return false;
	errno = ENOSPC;
	return true;
}

static bool sync_fails(enum kind kind)
{
	if (kind == KIND_OTHER || (++calls.syncs != calls.failing_sync && !(calls.failing_folders && kind == KIND_FOLDER)))
		return false;
	calls.folder_failed = kind == KIND_FOLDER;
	errno = EIO;
	return true;
}

/* ---- open and close ---- */

static void note_file(int fd, const char *name, bool made, bool cut)
{
	uint32_t file = 0;

	descriptors[fd].kind = is_memory(name) ? KIND_MEMORY : KIND_FILE;
	if (!calls.record || is_memory(name))
		return;
	file = made ? record_link(calls.record, name, false) : record_file(calls.record, name);
	descriptors[fd].file = file;
	if (file == RECORD_NONE)
		descriptors[fd].kind = KIND_OTHER; /* it was there before the watch began */
	else if (cut && !made)
		record_resize(calls.record, file, 0);
}

static int open_noted(int folder, const char *path, int flags, unsigned mode)
{
	const char *name = folder == AT_FDCWD ? name_in_folder(path) : NULL;
	struct stat about;
	bool made = name && flags & O_CREAT && stat(path, &about) != 0;
	int fd;

	if (made && write_fails(KIND_FILE))
		return -1;
	fd = (int)syscall(SYS_openat, folder, path, flags, mode);
	if (fd < 0 || fd >= DESCRIPTORS || !name)
		return fd;
	if (fstat(fd, &about) == 0 && S_ISDIR(about.st_mode)) {
		descriptors[fd].kind = KIND_FOLDER;
		snprintf(descriptors[fd].name, NAME_SIZE, "%s", name);
	} else {
		note_file(fd, name, made, flags & O_TRUNC);
	}
	return fd;
}

#define MODE_OF(flags, mode) \
	do { \
		va_list list; \
		va_start(list, flags); \
		mode = flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)) ? va_arg(list, unsigned) : 0; \
		va_end(list); \
	} while (0)

OVER_LIBC int open(const char *path, int flags, ...);
OVER_LIBC int open(const char *path, int flags, ...)
{
	unsigned mode;

	MODE_OF(flags, mode);
	return open_noted(AT_FDCWD, path, flags, mode);
}

OVER_LIBC int open64(const char *path, int flags, ...);
OVER_LIBC int open64(const char *path, int flags, ...)
{
	unsigned mode;

	MODE_OF(flags, mode);
	return open_noted(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

OVER_LIBC int openat(int folder, const char *path, int flags, ...);
OVER_LIBC int openat(int folder, const char *path, int flags, ...)
{
	unsigned mode;

	MODE_OF(flags, mode);
	return open_noted(folder, path, flags, mode);
}

OVER_LIBC int close(int fd)
{
	if (fd >= 0 && fd < DESCRIPTORS)
		descriptors[fd].kind = KIND_OTHER;
	return (int)syscall(SYS_close, fd);
}

/* ---- what is in files ---- */

static ssize_t note_write(int fd, int64_t at, const void *bytes, ssize_t written)
{
	if (written > 0 && kind_of(fd) == KIND_FILE && calls.record)
		record_write(calls.record, descriptors[fd].file, at, (struct text){bytes, (uint32_t)written});
	return written;
}

OVER_LIBC ssize_t write(int fd, const void *bytes, size_t size)
{
	enum kind kind = kind_of(fd);
	struct stat about;
	int64_t at;

	if (kind == KIND_OTHER)
		return (ssize_t)syscall(SYS_write, fd, bytes, size);
	if (write_fails(kind))
		return -1;
	at = fcntl(fd, F_GETFL) & O_APPEND && fstat(fd, &about) == 0 ? about.st_size : lseek(fd, 0, SEEK_CUR);
	return note_write(fd, at, bytes, (ssize_t)syscall(SYS_write, fd, bytes, size));
}

static ssize_t write_at(int fd, const void *bytes, size_t size, int64_t at)
{
	if (write_fails(kind_of(fd)))
		return -1;
	return note_write(fd, at, bytes, (ssize_t)syscall(SYS_pwrite64, fd, bytes, size, at));
}

OVER_LIBC ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
	return write_at(fd, bytes, size, at);
}

OVER_LIBC ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at)
{
	return write_at(fd, bytes, size, at);
}

static int resize(int fd, int64_t size)
{
	int result;

	if (write_fails(kind_of(fd)))
		return -1;
	result = (int)syscall(SYS_ftruncate, fd, size);
	if (result == 0 && kind_of(fd) == KIND_FILE && calls.record)
		record_resize(calls.record, descriptors[fd].file, size);
	return result;
}

OVER_LIBC int ftruncate(int fd, off_t size)
{
	return resize(fd, size);
}

OVER_LIBC int ftruncate64(int fd, off64_t size)
{
	return resize(fd, size);
}

static int sync_noted(int fd, long call)
{
	enum kind kind = kind_of(fd);
	int result;

	if (sync_fails(kind))
		return -1;
	result = (int)syscall(call, fd);
	if (result != 0 || !calls.record)
		return result;
	if (kind == KIND_FILE)
		record_sync(calls.record, descriptors[fd].file);
	else if (kind == KIND_FOLDER)
		record_folder_sync(calls.record, descriptors[fd].name);
	return result;
}

OVER_LIBC int fsync(int fd)
{
	return sync_noted(fd, SYS_fsync);
}

OVER_LIBC int fdatasync(int fd)
{
	return sync_noted(fd, SYS_fdatasync);
}

/* It writes, and promises nothing: a disk's own memory and the file's size are left out. But it may find that it fails. */
OVER_LIBC int sync_file_range(int fd, off_t at, off_t size, unsigned flags)
{
	if (sync_fails(kind_of(fd)))
		return -1;
	return (int)syscall(SYS_sync_file_range, fd, at, size, flags);
}

/* ---- names ---- */

OVER_LIBC int rename(const char *from, const char *to)
{
	const char *name = name_in_folder(from), *target = name_in_folder(to);
	int result;

	if (name && target && write_fails(KIND_FILE))
		return -1;
	result = (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
	if (result == 0 && name && target && calls.record)
		record_rename(calls.record, name, target);
	return result;
}

/* Without RENAME_EXCHANGE. */
OVER_LIBC int renameat2(int old, const char *from, int new, const char *to, unsigned flags)
{
	const char *name = old == AT_FDCWD ? name_in_folder(from) : NULL;
	const char *target = new == AT_FDCWD ? name_in_folder(to) : NULL;
	int result;

	if (name && target && write_fails(KIND_FILE))
		return -1;
	result = (int)syscall(SYS_renameat2, old, from, new, to, flags);
	if (result == 0 && name && target && calls.record)
		record_rename(calls.record, name, target);
	return result;
}

OVER_LIBC int link(const char *from, const char *to)
{
	const char *name = name_in_folder(from), *target = name_in_folder(to);
	int result;

	if (name && target && write_fails(KIND_FILE))
		return -1;
	result = (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
	if (result == 0 && name && target && calls.record)
		record_name(calls.record, name, target);
	return result;
}

OVER_LIBC int unlink(const char *path)
{
	const char *name = name_in_folder(path);
	int result = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);

	if (result == 0 && name && !is_memory(name) && calls.record)
		record_unlink(calls.record, name);
	return result;
}

OVER_LIBC int mkdir(const char *path, mode_t mode)
{
	const char *name = name_in_folder(path);
	int result;

	if (name && write_fails(KIND_FILE))
		return -1;
	result = (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
	if (result == 0 && name && calls.record)
		record_link(calls.record, name, true);
	return result;
}
