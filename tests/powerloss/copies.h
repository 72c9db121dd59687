/* Copies of events that are made while the writer works, and what must hold of them after a cut. */
#ifndef HUDUR_TESTS_POWERLOSS_COPIES_H
#define HUDUR_TESTS_POWERLOSS_COPIES_H

#include "tests/powerloss/course.h"
#include "tests/powerloss/known.h"

enum { COPIES_MAX = 32 };

struct made_copy {
	uint32_t event;
	uint32_t begun;   /* entry of the record: what was acknowledged before it is in the copy */
	int64_t task;
	bool over, done;
	char name[128];   /* in the folder for copies; once it is done */
	int64_t ledger;
};

/* Zero-initialise. */
struct copies {
	struct made_copy all[COPIES_MAX];
	uint32_t count;
};

/* Begins one, unless there is no place for another. */
void copies_begin(struct copies *copies, struct shift *shift, struct record *record, uint32_t event);

/*
 * A slice of the one begun last, then asks after it. While it is looked through nothing else is done, so that a record
 * is the same each time.
 */
void copies_go_on(struct copies *copies, struct shift *shift, struct record *record);

/* The worker has ended: what is not over will never be. */
void copies_end(struct copies *copies);

/* The one that was told of last as done before the cut; NULL: there is none. */
const struct made_copy *copies_told(const struct copies *copies, const struct record *record, uint32_t cut);

/* What is left of a record, and what is known of it. */
struct remains {
	struct course *course;
	const struct record *record; /* of the writer's work */
	uint32_t cut;
	const char *folder;
	const struct shift *shift;
	const struct text *replies;  /* of all requests */
	const struct known *known;   /* at the cut */
	uint64_t *const *digests;    /* of each event's file, by the length of its ledger */
};

/*
 * Whatever has a copy's name in the folder is a whole event, a committed prefix of its ledger, with all that was
 * acknowledged before it was begun; and each that was told of as done is there.
 */
void copies_check(const struct copies *copies, const struct remains *remains);

/* The writer is open again: nothing unfinished is left of events that it offers, and a new copy comes to its end. */
void copies_check_next(struct course *course, struct shift *shift, const char *folder);

#endif
