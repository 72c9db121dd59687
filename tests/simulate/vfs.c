/* SQLite's files on a simulated disk: a VFS with shared memory and locks, for several connections in one process. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulate/disk.h"

enum { REGION = 32768, SLOTS = SQLITE_SHM_NLOCK };

struct handle {
	sqlite3_file base;
	struct file *file;
	struct process *process;
	unsigned syncs_failed; /* of the file, as this descriptor was told */
	int level;
	bool maps;
	uint8_t reads, writes; /* SHM locks held, a bit each */
};

static struct handle *handle_of(sqlite3_file *file)
{
	return (struct handle *)file;
}

/* A process that was killed in this call goes on to its return, but nothing that it does has an effect. */
static bool is_dead(const struct handle *handle)
{
	return handle->process && handle->process->dying;
}

static bool dies_now(const struct handle *handle)
{
	struct process *process = handle->process;

	if (is_dead(handle))
		return true;
	if (!process || !process->writes_left || --process->writes_left)
		return false;
	note("dies in a write", process->name, (int64_t)handle->file->size, 0);
	return process->dying = true;
}

static int vfs_close(sqlite3_file *file)
{
	struct handle *handle = handle_of(file);

	if (handle->file && handle->level)
		file->pMethods->xUnlock(file, SQLITE_LOCK_NONE);
	return SQLITE_OK;
}

static int vfs_read(sqlite3_file *base, void *to, int amount, sqlite3_int64 at)
{
	struct handle *handle = handle_of(base);
	size_t size = (size_t)amount, from = (size_t)at, have = 0;

	if (is_dead(handle))
		return SQLITE_IOERR_READ;
	if (from < handle->file->size)
		have = handle->file->size - from < size ? handle->file->size - from : size;
	if (have)
		memcpy(to, handle->file->bytes + from, have);
	if (have == size)
		return SQLITE_OK;
	memset((char *)to + have, 0, size - have);
	return SQLITE_IOERR_SHORT_READ;
}

static int vfs_write(sqlite3_file *base, const void *from, int amount, sqlite3_int64 at)
{
	struct handle *handle = handle_of(base);
	const struct machine *machine = disk_machine(handle->file->path);
	uint64_t full = machine ? disk_faults[machine->number].is_full : 0;

	if (dies_now(handle))
		return SQLITE_IOERR_WRITE;
	if (full && !world.quiet && (size_t)at + (size_t)amount > handle->file->size && chance(full)) {
		note("disk is full", handle->process ? handle->process->name : "", at, amount);
		return SQLITE_FULL;
	}
	disk_write(handle->file, from, (size_t)amount, (size_t)at);
	return SQLITE_OK;
}

static int vfs_truncate(sqlite3_file *base, sqlite3_int64 size)
{
	if (dies_now(handle_of(base)))
		return SQLITE_IOERR_TRUNCATE;
	disk_truncate(handle_of(base)->file, (size_t)size);
	return SQLITE_OK;
}

/*
 * As Linux does since 4.13: what a failed sync let go is clean from then on, and each descriptor that was open is told once,
 * so that nobody acknowledges what another's failed sync threw away.
 */
static bool sync_failed(struct handle *handle)
{
	bool failed = handle->syncs_failed != handle->file->syncs_failed;

	handle->syncs_failed = handle->file->syncs_failed;
	return failed;
}

