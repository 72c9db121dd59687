/* A chain of blocks, the newest first; a reset keeps the largest recent one. */
#include "schema/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_SIZE = 64 * 1024 };

struct arena_block {
	struct arena_block *next;
	size_t size, used;
	alignas(max_align_t) char bytes[];
};

static size_t aligned(size_t size)
{
	const size_t step = alignof(max_align_t);

	return (size + step - 1) / step * step;
}

static struct arena_block *block_new(struct arena *arena, size_t need)
{
	size_t size = need > BLOCK_SIZE ? need : BLOCK_SIZE;
	struct arena_block *block = malloc(sizeof *block + size);

	if (!block)
		return NULL;
	block->next = arena->head;
	block->size = size;
	block->used = 0;
	arena->head = block;
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->head;
	size_t need = aligned(size ? size : 1);
	void *at;

	if (!block || block->size - block->used < need)
		block = block_new(arena, need);
	if (!block)
		return NULL;
	at = block->bytes + block->used;
	block->used += need;
	arena->used += need;
	return memset(at, 0, need);
}

struct text arena_text(struct arena *arena, struct text text)
{
	char *copy;

	if (!text.at)
		return text;
	copy = arena_alloc(arena, (size_t)text.size + 1);
	if (!copy)
		return (struct text){0};
	if (text.size)
		memcpy(copy, text.at, text.size);
	return (struct text){copy, text.size};
}

struct text arena_printf(struct arena *arena, const char *format, ...)
{
	char line[1024];
	va_list args;
	int size;

	va_start(args, format);
	size = vsnprintf(line, sizeof line, format, args);
	va_end(args);
	if (size < 0)
		return (struct text){0};
	if ((size_t)size >= sizeof line)
		size = sizeof line - 1;
	return arena_text(arena, (struct text){line, (uint32_t)size});
}

void arena_reset(struct arena *arena)
{
	struct arena_block *keep = arena->head;

	if (keep && keep->size > BLOCK_SIZE)
		keep = NULL;
	while (arena->head) {
		struct arena_block *next = arena->head->next;

		if (arena->head != keep)
			free(arena->head);
		arena->head = next;
	}
	if (keep) {
		keep->next = NULL;
		keep->used = 0;
	}
	arena->head = keep;
	arena->used = 0;
}

void arena_free(struct arena *arena)
{
	while (arena->head) {
		struct arena_block *next = arena->head->next;

		free(arena->head);
		arena->head = next;
	}
	arena->used = 0;
}
