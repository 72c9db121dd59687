/* Open addressing over fingerprints; 0 marks an empty slot. */
#include "workers/idset.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { FIRST_SIZE = 1024, HUGE_PAGE = 2 << 20 };

/* Every bit of the input reaches every bit of the result: the finaliser of MurmurHash3. */
static uint64_t mix(uint64_t bits)
{
	bits = (bits ^ bits >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
	bits = (bits ^ bits >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
	return bits ^ bits >> 33;
}

/* Ids of one device differ in few bits. Whoever makes them collide on purpose only makes us ask the file. */
static uint32_t fingerprint(struct text id)
{
	uint64_t bits = 0, half;

	for (uint32_t i = 0; i + sizeof half <= id.size; i += sizeof half) {
		memcpy(&half, id.at + i, sizeof half);
		bits = mix(bits ^ half);
	}
	return (uint32_t)bits ? (uint32_t)bits : 1;
}

static size_t slot_of(const struct idset *set, uint32_t print)
{
	size_t at = print & (set->size - 1);

	while (set->slots[at] && set->slots[at] != print)
		at = (at + 1) & (set->size - 1);
	return at;
}

/*
 * Every look is at another page, so large tables lie in huge ones where the system has them. Zeroed here: a page that is
 * read before it is written is mapped twice, and all processors are told.
 */
static uint32_t *slots_new(size_t size)
{
	size_t bytes = size * sizeof(uint32_t);
	uint32_t *slots = bytes < HUGE_PAGE ? malloc(bytes) : aligned_alloc(HUGE_PAGE, bytes);

	if (slots && bytes >= HUGE_PAGE)
		madvise(slots, bytes, MADV_HUGEPAGE);
	return slots ? memset(slots, 0, bytes) : NULL;
}

static bool grow_to(struct idset *set, size_t size)
{
	struct idset larger = {.slots = slots_new(size), .size = size, .count = set->count};

	if (!larger.slots)
		return false;
	for (size_t i = 0; i < set->size; i++)
		if (set->slots[i])
			larger.slots[slot_of(&larger, set->slots[i])] = set->slots[i];
	free(set->slots);
	*set = larger;
	return true;
}

/* Three quarters: one more needs a larger table. */
static bool is_full(size_t count, size_t size)
{
	return count >= size / 4 * 3;
}

void idset_reserve(struct idset *set, size_t count)
{
	size_t size = set->size ? set->size : FIRST_SIZE;

	if (count > UINT32_MAX) /* there are no more fingerprints */
		return;
	while (count && is_full(count - 1, size))
		size *= 2;
	if (size > set->size)
		grow_to(set, size);
}

bool idset_add(struct idset *set, struct text id)
{
	uint32_t print = fingerprint(id);
	size_t at;

	if (is_full(set->count, set->size) && !grow_to(set, set->size ? set->size * 2 : FIRST_SIZE))
		return false;
	at = slot_of(set, print);
	set->count += !set->slots[at];
	set->slots[at] = print;
	return true;
}

void idset_expect(const struct idset *set, struct text id)
{
	if (set->size)
		__builtin_prefetch(&set->slots[fingerprint(id) & (set->size - 1)], 1);
}

bool idset_may_have(const struct idset *set, struct text id)
{
	return set->size && set->slots[slot_of(set, fingerprint(id))];
}

void idset_free(struct idset *set)
{
	free(set->slots);
	*set = (struct idset){0};
}
