/* Numbers in little-endian bytes, as the devices' files hold them. */
#ifndef HUDUR_SCHEMA_LITTLE_H
#define HUDUR_SCHEMA_LITTLE_H

#include <stddef.h>
#include <stdint.h>

/* The lowest `size` bytes, at most 8. */
static inline void little_put(char *at, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		at[i] = (char)(value >> 8 * i & 0xFF);
}

static inline uint64_t little_get(const char *at, size_t size)
{
	uint64_t value = 0;

	for (size_t i = size; i-- > 0;)
		value = value << 8 | (unsigned char)at[i];
	return value;
}

#endif