static int vfs_sync(sqlite3_file *base, int flags)
{
	struct handle *handle = handle_of(base);
	struct machine *machine = disk_machine(handle->file->path);
	const struct disk_faults *faults = machine ? &disk_faults[machine->number] : NULL;

	(void)flags;
	if (dies_now(handle))
		return SQLITE_IOERR_FSYNC;
	if (faults && faults->sync_lies && strstr(handle->file->path, "-wal"))
		return SQLITE_OK;
	if (faults && faults->sync_fails && !world.quiet && chance(faults->sync_fails)) {
		note("sync fails", handle->process ? handle->process->name : "", 0, 0);
		disk_forget(handle->file);
		handle->file->syncs_failed++;
		machine_restart(machine);
	} else {
		disk_sync(handle->file);
	}
	return sync_failed(handle) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int vfs_size(sqlite3_file *base, sqlite3_int64 *size)
{
	*size = (sqlite3_int64)handle_of(base)->file->size;
	return SQLITE_OK;
}

/* ---- the file's own lock ---- */

static int vfs_lock(sqlite3_file *base, int level)
{
	struct handle *handle = handle_of(base);
	struct file *file = handle->file;
	int others = file->lock_shared - (handle->level >= SQLITE_LOCK_SHARED);

	if (is_dead(handle))
		return SQLITE_IOERR_LOCK;
	if (handle->level >= level)
		return SQLITE_OK;
	if (level == SQLITE_LOCK_SHARED) {
		if (file->lock_level >= SQLITE_LOCK_PENDING)
			return SQLITE_BUSY;
		file->lock_shared++;
	} else {
		if (file->lock_level > SQLITE_LOCK_SHARED && handle->level < SQLITE_LOCK_RESERVED)
			return SQLITE_BUSY;
		if (level == SQLITE_LOCK_EXCLUSIVE && others)
			return SQLITE_BUSY;
		file->lock_level = level;
	}
	handle->level = level;
	return SQLITE_OK;
}

static int vfs_unlock(sqlite3_file *base, int level)
{
	struct handle *handle = handle_of(base);

	if (handle->level <= level)
		return SQLITE_OK;
	if (handle->level >= SQLITE_LOCK_RESERVED)
		handle->file->lock_level = 0;
	if (level == SQLITE_LOCK_NONE)
		handle->file->lock_shared--;
	handle->level = level;
	return SQLITE_OK;
}

static int vfs_check_reserved(sqlite3_file *base, int *out)
{
	*out = handle_of(base)->file->lock_level >= SQLITE_LOCK_RESERVED;
	return SQLITE_OK;
}

static int vfs_control(sqlite3_file *base, int op, void *argument)
{
	(void)base;
	(void)op;
	(void)argument;
	return SQLITE_NOTFOUND;
}

static int vfs_sector(sqlite3_file *base)
{
	(void)base;
	return SECTOR;
}

/* As of SQLite's own VFS: disk.c loses and tears what was written, never what stands beside it. */
static int vfs_characteristics(sqlite3_file *base)
{
	(void)base;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* ---- shared memory ---- */

static int vfs_shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **out)
{
	struct handle *handle = handle_of(base);
	struct file *file = handle->file;

	*out = NULL;
	if (size != REGION || region >= 8 || is_dead(handle))
		return SQLITE_IOERR_SHMMAP;
	if (!handle->maps)
		file->users++;
	handle->maps = true;
	if (!file->shared[region] && extend)
		file->shared[region] = calloc(1, REGION);
	*out = file->shared[region];
	return SQLITE_OK;
}

static int vfs_shm_lock(sqlite3_file *base, int offset, int n, int flags)
{
	struct handle *handle = handle_of(base);
	struct file *file = handle->file;
	uint8_t mask = (uint8_t)(((1u << (offset + n)) - 1) & ~((1u << offset) - 1));
	bool exclusive = flags & SQLITE_SHM_EXCLUSIVE;

	if (flags & SQLITE_SHM_UNLOCK) {
		for (int i = offset; i < offset + n; i++) {
			if (handle->writes >> i & 1)
				file->shared_holders[i] = 0;
			else if (handle->reads >> i & 1)
				file->shared_holders[i]--;
		}
		handle->reads &= (uint8_t)~mask;
		handle->writes &= (uint8_t)~mask;
		return SQLITE_OK;
	}
	if (is_dead(handle))
		return SQLITE_IOERR_SHMLOCK;
	for (int i = offset; i < offset + n; i++)
		if (!((exclusive ? handle->writes : handle->reads) >> i & 1) &&
		    (exclusive ? file->shared_holders[i] != 0 : file->shared_holders[i] < 0))
			return SQLITE_BUSY;
	for (int i = offset; i < offset + n; i++) {
		if ((exclusive ? handle->writes : handle->reads) >> i & 1)
			continue;
		if (exclusive)
			file->shared_holders[i] = -1;
		else
			file->shared_holders[i]++;
	}
	if (exclusive)
		handle->writes |= mask;
	else
		handle->reads |= mask;
	return SQLITE_OK;
}

static void vfs_shm_barrier(sqlite3_file *base)
{
	(void)base;
}

static int vfs_shm_unmap(sqlite3_file *base, int delete)
{
	struct handle *handle = handle_of(base);
	struct file *file = handle->file;

	(void)delete;
	if (!handle->maps)
		return SQLITE_OK;
	vfs_shm_lock(base, 0, SLOTS, SQLITE_SHM_UNLOCK | SQLITE_SHM_SHARED);
	handle->maps = false;
	if (--file->users)
		return SQLITE_OK;
	for (int i = 0; i < 8; i++) {
		free(file->shared[i]);
		file->shared[i] = NULL;
	}
	return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
	.iVersion = 2, .xClose = vfs_close, .xRead = vfs_read, .xWrite = vfs_write, .xTruncate = vfs_truncate,
	.xSync = vfs_sync, .xFileSize = vfs_size, .xLock = vfs_lock, .xUnlock = vfs_unlock,
	.xCheckReservedLock = vfs_check_reserved, .xFileControl = vfs_control, .xSectorSize = vfs_sector,
	.xDeviceCharacteristics = vfs_characteristics, .xShmMap = vfs_shm_map, .xShmLock = vfs_shm_lock,
	.xShmBarrier = vfs_shm_barrier, .xShmUnmap = vfs_shm_unmap,
};

/* ---- the VFS ---- */

static int vfs_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *base, int flags, int *out)
{
	struct handle *handle = handle_of(base);
	struct file *file = name ? disk_find(name) : NULL;

	(void)vfs;
	*handle = (struct handle){.process = world.current};
	if (!name || is_dead(handle) || (!file && !(flags & SQLITE_OPEN_CREATE)))
		return SQLITE_CANTOPEN;
	handle->file = file ? file : disk_make(name);
	handle->syncs_failed = handle->file->syncs_failed;
	handle->base.pMethods = &methods;
	if (out)
		*out = flags;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
	struct file *file = disk_find(name);

	(void)vfs;
	(void)sync_folder;
	if (world.current && world.current->dying)
		return SQLITE_IOERR_DELETE;
	if (!file)
		return SQLITE_IOERR_DELETE_NOENT;
	disk_remove(file);
	return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	const struct file *file = disk_find(name);

	(void)vfs;
	*out = file && (flags != SQLITE_ACCESS_EXISTS || file->size > 0);
	return SQLITE_OK;
}

