/* Memory that is given back all at once: a request, a batch or a page of rows lives in one. */
#ifndef HUDUR_SCHEMA_ARENA_H
#define HUDUR_SCHEMA_ARENA_H

#include <stddef.h>

#include "schema/text.h"

struct arena_block;

/* Zero-initialise. One thread at a time. */
struct arena {
	struct arena_block *head, *spare;
	uint32_t spares;
	size_t used; /* bytes handed out since the last reset, for limits and counters */
};

/* Zeroed memory, aligned for any type, valid until reset. NULL only when the system has none left. */
void *arena_alloc(struct arena *arena, size_t size);

/* Copies; an absent text stays absent. */
struct text arena_text(struct arena *arena, struct text text);

/* printf into the arena; absent when memory is out. */
struct text arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Takes everything back; a few MiB are kept, so that the next use of that much allocates nothing. */
void arena_reset(struct arena *arena);

void arena_free(struct arena *arena);

#endif
