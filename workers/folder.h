/* The event files of a worker's folder, each opened once as its writer. */
#ifndef HUDUR_WORKERS_FOLDER_H
#define HUDUR_WORKERS_FOLDER_H

#include "workers/event.h"

struct folder_event {
	struct event *event;
	struct folder_event *next;
};

/* A file that could not be opened, so that it is told once. */
struct failure;

/* Zero-initialise with path, random, log, added and context, which must outlive it. */
struct folder {
	const char *path;
	void (*random)(void *bytes, size_t size);
	void (*log)(void *context, const char *sentence);
	bool (*added)(void *context, const struct event *event); /* is to be offered from now on; false: tell later */
	void *context;
	bool read_ahead; /* see writer.h */
	struct folder_event *events; /* the one found last is first */
	struct failure *failures;
	bool distrusted; /* a sync failed while a file was opened */
	bool full;       /* a file could not be opened for want of room on the disk; the caller takes it back */
};

/*
 * Opens files that are new. One that cannot be opened is logged once and tried again, at first in the next scan and
 * then ever more seldom, down to every eighth.
 */
void folder_scan(struct folder *folder);

/* How many event files the folder holds, whether they can be opened or not. */
int64_t folder_count(const char *path);

/* Tells of the event if a load of it was stored and that was not told yet. */
void folder_tell(struct folder *folder, struct event *event);

/* NULL when there is none of that id. Changes the events' order. */
struct event *folder_find(struct folder *folder, struct text id);

/* Makes a new event's file. */
enum error folder_add(struct folder *folder, struct text id, struct event **event);

/* The next event by id after this one (absent: the first); NULL at the end. */
const struct event *folder_after(const struct folder *folder, struct text id);

void folder_close(struct folder *folder);

#endif
