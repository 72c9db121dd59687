/*
 * The ids of all requests an event has ever stored, as fingerprints: says for certain that an id is new, which nearly
 * every one is, without asking the file. When it says that an id may be known, the file decides.
 */
#ifndef HUDUR_WORKERS_IDSET_H
#define HUDUR_WORKERS_IDSET_H

#include "schema/text.h"

/* Zero-initialise. 16 bytes an id, at most half full. */
struct idset {
	uint64_t *slots;
	size_t size, count;
};

/* False when memory is out. */
bool idset_add(struct idset *set, struct text id);

/* False: certainly not added. True: probably. */
bool idset_may_have(const struct idset *set, struct text id);

void idset_free(struct idset *set);

#endif
