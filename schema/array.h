/* Arrays that grow. */
#ifndef HUDUR_SCHEMA_ARRAY_H
#define HUDUR_SCHEMA_ARRAY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* Room for one more than `count`: an owned array (a pointer to it is given) that is full grows by half. False: no memory. */
static inline bool array_grow(void *array, uint32_t *room, uint32_t count, size_t size)
{
	uint32_t more = *room ? *room + *room / 2 : 8;
	void *grown;

	if (count < *room)
		return true;
	grown = realloc(*(void **)array, more * size);
	if (!grown)
		return false;
	*(void **)array = grown;
	*room = more;
	return true;
}

#endif
