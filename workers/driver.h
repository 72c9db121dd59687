/*
 * What the store asks of a database: run one of the named queries of schema/sql/queries, with parameters taken from
 * a record's fields and columns put into another's, both by name. SQLite is behind driver_*.c; a second
 * database is a second file with these functions.
 */
#ifndef HUDUR_WORKERS_DRIVER_H
#define HUDUR_WORKERS_DRIVER_H

#include "workers/records.h"

enum query {
#define QUERY(name, sql) QUERY_##name,
#include "queries.def"
#undef QUERY
	QUERY_COUNT
};

/* One connection. One thread at a time. */
struct driver;

/* A sentence about what went wrong, for the log; valid until the next call. */
const char *driver_error(const struct driver *driver);

enum driver_mode { DRIVER_WRITE, DRIVER_READ };

/*
 * Opens the file, for DRIVER_WRITE creating and migrating it as needed. E_BAD_DATA when it is not ours, damaged, of
 * a newer version, or cannot be put into WAL with full syncing; E_STORAGE when it cannot be opened. The driver is
 * made even then, so that driver_error can be read; free it in any case (NULL is allowed).
 */
enum error driver_open(const char *path, enum driver_mode mode, struct driver **driver);
void driver_free(struct driver *driver);

/* A write transaction, or for a reader a snapshot. Commit returns only after the sync. */
enum error driver_begin(struct driver *driver);
enum error driver_commit(struct driver *driver);
void driver_rollback(struct driver *driver);

/* Of a reader: what it reads is not asked for again, so little of it is kept in memory. */
enum error driver_keep_little(struct driver *driver);

/* A sync failed, now or before: the disk may have lost what it was told to keep. Acknowledge nothing more. */
bool driver_sync_failed(const struct driver *driver);

/* Pages in the log after the last commit. */
int driver_log_pages(const struct driver *driver);

/* Those of them that are not in the file yet; too few after a log began anew with more than it had held before. */
int driver_log_unmoved(const struct driver *driver);

/*
 * Moves synced pages from the log into the file; cheap when there is nothing. Only the writer calls it. On an error
 * the log just stays as long as it is, unless driver_sync_failed.
 */
enum error driver_checkpoint(struct driver *driver);

/* ---- how long a reader's snapshot may be held ---- */

/*
 * Bytes of log from which on a snapshot that keeps it from beginning anew is ended: the query under way fails with
 * E_GIVEN_UP as soon as the log grows beyond. SQLite itself looks, so a reader must be running a query to be ended.
 */
static const int64_t DRIVER_LOG_HELD_MAX = INT64_C(48) << 20;

/* Ends snapshots that are held longer than that, too. 0: never, as at first. */
void driver_be_patient(struct driver *driver, int64_t ms);

/* Of a reader: called every millisecond or so while a query is worked at, by whoever asked it. */
void driver_meanwhile(struct driver *driver, void (*meanwhile)(void *context), void *context);

/*
 * Ends the reader's query that is under way, or else the next one that takes its time, with E_GIVEN_UP; no snapshot
 * begins from then on. From any thread, while the driver lives.
 */
void driver_interrupt(struct driver *driver);

/* ---- copying and looking through ---- */

/*
 * A copy of what the driver's file holds when it is whole, with all that the same connection writes meanwhile; pages
 * at a time, for the connection's owner, outside a transaction. The copy is not synced. E_DISK_FULL and so on, E_STORAGE
 * also when another program keeps one of the two locked; after that it can only be freed. Free it in any case, before
 * the driver.
 */
struct driver_copy;
enum error driver_copy_begin(struct driver *driver, const char *path, struct driver_copy **copy);
enum error driver_copy_step(struct driver_copy *copy, int pages, bool *whole);
void driver_copy_progress(const struct driver_copy *copy, int64_t *copied, int64_t *pages);
void driver_copy_free(struct driver_copy *copy);

/*
 * Makes a copy that is whole one file that needs none beside it. Nobody else may have it open. `sync_failed` is set when
 * that was what failed.
 */
enum error driver_seal(const char *path, bool *sync_failed);

/* Calls `damage` with each thing that SQLite finds broken; E_OK also then. */
typedef void driver_damage(void *context, const char *sentence);
enum error driver_integrity(struct driver *driver, driver_damage *damage, void *context);

/* Rows changed since it was opened: the same before and after, nothing was written in between. */
int64_t driver_changes(const struct driver *driver);

/* Runs a query that returns nothing. E_OK, E_DISK_FULL, E_STORAGE, E_NO_MEMORY. `changed` (may be NULL): rows. */
enum error driver_run(struct driver *driver, enum query query, const struct message *in, const void *record,
		      int64_t *changed);

/*
 * An INSERT of each of `count` records, an array, by one run. When it fails some may be stored: roll back.
 */
enum error driver_run_all(struct driver *driver, enum query query, const struct message *in, const void *records,
			  size_t count);

/* Called for each row; texts are views that hold during the call. Any error ends the query and is returned. */
typedef enum error row_fn(void *context, const void *row);

enum error driver_each(struct driver *driver, enum query query, const struct message *in, const void *record,
		       const struct message *out, row_fn *each, void *context);

/* All rows into a list in the arena. */
enum error driver_list(struct driver *driver, enum query query, const struct message *in, const void *record,
		       const struct message *out, struct arena *arena, struct list *rows);

/* The first row, texts in the arena. `found` is false when there is none. */
enum error driver_first(struct driver *driver, enum query query, const struct message *in, const void *record,
			const struct message *out, struct arena *arena, void *row, bool *found);

#endif
