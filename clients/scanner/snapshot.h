/* What a door knows when nobody answers: every badge of the event, without names, and the programme. */
#ifndef HUDUR_CLIENTS_SCANNER_SNAPSHOT_H
#define HUDUR_CLIENTS_SCANNER_SNAPSHOT_H

#include "clients/scanner/plan.h"
#include "clients/scanner/seen.h"
#include "schema/badge.h"

enum { SNAPSHOT_BADGES_MAX = 1000000, SNAPSHOT_EVENT_MAX = 64 };

struct known_badge {
	char code[BADGE_SIZE + 1];
	int64_t person;
	enum badge_state state;
	enum registration_state registration;
	enum category category;
	bool checked_in;
};

struct snapshot {
	char event[SNAPSHOT_EVENT_MAX + 1];
	int64_t as_of; /* server time at which it was complete, Unix ms; ABSENT: it never was */
	int64_t next;  /* ledger sequence to ask the next changes since */
	struct known_badge *badges;
	uint32_t badge_count, badge_room;
	uint32_t *slots; /* open addressing: index + 1 into badges, 0 is free; twice badge_room */
	struct plan plan;
	struct seen *seen; /* who passed where, as far as the door knows; not ours; NULL: nothing */
};

/* `event` is at most SNAPSHOT_EVENT_MAX bytes. */
void snapshot_init(struct snapshot *snapshot, struct text event);
void snapshot_free(struct snapshot *snapshot);

/*
 * Takes one page of changes; a badge that is known already is overwritten. Codes that are no codes of this event
 * are skipped: no scan could ever find them. E_NO_MEMORY, E_TOO_LARGE over SNAPSHOT_BADGES_MAX.
 */
enum error snapshot_merge(struct snapshot *snapshot, const struct badges_changed *changes);

/* Takes a complete plan over and leaves `plan` empty. */
void snapshot_replan(struct snapshot *snapshot, struct plan *plan);

/* NULL when the code, as badge_read gives it, is not in the list. Valid until the next merge. */
const struct known_badge *snapshot_find(const struct snapshot *snapshot, const char *code);

#endif
