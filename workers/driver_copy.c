/* Copies a file page by page from the connection that writes it, and looks a file through. */
#include "workers/driver_sqlite.h"

#include <stdio.h>
#include <stdlib.h>

struct driver_copy {
	sqlite3 *target;
	sqlite3_backup *backup;
	int64_t copied, pages;
};

/* The copy counts for nothing before it is whole, sealed and synced. */
static const char light[] = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF";

static enum error error_of(int code)
{
	switch (code & 0xFF) {
	case SQLITE_OK:
	case SQLITE_DONE:
		return E_OK;
	case SQLITE_FULL:
		return E_DISK_FULL;
	case SQLITE_NOMEM:
		return E_NO_MEMORY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return E_BAD_DATA;
	default:
		return E_STORAGE;
	}
}

enum error driver_copy_begin(struct driver *driver, const char *path, struct driver_copy **out)
{
	enum { FLAGS = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX };
	struct driver_copy *copy = calloc(1, sizeof *copy);
	int code;

	*out = copy;
	if (!copy)
		return E_NO_MEMORY;
	code = sqlite3_open_v2(path, &copy->target, FLAGS, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_exec(copy->target, light, NULL, NULL, NULL);
	if (code != SQLITE_OK)
		return error_of(code);
	copy->backup = sqlite3_backup_init(copy->target, "main", driver->db, "main");
	return copy->backup ? E_OK : error_of(sqlite3_errcode(copy->target));
}

enum error driver_copy_step(struct driver_copy *copy, int pages, bool *whole)
{
	int code = sqlite3_backup_step(copy->backup, pages);

	copy->pages = sqlite3_backup_pagecount(copy->backup);
	copy->copied = copy->pages - sqlite3_backup_remaining(copy->backup);
	*whole = code == SQLITE_DONE;
	return error_of(code);
}

void driver_copy_progress(const struct driver_copy *copy, int64_t *copied, int64_t *pages)
{
	*copied = copy->copied;
	*pages = copy->pages;
}

void driver_copy_free(struct driver_copy *copy)
{
	if (!copy)
		return;
	sqlite3_backup_finish(copy->backup);
	sqlite3_close(copy->target);
	free(copy);
}

/* With a log's mark in its header a file cannot be read without making files beside it. */
enum error driver_seal(const char *path, bool *sync_failed)
{
	sqlite3 *db = NULL;
	int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_exec(db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
	*sync_failed |= db && sqlite3_extended_errcode(db) == SQLITE_IOERR_FSYNC;
	sqlite3_close(db);
	return error_of(code);
}

enum error driver_integrity(struct driver *driver, driver_damage *damage, void *context)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(driver->db, "PRAGMA integrity_check", -1, &statement, NULL);
	enum error e = E_OK;

	while (code == SQLITE_OK || code == SQLITE_ROW) {
		code = sqlite3_step(statement);
		if (code == SQLITE_ROW && !text_is(text_of((const char *)sqlite3_column_text(statement, 0)), "ok"))
			damage(context, (const char *)sqlite3_column_text(statement, 0));
	}
	if (code != SQLITE_DONE)
		e = driver_failed(driver, "looking the file through");
	sqlite3_finalize(statement);
	return e;
}
