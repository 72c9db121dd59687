/* Rounds that cut the power off from a door that saves its list, by plain files without SQLite. */
#ifndef HUDUR_TESTS_POWERLOSS_LIST_ROUND_H
#define HUDUR_TESTS_POWERLOSS_LIST_ROUND_H

#include "tests/powerloss/course.h"

struct listing {
	struct record record;
};

void listing_record(struct listing *listing, struct course *course, uint64_t seed);
void listing_free(struct listing *listing);

/* The power goes; what is left must be the list that was saved last, or the one that was being saved. */
void listing_cut(struct listing *listing, struct course *course);

#endif
