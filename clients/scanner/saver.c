/* Copies a list, which takes a millisecond or two, and leaves the encoding, writing and syncing to a thread. */
#include "clients/scanner/saver.h"

#include <errno.h>
#include <stdlib.h>

static void copy_free(struct saver *saver)
{
	free(saver->copy.badges);
	arena_free(&saver->arena);
	saver->copy = (struct snapshot){.as_of = ABSENT};
}

/* What is in the file: the badges and the programme's pages. */
static bool copy_take(struct saver *saver, const struct snapshot *from)
{
	struct snapshot *copy = &saver->copy;
	size_t size = from->badge_count * sizeof *copy->badges;

	*copy = (struct snapshot){.as_of = from->as_of, .next = from->next, .badge_count = from->badge_count};
	memcpy(copy->event, from->event, sizeof copy->event);
	copy->badges = malloc(size ? size : 1);
	if (!copy->badges)
		return false;
	if (size)
		memcpy(copy->badges, from->badges, size);
	for (uint32_t i = 0; i < from->plan.page_count; i++) {
		copy->plan.pages[i] = arena_text(&saver->arena, from->plan.pages[i]);
		if (!copy->plan.pages[i].at)
			return false;
	}
	copy->plan.page_count = from->plan.page_count;
	return true;
}

static void *saver_run(void *of)
{
	struct saver *saver = of;

	saver->why = snapshot_save(&saver->copy, saver->path) == 0 ? 0 : errno;
	atomic_store(&saver->done, true);
	return NULL;
}

int saver_start(struct saver *saver, const struct snapshot *snapshot, const char *path)
{
	int why = ENOMEM;

	saver->path = path;
	atomic_store(&saver->done, false);
	if (copy_take(saver, snapshot))
		why = pthread_create(&saver->thread, NULL, saver_run, saver);
	saver->running = why == 0;
	if (saver->running)
		return 0;
	copy_free(saver);
	errno = why;
	return -1;
}

bool saver_wait(struct saver *saver, int *why)
{
	if (!saver->running)
		return false;
	pthread_join(saver->thread, NULL);
	saver->running = false;
	copy_free(saver);
	*why = saver->why;
	return true;
}

bool saver_take(struct saver *saver, int *why)
{
	return atomic_load(&saver->done) && saver_wait(saver, why);
}
