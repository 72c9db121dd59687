/* Which files are opened, and what becomes of those that are not. */
#include "tests/harness.h"
#include "tests/workers/faulty.h"
#include "workers/store.h"

#include <errno.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
	char folder[64], path[96];
};

static int setup(void **state)
{
	const char *temporary = getenv("TMPDIR");
	struct place *place = calloc(1, sizeof *place);

	if (!place)
		return -1;
	*state = place;
	snprintf(place->folder, sizeof place->folder, "%.40s/driver-XXXXXX", temporary ? temporary : "/tmp");
	if (!mkdtemp(place->folder))
		return -1;
	snprintf(place->path, sizeof place->path, "%s/x.hudur", place->folder);
	return 0;
}

static int teardown(void **state)
{
	static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
	struct place *place = *state;

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		char path[112];

		snprintf(path, sizeof path, "%s%s", place->path, endings[i]);
		unlink(path);
	}
	rmdir(place->folder);
	free(place);
	return 0;
}

static void make_with(const struct place *place, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static size_t read_whole(const struct place *place, char *bytes, size_t size)
{
	FILE *file = fopen(place->path, "rb");
	size_t got;

	assert_non_null(file);
	got = fread(bytes, 1, size, file);
	fclose(file);
	return got;
}

static void is_refused(const struct place *place, const char *why)
{
	struct driver *driver;

	assert_int_equal(driver_open(place->path, DRIVER_WRITE, &driver), E_BAD_DATA);
	assert_non_null(strstr(driver_error(driver), why));
	driver_free(driver);
}

static void a_file_of_another_program_stays_as_it_is(void **state)
{
	static char before[65536], after[65536];
	const struct place *place = *state;
	size_t size;

	make_with(place, "CREATE TABLE theirs (a)");
	size = read_whole(place, before, sizeof before);
	is_refused(place, "another program");
	assert_int_equal(read_whole(place, after, sizeof after), size);
	assert_memory_equal(before, after, size);
}

static void a_file_of_a_newer_version_stays_as_it_is(void **state)
{
	static char before[65536], after[65536];
	const struct place *place = *state;
	size_t size;

	make_with(place, "PRAGMA application_id = 1212437041; CREATE TABLE theirs (a); PRAGMA user_version = 9999");
	size = read_whole(place, before, sizeof before);
	is_refused(place, "use the newer program");
	assert_int_equal(read_whole(place, after, sizeof after), size);
	assert_memory_equal(before, after, size);
}

/* An open reading transaction keeps SQLite from changing the mode. */
static void a_file_that_cannot_have_a_log_is_refused(void **state)
{
	const struct place *place = *state;
	struct driver *driver;
	sqlite3 *other;

	make_with(place, "PRAGMA application_id = 1212437041; CREATE TABLE held (a)");
	assert_int_equal(sqlite3_open(place->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN; SELECT * FROM held", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(driver_open(place->path, DRIVER_WRITE, &driver), E_BAD_DATA);
	assert_non_null(strstr(driver_error(driver), "WAL"));
	driver_free(driver);
	sqlite3_close(other);
}

static void a_new_file_is_made_and_opened_again(void **state)
{
	const struct place *place = *state;

	for (int round = 0; round < 2; round++) {
		struct driver *driver;

		assert_int_equal(driver_open(place->path, DRIVER_WRITE, &driver), E_OK);
		assert_int_equal(driver_begin(driver), E_OK);
		assert_int_equal(driver_commit(driver), E_OK);
		assert_false(driver_sync_failed(driver));
		driver_free(driver);
	}
}

/* SQLite has answered "wal" by then. */
static void a_sync_that_fails_while_a_file_gets_its_log_is_final(void **state)
{
	const struct place *place = *state;
	struct driver *driver;

	faulty_install();
	faulty_syncs = 1;
	assert_int_equal(driver_open(place->path, DRIVER_WRITE, &driver), E_STORAGE);
	assert_int_equal(faulty_syncs, 0);
	assert_true(driver_sync_failed(driver));
	driver_free(driver);
}

/* ---- many rows at once ---- */

static struct fact scan_of(int64_t seq, const char *badge)
{
	struct fact fact;

	message_clear(&message_fact, &fact);
	fact.seq = seq;
	fact.op = TEXT("scan");
	fact.at = fact.received = 1000 + seq;
	fact.badge = text_of(badge);
	fact.direction = direction_in;
	return fact;
}

struct scans {
	struct fact facts[4];
	size_t count;
};

static enum error keep_scan(void *context, const void *row)
{
	const struct fact *fact = row;
	struct scans *kept = context;

	assert_true(kept->count < 4);
	kept->facts[kept->count] = *fact;
	kept->facts[kept->count++].badge = (struct text){0};
	assert_true(text_is(fact->badge, fact->seq == 1 ? "ONE" : "TWO"));
	return E_OK;
}

static void rows_given_together_are_stored_each(void **state)
{
	const struct place *place = *state;
	const struct fact scans[] = {scan_of(1, "ONE"), scan_of(2, "TWO")};
	struct scans kept = {.count = 0};
	struct driver *driver;

	assert_int_equal(driver_open(place->path, DRIVER_WRITE, &driver), E_OK);
	assert_int_equal(driver_begin(driver), E_OK);
	assert_int_equal(ledger_append_scans(driver, scans, 2), E_OK);
	assert_int_equal(ledger_append_scans(driver, scans, 0), E_OK);
	assert_int_equal(driver_commit(driver), E_OK);
	assert_int_equal(ledger_since(driver, 0, keep_scan, &kept), E_OK);
	assert_int_equal(kept.count, 2);
	for (int64_t i = 0; i < 2; i++) {
		assert_int_equal(kept.facts[i].seq, i + 1);
		assert_int_equal(kept.facts[i].received, 1001 + i);
		assert_int_equal(kept.facts[i].direction, direction_in);
		assert_int_equal(kept.facts[i].person, ABSENT);
		assert_null(kept.facts[i].session.at);
	}
	driver_free(driver);
}

static int64_t ledger_of(const struct list *entries, uint32_t i)
{
	return LIST_AT(*entries, history_entry, i)->ledger;
}

/* The index is by stretches of 4096 entries. */
static void a_persons_history_goes_over_all_stretches(void **state)
{
	const struct place *place = *state;
	static const int64_t seqs[] = {1, 4095, 4096, 4097, 12287, 12288, 20000};
	struct page page = {.person = 2, .cursor = 0, .limit = 100};
	struct arena arena = {.head = NULL};
	struct fact scans[7];
	struct driver *driver;
	struct list entries;

	for (int i = 0; i < 7; i++) {
		scans[i] = scan_of(seqs[i], "ONE");
		scans[i].person = i == 4 ? 1 : 2;
	}
	assert_int_equal(driver_open(place->path, DRIVER_WRITE, &driver), E_OK);
	assert_int_equal(ledger_append_scans(driver, scans, 7), E_OK);
	assert_int_equal(person_history(driver, &page, &arena, &entries), E_OK);
	assert_int_equal(entries.count, 6);
	for (uint32_t i = 0; i < 6; i++)
		assert_int_equal(ledger_of(&entries, i), seqs[i < 4 ? i : i + 1]);
	page = (struct page){.person = 2, .cursor = 4095, .limit = 2};
	assert_int_equal(person_history(driver, &page, &arena, &entries), E_OK);
	assert_int_equal(entries.count, 2);
	assert_int_equal(ledger_of(&entries, 0), 4096);
	assert_int_equal(ledger_of(&entries, 1), 4097);
	arena_free(&arena);
	driver_free(driver);
}

static enum error keep_visit(void *context, const void *row)
{
	const struct visit_row *visit = row;

	assert_in_range(visit->person, 1, 2);
	((struct visit_row *)context)[visit->person - 1] = *visit;
	return E_OK;
}

static void rows_given_together_change_what_is_there(void **state)
{
	const struct place *place = *state;
	const struct visit_row visits[] = {
		{.session = TEXT("S1"), .person = 1, .settled_ms = 5, .since = ABSENT, .until = ABSENT, .entered = 7},
		{.session = TEXT("S1"), .person = 2, .since = 9, .until = ABSENT, .entered = ABSENT},
		{.session = TEXT("S1"), .person = 1, .settled_ms = 6, .since = ABSENT, .until = ABSENT, .entered = ABSENT},
	};
	struct visit_row stored[2];
	struct driver *driver;

	assert_int_equal(driver_open(place->path, DRIVER_WRITE, &driver), E_OK);
	assert_int_equal(visit_put(driver, visits, 3), E_OK);
	memset(stored, 0, sizeof stored);
	assert_int_equal(visit_each(driver, keep_visit, stored), E_OK);
	assert_int_equal(stored[0].settled_ms, 6);
	assert_int_equal(stored[0].entered, ABSENT);
	assert_int_equal(stored[1].since, 9);
	driver_free(driver);
}

static void a_row_that_cannot_be_stored_fails_them_all(void **state)
{
	const struct place *place = *state;
	const struct fact scans[] = {scan_of(1, "ONE"), scan_of(1, "TWO")};
	struct scans kept = {.count = 0};
	struct driver *driver;

	assert_int_equal(driver_open(place->path, DRIVER_WRITE, &driver), E_OK);
	assert_int_equal(driver_begin(driver), E_OK);
	assert_int_equal(ledger_append_scans(driver, scans, 2), E_STORAGE);
	driver_rollback(driver);
	assert_int_equal(ledger_since(driver, 0, keep_scan, &kept), E_OK);
	assert_int_equal(kept.count, 0);
	assert_int_equal(ledger_append_scans(driver, scans, 1), E_OK);
	driver_free(driver);
}

/* SQLite keeps what the system said of an earlier call, and a row that is there already is no full disk. */
static void a_disk_that_was_full_once_is_not_called_so_for_ever(void **state)
{
	const struct place *place = *state;
	const struct fact scan = scan_of(1, "ONE");
	struct driver *driver;

	faulty_install();
	assert_int_equal(driver_open(place->path, DRIVER_WRITE, &driver), E_OK);
	assert_int_equal(ledger_append_scans(driver, &scan, 1), E_OK);
	faulty_cause = ENOSPC;
	faulty_syncs = 1;
	assert_int_equal(driver_checkpoint(driver), E_DISK_FULL);
	assert_int_equal(ledger_append_scans(driver, &scan, 1), E_STORAGE);
	faulty_cause = 0;
	driver_free(driver);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_file_of_another_program_stays_as_it_is),
		CASE(a_file_of_a_newer_version_stays_as_it_is),
		CASE(a_file_that_cannot_have_a_log_is_refused),
		CASE(a_new_file_is_made_and_opened_again),
		CASE(rows_given_together_are_stored_each),
		CASE(a_persons_history_goes_over_all_stretches),
		CASE(rows_given_together_change_what_is_there),
		CASE(a_row_that_cannot_be_stored_fails_them_all),
		CASE(a_sync_that_fails_while_a_file_gets_its_log_is_final),
		CASE(a_disk_that_was_full_once_is_not_called_so_for_ever),
	};

	return RUN_TESTS(tests);
}
