/* Whether an event's file is whole: SQLite's own check, the ledger, and all that is kept beside it against a replay. */
#ifndef HUDUR_WORKERS_VERIFY_H
#define HUDUR_WORKERS_VERIFY_H

#include "schema/event_id.h"
#include "workers/event.h"

struct verdict {
	char event[EVENT_ID_MAX + 1]; /* empty when nothing was loaded yet */
	int64_t ledger, received;     /* its end, and when that came; ABSENT when it is empty */
	int64_t persons;
	int64_t differences;          /* 0: all is well */
};

/* Told of each difference; the sentence is a view for the call. */
typedef void difference_fn(void *context, const char *sentence);

/*
 * Verifies what a reading driver sees in one snapshot: integrity_check; a ledger without gaps, each id once, its time
 * never going back; persons, badges, visits, counters, devices and gavels against the ledger applied to a new state.
 * E_OK also when there are differences, damage among them; E_GIVEN_UP, E_NO_MEMORY or E_STORAGE when it could not be
 * carried through.
 */
enum error verify_store(struct driver *store, difference_fn *differs, void *context, struct verdict *verdict);

/* The same for a file. What cannot be opened as an event is a difference. */
enum error verify_file(const char *path, difference_fn *differs, void *context, struct verdict *verdict);

#endif
