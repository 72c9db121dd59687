/* Finding, opening and making event files. */
#include "workers/folder.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "workers/restore.h"
#include "workers/task.h"

enum { WHY_SIZE = 256, PAUSE_MAX = 8 };

struct failure {
	char id[EVENT_ID_MAX + 1];
	unsigned pause, left; /* scans between attempts; until the next one */
	struct failure *next;
};

void folder_close(struct folder *folder)
{
	while (folder->events) {
		struct folder_event *next = folder->events->next;

		event_close(folder->events->event);
		free(folder->events);
		folder->events = next;
	}
	while (folder->failures) {
		struct failure *next = folder->failures->next;

		free(folder->failures);
		folder->failures = next;
	}
}

/* The one found comes first from then on: a meeting that goes on is asked for again, and those that are over are not. */
struct event *folder_find(struct folder *folder, struct text id)
{
	struct folder_event **at = &folder->events, *found;

	while (*at && !text_is(id, (*at)->event->id))
		at = &(*at)->next;
	found = *at;
	if (!found)
		return NULL;
	*at = found->next;
	found->next = folder->events;
	folder->events = found;
	return found->event;
}

static int compare(struct text a, struct text b)
{
	int order = memcmp(a.at, b.at, a.size < b.size ? a.size : b.size);

	return order ? order : (a.size > b.size) - (a.size < b.size);
}

const struct event *folder_after(const struct folder *folder, struct text id)
{
	const struct event *next = NULL;

	for (const struct folder_event *e = folder->events; e; e = e->next) {
		struct text other = text_of(e->event->id);

		if ((!id.at || compare(other, id) > 0) && (!next || compare(other, text_of(next->id)) < 0))
			next = e->event;
	}
	return next;
}

static struct failure *failure_of(const struct folder *folder, struct text id)
{
	struct failure *failure = folder->failures;

	while (failure && !text_is(id, failure->id))
		failure = failure->next;
	return failure;
}

/* Whether another still has the lock is cheap to ask, and his death is no reason to wait; what is broken stays so. */
static void tell_failure(struct folder *folder, struct text id, enum error e, const char *why)
{
	struct failure *failure;
	char sentence[512];

	id.size = id.size < EVENT_ID_MAX ? id.size : EVENT_ID_MAX;
	failure = failure_of(folder, id);
	if (failure && e != E_SUPERSEDED) {
		failure->pause = failure->pause < PAUSE_MAX ? failure->pause * 2 : PAUSE_MAX;
		failure->left = failure->pause - 1;
	}
	if (failure)
		return;
	failure = calloc(1, sizeof *failure);
	if (!failure)
		return;
	snprintf(failure->id, sizeof failure->id, "%.*s", (int)id.size, id.at);
	failure->pause = 1;
	failure->next = folder->failures;
	folder->failures = failure;
	snprintf(sentence, sizeof sentence, "event %s is not offered: %s", failure->id, why);
	folder->log(folder->context, sentence);
}

static bool is_paused(const struct folder *folder, struct text id)
{
	struct failure *failure = failure_of(folder, id);

	return failure && failure->left && failure->left--;
}

void folder_tell(struct folder *folder, struct event *event)
{
	if (event->begun && !event->told)
		event->told = folder->added(folder->context, event);
}

static enum error open_event(struct folder *folder, struct text id, bool create, struct event **out)
{
	char why[WHY_SIZE] = "";
	struct folder_event *added = calloc(1, sizeof *added);
	enum error e = added ? event_open(folder->path, id, create, folder->random, &added->event, why,
						&folder->distrusted)
			     : E_NO_MEMORY;

	if (e) {
		free(added);
		folder->full |= e == E_DISK_FULL;
		tell_failure(folder, id, e, *why ? why : error_sentence(e));
		return e;
	}
	added->event->read_ahead = folder->read_ahead;
	added->next = folder->events;
	folder->events = added;
	*out = added->event;
	tasks_clean(folder->path, id);
	restore_clean(folder->path, id);
	folder_tell(folder, added->event);
	return E_OK;
}

enum error folder_add(struct folder *folder, struct text id, struct event **event)
{
	return open_event(folder, id, true, event);
}

/* The event's id when it is the name of an event's file, without size when not. */
static struct text id_of(const char *name)
{
	static const char ending[] = ".hudur";
	struct text id = text_of(name);

	if (id.size < sizeof ending || strcmp(name + id.size - (sizeof ending - 1), ending) != 0)
		return (struct text){0};
	id.size -= (uint32_t)sizeof ending - 1;
	return id;
}

int64_t folder_count(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	int64_t count = 0;

	while (directory && (entry = readdir(directory)))
		count += id_of(entry->d_name).size > 0;
	if (directory)
		closedir(directory);
	return count;
}

void folder_scan(struct folder *folder)
{
	DIR *directory = opendir(folder->path);
	struct dirent *entry;

	while (directory && !folder->distrusted && (entry = readdir(directory))) {
		struct text id = id_of(entry->d_name);
		struct event *event;

		if (!id.size)
			continue;
		if (!event_id_is_valid(id)) {
			tell_failure(folder, id, E_MALFORMED, "its name is none of an event, which has 1 to 64 of a-z, 0-9 and -");
			continue;
		}
		event = folder_find(folder, id);
		if (event)
			folder_tell(folder, event);
		else if (!is_paused(folder, id))
			open_event(folder, id, false, &event);
	}
	if (directory)
		closedir(directory);
}
