/*
 * The ids of all requests an event has ever stored, as fingerprints: says for certain that an id is new, which nearly
 * every one is, without asking the file. When it says that an id may be known, the file decides.
 */
#ifndef HUDUR_WORKERS_IDSET_H
#define HUDUR_WORKERS_IDSET_H

#include "schema/text.h"

/*
 * Zero-initialise. Five to eleven bytes an id, or for as many as were reserved. Of a million, about one new id in a thousand shares its fingerprint with
 * another and costs a look into the file.
 */
struct idset {
	uint32_t *slots;
	size_t size, count;
};

/* Makes room for so many, that it need not grow while they are added; where memory is out it still may. */
void idset_reserve(struct idset *set, size_t count);

/* False when memory is out. */
bool idset_add(struct idset *set, struct text id);

/* Has the processor fetch what idset_add will look at: of many in a row, some before their turn. */
void idset_expect(const struct idset *set, struct text id);

/* False: certainly not added. True: probably. */
bool idset_may_have(const struct idset *set, struct text id);

void idset_free(struct idset *set);

#endif
