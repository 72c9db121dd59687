/*
 * Who passed which door, as far as this one knows: by it the presence rule tells "already inside", a lent badge, a move
 * and an exit without entry at a door that works alone. Numbers only, no names.
 *
 * What a door alone knows: its own list of badges, the programme, the event's stage, all that passed any door until it
 * was cut off (within SEEN_PAST entries of the ledger before it first started), and what passed itself since. By that it
 * decides exactly as the writer would (schema/admission.h, schema/lately.h).
 * What it cannot know: what happened elsewhere since it was cut off, so a reprint, a gavel or an entry by another door;
 * and how many are inside, because they leave by other doors too, so that to it no session is ever full. What it
 * decided then stands, and where the server would have said otherwise it is a conflict for a supervisor.
 */
#ifndef HUDUR_CLIENTS_SCANNER_SEEN_H
#define HUDUR_CLIENTS_SCANNER_SEEN_H

#include <stdio.h>

#include "schema/instance.h"
#include "schema/lately.h"

enum {
	SEEN_MAX = 200000, /* when it is full, the older ones beyond half of it are forgotten */
	SEEN_EACH_MAX = 64, /* of one person, the last ones: whether one is inside does not hang on more */
	SEEN_PAST = 10000, SEEN_CODE_MAX = 32, SEEN_HEADS = 4096
};

/* One passage that took place. */
struct seen_passage {
	int64_t person;  /* 0: it was taken back, or forgotten */
	int64_t at;      /* corrected */
	int64_t ledger;  /* ABSENT: the server has not told it yet */
	int64_t number;  /* the door's own numbering */
	uint32_t door, next; /* next of those with the same head: index + 1 */
	uint8_t direction;
	char session[SEEN_CODE_MAX + 1];
};

/* A room, or a session that is its own, was emptied. */
struct seen_clearing {
	int64_t at;
	char room[SEEN_CODE_MAX + 1], session[SEEN_CODE_MAX + 1];
};

/* Zero-initialise; seen_free gives everything back. */
struct seen {
	struct seen_passage *passages;
	uint32_t count, room;
	struct seen_clearing *clearings;
	uint32_t clearing_count, clearing_room;
	uint32_t heads[SEEN_HEADS]; /* by person: index + 1 */
	uint8_t device[16]; /* our own id */
	uint32_t door;   /* the number for it */
	char instance[INSTANCE_SIZE]; /* of the event's file that it is of; zeros: not known */
	int64_t next;    /* ledger sequence to ask the next changes since; 0: never asked */
	int64_t forget;  /* what was before has been forgotten */
	FILE *log;       /* NULL: kept in memory alone, or the file could not be written */
	size_t logged;   /* bytes since it was written anew */
	const char *path;
};

/*
 * Reads what an earlier run left in the file, and goes on with it; NULL: memory alone. What is older than LATELY_MS at
 * `now` is left out. The file holds one record after the other, appended and not synced: what was scanned is safe in
 * the spool, and this is only what the door knows of it; a torn end is cut off. False when the file cannot be written:
 * that was said on standard error, as it is when it fails later, and the door goes on by its memory.
 */
bool seen_open(struct seen *seen, const char *path, int64_t now);
void seen_free(struct seen *seen);

/* Nothing of it holds: the server's ledger is another one. */
void seen_clear(struct seen *seen);

/* It is of the event's file of this instance (16 bytes) from now on; what it knows of another's is cleared. */
void seen_follow(struct seen *seen, struct text instance);

/* Takes one entry of the ledger, in their order; what is of no interest moves `next` alone. E_OK or E_NO_MEMORY. */
enum error seen_take(struct seen *seen, const struct change *change);

/* What this door let through just now; `ledger` ABSENT when it decided alone. */
enum error seen_own(struct seen *seen, int64_t person, struct text session, enum direction direction, int64_t number,
		    int64_t at, int64_t ledger);

/*
 * The person's passages of the last LATELY_MS before `at`, for lately_judge: sorted, each door's own in the order of its
 * numbers. `sessions` finds a session's index by its code. At most `most`; returns how many there are.
 */
size_t seen_passages(const struct seen *seen, int64_t person, int64_t at, const struct schedule *sessions,
		     struct passage *passages, size_t most);

/* When our own next passage happened: not before those that we had before, though the clock may say so. */
int64_t seen_time(const struct seen *seen, int64_t person, int64_t at);

#endif
