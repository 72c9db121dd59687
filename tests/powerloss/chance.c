/* Seeds what libsodium gives out. */
#include "tests/powerloss/chance.h"

#include <sodium.h>
#include <string.h>

static struct chance sodium_chance;

static const char *name(void)
{
	return "seeded";
}

static uint32_t number(void)
{
	return (uint32_t)chance_next(&sodium_chance);
}

static void bytes(void *buffer, size_t size)
{
	unsigned char *at = buffer;

	while (size) {
		uint64_t next = chance_next(&sodium_chance);
		size_t part = size < sizeof next ? size : sizeof next;

		memcpy(at, &next, part);
		at += part;
		size -= part;
	}
}

void chance_seed_sodium(uint64_t seed)
{
	static randombytes_implementation seeded = {
		.implementation_name = name, .random = number, .buf = bytes,
	};

	sodium_chance.state = seed;
	randombytes_set_implementation(&seeded);
}
