/*
 * A long ledger told by more than one thread: two read ahead, each by a connection of its own and every second chunk of it,
 * while the caller's takes what was read. SQLite and the copying of rows are three quarters of a replay's work. The core of
 * the writer knows no threads, so whoever runs it says whether this may be used (writer.h).
 */
#ifndef HUDUR_WORKERS_AHEAD_H
#define HUDUR_WORKERS_AHEAD_H

#include "workers/driver.h"

/* How many rows before its turn one is hinted at: memory has answered by then. */
enum { AHEAD_SOON = 16 };

/*
 * A hint that this row's turn comes shortly, AHEAD_SOON rows on: a view for the call, by the caller's thread. Some rows come
 * without it, and one that was hinted at never comes when one before it fails.
 */
typedef void soon_fn(void *context, const void *row);

/*
 * As ledger_replay from the first row on, with the same rows and the same errors; `each` is called by the caller's thread.
 * `path` is the store's file; nobody adds to its ledger meanwhile. Where the other threads cannot go on, for whatever reason,
 * the store goes on from there.
 */
enum error ahead_all(struct driver *store, const char *path, soon_fn *soon, row_fn *each, void *context);

#endif
