/* Puts a checked copy of an event into a folder whole or not at all, while no worker has the event. */
#ifndef HUDUR_WORKERS_RESTORE_H
#define HUDUR_WORKERS_RESTORE_H

#include "workers/verify.h"

enum { RESTORE_WHY_MAX = 1024 };

struct restored {
	struct verdict verdict;
	char kept[EVENT_PATH_MAX]; /* where the file is that was there; empty: there was none */
};

/*
 * E_OK; else nothing has changed and `why` says what happened and what to do. `replace`: what is there is kept aside.
 * `now`: for the name of what is kept, Unix ms. `differs` is told of what is wrong with the copy.
 */
enum error restore_file(const char *file, const char *folder, bool replace, int64_t now, difference_fn *differs,
			void *context, struct restored *restored, char why[RESTORE_WHY_MAX]);

/* Removes what a restoring that was killed has left. Only for who holds the event. */
void restore_clean(const char *folder, struct text event);

#endif
