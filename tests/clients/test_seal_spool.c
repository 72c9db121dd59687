/* Whoever can write a sealed spool, but has not its secret, cannot have what it keeps done elsewhere or as another. */
#include <sodium.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "clients/hudur.h"
#include "tests/clients/fake_broker.h"
#include "tests/harness.h"

struct kept_one {
	struct folder folder;
	char spool[128];
	struct hudur *hudur;
};

static void start(struct kept_one *k)
{
	const struct hudur_options options = {.endpoints = "ipc:///nonexistent/broker", .spool = k->spool};

	assert_int_equal(hudur_new(&options, &k->hudur), 0);
	assert_int_equal(hudur_seal(k->hudur, "sunflower", 9), 0);
}

static void end(struct kept_one *k)
{
	hudur_free(k->hudur);
	k->hudur = NULL;
}

static int make(void **state)
{
	static const char map[] = "\x81\xa2op\xa8"
				  "check_in";
	struct kept_one *k = calloc(1, sizeof *k);
	uint8_t id[HUDUR_ID_SIZE];

	assert_non_null(k);
	folder_make(&k->folder);
	folder_file(&k->folder, "spool", k->spool, sizeof k->spool);
	start(k);
	assert_int_equal(hudur_write(k->hudur, "e1/checkin", map, sizeof map - 1, 0, id), 0);
	end(k);
	*state = k;
	return 0;
}

static int unmake(void **state)
{
	struct kept_one *k = *state;

	end(k);
	folder_remove(&k->folder);
	free(k);
	return 0;
}

static void tamper(const struct kept_one *k, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(k->spool, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_changes(db), 1);
	sqlite3_close(db);
}

static void opens(struct kept_one *k, bool wanted)
{
	start(k);
	assert_int_equal(hudur_backlog(k->hudur), wanted);
	assert_int_equal(hudur_sealed(k->hudur), !wanted);
	end(k);
}

static void sealed_request_goes_to_no_other_service(void **state)
{
	struct kept_one *k = *state;

	opens(k, true);
	tamper(k, "UPDATE queue SET service = 'e2/checkin'");
	opens(k, false);
	tamper(k, "UPDATE queue SET service = hex(zeroblob(100))");
	opens(k, false);
	tamper(k, "UPDATE queue SET service = 'e1/checkin'");
	opens(k, true);
}

static void sealed_request_goes_under_no_other_id(void **state)
{
	struct kept_one *k = *state;

	tamper(k, "UPDATE queue SET id = zeroblob(16)");
	opens(k, false);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(sealed_request_goes_to_no_other_service),
		CASE(sealed_request_goes_under_no_other_id),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
