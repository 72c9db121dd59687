/*
 * The writer: requests go in, and after a batch of them is durable, replies come out. A plain state machine: no
 * socket, no thread, no clock of its own.
 *
 * A batch is whatever was taken since the last flush. For each event it is one transaction; replies to it are made
 * only after the commit has returned. When a batch fails, everything in it is undone, in memory too, and each of
 * its requests is tried alone, so that one that cannot be stored does not keep the others out.
 */
#ifndef HUDUR_WORKERS_WRITER_H
#define HUDUR_WORKERS_WRITER_H

#include "schema/mdp.h"
#include "workers/event.h"

/* The events of a folder. */
struct writer_event {
	struct event *event;
	struct writer_event *next;
};

/* A reply to what was taken from `origin`; views for the call. */
typedef void reply_fn(void *context, void *origin, struct text address, struct text id, struct text map);

struct writer_settings {
	const char *folder;
	const char *name;                          /* of the worker: serves NAME/events */
	void (*random)(void *bytes, size_t size);  /* the system's generator, or a seeded one */
	reply_fn *reply;
	void (*event_added)(void *context, const struct event *event); /* a new event is to be offered */
	void (*log)(void *context, const char *sentence);
	void *context;
};

struct writer;

/* NULL when memory is out. Settings are copied; what they point to must outlive the writer. */
struct writer *writer_new(const struct writer_settings *settings);
void writer_free(struct writer *writer);

/* Opens event files that are new in the folder. Files that cannot be opened are logged once and left alone. */
void writer_scan(struct writer *writer);

/* Events that are open, in no order. */
const struct writer_event *writer_events(const struct writer *writer);

/*
 * Takes a request into the batch; bytes are copied. `origin` says to whom the reply goes and is not looked at.
 * `now` is the server's clock, Unix ms.
 */
void writer_take(struct writer *writer, void *origin, struct text address, struct text id, struct text map,
		 int64_t now);

/* Requests in the batch. */
size_t writer_pending(const struct writer *writer);

/* Stores the batch and replies. False when the disk can no longer be trusted: the process must end. */
bool writer_flush(struct writer *writer, int64_t now);

/* Between batches, when there is nothing else to do. */
void writer_rest(struct writer *writer);

#endif
