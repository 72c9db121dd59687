/* One connection to SQLite and its settings. */
#include "workers/driver_sqlite.h"

#include <assert.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "schema/disk_full.h"

/* Says that this is an event file of ours: "HDR1". https://www.sqlite.org/pragma.html#pragma_application_id */
enum { APPLICATION_ID = 0x48445231 };

static const char *const migrations[] = {
#define MIGRATION(name, sql) sql,
#include "migrations.def"
#undef MIGRATION
};
enum { VERSION = sizeof migrations / sizeof *migrations };

const char *driver_error(const struct driver *driver)
{
	return driver->error;
}

bool driver_sync_failed(const struct driver *driver)
{
	return driver->sync_failed;
}

__attribute__((format(printf, 2, 3)))
static void explain(struct driver *driver, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(driver->error, sizeof driver->error, format, args);
	va_end(args);
}

/* The kernel may have dropped the pages and would call a second sync a success: the log is not touched any more. */
static void distrust(struct driver *driver)
{
	driver->sync_failed = true;
	sqlite3_db_config(driver->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
}

enum error driver_failed(struct driver *driver, const char *what)
{
	int code = sqlite3_extended_errcode(driver->db);

	explain(driver, "%s: %s (SQLite %d)", what, sqlite3_errmsg(driver->db), code);
	if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC)
		distrust(driver);
	if ((code & 0xFF) == SQLITE_NOTADB || (code & 0xFF) == SQLITE_CORRUPT)
		explain(driver, "this is no event file, or a damaged one (SQLite %d)", code);
	switch (code & 0xFF) {
	case SQLITE_INTERRUPT:
		return E_GIVEN_UP;
	case SQLITE_NOMEM:
		return E_NO_MEMORY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return E_BAD_DATA;
	default:
		return disk_full_says(driver->db) ? E_DISK_FULL : E_STORAGE;
	}
}

static enum error execute(struct driver *driver, const char *sql)
{
	return sqlite3_exec(driver->db, sql, NULL, NULL, NULL) == SQLITE_OK ? E_OK : driver_failed(driver, sql);
}

