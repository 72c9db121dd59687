/* A batch is one transaction: what cannot be counted is not stored either. */
#include "tests/harness.h"
#include "tests/workers/office.h"

#include <sqlite3.h>

static void run_sql(const struct office *office, const char *sql)
{
	char path[128];
	sqlite3 *database;

	snprintf(path, sizeof path, "%s/e1.hudur", office->folder);
	assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
	assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(database);
}

static void refused_rows_of(struct office *office, const char *table)
{
	char sql[160];
	int64_t before;

	office_do(office, "ok", "e1/registration", "register", "'name': 'Invented First', 'entity': 'TR'");
	before = office_ledger(office);
	snprintf(sql, sizeof sql, "CREATE TRIGGER refuse BEFORE INSERT ON %s BEGIN SELECT RAISE(ABORT, 'no'); END", table);
	run_sql(office, sql);
	office_do(office, "storage", "e1/registration", "register", "'name': 'Invented Second', 'entity': 'TR'");
	assert_int_equal(office_ledger(office), before);
	run_sql(office, "DROP TRIGGER refuse");
	office_do(office, "ok", "e1/registration", "register", "'name': 'Invented Third', 'entity': 'TR'");
}

static void what_is_counted_is_in_the_transaction_of_its_row(void **state)
{
	refused_rows_of(*state, "counter");
}

static void persons_and_devices_are_in_it_too(void **state)
{
	refused_rows_of(*state, "person");
	refused_rows_of(*state, "device");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		OFFICE_CASE(what_is_counted_is_in_the_transaction_of_its_row),
		OFFICE_CASE(persons_and_devices_are_in_it_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
