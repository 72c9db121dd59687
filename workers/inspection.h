/*
 * Looks a file through in a thread of its own, for that takes time: a live event as one of its readers, or a copy, which
 * gets its name only when nothing is wrong with it.
 */
#ifndef HUDUR_WORKERS_INSPECTION_H
#define HUDUR_WORKERS_INSPECTION_H

#include "workers/verify.h"

enum { FINDINGS_MAX = 100, FINDING_SIZE = 512 };

struct finding {
	char sentence[FINDING_SIZE]; /* plain UTF-8 */
};

struct inspection;

/*
 * `name`: the copy at `path` is sealed, synced, looked through, and then called so, unless something has that name.
 * NULL: it is a live event. NULL when memory or the system's limits are too low. Free with inspection_free.
 */
struct inspection *inspection_begin(const char *path, const char *name);

/* Over; before that nothing below may be asked. */
bool inspection_is_over(struct inspection *inspection);

/* E_OK when it was carried through; of a copy: when it has its name. Else `why`, owned by the inspection. */
enum error inspection_result(const struct inspection *inspection, const struct verdict **verdict, const char **why);

/* A sync failed: the disk may have lost what it was told to keep, of other files too. */
bool inspection_sync_failed(const struct inspection *inspection);

/* The first differences: how many of them. */
uint32_t inspection_findings(const struct inspection *inspection, const struct finding **findings);

/* Ends it soon; it has failed then, unless it was over. */
void inspection_interrupt(struct inspection *inspection);

/* Waits for its end, which is brought about. NULL is allowed. */
void inspection_free(struct inspection *inspection);

/*
 * Syncs a file or folder, by a descriptor of its own: no SQLite connection of this process may have the file open.
 * `failed` is set when the sync itself failed.
 */
bool inspection_sync(const char *path, bool *failed);

#endif