static int64_t pragma_value(struct driver *driver, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	int64_t value = -1;

	if (sqlite3_prepare_v2(driver->db, sql, -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return value;
}

/* Each migration in a transaction of its own, with the version it leads to. */
static enum error migrate(struct driver *driver, int64_t from)
{
	assert(from >= 0);
	for (int64_t v = from; v < VERSION; v++) {
		char version[64];
		enum error e;

		snprintf(version, sizeof version, "PRAGMA user_version = %d", (int)v + 1);
		if ((e = execute(driver, "BEGIN IMMEDIATE")) || (e = execute(driver, migrations[v])) ||
		    (e = execute(driver, version)) || (e = execute(driver, "COMMIT"))) {
			sqlite3_exec(driver->db, "ROLLBACK", NULL, NULL, NULL);
			return e;
		}
	}
	return E_OK;
}

static int note_log_pages(void *context, sqlite3 *db, const char *name, int pages)
{
	struct driver *driver = context;

	(void)db;
	(void)name;
	driver->log_pages = pages;
	if (pages < driver->moved_pages) /* the log began anew, which it only does when all of it was moved */
		driver->moved_pages = 0;
	return SQLITE_OK;
}

int driver_log_pages(const struct driver *driver)
{
	return driver->log_pages;
}

int driver_log_unmoved(const struct driver *driver)
{
	return driver->log_pages - driver->moved_pages;
}

/* Changes nothing: a file of another program stays as it is. */
static enum error check_version(struct driver *driver, int64_t *version)
{
	int64_t application = pragma_value(driver, "PRAGMA application_id");
	int64_t tables = pragma_value(driver, "SELECT count(*) FROM sqlite_schema");

	*version = pragma_value(driver, "PRAGMA user_version");
	if (*version < 0 || application < 0 || tables < 0)
		return driver_failed(driver, "this is not an event file that can be read");
	if (application != APPLICATION_ID && tables > 0) {
		explain(driver, "this is a SQLite file of another program, not an event");
		return E_BAD_DATA;
	}
	if (*version > VERSION) {
		explain(driver, "the file is of version %d and this program knows up to %d; use the newer program",
			(int)*version, VERSION);
		return E_BAD_DATA;
	}
	if (driver->mode == DRIVER_READ && *version < VERSION) {
		explain(driver, "the file is of version %d and its writer has not brought it to %d yet",
			(int)*version, VERSION);
		return E_BAD_DATA;
	}
	return E_OK;
}

static enum error bring_up(struct driver *driver, int64_t version)
{
	enum error e = E_OK;

	if (version == 0) {
		char mark[64];

		snprintf(mark, sizeof mark, "PRAGMA application_id = %d", APPLICATION_ID);
		e = execute(driver, mark);
	}
	return e ? e : migrate(driver, version);
}

/* SQLite answers with the mode it is in, which need not be the one asked for, and writes it down only at the end. */
static enum error use_log(struct driver *driver)
{
	sqlite3_stmt *statement = NULL;
	bool used = sqlite3_prepare_v2(driver->db, "PRAGMA journal_mode = WAL", -1, &statement, NULL) == SQLITE_OK &&
		    sqlite3_step(statement) == SQLITE_ROW &&
		    text_is(text_of((const char *)sqlite3_column_text(statement, 0)), "wal");
	enum error e;

	if (sqlite3_finalize(statement) == SQLITE_OK && used)
		return E_OK;
	e = driver_failed(driver, "SQLite did not accept journal_mode=WAL");
	switch (sqlite3_errcode(driver->db) & 0xFF) {
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		return e; /* the disk's fault, not the file's */
	default:
		return e == E_STORAGE ? E_BAD_DATA : e;
	}
}

/* What a log that grew beyond it is cut to once it begins anew. */
#define LOG_LIMIT "PRAGMA journal_size_limit = 33554432"

/* One connection writes and checkpoints: two that do can lose committed pages in SQLite before
 * 3.51.3 (https://www.sqlite.org/wal.html#walresetbug). Readers never do either. */
static enum error prepare_to_write(struct driver *driver)
{
	enum error e = use_log(driver);
	int64_t synchronous;

	if (e || (e = execute(driver, "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA foreign_keys = OFF;"
				      "PRAGMA cache_size = -12288;" LOG_LIMIT)))
		return e;
	synchronous = pragma_value(driver, "PRAGMA synchronous");
	if (synchronous < 0)
		return driver_failed(driver, "PRAGMA synchronous");
	if (synchronous != 2) {
		explain(driver, "SQLite did not accept synchronous=FULL");
		return E_BAD_DATA;
	}
	if (driver_rows_offer(driver) != SQLITE_OK)
		return driver_failed(driver, "many rows at once");
	sqlite3_wal_hook(driver->db, note_log_pages, driver);
	sqlite3_db_config(driver->db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
	return E_OK;
}

static enum error configure(struct driver *driver)
{
	int64_t version;
	enum error e = execute(driver, "PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;"
				       "PRAGMA busy_timeout = 2000");

	if (e || (e = check_version(driver, &version)))
		return e;
	if (driver->mode == DRIVER_READ)
		return execute(driver, "PRAGMA query_only = ON; PRAGMA cache_size = -4096");
	e = prepare_to_write(driver);
	return e ? e : bring_up(driver, version);
}

enum error driver_keep_little(struct driver *driver)
{
	return execute(driver, "PRAGMA cache_size = -256");
}

/* SQLite's own memory statistics cost a mutex an allocation, and nobody reads them. */
static void leave_statistics_out(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

enum error driver_open(const char *path, enum driver_mode mode, struct driver **out)
{
	static pthread_once_t configured = PTHREAD_ONCE_INIT;
	struct driver *driver = calloc(1, sizeof *driver);
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
		    (mode == DRIVER_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);

	pthread_once(&configured, leave_statistics_out);
	*out = driver;
	if (!driver)
		return E_NO_MEMORY;
	driver->mode = mode;
	if (sqlite3_open_v2(path, &driver->db, flags, mode == DRIVER_WRITE ? driver_log_vfs() : NULL) != SQLITE_OK) {
		explain(driver, "%s cannot be opened: %s", path,
			driver->db ? sqlite3_errmsg(driver->db) : "memory is short");
		return E_STORAGE;
	}
	return configure(driver);
}

void driver_free(struct driver *driver)
{
	if (!driver)
		return;
	for (int q = 0; q < QUERY_COUNT; q++) {
		sqlite3_finalize(driver->queries[q].statement);
		sqlite3_finalize(driver->inserts[q].statement);
	}
	sqlite3_finalize(driver->begin);
	sqlite3_finalize(driver->commit);
	sqlite3_close(driver->db);
	free(driver);
}

void driver_meanwhile(struct driver *driver, void (*meanwhile)(void *context), void *context)
{
	driver->meanwhile = meanwhile;
	driver->context = context;
}

static enum error execute_prepared(struct driver *driver, const char *sql, sqlite3_stmt **statement)
{
	enum error e = E_OK;

	if (!*statement &&
	    sqlite3_prepare_v3(driver->db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) != SQLITE_OK)
		return driver_failed(driver, sql);
	if (sqlite3_step(*statement) != SQLITE_DONE)
		e = driver_failed(driver, sql);
	sqlite3_reset(*statement);
	return e;
}

enum error driver_begin(struct driver *driver)
{
	if (driver->mode == DRIVER_READ && !driver_watch_begin(driver))
		return E_GIVEN_UP;
	return execute_prepared(driver, driver->mode == DRIVER_WRITE ? "BEGIN IMMEDIATE" : "BEGIN", &driver->begin);
}

enum error driver_commit(struct driver *driver)
{
	enum error e = execute_prepared(driver, "COMMIT", &driver->commit);

	if (e)
		driver_rollback(driver);
	return e;
}

void driver_rollback(struct driver *driver)
{
	if (!sqlite3_get_autocommit(driver->db))
		sqlite3_exec(driver->db, "ROLLBACK", NULL, NULL, NULL);
}

enum error driver_checkpoint(struct driver *driver)
{
	int code, moved = 0;

	if (driver->sync_failed)
		return E_STORAGE;
	code = sqlite3_wal_checkpoint_v2(driver->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, &moved);
	if (code != SQLITE_OK)
		return driver_failed(driver, "moving the log into the file");
	driver->moved_pages = moved > 0 ? moved : 0;
	return E_OK;
}

int64_t driver_changes(const struct driver *driver)
{
	return sqlite3_total_changes64(driver->db);
}
