/* A chained hash table over names, keyed so that strangers cannot make it slow. */
#include "broker/directory.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

static_assert(crypto_shorthash_KEYBYTES == 16 && crypto_shorthash_BYTES == 8, "key and hash sizes");

bool directory_init(struct directory *directory, uint32_t buckets, const char *key)
{
	assert(buckets > 0 && (buckets & (buckets - 1)) == 0);
	directory->buckets = calloc(buckets, sizeof *directory->buckets);
	directory->mask = buckets - 1;
	directory->count = 0;
	directory->found = NULL;
	directory->key = key;
	return directory->buckets != NULL;
}

void directory_release(struct directory *directory, void (*drop)(struct entry *entry))
{
	for (uint32_t i = 0; directory->buckets && i <= directory->mask; i++) {
		while (directory->buckets[i]) {
			struct entry *entry = directory->buckets[i];

			directory->buckets[i] = entry->next;
			drop(entry);
		}
	}
	free(directory->buckets);
	directory->buckets = NULL;
	directory->found = NULL;
}

static uint64_t hash_of(const struct directory *directory, struct text name)
{
	uint64_t hash;

	crypto_shorthash((unsigned char *)&hash, (const unsigned char *)name.at, name.size,
			 (const unsigned char *)directory->key);
	return hash;
}

struct entry *directory_find(struct directory *directory, struct text name)
{
	struct entry *entry = directory->found;
	uint64_t hash;

	if (entry && text_equal(entry->name, name))
		return entry;
	hash = hash_of(directory, name);
	entry = directory->buckets[hash & directory->mask];
	while (entry && !(entry->hash == hash && text_equal(entry->name, name)))
		entry = entry->next;
	if (entry)
		directory->found = entry;
	return entry;
}

void directory_add(struct directory *directory, struct entry *entry)
{
	struct entry **bucket;

	entry->hash = hash_of(directory, entry->name);
	bucket = &directory->buckets[entry->hash & directory->mask];
	entry->next = *bucket;
	*bucket = entry;
	directory->count++;
}

void directory_remove(struct directory *directory, struct entry *entry)
{
	struct entry **at = &directory->buckets[entry->hash & directory->mask];

	while (*at != entry) {
		assert(*at);
		at = &(*at)->next;
	}
	*at = entry->next;
	if (directory->found == entry)
		directory->found = NULL;
	directory->count--;
}
