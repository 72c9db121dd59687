/* The programme as a door keeps it: without titles, and as the schedule that the admission rule reads. */
#ifndef HUDUR_CLIENTS_SCANNER_PLAN_H
#define HUDUR_CLIENTS_SCANNER_PLAN_H

#include "schema/schedule.h"

enum { PLAN_PAGES_MAX = 64 };

/* Zero-initialise; plan_free gives everything back. `schedule` is valid once `complete` is true. */
struct plan {
	struct arena arena;
	struct text pages[PLAN_PAGES_MAX]; /* encoded `programme` messages, in order */
	uint32_t page_count;
	struct schedule schedule;
	struct text *rooms;     /* by session: the room's code, absent when it is its own */
	enum event_state stage; /* none: not told */
	int64_t ledger;         /* the ledger's end when the programme was told; 0: not told */
	bool complete;
};

/*
 * Takes the next page, an encoded `programme` (a reply's map will do). `cursor` receives where the page after it
 * begins, or ABSENT at the end. E_MALFORMED, E_NO_MEMORY, E_TOO_LARGE after PLAN_PAGES_MAX pages.
 */
enum error plan_add(struct plan *plan, struct text page, int64_t *cursor);

/* Builds the schedule from the pages. E_MALFORMED when there is no page; E_NO_MEMORY. */
enum error plan_finish(struct plan *plan);

/* The schedule's number for a room, or for the session that is its own when there is no room; SESSION_NONE. */
uint16_t plan_room(const struct plan *plan, struct text room, struct text session);

void plan_free(struct plan *plan);

#endif
