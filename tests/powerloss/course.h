/* What rounds share: where they work, by which seed, and what they came to. */
#ifndef HUDUR_TESTS_POWERLOSS_COURSE_H
#define HUDUR_TESTS_POWERLOSS_COURSE_H

#include "tests/powerloss/checker.h"
#include "tests/powerloss/rebuild.h"

struct course {
	uint64_t seed;
	enum honesty honesty;
	bool quiet; /* losses are expected: they are counted and not told */
	char folder[64]; /* a folder of its own, in memory where there is such */
	struct checker checker;
	int64_t rounds, acked, lost, wrong;
	const char *subject; /* of the round */
	int64_t round;       /* its number */
	uint32_t cut;
};

/* Makes the folder and starts the checker. False, with a line on standard error, when it cannot. */
bool course_begin(struct course *course, uint64_t seed, enum honesty honesty);
void course_end(struct course *course);

/* An empty folder of that name within the course's; `path` gets its own. */
void course_folder(const struct course *course, const char *name, char path[128]);

/* Something is not as it must be: counted, and told with the round it was. `lost`: that was acknowledged. */
void course_wrong(struct course *course, int64_t lost, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A generator of the round's own. */
struct chance course_chance(const struct course *course);

/*
 * Rounds `first` until `end`: six of ten cut off a writer that also makes copies, one a restoring, two a spool and one
 * a door's list. What they are cut off from is recorded anew every forty rounds. A round is the same whichever were run
 * before it.
 */
void course_run(struct course *course, int64_t first, int64_t end);

#endif
