/* Keeps a door's list on the disk beside the door's work: to write a large one takes longer than a person may wait. */
#ifndef HUDUR_CLIENTS_SCANNER_SAVER_H
#define HUDUR_CLIENTS_SCANNER_SAVER_H

#include <pthread.h>
#include <stdatomic.h>

#include "clients/scanner/snapshot_file.h"

/* Zero-initialise. One list at a time, in a thread of its own, from a copy. */
struct saver {
	struct snapshot copy;
	struct arena arena; /* the copy's pages */
	const char *path;
	pthread_t thread;
	bool running;
	atomic_bool done;
	int why;
};

/* Must not be running. `path` must last until saver_take is true. 0, or -1 with errno, when nothing was begun. */
int saver_start(struct saver *saver, const struct snapshot *snapshot, const char *path);

/* True once after each start, when the file is written or could not be: then `why` is 0 or the errno. */
bool saver_take(struct saver *saver, int *why);

/* As saver_take, and waits for it. */
bool saver_wait(struct saver *saver, int *why);

#endif
