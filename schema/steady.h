/* The time as a server tells it: its clock's, but it does not go back when that clock is set back. */
#ifndef HUDUR_SCHEMA_STEADY_H
#define HUDUR_SCHEMA_STEADY_H

#include <pthread.h>

#include "schema/clock.h"

/*
 * Devices date what they see by what the server told. Were it to follow a clock that is set back an hour while people
 * are inside, their going out would be dated before their coming in. So from there on it is ahead of the clock.
 *
 * A clock set forward is followed: one that was dead has its time again. So is one set back by more than STEADY_MAX_MS:
 * it was wildly ahead. What was held is given up as far as the clock is set forward again, and by a new start.
 */
#define STEADY_MAX_MS INT64_C(86400000)

/* What the clock may be off by, either way, before we take it for set. */
enum { STEADY_OFF_MS = 50 };

struct steady {
	struct clock wall;
	const char *program; /* says on standard error that a clock was set back */
	pthread_mutex_t lock;
	int64_t told, asked; /* the time told last, and when, by clock_boottime_ms */
	int64_t ahead;	     /* of the wall clock, milliseconds */
};

/* Opens the wall clock; 0, or -1 as clock_open. `program` is kept. It must stay where it is. */
int steady_open(struct steady *steady, const char *program);
void steady_close(struct steady *steady);

/*
 * Unix milliseconds, UTC; any thread may ask. Ask at least every second while the clock is simulated: such a clock
 * stands between its steps, so nothing else tells how far it had come when it was set.
 */
int64_t steady_now(struct steady *steady);

/*
 * The rule alone, for one thread: what is told when the wall clock says `wall`, `passed` milliseconds after it was
 * asked last. With a simulated clock `passed` is 0, and a step forward by less than it is ahead is time that passes.
 */
int64_t steady_follow(struct steady *steady, int64_t wall, int64_t passed);

#endif
