/* What a door has seen as a file, so that a door restarted without network still knows who is inside. No names. */
#ifndef HUDUR_CLIENTS_SCANNER_SEEN_FILE_H
#define HUDUR_CLIENTS_SCANNER_SEEN_FILE_H

#include "clients/scanner/seen.h"

/*
 * "HUDURPS1", then records: size (u16, little-endian), the FNV-1a digest of the bytes (u64), the bytes: an encoded
 * `change` without badge. What the server has not told yet has the ledger sequence SEEN_UNTOLD, which is always the
 * event's load. What the door put there itself has the reception SEEN_OWN: whatever its ledger sequence, other doors'
 * passages before it may still be to come, so that it says nothing of how far the server's changes were read.
 */
#define SEEN_UNTOLD INT64_C(1)
#define SEEN_OWN INT64_C(0)

/* No operation of the ledger's: the record's `device` is the instance of the event's file that all of it is of. */
#define SEEN_INSTANCE "instance"

/*
 * Reads it, leaves out what is too old, and writes the rest anew, synced and in one step; it is then appended to. When
 * it cannot be written, here or below, that is said on standard error, once, and what passes is kept in memory alone.
 * False then; what could be read is known all the same.
 */
bool seen_file_open(struct seen *seen, const char *path);

/* Append, and hand it to the system at once. */
void seen_file_append(struct seen *seen, const struct change *change);
void seen_file_own(struct seen *seen, const struct seen_passage *passage);

/* Writes down of which instance it is. */
void seen_file_instance(struct seen *seen);

/* Empties it but for the instance. */
void seen_file_clear(struct seen *seen);

/* For the file: applies a record that was read, one not told having SEEN_UNTOLD; does not move `next`. */
enum error seen_replay(struct seen *seen, const struct change *change);

#endif
