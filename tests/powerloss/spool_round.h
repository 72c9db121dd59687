/* Rounds that cut the power off from a client that keeps requests in its spool. */
#ifndef HUDUR_TESTS_POWERLOSS_SPOOL_ROUND_H
#define HUDUR_TESTS_POWERLOSS_SPOOL_ROUND_H

#include "schema/mdp.h"
#include "tests/powerloss/course.h"

enum { KEPT_MAX = 400, KEPT_EVENTS = 2 };

struct kept {
	uint8_t id[ID_SIZE];
	uint32_t event;
	struct text map;
	int64_t seq, n;
};

/* A client's day, recorded. */
struct spooling {
	struct record record;
	struct kept kept[KEPT_MAX];
	uint8_t device[ID_SIZE];
	struct arena arena; /* of maps */
};

void spooling_record(struct spooling *spooling, struct course *course, uint64_t seed);
void spooling_free(struct spooling *spooling);

/*
 * The power goes; what is left must open, hold every request that was kept and not yet answered with the bytes it had,
 * none that was never given to it, and give only numbers that are higher than those that were kept.
 */
void spooling_cut(struct spooling *spooling, struct course *course);

#endif
