/* The log is moved into the file in small steps, for what comes while the disk syncs one waits. */
#include "tests/harness.h"
#include "tests/workers/office.h"

#include <sodium.h>

/* As the writer has it; a batch here is far smaller. */
enum { STEP = 1024, BATCH_MAX_PAGES = 200, AT_ONCE = 100 };

static const struct driver *store(const struct office *office)
{
	return writer_events(office->writer)->event->store;
}

/* One batch, then what the writer does between two. */
static void write_batch(struct office *office)
{
	char badge[251] = "";

	memset(badge, 'x', sizeof badge - 1);
	for (int i = 0; i < AT_ONCE; i++) {
		struct office_request request = office_request(office, "e1/attendance", "scan",
			"'badge': '%s', 'session': 'PLENARY', 'direction': 'in'", badge);

		office_take(office, office, &request);
	}
	assert_true(office_flush(office));
	assert_in_range(driver_log_pages(store(office)), 1, STEP + BATCH_MAX_PAGES + STEP);
	assert_true(writer_tidy(office->writer));
	office->answers = NULL;
	arena_reset(&office->arena);
}

static void a_long_log_is_moved_whole_and_begins_anew(void **state)
{
	struct office *office = *state;

	for (int round = 0; round < 3; round++) {
		int last = 0;

		do {
			last = driver_log_pages(store(office));
			write_batch(office);
			assert_in_range(driver_log_pages(store(office)), 1, STEP + BATCH_MAX_PAGES);
		} while (driver_log_unmoved(store(office)) > 0);
		assert_in_range(last, STEP - BATCH_MAX_PAGES, STEP);
		write_batch(office);
		assert_in_range(driver_log_pages(store(office)), 1, BATCH_MAX_PAGES);
		assert_int_equal(driver_log_unmoved(store(office)), driver_log_pages(store(office)));
	}
}

static struct driver *hold_snapshot(const struct office *office)
{
	struct driver *reader;
	char path[128];
	int64_t last;

	snprintf(path, sizeof path, "%s/e1.hudur", office->folder);
	assert_int_equal(driver_open(path, DRIVER_READ, &reader), E_OK);
	assert_int_equal(driver_begin(reader), E_OK);
	assert_int_equal(ledger_last(reader, &last), E_OK); /* a snapshot begins with the first query */
	return reader;
}

static int moved(const struct office *office)
{
	return driver_log_pages(store(office)) - driver_log_unmoved(store(office));
}

/* Where a reader was in the way, not every batch from then on pays for a sync of the file. */
static void what_a_reader_held_is_moved_with_the_next_step(void **state)
{
	struct office *office = *state;
	struct driver *reader;
	int held;

	while (driver_log_pages(store(office)) < STEP / 2)
		write_batch(office);
	held = driver_log_pages(store(office));
	reader = hold_snapshot(office);
	while (moved(office) == 0)
		write_batch(office);
	assert_int_equal(moved(office), held);
	driver_rollback(reader);
	driver_free(reader);

	while (driver_log_unmoved(store(office)) > 0) {
		int before = driver_log_unmoved(store(office));

		assert_int_equal(moved(office), held);
		write_batch(office);
		if (driver_log_unmoved(store(office)) == 0)
			assert_in_range(before, STEP - BATCH_MAX_PAGES, STEP);
	}
	write_batch(office);
	assert_in_range(driver_log_pages(store(office)), 1, BATCH_MAX_PAGES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		OFFICE_CASE(a_long_log_is_moved_whole_and_begins_anew),
		OFFICE_CASE(what_a_reader_held_is_moved_with_the_next_step),
	};

	return RUN_TESTS(tests);
}
