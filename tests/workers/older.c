/* Takes away from a copy what a migration adds. */
#include "tests/workers/older.h"

#include <sqlite3.h>
#include <unistd.h>

#include "tests/harness.h"
#include "workers/driver.h"
#include "workers/verify.h"

static void make_older(const char *from, const char *to)
{
	sqlite3 *db;
	char sql[700];

	assert_int_equal(sqlite3_open(from, &db), SQLITE_OK);
	snprintf(sql, sizeof sql, "VACUUM INTO '%s'", to);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(sqlite3_open(to, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DROP TABLE attended; DROP INDEX ledger_stray; PRAGMA user_version = 1", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void fail_with(void *context, const char *sentence)
{
	(void)context;
	fail_msg("of an older version: %s", sentence);
}

void older_file_is_brought_up(const struct meeting *meeting)
{
	struct driver *store;
	struct verdict verdict;
	char path[300], older[300];

	snprintf(path, sizeof path, "%s/m.hudur", meeting->folder);
	snprintf(older, sizeof older, "%s/older.hudur", meeting->folder);
	make_older(path, older);
	assert_int_equal(driver_open(older, DRIVER_WRITE, &store), E_OK);
	driver_free(store);
	assert_int_equal(verify_file(older, fail_with, NULL, &verdict), E_OK);
	assert_int_equal(verdict.differences, 0);
	unlink(older);
}
