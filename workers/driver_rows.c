/*
 * Many rows stored by one run of an INSERT, which selects from a table that is the caller's array. A run for each row would
 * open and close the table and all its indexes each time. https://www.sqlite.org/vtab.html#epovtab
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "workers/driver_sqlite.h"

struct given_table {
	sqlite3_vtab base;
	const struct given *given; /* the driver's */
};

struct given_cursor {
	sqlite3_vtab_cursor base;
	size_t row;
};

/* Columns p1, p2 … are the query's parameters $1, $2 … */
static int given_connect(sqlite3 *db, void *driver, int argc, const char *const *argv, sqlite3_vtab **out, char **error)
{
	struct given_table *table;
	char columns[PARAMETERS_MAX * 5 + 32] = "CREATE TABLE given (p1";
	size_t size = strlen(columns);
	int code;

	(void)argc;
	(void)argv;
	(void)error;
	for (int p = 2; p <= PARAMETERS_MAX; p++)
		size += (size_t)snprintf(columns + size, sizeof columns - size, ", p%d", p);
	snprintf(columns + size, sizeof columns - size, ")");
	if ((code = sqlite3_declare_vtab(db, columns)) != SQLITE_OK)
		return code;
	table = sqlite3_malloc(sizeof *table);
	if (!table)
		return SQLITE_NOMEM;
	*table = (struct given_table){.given = &((struct driver *)driver)->given};
	*out = &table->base;
	return SQLITE_OK;
}

static int given_disconnect(sqlite3_vtab *table)
{
	sqlite3_free(table);
	return SQLITE_OK;
}

static int given_best_index(sqlite3_vtab *table, sqlite3_index_info *plan)
{
	(void)table;
	plan->estimatedCost = 1000;
	return SQLITE_OK;
}

static int given_open(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
	struct given_cursor *cursor = sqlite3_malloc(sizeof *cursor);

	(void)table;
	if (!cursor)
		return SQLITE_NOMEM;
	*cursor = (struct given_cursor){.row = 0};
	*out = &cursor->base;
	return SQLITE_OK;
}

static int given_close(sqlite3_vtab_cursor *cursor)
{
	sqlite3_free(cursor);
	return SQLITE_OK;
}

static int given_filter(sqlite3_vtab_cursor *cursor, int number, const char *text, int argc, sqlite3_value **argv)
{
	(void)number;
	(void)text;
	(void)argc;
	(void)argv;
	((struct given_cursor *)cursor)->row = 0;
	return SQLITE_OK;
}

static int given_next(sqlite3_vtab_cursor *cursor)
{
	((struct given_cursor *)cursor)->row++;
	return SQLITE_OK;
}

static const struct given *given_of(const sqlite3_vtab_cursor *cursor)
{
	return ((const struct given_table *)cursor->pVtab)->given;
}

static int given_eof(sqlite3_vtab_cursor *cursor)
{
	return ((struct given_cursor *)cursor)->row >= given_of(cursor)->count;
}

static int given_column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int column)
{
	const struct given *given = given_of(cursor);
	size_t row = ((struct given_cursor *)cursor)->row;
	struct value value;

	assert(column < given->prepared->parameter_count);
	value = driver_value(given->prepared->parameters[column], (const char *)given->records + row * given->prepared->in->size);
	switch (value.type) {
	case SQLITE_INTEGER:
		sqlite3_result_int64(context, value.number);
		break;
	case SQLITE_TEXT:
		sqlite3_result_text(context, value.text.at, (int)value.text.size, SQLITE_STATIC);
		break;
	case SQLITE_BLOB:
		sqlite3_result_blob(context, value.text.at, (int)value.text.size, SQLITE_STATIC);
		break;
	}
	return SQLITE_OK; /* without a result it is null */
}

static int given_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *row)
{
	*row = (sqlite3_int64)((struct given_cursor *)cursor)->row;
	return SQLITE_OK;
}

/* Without xCreate it is there from the start, in no file. */
static const sqlite3_module given_module = {
	.xConnect = given_connect,
	.xBestIndex = given_best_index,
	.xDisconnect = given_disconnect,
	.xOpen = given_open,
	.xClose = given_close,
	.xFilter = given_filter,
	.xNext = given_next,
	.xEof = given_eof,
	.xColumn = given_column,
	.xRowid = given_rowid,
};

int driver_rows_offer(struct driver *driver)
{
	return sqlite3_create_module(driver->db, "given", &given_module, driver);
}

/*
 * "INSERT INTO t (…) VALUES ($1, …) …" becomes "INSERT OR FAIL INTO t (…) SELECT p1, … FROM given WHERE true …". What
 * fails undoes the whole transaction, so that SQLite need not keep what would undo the statement alone (OR FAIL); WHERE
 * true tells its parser that an ON CONFLICT that follows is no join's.
 */
char *driver_rows_sql(const char *sql)
{
	static const char insert[] = "INSERT INTO", values[] = "VALUES (";
	const char *begin = strstr(sql, insert), *from = strstr(sql, values), *to = from ? strchr(from, ')') : NULL;
	char *many;

	assert(begin && from && to);
	from += sizeof values - 1;
	begin += sizeof insert - 1;
	many = sqlite3_mprintf("INSERT OR FAIL INTO%.*s SELECT %.*s FROM given WHERE true%s",
			       (int)(from - sizeof values + 1 - begin), begin, (int)(to - from), from, to + 1);
	for (char *at = many; at && *at; at++)
		if (*at == '$')
			*at = 'p';
	return many;
}
