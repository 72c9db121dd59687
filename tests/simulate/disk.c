/* Two copies of each file's bytes: one as shown, one as it would be read after the power was gone. */
#include "tests/simulate/disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_MIN = 1 << 14 };

static struct file files[FILES_MAX];
struct disk_faults disk_faults[MACHINES_MAX];

struct machine *disk_machine(const char *path)
{
	for (unsigned i = 0; i < world.machine_count; i++) {
		size_t size = strlen(world.machines[i].name);

		if (strncmp(path + 1, world.machines[i].name, size) == 0 && path[1 + size] == '/')
			return &world.machines[i];
	}
	return NULL;
}

struct file *disk_find(const char *path)
{
	for (int i = 0; i < FILES_MAX; i++)
		if (files[i].used && strcmp(files[i].path, path) == 0)
			return &files[i];
	return NULL;
}

static void *grown(void *bytes, size_t from, size_t to)
{
	char *more = realloc(bytes, to);

	if (!more)
		abort();
	memset(more + from, 0, to - from);
	return more;
}

static void reserve(struct file *file, size_t size)
{
	size_t room = file->room ? file->room : ROOM_MIN;

	if (size <= file->room)
		return;
	while (room < size)
		room *= 2;
	file->bytes = grown(file->bytes, file->room, room);
	file->kept = grown(file->kept, file->room, room);
	file->dirty = grown(file->dirty, file->room / SECTOR, room / SECTOR);
	file->room = room;
}

/* Buffers of an earlier file are used again, emptied as far as they were filled. */
static void empty(struct file *file)
{
	size_t most = file->size > file->kept_size ? file->size : file->kept_size;
	struct file left = {.bytes = file->bytes, .kept = file->kept, .dirty = file->dirty, .room = file->room};

	if (file->dirty_high * SECTOR > most)
		most = file->dirty_high * SECTOR;
	if (most) {
		memset(file->bytes, 0, most);
		memset(file->kept, 0, most);
		memset(file->dirty, 0, (most + SECTOR - 1) / SECTOR);
	}
	for (int i = 0; i < 8; i++)
		free(file->shared[i]);
	*file = left;
}

struct file *disk_make(const char *path)
{
	int i = 0;

	while (i < FILES_MAX && files[i].used)
		i++;
	if (i == FILES_MAX || strlen(path) >= PATH_LENGTH)
		abort();
	files[i].used = true;
	files[i].dirty_low = SIZE_MAX;
	snprintf(files[i].path, sizeof files[i].path, "%s", path);
	return &files[i];
}

void disk_remove(struct file *file)
{
	empty(file);
}

struct file *disk_next(const char *folder, struct file *after)
{
	size_t size = strlen(folder);

	for (struct file *file = after ? after + 1 : files; file < files + FILES_MAX; file++)
		if (file->used && strncmp(file->path, folder, size) == 0 && file->path[size] == '/')
			return file;
	return NULL;
}

static void mark(struct file *file, size_t from, size_t to)
{
	size_t low = from / SECTOR, high = (to + SECTOR - 1) / SECTOR;

	if (to <= from)
		return;
	memset(file->dirty + low, 1, high - low);
	file->dirty_low = low < file->dirty_low ? low : file->dirty_low;
	file->dirty_high = high > file->dirty_high ? high : file->dirty_high;
}

void disk_write(struct file *file, const void *bytes, size_t size, size_t at)
{
	reserve(file, at + size);
	memcpy(file->bytes + at, bytes, size);
	mark(file, at, at + size);
	if (at + size > file->size)
		file->size = at + size;
}

void disk_truncate(struct file *file, size_t size)
{
	reserve(file, size);
	if (size < file->size) {
		memset(file->bytes + size, 0, file->size - size);
		mark(file, size, file->size);
	}
	file->size = size;
}

static void settle(struct file *file, bool (*keeps)(void))
{
	for (size_t s = file->dirty_low; s < file->dirty_high; s++) {
		if (!file->dirty[s])
			continue;
		file->dirty[s] = 0;
		if (keeps())
			memcpy(file->kept + s * SECTOR, file->bytes + s * SECTOR, SECTOR);
	}
	file->dirty_low = SIZE_MAX;
	file->dirty_high = 0;
}

static bool always(void)
{
	return true;
}

static bool sometimes(void)
{
	return chance(2);
}

static bool never(void)
{
	return false;
}

void disk_sync_folder(const char *folder)
{
	for (struct file *file = disk_next(folder, NULL); file; file = disk_next(folder, file))
		file->linked = true;
}

void disk_sync(struct file *file)
{
	char folder[PATH_LENGTH];

	settle(file, always);
	file->kept_size = file->size;
	snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(file->path, '/') - file->path), file->path);
	disk_sync_folder(folder);
}

void disk_forget(struct file *file)
{
	settle(file, never);
}

static void crash_file(struct file *file)
{
	size_t most = file->size > file->kept_size ? file->size : file->kept_size;

	if (!file->linked && chance(2)) {
		empty(file);
		return;
	}
	settle(file, sometimes);
	if (chance(2))
		file->kept_size = file->size;
	if (most > file->kept_size)
		memset(file->kept + file->kept_size, 0, most - file->kept_size);
	if (most)
		memcpy(file->bytes, file->kept, most);
	file->size = file->kept_size;
	file->linked = true;
}

void disk_crash(const struct machine *machine)
{
	for (int i = 0; i < FILES_MAX; i++)
		if (files[i].used && disk_machine(files[i].path) == machine)
			crash_file(&files[i]);
}

void disk_put(const char *path, const void *bytes, size_t size)
{
	struct file *file = disk_make(path);

	disk_write(file, bytes, size, 0);
	disk_sync(file);
}

void disk_end(struct process *process)
{
	for (int i = 0; i < FILES_MAX; i++)
		if (files[i].locked == process)
			files[i].locked = NULL;
}

void disk_clear(void)
{
	for (int i = 0; i < FILES_MAX; i++)
		if (files[i].used)
			empty(&files[i]);
	memset(disk_faults, 0, sizeof disk_faults);
}
