/* A thread, one intake at a time, and a bell. */
#include "workers/storing.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { REST_MS = 1000 };

/* The next intake; NULL after REST_MS without one, or when all is over. */
static struct intake *wait_for_intake(struct storing *storing)
{
	struct intake *intake;
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += REST_MS / 1000;
	pthread_mutex_lock(&storing->lock);
	while (!storing->given && !storing->over)
		if (pthread_cond_timedwait(&storing->given_or_over, &storing->lock, &until) == ETIMEDOUT)
			break;
	intake = storing->given;
	storing->given = NULL;
	pthread_mutex_unlock(&storing->lock);
	return intake;
}

/* An intake that was stored, or none when it is only to be told that the disk is not to be trusted. */
static void give_back(struct storing *storing, struct intake *intake, bool trusted)
{
	pthread_mutex_lock(&storing->lock);
	if (intake)
		storing->stored = intake;
	storing->distrusted |= !trusted;
	pthread_mutex_unlock(&storing->lock);
	eventfd_write(storing->bell, 1);
}

static bool is_over(struct storing *storing)
{
	bool over;

	pthread_mutex_lock(&storing->lock);
	over = storing->distrusted || (storing->over && !storing->given);
	pthread_mutex_unlock(&storing->lock);
	return over;
}

static void *store_until_over(void *context)
{
	struct storing *storing = context;
	int64_t scanned = clock_monotonic_ms();

	while (!is_over(storing)) {
		struct intake *intake = wait_for_intake(storing);

		if (intake)
			give_back(storing, intake,
				  writer_run(storing->writer, intake, clock_now(storing->clock)));
		else if (!writer_rest(storing->writer))
			give_back(storing, NULL, false);
		if (clock_monotonic_ms() - scanned >= REST_MS) {
			if (!writer_scan(storing->writer))
				give_back(storing, NULL, false);
			scanned = clock_monotonic_ms();
		}
	}
	return NULL;
}

bool storing_start(struct storing *storing, struct writer *writer, const struct clock *clock)
{
	pthread_condattr_t monotonic;

	*storing = (struct storing){.writer = writer, .clock = clock};
	storing->bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (storing->bell < 0 || pthread_mutex_init(&storing->lock, NULL) != 0)
		return false;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	if (pthread_cond_init(&storing->given_or_over, &monotonic) != 0)
		return false;
	pthread_condattr_destroy(&monotonic);
	if (!writer_scan(writer))
		give_back(storing, NULL, false);
	return pthread_create(&storing->thread, NULL, store_until_over, storing) == 0;
}

void storing_give(struct storing *storing, struct intake *intake)
{
	pthread_mutex_lock(&storing->lock);
	storing->given = intake;
	pthread_cond_signal(&storing->given_or_over);
	pthread_mutex_unlock(&storing->lock);
}

struct intake *storing_take_back(struct storing *storing, bool *trusted)
{
	struct intake *intake;
	eventfd_t rung;

	eventfd_read(storing->bell, &rung);
	pthread_mutex_lock(&storing->lock);
	intake = storing->stored;
	storing->stored = NULL;
	*trusted = !storing->distrusted;
	pthread_mutex_unlock(&storing->lock);
	return intake;
}

void storing_stop(struct storing *storing)
{
	pthread_mutex_lock(&storing->lock);
	storing->over = true;
	pthread_cond_signal(&storing->given_or_over);
	pthread_mutex_unlock(&storing->lock);
	pthread_join(storing->thread, NULL);
}

void storing_free(struct storing *storing)
{
	pthread_cond_destroy(&storing->given_or_over);
	pthread_mutex_destroy(&storing->lock);
	close(storing->bell);
}
