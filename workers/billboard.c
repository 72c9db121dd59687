/* A list that only grows, a lock, and a bell for each reader. */
#include "workers/billboard.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

bool billboard_init(struct billboard *board, int readers)
{
	*board = (struct billboard){.bell_count = 0};
	if (pthread_mutex_init(&board->lock, NULL) != 0)
		return false;
	for (int i = 0; i < readers && i < BILLBOARD_READERS_MAX; i++) {
		board->bells[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
		if (board->bells[i] < 0)
			return false;
		board->bell_count++;
	}
	return true;
}

void billboard_free(struct billboard *board)
{
	while (board->latest) {
		struct notice *before = board->latest->next;

		free(board->latest);
		board->latest = before;
	}
	for (int i = 0; i < board->bell_count; i++)
		close(board->bells[i]);
	pthread_mutex_destroy(&board->lock);
}

static void ring(struct billboard *board)
{
	for (int i = 0; i < board->bell_count; i++)
		eventfd_write(board->bells[i], 1);
}

bool billboard_post(struct billboard *board, const struct event *event)
{
	struct notice *notice = calloc(1, sizeof *notice);

	if (!notice)
		return false;
	snprintf(notice->id, sizeof notice->id, "%s", event->id);
	memcpy(notice->place, event->place, sizeof notice->place);
	notice->epoch = event->identity.epoch;
	pthread_mutex_lock(&board->lock);
	notice->next = board->latest;
	board->latest = notice;
	pthread_mutex_unlock(&board->lock);
	ring(board);
	return true;
}

void billboard_end(struct billboard *board)
{
	pthread_mutex_lock(&board->lock);
	board->over = true;
	pthread_mutex_unlock(&board->lock);
	ring(board);
}

bool billboard_is_over(struct billboard *board)
{
	bool over;

	pthread_mutex_lock(&board->lock);
	over = board->over;
	pthread_mutex_unlock(&board->lock);
	return over;
}

void billboard_read(struct billboard *board, int reader, const struct notice **seen,
		    void (*each)(void *context, const struct notice *notice), void *context)
{
	const struct notice *latest;
	eventfd_t rung;

	eventfd_read(board->bells[reader], &rung);
	pthread_mutex_lock(&board->lock);
	latest = board->latest;
	pthread_mutex_unlock(&board->lock);
	for (const struct notice *n = latest; n && n != *seen; n = n->next)
		each(context, n);
	*seen = latest;
}