static int vfs_full(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
	(void)vfs;
	sqlite3_snprintf(size, out, "%s", name);
	return SQLITE_OK;
}

static int vfs_random(sqlite3_vfs *vfs, int size, char *out)
{
	(void)vfs;
	for (int i = 0; i < size; i++)
		out[i] = (char)pick(256);
	return size;
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
	(void)vfs;
	if (world.current)
		world.current->ahead += microseconds / 1000;
	return microseconds;
}

static int vfs_time(sqlite3_vfs *vfs, sqlite3_int64 *now)
{
	(void)vfs;
	*now = INT64_C(210866760000000) + WALL_START + world.now;
	return SQLITE_OK;
}

static int vfs_error(sqlite3_vfs *vfs, int size, char *out)
{
	(void)vfs;
	(void)size;
	(void)out;
	return 0;
}

void vfs_install(void)
{
	static sqlite3_vfs vfs = {
		.iVersion = 2, .szOsFile = sizeof(struct handle), .mxPathname = PATH_LENGTH, .zName = "simulated",
		.xOpen = vfs_open, .xDelete = vfs_delete, .xAccess = vfs_access, .xFullPathname = vfs_full,
		.xRandomness = vfs_random, .xSleep = vfs_sleep, .xGetLastError = vfs_error,
		.xCurrentTimeInt64 = vfs_time,
	};

	sqlite3_vfs_register(&vfs, 1);
}
