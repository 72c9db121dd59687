/* A chain of blocks, the newest first, and those that a reset has emptied. */
#include "schema/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Kept between uses: 4 MiB. One question about a whole past must not keep its hundreds for good. */
enum { BLOCK_SIZE = 64 * 1024, SPARES_MAX = 64 };

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
	struct arena_block *block = need <= BLOCK_SIZE ? arena->spare : NULL;

	if (block) {
		arena->spare = block->next;
		arena->spares--;
	} else {
		size_t size = need > BLOCK_SIZE ? need : BLOCK_SIZE;

		block = malloc(sizeof *block + size);
		if (!block)
			return NULL;
		block->size = size;
	}
	block->next = arena->head;
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
	while (arena->head) {
		struct arena_block *next = arena->head->next;

		if (arena->head->size == BLOCK_SIZE && arena->spares < SPARES_MAX) {
			arena->head->next = arena->spare;
			arena->spare = arena->head;
			arena->spares++;
		} else {
			free(arena->head);
		}
		arena->head = next;
	}
	arena->used = 0;
}

static void free_blocks(struct arena_block *block)
{
	while (block) {
		struct arena_block *next = block->next;

		free(block);
		block = next;
	}
}

void arena_free(struct arena *arena)
{
	free_blocks(arena->head);
	free_blocks(arena->spare);
	*arena = (struct arena){.used = 0};
}
