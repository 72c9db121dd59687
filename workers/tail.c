/* A list of arrays. */
#include "workers/tail.h"

enum { FIRST_RUN = 4 };

static struct tail_run *add_run(struct tail *tail)
{
	size_t room = tail->last ? TAIL_RUN : FIRST_RUN;
	struct tail_run *run = arena_alloc(tail->arena, sizeof *run + room * sizeof *run->scans);

	if (!run)
		return NULL;
	run->room = room;
	if (tail->last)
		tail->last->next = run;
	else
		tail->first = run;
	return tail->last = run;
}

enum error tail_append(struct tail *tail, const struct fact *scan)
{
	struct tail_run *run = tail->last;

	if ((!run || run->count == run->room) && !(run = add_run(tail)))
		return E_NO_MEMORY;
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
