/* Stands between those who allocate and libc. */
#include "tests/faults/allocations.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static struct {
	enum allocator allocator;
	int64_t count, failing;
	bool watched, paused;
} allocations;

static sqlite3_mem_methods under;

static bool fails(enum allocator allocator)
{
	return allocations.watched && !allocations.paused && allocator == allocations.allocator &&
	       ++allocations.count == allocations.failing;
}

void allocations_watch(enum allocator allocator, int64_t nth)
{
	allocations.allocator = allocator;
	allocations.count = 0;
	allocations.failing = nth;
	allocations.paused = false;
	allocations.watched = true;
}

int64_t allocations_unwatch(void)
{
	allocations.watched = false;
	return allocations.count;
}

void allocations_pause(bool paused)
{
	allocations.paused = paused;
}

/* ---- SQLite's ---- */

static void *sqlite_malloc(int size)
{
	return fails(ALLOCATOR_SQLITE) ? NULL : under.xMalloc(size);
}

static void *sqlite_realloc(void *memory, int size)
{
	return fails(ALLOCATOR_SQLITE) ? NULL : under.xRealloc(memory, size);
}

void allocations_install(void)
{
	sqlite3_mem_methods ours;

	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &under);
	ours = under;
	ours.xMalloc = sqlite_malloc;
	ours.xRealloc = sqlite_realloc;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &ours);
}

/* ---- ours; the linker sends the project's calls here and these to libc ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);

void *__wrap_malloc(size_t size)
{
	return fails(ALLOCATOR_OURS) ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails(ALLOCATOR_OURS) ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
	return fails(ALLOCATOR_OURS) ? NULL : __real_realloc(memory, size);
}

char *__wrap_strdup(const char *text)
{
	return fails(ALLOCATOR_OURS) ? NULL : __real_strdup(text);
}
