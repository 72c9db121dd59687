/* Two threads, intakes that go round, and a bell. */
#include "workers/storing.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

/* Of fewer, handing over costs what it saves. At a full load of single requests, some 280 to a batch, it gives 2 to 3% more. */
enum { ASIDE_LEAST = 128 };

enum { REST_MS = 1000 };

static bool has_work(const struct storing *storing)
{
	/* nobody gathers any more when all is over, and no spare one is needed */
	return storing->gathered && storing->gathered->count && (storing->spare_count || storing->over);
}

static bool is_stored_aside(const struct storing *storing)
{
	return storing->given && !storing->run;
}

/*
 * What was gathered; NULL after REST_MS without any, at once when there is other work, when a run was stored aside, or when
 * all is over.
 */
static struct intake *wait_for_intake(struct storing *storing, bool other_work)
{
	struct intake *intake = NULL;
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += other_work ? 0 : REST_MS / 1000;
	pthread_mutex_lock(&storing->lock);
	while (!has_work(storing) && !is_stored_aside(storing) && !storing->over)
		if (pthread_cond_timedwait(&storing->work, &storing->lock, &until) == ETIMEDOUT)
			break;
	if (has_work(storing)) {
		intake = storing->gathered;
		storing->gathered = storing->spare_count ? storing->spare[--storing->spare_count] : NULL;
	}
	pthread_mutex_unlock(&storing->lock);
	return intake;
}

/* An intake that was stored, or none when it is only to be told that the disk is not to be trusted. */
static void give_back(struct storing *storing, struct intake *intake, bool trusted)
{
	pthread_mutex_lock(&storing->lock);
	if (intake)
		storing->stored[storing->stored_count++] = intake;
	storing->distrusted |= !trusted;
	pthread_mutex_unlock(&storing->lock);
	eventfd_write(storing->bell, 1);
}

static bool is_over(struct storing *storing)
{
	bool over;

	pthread_mutex_lock(&storing->lock);
	over = storing->distrusted || (storing->over && !has_work(storing) && !storing->given);
	pthread_mutex_unlock(&storing->lock);
	return over;
}

static void *decide_until_over(void *context)
{
	struct storing *storing = context;
	struct writer *writer = storing->writer;
	int64_t scanned = clock_monotonic_ms();

	while (!is_over(storing)) {
		bool busy = writer_go_on(writer), trusted = true;
		struct intake *intake = wait_for_intake(storing, busy);

		busy |= intake || storing->given;
		if (intake)
			trusted = writer_run(writer, intake, steady_now(storing->clock));
		else if (storing->given)
			trusted = writer_settle(writer);
		trusted = trusted && (busy ? writer_tidy(writer) : writer_rest(writer));
		if (trusted && clock_monotonic_ms() - scanned >= REST_MS) {
			trusted = writer_scan(writer);
			scanned = clock_monotonic_ms();
		}
		if (!trusted)
			give_back(storing, NULL, false);
	}
	return NULL;
}

/* ---- the thread that stores ---- */

static struct run *wait_for_run(struct storing *storing)
{
	struct run *run;

	pthread_mutex_lock(&storing->lock);
	while (!storing->run && !storing->ended)
		pthread_cond_wait(&storing->run_given, &storing->lock);
	run = storing->run;
	pthread_mutex_unlock(&storing->lock);
	return run;
}

static void *store_until_ended(void *context)
{
	struct storing *storing = context;
	struct run *run;

	while ((run = wait_for_run(storing))) {
		if (run_store(run))
			give_back(storing, run_intake(run), true);
		run_tidy(run);
		pthread_mutex_lock(&storing->lock);
		storing->run = NULL;
		pthread_mutex_unlock(&storing->lock);
		pthread_cond_signal(&storing->work);
	}
	return NULL;
}

static bool begin_aside(void *context, struct run *run)
{
	struct storing *storing = context;

	if (run_intake(run)->count < ASIDE_LEAST)
		return false;
	pthread_mutex_lock(&storing->lock);
	storing->given = true;
	storing->run = run;
	pthread_mutex_unlock(&storing->lock);
	pthread_cond_signal(&storing->run_given);
	return true;
}

