/* Rounds that cut the power off from a writer at work. */
#ifndef HUDUR_TESTS_POWERLOSS_WRITER_ROUND_H
#define HUDUR_TESTS_POWERLOSS_WRITER_ROUND_H

#include "tests/powerloss/copies.h"

enum { SPANS_MAX = 64 };

/* A day of work, recorded. */
struct writing {
	struct record record;
	struct shift shift;
	struct known known;   /* at the end */
	struct arena arena;   /* of known */
	struct copies copies; /* made meanwhile */
	uint64_t *digests[SHIFT_EVENTS]; /* of the event's file when its ledger had that many rows; 0: it never had */
	struct {
		uint32_t from, to;
	} spans[SPANS_MAX]; /* of entries that deserve many cuts: a file is made, moved into, or opened again */
	uint32_t span_count;
};

/* Works on an honest disk, where nothing goes wrong. */
void writing_record(struct writing *writing, struct course *course, uint64_t seed);
void writing_free(struct writing *writing);

/* What a loss of power has left, and a successor that makes the best of it. */
struct recovery {
	struct writing *writing;
	struct course *course;
	const char *folder;
	struct known *known;   /* what the clients know; they learn more */
	struct record *record; /* NULL: not recorded */
	struct arena *arena;
	bool second;           /* it follows another, whose batches were its own */
};

/* The real writer opens what is left, and clients send again what they got no answer to: then all must be there, once. */
void writing_recover(struct recovery *recovery);

/*
 * The power goes at an instant that the round chooses. The real writer opens what is left, every client sends again
 * what it got no answer to, and then all must be there, once. In one round of four it goes again meanwhile.
 */
void writing_cut(struct writing *writing, struct course *course);

#endif
