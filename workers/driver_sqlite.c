/* The one file of the worker that knows SQLite: one connection, its prepared queries, its settings. */
#include "workers/driver_sqlite.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* Says that this is an event file of ours: "HDR1". https://www.sqlite.org/pragma.html#pragma_application_id */
enum { APPLICATION_ID = 0x48445231 };

static const struct {
	const char *name, *sql;
} query_table[QUERY_COUNT] = {
#define QUERY(name, sql) {#name, sql},
#include "queries.def"
#undef QUERY
};

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

/* SQLite calls a full disk so when it writes, and not when it makes or lengthens a file. */
static bool is_full(int cause)
{
	return cause == ENOSPC || cause == EDQUOT;
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
	case SQLITE_FULL:
		return E_DISK_FULL;
	case SQLITE_INTERRUPT:
		return E_GIVEN_UP;
	case SQLITE_NOMEM:
		return E_NO_MEMORY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return E_BAD_DATA;
	default:
		return is_full(sqlite3_system_errno(driver->db)) ? E_DISK_FULL : E_STORAGE;
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
	return SQLITE_OK;
}

int driver_log_pages(const struct driver *driver)
{
	return driver->log_pages;
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
				      "PRAGMA cache_size = -16384;" LOG_LIMIT)))
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
	if (sqlite3_open_v2(path, &driver->db, flags, NULL) != SQLITE_OK) {
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
	sqlite3_close(driver->db);
	free(driver);
}

void driver_meanwhile(struct driver *driver, void (*meanwhile)(void *context), void *context)
{
	driver->meanwhile = meanwhile;
	driver->context = context;
}

enum error driver_begin(struct driver *driver)
{
	if (driver->mode == DRIVER_READ)
		driver_watch_begin(driver);
	return execute(driver, driver->mode == DRIVER_WRITE ? "BEGIN IMMEDIATE" : "BEGIN");
}

enum error driver_commit(struct driver *driver)
{
	enum error e = execute(driver, "COMMIT");

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
	int code;

	if (driver->sync_failed)
		return E_STORAGE;
	code = sqlite3_wal_checkpoint_v2(driver->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	return code == SQLITE_OK ? E_OK : driver_failed(driver, "moving the log into the file");
}

int64_t driver_changes(const struct driver *driver)
{
	return sqlite3_total_changes64(driver->db);
}

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

static void read_column(sqlite3_stmt *statement, int column, const struct field *field, void *record)
{
	char *at = (char *)record + field->offset;
	bool null = sqlite3_column_type(statement, column) == SQLITE_NULL;

	switch (field->type) {
	case TYPE_STR:
	case TYPE_BIN: {
		struct text *text = (void *)at;

		text->at = null ? NULL : field->type == TYPE_STR
				       ? (const char *)sqlite3_column_text(statement, column)
				       : sqlite3_column_blob(statement, column);
		text->size = null ? 0 : (uint32_t)sqlite3_column_bytes(statement, column);
		if (!null && !text->at)
			text->at = "";
		return;
	}
	case TYPE_INT:
	case TYPE_TIME:
		*(int64_t *)(void *)at = null ? ABSENT : sqlite3_column_int64(statement, column);
		return;
	case TYPE_BOOL:
		*(bool *)at = !null && sqlite3_column_int64(statement, column) != 0;
		return;
	case TYPE_ENUM: {
		const char *word = (const char *)sqlite3_column_text(statement, column);

		*(unsigned *)(void *)at = word ? vocabulary_value(field->words, text_of(word)) : 0;
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