static void await_aside(void *context)
{
	struct storing *storing = context;

	pthread_mutex_lock(&storing->lock);
	while (storing->run)
		pthread_cond_wait(&storing->work, &storing->lock);
	storing->given = false;
	pthread_mutex_unlock(&storing->lock);
}

static void give_stored_back(void *context, struct intake *intake)
{
	give_back(context, intake, true);
}

/* ---- the thread that has the sockets ---- */

static bool prepare_intakes(struct storing *storing)
{
	for (size_t i = 0; i < INTAKES; i++)
		if (!intake_reserve(&storing->intakes[i]))
			return false;
	storing->gathered = &storing->intakes[0];
	for (size_t i = 1; i < INTAKES; i++)
		storing->spare[storing->spare_count++] = &storing->intakes[i];
	return true;
}

static void end_storing(struct storing *storing)
{
	pthread_mutex_lock(&storing->lock);
	storing->ended = true;
	pthread_cond_signal(&storing->run_given);
	pthread_mutex_unlock(&storing->lock);
	pthread_join(storing->storing, NULL);
}

static bool start_threads(struct storing *storing)
{
	if (pthread_create(&storing->storing, NULL, store_until_ended, storing) != 0)
		return false;
	if (pthread_create(&storing->deciding, NULL, decide_until_over, storing) == 0)
		return true;
	end_storing(storing);
	return false;
}

bool storing_start(struct storing *storing, struct writer *writer, struct steady *clock)
{
	pthread_condattr_t monotonic;

	*storing = (struct storing){.writer = writer, .clock = clock};
	storing->bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (storing->bell < 0 || !prepare_intakes(storing) || pthread_mutex_init(&storing->lock, NULL) != 0)
		return false;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	if (pthread_cond_init(&storing->work, &monotonic) != 0 || pthread_cond_init(&storing->run_given, NULL) != 0)
		return false;
	pthread_condattr_destroy(&monotonic);
	storing->aside = (struct aside){begin_aside, await_aside, give_stored_back, storing};
	writer_use_aside(writer, &storing->aside);
	if (!writer_scan(writer))
		give_back(storing, NULL, false);
	return start_threads(storing);
}

struct intake *storing_open(struct storing *storing)
{
	pthread_mutex_lock(&storing->lock);
	return storing->gathered;
}

size_t storing_shut(struct storing *storing)
{
	size_t count = storing->gathered->count;

	pthread_mutex_unlock(&storing->lock);
	return count;
}

/* Wakes when the lock is free: who is woken wants it. */
static void unlock_and_wake(struct storing *storing)
{
	bool work = has_work(storing);

	pthread_mutex_unlock(&storing->lock);
	if (work)
		pthread_cond_signal(&storing->work);
}

size_t storing_press(struct storing *storing)
{
	size_t count = storing_open(storing)->count;

	unlock_and_wake(storing);
	return count;
}

struct intake *storing_take_back(struct storing *storing, bool *trusted)
{
	struct intake *intake = NULL;
	eventfd_t rung;

	eventfd_read(storing->bell, &rung);
	pthread_mutex_lock(&storing->lock);
	if (storing->stored_count) {
		intake = storing->stored[0];
		storing->stored_count--;
		for (size_t i = 0; i < storing->stored_count; i++)
			storing->stored[i] = storing->stored[i + 1];
	}
	*trusted = !storing->distrusted;
	pthread_mutex_unlock(&storing->lock);
	return intake;
}

void storing_return(struct storing *storing, struct intake *intake)
{
	intake_reset(intake);
	pthread_mutex_lock(&storing->lock);
	storing->spare[storing->spare_count++] = intake;
	unlock_and_wake(storing);
}

void storing_stop(struct storing *storing)
{
	pthread_mutex_lock(&storing->lock);
	storing->over = true;
	pthread_cond_signal(&storing->work);
	pthread_mutex_unlock(&storing->lock);
	pthread_join(storing->deciding, NULL);
	end_storing(storing);
	writer_use_aside(storing->writer, NULL);
}

void storing_free(struct storing *storing)
{
	pthread_cond_destroy(&storing->run_given);
	pthread_cond_destroy(&storing->work);
	pthread_mutex_destroy(&storing->lock);
	close(storing->bell);
	for (size_t i = 0; i < INTAKES; i++)
		intake_free(&storing->intakes[i]);
}
