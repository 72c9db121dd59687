/*
 * Gathers what SQLite writes to its log. SQLite writes each page in two calls, and only a sync makes anything of it
 * count: so it is written together when the sync comes. https://www.sqlite.org/vfs.html
 */
#include "workers/driver_sqlite.h"

#include <pthread.h>
#include <string.h>

enum { GATHERED_MAX = 64 << 10 };

/* SQLite makes the room for it; the file beneath stands behind it. */
struct log {
	sqlite3_file file;
	char *bytes; /* NULL until something was written */
	int size;    /* gathered, to be written at `at` */
	sqlite3_int64 at;
	sqlite3_file beneath[]; /* one, and as long as its maker wants it */
};

static struct log *log_of(sqlite3_file *file)
{
	return (struct log *)(void *)file;
}

static sqlite3_file *beneath(sqlite3_file *file)
{
	return log_of(file)->beneath;
}

/* Also when it fails nothing is gathered any more: SQLite takes back what it wrote, and writes over it. */
static int write_gathered(sqlite3_file *file)
{
	struct log *log = log_of(file);
	int size = log->size;

	log->size = 0;
	return size ? beneath(file)->pMethods->xWrite(beneath(file), log->bytes, size, log->at) : SQLITE_OK;
}

/* Where a write may damage what stands beside it, SQLite fills a sector up after the sync, and counts on that as well. */
static bool may_wait(sqlite3_file *file, int size)
{
	return size <= GATHERED_MAX && (beneath(file)->pMethods->xDeviceCharacteristics(beneath(file)) &
					SQLITE_IOCAP_POWERSAFE_OVERWRITE);
}

static bool follows(const struct log *log, int size, sqlite3_int64 at)
{
	return log->size == 0 || (at == log->at + log->size && size <= GATHERED_MAX - log->size);
}

static int write_log(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
{
	struct log *log = log_of(file);
	int code = follows(log, size, at) ? SQLITE_OK : write_gathered(file);

	if (code)
		return code;
	if (!may_wait(file, size))
		return beneath(file)->pMethods->xWrite(beneath(file), bytes, size, at);
	if (!log->bytes && !(log->bytes = sqlite3_malloc(GATHERED_MAX)))
		return SQLITE_NOMEM;
	if (log->size == 0)
		log->at = at;
	memcpy(log->bytes + log->size, bytes, (size_t)size);
	log->size += size;
	return SQLITE_OK;
}

static int sync_log(sqlite3_file *file, int flags)
{
	int code = write_gathered(file);

	return code ? code : beneath(file)->pMethods->xSync(beneath(file), flags);
}

static int read_log(sqlite3_file *file, void *bytes, int size, sqlite3_int64 at)
{
	int code = write_gathered(file);

	return code ? code : beneath(file)->pMethods->xRead(beneath(file), bytes, size, at);
}

static int cut_log(sqlite3_file *file, sqlite3_int64 size)
{
	int code = write_gathered(file);

	return code ? code : beneath(file)->pMethods->xTruncate(beneath(file), size);
}

static int size_of_log(sqlite3_file *file, sqlite3_int64 *size)
{
	int code = write_gathered(file);

	return code ? code : beneath(file)->pMethods->xFileSize(beneath(file), size);
}

/* What is still gathered was never synced: it belongs to no transaction that was committed. */
static int close_log(sqlite3_file *file)
{
	sqlite3_free(log_of(file)->bytes);
	return beneath(file)->pMethods->xClose(beneath(file));
}

/* ---- passed on as it is ---- */

static int lock_log(sqlite3_file *file, int level)
{
	return beneath(file)->pMethods->xLock(beneath(file), level);
}

static int unlock_log(sqlite3_file *file, int level)
{
	return beneath(file)->pMethods->xUnlock(beneath(file), level);
}

static int is_reserved(sqlite3_file *file, int *reserved)
{
	return beneath(file)->pMethods->xCheckReservedLock(beneath(file), reserved);
}

static int control(sqlite3_file *file, int what, void *argument)
{
	return beneath(file)->pMethods->xFileControl(beneath(file), what, argument);
}

static int sector_size(sqlite3_file *file)
{
	return beneath(file)->pMethods->xSectorSize(beneath(file));
}

static int characteristics(sqlite3_file *file)
{
	return beneath(file)->pMethods->xDeviceCharacteristics(beneath(file));
}

static const sqlite3_io_methods log_methods = {
	.iVersion = 1, /* a log is neither shared nor mapped: that is the event's file */
	.xClose = close_log, .xRead = read_log, .xWrite = write_log, .xTruncate = cut_log, .xSync = sync_log,
	.xFileSize = size_of_log, .xLock = lock_log, .xUnlock = unlock_log, .xCheckReservedLock = is_reserved,
	.xFileControl = control, .xSectorSize = sector_size, .xDeviceCharacteristics = characteristics,
};

/* ---- how SQLite comes to it ---- */

static struct {
	pthread_mutex_t lock;
	sqlite3_vfs vfs, *real;
} gathering = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	sqlite3_vfs *real = gathering.real;
	int code;

	(void)vfs;
	if (!(flags & SQLITE_OPEN_WAL))
		return real->xOpen(real, name, file, flags, out_flags);
	memset(file, 0, sizeof(struct log));
	code = real->xOpen(real, name, beneath(file), flags, out_flags);
	if (beneath(file)->pMethods)
		file->pMethods = &log_methods;
	return code;
}

/* A copy of the system's own with one function put in: the others know it by what is copied. */
const char *driver_log_vfs(void)
{
	sqlite3_vfs *real;

	pthread_mutex_lock(&gathering.lock);
	real = sqlite3_vfs_find(NULL);
	if (real && real != gathering.real) {
		if (gathering.real)
			sqlite3_vfs_unregister(&gathering.vfs);
		gathering.real = real;
		gathering.vfs = *real;
		gathering.vfs.pNext = NULL;
		gathering.vfs.zName = "gathering";
		gathering.vfs.szOsFile += (int)sizeof(struct log);
		gathering.vfs.xOpen = open_file;
		sqlite3_vfs_register(&gathering.vfs, 0);
	}
	pthread_mutex_unlock(&gathering.lock);
	return gathering.vfs.zName;
}
