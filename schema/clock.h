/* The clocks of every program: what time it is, and how long something took. */
#ifndef HUDUR_SCHEMA_CLOCK_H
#define HUDUR_SCHEMA_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * With HUDUR_CLOCK=FILE in the environment the wall clock is simulated: FILE holds the time, a little-endian
 * int64 of Unix milliseconds, and whoever drives the run steps it. Programs then say so in what they print.
 * Durations and liveness always follow the machine's monotonic clock.
 */
struct clock {
	const volatile int64_t *simulated; /* NULL: the machine's own clock */
};

/* Follows HUDUR_CLOCK. Returns 0, or -1 with a sentence on standard error when FILE cannot be used. */
int clock_open(struct clock *clock);
void clock_close(struct clock *clock);

/* Unix milliseconds, UTC. */
int64_t clock_now(const struct clock *clock);

static inline bool clock_is_simulated(const struct clock *clock)
{
	return clock->simulated != NULL;
}

/* Milliseconds and microseconds since some fixed moment; never goes back. */
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_us(void);

/* The same, but it goes on while the machine sleeps. */
int64_t clock_boottime_ms(void);

#endif
