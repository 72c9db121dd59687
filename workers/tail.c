/* An array that is full after TAIL_MAX. */
#include "workers/tail.h"

enum error tail_append(struct tail *tail, struct driver *store, const struct fact *scan)
{
	enum error e = tail->count == TAIL_MAX ? tail_store(tail, store) : E_OK;

	if (!e && !tail->scans && !(tail->scans = arena_alloc(tail->arena, TAIL_MAX * sizeof *tail->scans)))
		e = E_NO_MEMORY;
	if (!e)
		tail->scans[tail->count++] = *scan;
	return e;
}

enum error tail_store(struct tail *tail, struct driver *store)
{
	size_t count = tail->count;

	tail->count = 0;
	return ledger_append_scans(store, tail->scans, count);
}
