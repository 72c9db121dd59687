/* The log is written together when it is synced, and where that would not be safe, at once. */
#include "tests/harness.h"
#include "workers/store.h"

#include <sqlite3.h>
#include <unistd.h>

enum { PAGE = 4096, GATHERED_MAX = 64 << 10, PAGES_MAX = 400, SCANS = 5000 };

/* SQLite's own file system, which counts what is written to a log, and may say that a write harms what is beside it. */
static struct {
	sqlite3_vfs vfs, *real;
	sqlite3_io_methods log;
	const sqlite3_io_methods *real_log;
	int writes, synced_writes; /* all, and until the last sync */
	bool harms;
} counting;

static int count_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
{
	counting.writes++;
	return counting.real_log->xWrite(file, bytes, size, at);
}

static int count_sync(sqlite3_file *file, int flags)
{
	counting.synced_writes = counting.writes;
	return counting.real_log->xSync(file, flags);
}

static int characteristics(sqlite3_file *file)
{
	int all = counting.real_log->xDeviceCharacteristics(file);

	return counting.harms ? all & ~SQLITE_IOCAP_POWERSAFE_OVERWRITE : all;
}

static int open_counted(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	int code = counting.real->xOpen(counting.real, name, file, flags, out_flags);

	(void)vfs;
	if (!(flags & SQLITE_OPEN_WAL) || !file->pMethods)
		return code;
	counting.real_log = file->pMethods;
	counting.log = *file->pMethods;
	counting.log.xWrite = count_write;
	counting.log.xSync = count_sync;
	counting.log.xDeviceCharacteristics = characteristics;
	file->pMethods = &counting.log;
	return code;
}

static void install(void)
{
	counting.real = sqlite3_vfs_find(NULL);
	counting.vfs = *counting.real;
	counting.vfs.zName = "counting";
	counting.vfs.xOpen = open_counted;
	sqlite3_vfs_register(&counting.vfs, 1);
}

struct place {
	char folder[64], path[96];
	struct driver *writer;
};

static int setup(void **state)
{
	const char *temporary = getenv("TMPDIR");
	struct place *place = calloc(1, sizeof *place);

	if (!place)
		return -1;
	*state = place;
	snprintf(place->folder, sizeof place->folder, "%.40s/gathering-XXXXXX", temporary ? temporary : "/tmp");
	if (!mkdtemp(place->folder))
		return -1;
	snprintf(place->path, sizeof place->path, "%s/x.hudur", place->folder);
	counting.harms = false;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;

	driver_free(place->writer);
	unlink(place->path);
	rmdir(place->folder);
	free(place);
	return 0;
}

static void store_scans(struct place *place, int count, bool commit)
{
	static const char badge[] = "a badge's code is up to 250 bytes long, and these fill the pages: a badge's code is up to 250";
	static int64_t seq;

	assert_int_equal(driver_begin(place->writer), E_OK);
	for (int i = 0; i < count; i++) {
		struct fact scan;

		message_clear(&message_fact, &scan);
		scan.seq = ++seq;
		scan.op = TEXT("scan");
		scan.at = scan.received = seq;
		scan.badge = text_of(badge);
		assert_int_equal(ledger_append_scans(place->writer, &scan, 1), E_OK);
	}
	if (commit)
		assert_int_equal(driver_commit(place->writer), E_OK);
	else
		driver_rollback(place->writer);
}

static int64_t rows_of_another(const struct place *place)
{
	struct driver *reader;
	int64_t last;

	assert_int_equal(driver_open(place->path, DRIVER_READ, &reader), E_OK);
	assert_int_equal(ledger_last(reader, &last), E_OK);
	driver_free(reader);
	return last;
}

static void a_transaction_is_written_together(void **state)
{
	struct place *place = *state;
	int64_t before;
	int pages;

	assert_int_equal(driver_open(place->path, DRIVER_WRITE, &place->writer), E_OK);
	assert_int_equal(driver_checkpoint(place->writer), E_OK);
	before = rows_of_another(place);
	counting.writes = 0;
	store_scans(place, SCANS, true);
	pages = driver_log_pages(place->writer);
	assert_in_range(pages, 50, PAGES_MAX);
	assert_in_range(counting.writes, 1, pages * (PAGE + 24) / (GATHERED_MAX - PAGE) + 2);
	assert_int_equal(counting.writes, counting.synced_writes);
	assert_int_equal(rows_of_another(place), before + SCANS);
}

static void what_was_undone_is_not_there(void **state)
{
	struct place *place = *state;
	int64_t rows;

	assert_int_equal(driver_open(place->path, DRIVER_WRITE, &place->writer), E_OK);
	store_scans(place, 10, true);
	rows = rows_of_another(place);
	counting.writes = 0;
	store_scans(place, SCANS * 40, false);
	assert_in_range(counting.writes, 1, INT64_MAX); /* it is more than is kept in memory */
	assert_int_equal(rows_of_another(place), rows);
	driver_free(place->writer);
	assert_int_equal(driver_open(place->path, DRIVER_WRITE, &place->writer), E_OK);
	assert_int_equal(rows_of_another(place), rows);
}

static void nothing_waits_where_a_write_may_harm_what_is_beside_it(void **state)
{
	struct place *place = *state;

	counting.harms = true;
	assert_int_equal(driver_open(place->path, DRIVER_WRITE, &place->writer), E_OK);
	counting.writes = 0;
	store_scans(place, SCANS, true);
	assert_in_range(counting.writes, 2 * 50, 3 * PAGES_MAX);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_transaction_is_written_together),
		CASE(what_was_undone_is_not_there),
		CASE(nothing_waits_where_a_write_may_harm_what_is_beside_it),
	};

	install();
	return RUN_TESTS(tests);
}
