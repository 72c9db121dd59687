/* The queries of schema/sql/queries on a connection: prepared once, fed from records and read into them. */
#include "workers/driver_sqlite.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *name, *sql;
} query_table[QUERY_COUNT] = {
#define QUERY(name, sql) {#name, sql},
#include "queries.def"
#undef QUERY
};

static const struct field *field_named(const struct message *message, const char *name, size_t size)
{
	for (uint32_t i = 0; i < message->count; i++)
		if (strlen(message->fields[i].name) == size && memcmp(message->fields[i].name, name, size) == 0)
			return &message->fields[i];
	return NULL;
}

/* $1 is bound by its name: SQLite numbers $N by first appearance, so its index need not be N. */
static int parameter_index(sqlite3_stmt *statement, int number)
{
	char name[16];

	snprintf(name, sizeof name, "$%d", number);
	return sqlite3_bind_parameter_index(statement, name);
}

/* The query's first line names its parameters in order: "-- seq, person". */
static void map_parameters(struct prepared *prepared, const char *sql)
{
	const char *at = sql + 2, *end = sql + strcspn(sql, "\n");

	assert(strncmp(sql, "--", 2) == 0);
	prepared->parameter_count = 0;
	while (at < end) {
		size_t skip = strspn(at, " ,");
		size_t size;

		at += skip;
		size = strcspn(at, " ,\n");
		if (at >= end || !size)
			break;
		assert(prepared->parameter_count < PARAMETERS_MAX);
		prepared->parameters[prepared->parameter_count] = field_named(prepared->in, at, size);
		assert(prepared->parameters[prepared->parameter_count]);
		prepared->indexes[prepared->parameter_count] =
			parameter_index(prepared->statement, prepared->parameter_count + 1);
		prepared->parameter_count++;
		at += size;
	}
}

static void map_columns(struct prepared *prepared)
{
	prepared->column_count = sqlite3_column_count(prepared->statement);
	assert(prepared->column_count <= COLUMNS_MAX);
	for (int c = 0; c < prepared->column_count; c++) {
		const char *name = sqlite3_column_name(prepared->statement, c);

		prepared->columns[c] = field_named(prepared->out, name, strlen(name));
		assert(prepared->columns[c]);
	}
}

static enum error prepare(struct driver *driver, enum query query, const char *sql, struct prepared *prepared)
{
	if (sqlite3_prepare_v3(driver->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared->statement, NULL) != SQLITE_OK)
		return driver_failed(driver, query_table[query].name);
	map_parameters(prepared, query_table[query].sql);
	if (prepared->out)
		map_columns(prepared);
	return E_OK;
}

static enum error prepare_once(struct driver *driver, enum query query, const struct message *in,
			       const struct message *out)
{
	struct prepared *prepared = &driver->queries[query];
	enum error e;

	if (prepared->statement) {
		assert(prepared->in == in && prepared->out == out);
		return E_OK;
	}
	*prepared = (struct prepared){.in = in, .out = out};
	e = prepare(driver, query, query_table[query].sql, prepared);
	assert(e || prepared->parameter_count == sqlite3_bind_parameter_count(prepared->statement));
	return e;
}

static enum error prepare_for_many(struct driver *driver, enum query query, const struct message *in)
{
	struct prepared *prepared = &driver->inserts[query];
	char *sql;
	enum error e;

	if (prepared->statement) {
		assert(prepared->in == in);
		return E_OK;
	}
	sql = driver_rows_sql(query_table[query].sql);
	if (!sql)
		return E_NO_MEMORY;
	*prepared = (struct prepared){.in = in};
	e = prepare(driver, query, sql, prepared);
	sqlite3_free(sql);
	return e;
}

struct value driver_value(const struct field *field, const void *record)
{
	const void *at = (const char *)record + field->offset;

	switch (field->type) {
	case TYPE_STR:
	case TYPE_BIN: {
		const struct text *text = at;

		if (!text->at)
			break;
		return (struct value){field->type == TYPE_STR ? SQLITE_TEXT : SQLITE_BLOB, 0, *text};
	}
	case TYPE_INT:
	case TYPE_TIME:
		if (*(const int64_t *)at == ABSENT)
			break;
		return (struct value){SQLITE_INTEGER, *(const int64_t *)at, {0}};
	case TYPE_BOOL:
		return (struct value){SQLITE_INTEGER, *(const bool *)at, {0}};
	case TYPE_ENUM: {
		const char *word = vocabulary_word(field->words, *(const unsigned *)at);

		if (!word)
			break;
		return (struct value){SQLITE_TEXT, 0, text_of(word)};
	}
	case TYPE_LIST:
		assert(false && "a list is no parameter");
	}
	return (struct value){SQLITE_NULL, 0, {0}};
}

static int bind_value(sqlite3_stmt *statement, int index, const struct value *value)
{
	switch (value->type) {
	case SQLITE_INTEGER:
		return sqlite3_bind_int64(statement, index, value->number);
	case SQLITE_TEXT:
		return sqlite3_bind_text(statement, index, value->text.at, (int)value->text.size, SQLITE_STATIC);
	case SQLITE_BLOB:
		return sqlite3_bind_blob(statement, index, value->text.at, (int)value->text.size, SQLITE_STATIC);
	default:
		return sqlite3_bind_null(statement, index);
	}
}

static struct text read_text(sqlite3_value *value, int type, enum type as)
{
	struct text text = {NULL, 0};

