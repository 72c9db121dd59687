/* Small files that are there whole or not at all, and what makes a name in a folder last. */
#ifndef HUDUR_SCHEMA_WHOLE_FILE_H
#define HUDUR_SCHEMA_WHOLE_FILE_H

#include <stddef.h>

#include "schema/text.h"

/*
 * Puts the parts, one after the other, at `path`, for the owner alone: written to `path`.new, synced, named, the folder
 * synced. 0, or -1 with errno: then nothing is left beside, and what was there stays unless only the folder's sync failed.
 */
int whole_file_write(const char *path, const struct text *parts, size_t count);

/*
 * The bytes of a regular file of at most `max` bytes, to be freed. NULL with errno, which is EFBIG when there are more and
 * EINVAL when it is no regular file. A file that shrinks meanwhile comes short.
 */
char *whole_file_read(const char *path, uint32_t max, uint32_t *size);

/* 0, or -1 with errno; `*failed` then tells a sync that failed, after which none is to be believed, from no folder. */
int folder_sync(const char *folder, bool *failed);

/*
 * Syncs the folder that `path` is in: until then a new name can be lost with the power, and what had the name before is gone
 * by then. 0, or -1 with errno.
 */
int folder_sync_of(const char *path);

#endif
