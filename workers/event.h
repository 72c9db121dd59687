/* One event of a worker's folder: its file, its lock, its claim on being the writer, and its state in memory. */
#ifndef HUDUR_WORKERS_EVENT_H
#define HUDUR_WORKERS_EVENT_H

#include "schema/event_id.h"
#include "workers/idset.h"
#include "workers/state.h"

enum { EVENT_ID_MAX = 64, EVENT_PATH_MAX = 4096 };

struct event {
	char id[EVENT_ID_MAX + 1];
	char path[EVENT_PATH_MAX];
	int lock; /* descriptor of EVENT.lock; SQLite's own files are never opened by us */
	struct driver *store;
	struct arena arena; /* of identity */
	struct identity identity;
	char place[16]; /* of the file on this machine: a copy, which has the same identity, has another */
	struct state state;
	struct idset ids; /* of all requests stored, and of scans announced */
	bool read_ahead;  /* see writer.h */
	bool loaded;      /* state and ids hold what the file holds */
	bool begun;       /* a load was stored: before that nobody is told of it, and nothing else is taken for it */
	bool told;        /* those who offer it know of it */
	bool superseded;  /* another writer has it, for good */
	bool loss_told;   /* the log says so */
};

/* DIR/ID.hudur. False when that is longer than EVENT_PATH_MAX. */
bool event_path(const char *folder, struct text id, char path[EVENT_PATH_MAX]);

/*
 * Keeps every other process from writing the event: a descriptor to close, or -1 with a sentence in `why` (256 bytes).
 * E_SUPERSEDED when another has it, or had it until this instant.
 */
enum error event_lock(const char *folder, struct text id, int *lock, char *why);

/* For whoever holds it and leaves no event there. A lock file that remembers a failed sync (distrust.h) stays. */
void event_lock_remove(const char *folder, struct text id, int lock);

/*
 * Opens an event's file as its only writer, creating it when `create`. E_OK; E_SUPERSEDED when another process has
 * it; E_BAD_DATA, E_STORAGE, E_DISK_FULL, E_NO_MEMORY with a sentence in `why` (256 bytes). `random` makes the
 * instance id of a new file. `distrusted` is set when a sync failed. Free with event_close.
 */
enum error event_open(const char *folder, struct text id, bool create, void (*random)(void *, size_t),
		      struct event **event, char *why, bool *distrusted);

/* Moves the log into the file, and notes it when a sync of that failed. NULL is allowed. */
void event_close(struct event *event);

/*
 * False after a failed sync, for good: nothing of it may be acknowledged, and no process opens it before the machine
 * was started again.
 */
bool event_is_trusted(const struct event *event);

/* Brings the state to what the file holds, from the start. */
enum error event_reload(struct event *event);

/* Begins a transaction, unless another writer has taken over: E_SUPERSEDED, from then on without asking the file. */
enum error event_begin(struct event *event);

#endif
