/*
 * The storing thread: it has the writer, and while it syncs one intake the thread that has the sockets gathers the
 * next. Whatever arrived during a sync is the next batch; there is no timer.
 */
#ifndef HUDUR_WORKERS_STORING_H
#define HUDUR_WORKERS_STORING_H

#include <pthread.h>

#include "schema/clock.h"
#include "workers/writer.h"

struct storing {
	struct writer *writer;
	const struct clock *clock;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t given_or_over;
	struct intake *given;  /* not yet stored */
	struct intake *stored; /* not yet taken back */
	int bell;              /* eventfd: rung when an intake is stored */
	bool over, distrusted;
};

/* Opens what is in the folder, then starts the thread, which ends by itself when the disk is not to be trusted. The writer belongs to it until storing_stop. */
bool storing_start(struct storing *storing, struct writer *writer, const struct clock *clock);

/* Hands an intake over; only when none is on its way. */
void storing_give(struct storing *storing, struct intake *intake);

/*
 * The intake that was given, once it is stored; NULL while it is not. `trusted` is false when the disk is not to be
 * trusted any more: nothing may be handed out.
 */
struct intake *storing_take_back(struct storing *storing, bool *trusted);

/* Ends the thread; what was given is stored first, and can still be taken back. */
void storing_stop(struct storing *storing);

void storing_free(struct storing *storing);

#endif
