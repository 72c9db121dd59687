/* Holds the time against a clock that is set back, by a clock that nobody sets. */
#include "schema/steady.h"

#include <inttypes.h>
#include <stdio.h>

/* Between two looks at one clock, when the other was looked at: more, and we were kept from the processor. */
enum { GLANCE_MS = 5 };

int steady_open(struct steady *steady, const char *program)
{
	*steady = (struct steady){.program = program};
	if (clock_open(&steady->wall) != 0)
		return -1;
	pthread_mutex_init(&steady->lock, NULL);
	steady->asked = clock_boottime_ms();
	steady->told = clock_now(&steady->wall);
	return 0;
}

void steady_close(struct steady *steady)
{
	pthread_mutex_destroy(&steady->lock);
	clock_close(&steady->wall);
}

static void say(const struct steady *steady, int64_t back)
{
	bool minutes = back >= 120000;

	fprintf(stderr, "%s: the clock was set back by %" PRId64 " %s; what is recorded goes on by the old time "
			"until this program is started again.\n", steady->program,
		minutes ? (back + 30000) / 60000 : back / 1000, minutes ? "min" : "s");
}

/* The clock is `back` behind what it would say, had nobody set it; `lead` is what holds the time. */
static void hold(struct steady *steady, int64_t lead, int64_t back)
{
	if (lead > STEADY_MAX_MS) {
		steady->ahead = 0;
		return;
	}
	steady->ahead = lead;
	say(steady, back);
}

int64_t steady_follow(struct steady *steady, int64_t wall, int64_t passed)
{
	int64_t expected = steady->told + passed, off = wall + steady->ahead - expected;
	bool passes = clock_is_simulated(&steady->wall) && off < steady->ahead;

	if (off < -STEADY_OFF_MS)
		hold(steady, expected - wall, -off);
	else if (off > STEADY_OFF_MS && !passes)
		steady->ahead = off < steady->ahead ? steady->ahead - off : 0;
	return steady->told = wall + steady->ahead;
}

int64_t steady_now(struct steady *steady)
{
	int64_t wall, asked, now;

	pthread_mutex_lock(&steady->lock);
	do {
		asked = clock_boottime_ms();
		wall = clock_now(&steady->wall);
	} while (clock_boottime_ms() - asked > GLANCE_MS);
	now = steady_follow(steady, wall, clock_is_simulated(&steady->wall) ? 0 : asked - steady->asked);
	steady->asked = asked;
	pthread_mutex_unlock(&steady->lock);
	return now;
}
