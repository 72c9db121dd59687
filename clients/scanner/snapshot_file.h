/* The door's list as a file, so that a door restarted without network still has it. No names are in it. */
#ifndef HUDUR_CLIENTS_SCANNER_SNAPSHOT_FILE_H
#define HUDUR_CLIENTS_SCANNER_SNAPSHOT_FILE_H

#include "clients/scanner/snapshot.h"

/*
 * "HUDURSN1", then blocks of: kind (1 byte), size (u32, little-endian), bytes. Kinds: 'H' as_of and next (i64 each,
 * little-endian) and the event's id, first; 'P' an encoded `programme` page; 'B' an encoded `badges_changed`; 'E' the
 * FNV-1a digest (u64) of all bytes before the block, last.
 */

/* `bytes` is owned: free() its `at`. E_NO_MEMORY. */
enum error snapshot_encode(const struct snapshot *snapshot, struct text *bytes);

/*
 * Reads hostile bytes into `snapshot`, which was initialised for an event and is empty; on failure it is emptied
 * again and `why` says what was wrong. E_MALFORMED, E_OTHER_EVENT, E_NO_MEMORY.
 */
enum error snapshot_decode(struct snapshot *snapshot, struct text bytes, const char **why);

/* Replaces the file in one step, synced, readable by its owner alone. 0, or -1 with errno. */
int snapshot_save(const struct snapshot *snapshot, const char *path);

/* 1 loaded; 0 there is no such file; -1 it cannot be used, `why` says so (the snapshot stays empty). */
int snapshot_load(struct snapshot *snapshot, const char *path, const char **why);

#endif
