/* A snapshot that is held while much is written: it is ended, and the log is moved into the file and begun anew. */
#include "tests/harness.h"
#include "tests/workers/office.h"

#include <sodium.h>
#include <sys/stat.h>

enum { AT_ONCE = 500 };

static const int64_t MIB = INT64_C(1) << 20;

static int64_t log_size(const struct office *office)
{
	struct stat about;
	char path[128];

	snprintf(path, sizeof path, "%s/e1.hudur-wal", office->folder);
	return stat(path, &about) == 0 ? (int64_t)about.st_size : 0;
}

/* One batch of long scans, each of a code that nobody has. */
static void write_much(struct office *office)
{
	char badge[251] = "";

	memset(badge, 'x', sizeof badge - 1);
	for (int i = 0; i < AT_ONCE; i++) {
		struct office_request request = office_request(office, "e1/attendance", "scan",
			"'badge': '%s', 'session': 'PLENARY', 'direction': 'in'", badge);

		office_take(office, office, &request);
	}
	assert_true(office_flush(office));
	assert_true(writer_tidy(office->writer));
	office->answers = NULL;
	arena_reset(&office->arena);
}

static struct driver *open_reader(const struct office *office)
{
	struct driver *reader;
	char path[128];

	snprintf(path, sizeof path, "%s/e1.hudur", office->folder);
	assert_int_equal(driver_open(path, DRIVER_READ, &reader), E_OK);
	return reader;
}

struct holding {
	struct office *office;
	int64_t rows, longest; /* bytes of log */
};

/* Never comes to an end by itself: for every few rows it reads, more are written than it has read. */
static enum error dawdle(void *context, const void *row)
{
	struct holding *holding = context;

	(void)row;
	if (holding->rows++ % 16 == 0 && log_size(holding->office) < 80 * MIB)
		write_much(holding->office);
	if (log_size(holding->office) > holding->longest)
		holding->longest = log_size(holding->office);
	return E_OK;
}

static enum error count_row(void *context, const void *row)
{
	(void)row;
	(*(int64_t *)context)++;
	return E_OK;
}

static void held_snapshot_is_ended_before_the_log_passes_64_mib(void **state)
{
	struct office *office = *state;
	struct driver *reader = open_reader(office);
	struct holding holding = {.office = office};
	int64_t before;

	while (office_ledger(office) < 3000)
		write_much(office);
	before = office_ledger(office);
	assert_int_equal(driver_begin(reader), E_OK);
	assert_int_equal(ledger_since(reader, 0, dawdle, &holding), E_GIVEN_UP);
	driver_rollback(reader);
	print_message("          the log was %lld bytes long when the reader was ended\n", (long long)holding.longest);
	assert_in_range(holding.longest, DRIVER_LOG_HELD_MAX, 64 * MIB);
	assert_in_range(office_ledger(office), before + AT_ONCE, INT64_MAX);

	/* once it is gone the log is moved, begun anew and cut */
	write_much(office);
	write_much(office);
	assert_in_range(log_size(office), 1, 33 * MIB);
	assert_in_range(driver_log_pages(writer_events(office->writer)->event->store), 1, 4096);
	/* and the same reader reads on */
	assert_int_equal(driver_begin(reader), E_OK);
	holding.rows = 0;
	assert_int_equal(ledger_since(reader, 0, count_row, &holding.rows), E_OK);
	assert_int_equal(holding.rows, office_ledger(office));
	driver_rollback(reader);
	driver_free(reader);
}

/* Rows are read until the time is over, again and again: the time counts from the snapshot's beginning. */
static void snapshot_is_ended_when_patience_is_over(void **state)
{
	struct office *office = *state;
	struct driver *reader = open_reader(office);
	enum error e = E_OK;
	int64_t rows = 0;

	while (office_ledger(office) < 3000)
		write_much(office);
	driver_be_patient(reader, 20);
	assert_int_equal(driver_begin(reader), E_OK);
	while (!e)
		e = ledger_since(reader, 0, count_row, &rows);
	assert_int_equal(e, E_GIVEN_UP);
	assert_int_not_equal(rows, 0);
	driver_rollback(reader);
	/* a new snapshot has all its time again */
	assert_int_equal(driver_begin(reader), E_OK);
	rows = 0;
	driver_be_patient(reader, 60000);
	assert_int_equal(ledger_since(reader, 0, count_row, &rows), E_OK);
	assert_int_equal(rows, office_ledger(office));
	driver_rollback(reader);
	driver_free(reader);
}

/* Between two queries SQLite itself would forget it. */
static void interrupting_is_not_lost_between_two_queries(void **state)
{
	struct office *office = *state;
	struct driver *reader = open_reader(office);
	int64_t rows = 0;

	while (office_ledger(office) < 3000)
		write_much(office);
	assert_int_equal(driver_begin(reader), E_OK);
	assert_int_equal(ledger_since(reader, 0, count_row, &rows), E_OK);
	driver_interrupt(reader);
	assert_int_equal(ledger_since(reader, 0, count_row, &rows), E_GIVEN_UP);
	driver_rollback(reader);
	assert_int_equal(driver_begin(reader), E_GIVEN_UP);
	driver_free(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		OFFICE_CASE(held_snapshot_is_ended_before_the_log_passes_64_mib),
		OFFICE_CASE(snapshot_is_ended_when_patience_is_over),
		OFFICE_CASE(interrupting_is_not_lost_between_two_queries),
	};

	return RUN_TESTS(tests);
}
