/* Where the deciding thread puts up which events there are, and the threads that have sockets look. */
#ifndef HUDUR_WORKERS_BILLBOARD_H
#define HUDUR_WORKERS_BILLBOARD_H

#include <pthread.h>

#include "workers/event.h"

enum { BILLBOARD_READERS_MAX = 17 };

struct notice {
	char id[EVENT_ID_MAX + 1];
	char place[16];
	int64_t epoch;
	struct notice *next; /* the one put up before it */
};

struct billboard {
	pthread_mutex_t lock;
	struct notice *latest;
	int bells[BILLBOARD_READERS_MAX]; /* eventfd of each thread that looks: rung for news and for the end */
	int bell_count;
	bool over;
};

bool billboard_init(struct billboard *board, int readers);
void billboard_free(struct billboard *board);

/* False when memory is out. */
bool billboard_post(struct billboard *board, const struct event *event);

/* Everybody is to stop. */
void billboard_end(struct billboard *board);
bool billboard_is_over(struct billboard *board);

/* Calls `each` for notices put up after `*seen`, newest first, and moves `*seen` on. Silences the reader's bell. */
void billboard_read(struct billboard *board, int reader, const struct notice **seen,
		    void (*each)(void *context, const struct notice *notice), void *context);

#endif
