/* A connection as the files that know SQLite share it: driver_*.c. */
#ifndef HUDUR_WORKERS_DRIVER_SQLITE_H
#define HUDUR_WORKERS_DRIVER_SQLITE_H

#include <sqlite3.h>
#include <stdatomic.h>

#include "workers/driver.h"

enum { PARAMETERS_MAX = 48, COLUMNS_MAX = 48 };

/* A query once prepared: which field feeds each parameter and takes each column. */
struct prepared {
	sqlite3_stmt *statement;
	const struct message *in, *out;
	const struct field *parameters[PARAMETERS_MAX], *columns[COLUMNS_MAX];
	int indexes[PARAMETERS_MAX]; /* SQLite's, of each parameter */
	int parameter_count, column_count;
};

/* What a field holds, as SQLite takes it; bytes stay the record's. */
struct value {
	int type; /* SQLITE_NULL, SQLITE_INTEGER, SQLITE_TEXT or SQLITE_BLOB */
	int64_t number;
	struct text text;
};

/* What driver_run_all stores: the rows of the table that its statement selects from. */
struct given {
	const struct prepared *prepared;
	const void *records;
	size_t count;
};

struct driver {
	sqlite3 *db;
	struct prepared queries[QUERY_COUNT];
	struct prepared inserts[QUERY_COUNT]; /* of many rows */
	struct given given;
	sqlite3_stmt *begin, *commit;
	enum driver_mode mode;
	int log_pages, moved_pages; /* after the last commit; of them, how many the file has too */
	bool sync_failed;
	int64_t begun, patience_ms; /* of a snapshot: monotonic; 0: no limit */
	int64_t log_size;           /* when it was begun */
	void (*meanwhile)(void *context); /* NULL: nothing else is to be done */
	void *context;
	atomic_bool interrupted;    /* for good; SQLite forgets it when no query is under way */
	char error[512];
};

/* What the last call failed of, also for driver_error; remembers a failed sync. */
enum error driver_failed(struct driver *driver, const char *what);

struct value driver_value(const struct field *field, const void *record);

/* Makes the table `given` known. A SQLite code. */
int driver_rows_offer(struct driver *driver);
/* An INSERT of one row's parameters as one of all that is given; sqlite3_free it. NULL: no memory. */
char *driver_rows_sql(const char *sql);

/*
 * The name of the file system for who writes: it gathers the log's pages until they are synced. So it must be synced
 * with each commit, synchronous=FULL: until then no other connection finds them. NULL: SQLite has none.
 */
const char *driver_log_vfs(void);

/* A snapshot begins. False when it was interrupted before. */
bool driver_watch_begin(struct driver *driver);

#endif
