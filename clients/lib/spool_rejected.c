/* Reads what was rejected from a spool that another process may hold: by a connection that cannot write. */
#include <sqlite3.h>

#include "clients/lib/spool.h"

static bool is_spool(sqlite3 *db, bool *readable)
{
	sqlite3_stmt *statement;
	bool is = false;

	*readable = sqlite3_prepare_v2(db, "PRAGMA application_id", -1, &statement, NULL) == SQLITE_OK;
	if (!*readable)
		return false;
	*readable = sqlite3_step(statement) == SQLITE_ROW;
	is = *readable && sqlite3_column_int64(statement, 0) == SPOOL_APPLICATION;
	sqlite3_finalize(statement);
	return is;
}

static struct text bytes_of(sqlite3_stmt *statement, int column)
{
	const char *at = sqlite3_column_blob(statement, column);

	return (struct text){at, (uint32_t)sqlite3_column_bytes(statement, column)};
}

static bool visit_each(sqlite3 *db, rejected_visit *visit, void *context)
{
	sqlite3_stmt *statement;
	int code;

	if (sqlite3_prepare_v2(db, "SELECT service, map, reply, rejected_at FROM rejected ORDER BY n",
			       -1, &statement, NULL) != SQLITE_OK)
		return false;
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		struct rejected rejected = {
			.service = bytes_of(statement, 0),
			.map = bytes_of(statement, 1),
			.reply = bytes_of(statement, 2),
			.at = sqlite3_column_int64(statement, 3),
		};

		if (!visit(context, &rejected))
			break;
	}
	sqlite3_finalize(statement);
	return code == SQLITE_DONE || code == SQLITE_ROW;
}

bool spool_each_rejected(const char *path, rejected_visit *visit, void *context,
			 struct complaint *complaint)
{
	sqlite3 *db = NULL;
	bool readable = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK;
	bool good = readable && is_spool(db, &readable);

	if (readable && !good)
		spool_cannot_use(path, "it is not a spool", complaint);
	else if (!good || !visit_each(db, visit, context))
		good = spool_cannot_use(path, db ? sqlite3_errmsg(db) : "memory is short", complaint);
	sqlite3_close(db);
	return good;
}
