/* Finds things by the bytes of their names; the things own the memory. */
#ifndef HUDUR_BROKER_DIRECTORY_H
#define HUDUR_BROKER_DIRECTORY_H

#include "schema/text.h"

/* First member of whatever is to be found. */
struct entry {
	struct entry *next;
	uint64_t hash;
	struct text name; /* must stay in place while the entry is listed */
};

struct directory {
	struct entry **buckets;
	uint32_t mask, count;
	struct entry *found; /* last, or NULL: a burst names the same thing many times in a row */
	const char *key; /* 16 secret bytes: names come from strangers, who must not choose where
			    they fall */
};

/* `buckets` is a power of two and stays as it is. False when memory is out. */
bool directory_init(struct directory *directory, uint32_t buckets, const char *key);

/* Frees the buckets; `drop` frees each entry that is still listed. */
void directory_release(struct directory *directory, void (*drop)(struct entry *entry));

/* NULL when no entry has that name. */
struct entry *directory_find(struct directory *directory, struct text name);

/* `entry->name` is set and not listed yet. */
void directory_add(struct directory *directory, struct entry *entry);
void directory_remove(struct directory *directory, struct entry *entry);

#endif
