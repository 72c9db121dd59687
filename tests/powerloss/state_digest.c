/* Reads every table of a file through a connection of its own. */
#include "tests/powerloss/state_digest.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

/* FNV-1a. */
static void mix(uint64_t *digest, const void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		*digest = (*digest ^ ((const unsigned char *)bytes)[i]) * UINT64_C(0x100000001b3);
}

static void mix_row(uint64_t *digest, sqlite3_stmt *row)
{
	for (int c = 0; c < sqlite3_column_count(row); c++) {
		int type = sqlite3_column_type(row, c), size = sqlite3_column_bytes(row, c);

		mix(digest, &type, sizeof type);
		mix(digest, &size, sizeof size);
		if (type == SQLITE_BLOB)
			mix(digest, sqlite3_column_blob(row, c), (size_t)size);
		else if (type != SQLITE_NULL)
			mix(digest, sqlite3_column_text(row, c), (size_t)sqlite3_column_bytes(row, c));
	}
}

static bool mix_query(sqlite3 *db, const char *sql, uint64_t *digest)
{
	sqlite3_stmt *rows;
	int code;

	if (sqlite3_prepare_v2(db, sql, -1, &rows, NULL) != SQLITE_OK)
		return false;
	mix(digest, sql, strlen(sql));
	while ((code = sqlite3_step(rows)) == SQLITE_ROW)
		mix_row(digest, rows);
	sqlite3_finalize(rows);
	return code == SQLITE_DONE;
}

static bool mix_tables(sqlite3 *db, uint64_t *digest)
{
	sqlite3_stmt *tables;
	int code;
	bool good = true;

	if (sqlite3_prepare_v2(db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'meta' ORDER BY name",
			       -1, &tables, NULL) != SQLITE_OK)
		return false;
	while ((code = sqlite3_step(tables)) == SQLITE_ROW && good) {
		char sql[128];

		snprintf(sql, sizeof sql, "SELECT * FROM %s", (const char *)sqlite3_column_text(tables, 0));
		good = mix_query(db, sql, digest);
	}
	sqlite3_finalize(tables);
	return good && code == SQLITE_DONE;
}

static bool read_ledger(sqlite3 *db, int64_t *ledger)
{
	sqlite3_stmt *last;
	bool good;

	if (sqlite3_prepare_v2(db, "SELECT coalesce(max(seq), 0) FROM ledger", -1, &last, NULL) != SQLITE_OK)
		return false;
	good = sqlite3_step(last) == SQLITE_ROW;
	*ledger = sqlite3_column_int64(last, 0);
	sqlite3_finalize(last);
	return good;
}

bool state_digest(const char *path, int64_t *ledger, uint64_t *digest)
{
	sqlite3 *db;
	bool good = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK;

	*digest = UINT64_C(0xcbf29ce484222325);
	good = good && sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK && read_ledger(db, ledger) &&
	       mix_tables(db, digest);
	sqlite3_close(db);
	return good;
}
