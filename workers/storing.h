/*
 * The deciding thread has the writer; the thread that has the sockets gathers the next intake meanwhile. Whatever arrived
 * while one was decided and stored is the next batch; there is no timer. A large batch is stored by a thread of its own, so
 * that the next is decided while SQLite and the disk have this one.
 *
 * An intake goes round: spare, gathered into, decided, stored, its replies handed out, spare. The deciding thread takes
 * the gathered one itself, so that it never waits for the sockets' thread to be woken.
 */
#ifndef HUDUR_WORKERS_STORING_H
#define HUDUR_WORKERS_STORING_H

#include <pthread.h>

#include "schema/steady.h"
#include "workers/writer.h"

/* One gathered, one decided, one stored, one handed out. */
enum { INTAKES = 4 };

struct storing {
	struct writer *writer;
	struct steady *clock;
	pthread_t deciding, storing;
	pthread_mutex_t lock;
	pthread_cond_t work, run_given; /* for the one, and for the other */
	struct aside aside;
	struct run *run; /* for the storing thread; NULL: it is done with the last */
	struct intake intakes[INTAKES];
	struct intake *gathered; /* NULL once all is over */
	struct intake *stored[INTAKES], *spare[INTAKES];
	size_t stored_count, spare_count;
	int bell; /* eventfd: rung when an intake is stored */
	bool given;      /* a run, and nobody has looked at what came of it; the deciding thread alone writes it */
	bool over, ended, distrusted; /* ended: no run is given any more */
};

/*
 * Opens what is in the folder, then starts the threads, which end by themselves when the disk is not to be trusted. The
 * writer belongs to them until storing_stop. False when memory or the system's limits are too low.
 */
bool storing_start(struct storing *storing, struct writer *writer, struct steady *clock);

/* The intake to gather into, kept from the deciding thread until storing_shut, which returns how much it holds. */
struct intake *storing_open(struct storing *storing);
size_t storing_shut(struct storing *storing);

/* What was gathered may be stored: wakes the thread if it waits for that. Returns how much is still gathered. */
size_t storing_press(struct storing *storing);

/*
 * The next intake that is stored, NULL when there is none; give it back with storing_return. `trusted` is false when
 * the disk is not to be trusted any more: nothing may be handed out.
 */
struct intake *storing_take_back(struct storing *storing, bool *trusted);
void storing_return(struct storing *storing, struct intake *intake);

/* Ends the thread; what was gathered is stored first, and can still be taken back. */
void storing_stop(struct storing *storing);

void storing_free(struct storing *storing);

#endif