	if (type == SQLITE_NULL)
		return text;
	text.at = as == TYPE_STR ? (const char *)sqlite3_value_text(value) : sqlite3_value_blob(value);
	text.size = (uint32_t)sqlite3_value_bytes(value);
	if (!text.at)
		text.at = "";
	return text;
}

/*
 * By its value, which is one look at the row where each sqlite3_column_* is another. SQLite wants that from one thread at a
 * time, and so it is with a connection: https://www.sqlite.org/c3ref/column_blob.html
 */
static void read_column(sqlite3_stmt *statement, int column, const struct field *field, void *record)
{
	char *at = (char *)record + field->offset;
	sqlite3_value *value = sqlite3_column_value(statement, column);
	int type = sqlite3_value_type(value);

	switch (field->type) {
	case TYPE_STR:
	case TYPE_BIN:
		*(struct text *)(void *)at = read_text(value, type, field->type);
		return;
	case TYPE_INT:
	case TYPE_TIME:
		*(int64_t *)(void *)at = type == SQLITE_NULL ? ABSENT : sqlite3_value_int64(value);
		return;
	case TYPE_BOOL:
		*(bool *)at = type != SQLITE_NULL && sqlite3_value_int64(value) != 0;
		return;
	case TYPE_ENUM: {
		struct text word = read_text(value, type, TYPE_STR);

		*(unsigned *)(void *)at = word.at ? vocabulary_value(field->words, word) : 0;
		return;
	}
	case TYPE_LIST:
		break;
	}
	assert(false && "a list is no column");
}

static enum error start(struct driver *driver, enum query query, const struct message *in, const void *record,
			const struct message *out)
{
	struct prepared *prepared = &driver->queries[query];
	enum error e = prepare_once(driver, query, in, out);

	if (e)
		return e;
	for (int i = 0; i < prepared->parameter_count; i++) {
		const struct value value = driver_value(prepared->parameters[i], record);

		if (bind_value(prepared->statement, prepared->indexes[i], &value) != SQLITE_OK)
			return driver_failed(driver, query_table[query].name);
	}
	return E_OK;
}

enum error driver_run(struct driver *driver, enum query query, const struct message *in, const void *record,
		      int64_t *changed)
{
	enum error e = start(driver, query, in, record, NULL);
	sqlite3_stmt *statement = driver->queries[query].statement;

	if (e)
		return e;
	if (sqlite3_step(statement) != SQLITE_DONE)
		e = driver_failed(driver, query_table[query].name);
	if (changed)
		*changed = sqlite3_changes64(driver->db);
	sqlite3_reset(statement);
	return e;
}

enum error driver_run_all(struct driver *driver, enum query query, const struct message *in, const void *records,
			  size_t count)
{
	struct prepared *prepared = &driver->inserts[query];
	enum error e;

	if (!count)
		return E_OK;
	if ((e = prepare_for_many(driver, query, in)))
		return e;
	driver->given = (struct given){prepared, records, count};
	if (sqlite3_step(prepared->statement) != SQLITE_DONE)
		e = driver_failed(driver, query_table[query].name);
	sqlite3_reset(prepared->statement);
	driver->given = (struct given){0};
	return e;
}

enum error driver_each(struct driver *driver, enum query query, const struct message *in, const void *record,
		       const struct message *out, row_fn *each, void *context)
{
	enum error e = start(driver, query, in, record, out);
	struct prepared *prepared = &driver->queries[query];
	union {
		max_align_t align;
		char bytes[2048];
	} row;
	int code = SQLITE_DONE;

	if (e)
		return e;
	assert(out->size <= sizeof row.bytes);
	message_clear(out, row.bytes);
	while (!e && (code = sqlite3_step(prepared->statement)) == SQLITE_ROW) {
		for (int c = 0; c < prepared->column_count; c++)
			read_column(prepared->statement, c, prepared->columns[c], row.bytes);
		e = each(context, row.bytes);
	}
	if (!e && code != SQLITE_DONE)
		e = driver_failed(driver, query_table[query].name);
	sqlite3_reset(prepared->statement);
	return e;
}

/* Rows are gathered in blocks and laid out in one array at the end. */
struct gathering {
	struct arena *arena;
	const struct message *out;
	char *rows;
	uint32_t count, room;
};

static enum error gather(void *context, const void *row)
{
	struct gathering *g = context;
	size_t size = g->out->size;

	if (g->count == g->room) {
		uint32_t room = g->room ? g->room * 2 : 16;
		char *rows = arena_alloc(g->arena, room * size);

		if (!rows)
			return E_NO_MEMORY;
		if (g->count)
			memcpy(rows, g->rows, g->count * size);
		g->rows = rows;
		g->room = room;
	}
	memcpy(g->rows + g->count * size, row, size);
	return record_own(g->out, g->rows + g->count++ * size, g->arena);
}

enum error driver_list(struct driver *driver, enum query query, const struct message *in, const void *record,
		       const struct message *out, struct arena *arena, struct list *rows)
{
	struct gathering g = {.arena = arena, .out = out};
	enum error e = driver_each(driver, query, in, record, out, gather, &g);

	rows->items = g.rows;
	rows->count = g.count;
	return e;
}

enum error driver_first(struct driver *driver, enum query query, const struct message *in, const void *record,
			const struct message *out, struct arena *arena, void *row, bool *found)
{
	struct list rows;
	enum error e = driver_list(driver, query, in, record, out, arena, &rows);

	*found = !e && rows.count > 0;
	if (*found)
		memcpy(row, rows.items, out->size);
	return e;
}
