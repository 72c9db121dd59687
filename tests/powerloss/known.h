/* What is known of each request at one instant, as its client knows it. */
#ifndef HUDUR_TESTS_POWERLOSS_KNOWN_H
#define HUDUR_TESTS_POWERLOSS_KNOWN_H

#include "tests/powerloss/record.h"
#include "tests/powerloss/shift.h"

/* Marks in a record; their number is a request's, or a copy's. */
enum { MARK_SENT, MARK_ACKED, MARK_COPYING, MARK_COPIED, MARK_RESTORED };

struct known {
	bool *sent, *acked;
	struct text *replies; /* of those that are acked */
};

/* Nothing yet. Lives in the arena, as the copy does. */
struct known known_new(struct arena *arena, uint32_t count);
struct known known_copy(struct arena *arena, const struct known *known, uint32_t count);

/* What the clients knew at the cut, on top of what `known` holds. */
void known_learn(struct known *known, const struct record *record, uint32_t cut, const struct text *replies);

/* What check.py is told of an event; how many of it are acknowledged. */
int64_t known_write(const struct known *known, const struct shift *shift, uint32_t event, const char *path);

#endif
