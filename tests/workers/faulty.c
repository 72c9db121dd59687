/* SQLite's own file system with two of its methods in between, and libc's fsync for what is synced past SQLite. */
#include "tests/workers/faulty.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int faulty_syncs, faulty_writes, faulty_folder_syncs, faulty_cause;

static sqlite3_vfs *real, faulty;

/* Methods are of SQLite's two kinds of file; each is copied once with ours put in. */
static struct {
	const sqlite3_io_methods *of;
	sqlite3_io_methods methods;
} kinds[4];

static const sqlite3_io_methods *real_methods(const sqlite3_file *file)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (file->pMethods == &kinds[i].methods)
			return kinds[i].of;
	abort();
}

/* The linker takes it before libc's. */
int fsync(int fd)
{
	struct stat about;

	if (faulty_folder_syncs > 0 && fstat(fd, &about) == 0 && S_ISDIR(about.st_mode)) {
		faulty_folder_syncs--;
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_fsync, fd);
}

static int fail_sync(sqlite3_file *file, int flags)
{
	if (faulty_syncs > 0 && faulty_syncs--)
		return SQLITE_IOERR_FSYNC;
	return real_methods(file)->xSync(file, flags);
}

static int fail_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
{
	if (faulty_writes > 0 && faulty_writes--)
		return SQLITE_FULL;
	return real_methods(file)->xWrite(file, bytes, size, at);
}

static int last_error(sqlite3_vfs *vfs, int size, char *text)
{
	(void)vfs;
	return faulty_cause ? faulty_cause : real->xGetLastError(real, size, text);
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	int code = real->xOpen(real, name, file, flags, out_flags);

	(void)vfs;
	for (size_t i = 0; file->pMethods && i < sizeof kinds / sizeof *kinds; i++) {
		if (!kinds[i].of) {
			kinds[i].of = file->pMethods;
			kinds[i].methods = *file->pMethods;
			kinds[i].methods.xSync = fail_sync;
			kinds[i].methods.xWrite = fail_write;
		}
		if (kinds[i].of == file->pMethods) {
			file->pMethods = &kinds[i].methods;
			return code;
		}
	}
	return code;
}

void faulty_install(void)
{
	if (real)
		return;
	real = sqlite3_vfs_find(NULL);
	faulty = *real;
	faulty.zName = "faulty";
	faulty.xOpen = open_file;
	faulty.xGetLastError = last_error;
	sqlite3_vfs_register(&faulty, 1);
}
