/* A list of arrays. */
#include "workers/tail.h"

enum error tail_append(struct tail *tail, const struct fact *scan)
{
	struct tail_run *run = tail->last;

	if (!run || run->count == TAIL_RUN) {
		if (!(run = arena_alloc(tail->arena, sizeof *run)))
			return E_NO_MEMORY;
		if (tail->last)
			tail->last->next = run;
		else
			tail->first = run;
		tail->last = run;
	}
	run->scans[run->count++] = *scan;
	return E_OK;
}

enum error tail_store(struct tail *tail, struct driver *store)
{
	enum error e = E_OK;

	for (const struct tail_run *run = tail->first; !e && run; run = run->next)
		e = ledger_append_scans(store, run->scans, run->count);
	tail->first = tail->last = NULL;
	return e;
}
