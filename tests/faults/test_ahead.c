/* Memory that is out while a long ledger is read ahead: all of it is told, or that it cannot be. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/faults/allocations.h"
#include "tests/harness.h"
#include "workers/ahead.h"
#include "workers/store.h"

/* The ring, and for each thread its connection with what it keeps: from there on it is the rows' own. */
enum { ROWS = 3000, ALLOCATIONS = 40 };

static char folder[32], path[64];
static struct driver *store;

static int write_ledger(void **state)
{
	enum error e;

	(void)state;
	snprintf(folder, sizeof folder, "/tmp/hudur-XXXXXX");
	snprintf(path, sizeof path, "%s/e.hudur", mkdtemp(folder));
	e = driver_open(path, DRIVER_WRITE, &store);
	if (!e)
		e = driver_begin(store);
	for (int64_t seq = 1; !e && seq <= ROWS; seq++) {
		struct fact fact;

		message_clear(&message_fact, &fact);
		fact.seq = fact.at = fact.received = seq;
		fact.op = TEXT("scan");
		fact.badge = TEXT("B");
		e = ledger_append_scans(store, &fact, 1);
	}
	return e || driver_commit(store) ? -1 : 0;
}

static int remove_ledger(void **state)
{
	(void)state;
	driver_free(store);
	unlink(path);
	return rmdir(folder);
}

static void nothing_soon(void *context, const void *row)
{
	(void)context;
	(void)row;
}

static enum error count_row(void *context, const void *row)
{
	int64_t *rows = context;

	return ((const struct fact *)row)->seq == ++*rows ? E_OK : E_BAD_DATA;
}

static void a_ledger_is_told_whole_or_not_at_all(void **state)
{
	bool was_out = false;

	(void)state;
	for (int64_t nth = 1; nth <= ALLOCATIONS; nth++) {
		int64_t rows = 0;
		enum error e;

		allocations_watch(ALLOCATOR_OURS, nth);
		e = ahead_all(store, path, nothing_soon, count_row, &rows);
		was_out |= allocations_unwatch() >= nth;
		if (e)
			assert_int_equal(e, E_NO_MEMORY);
		else
			assert_int_equal(rows, ROWS);
	}
	assert_true(was_out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_ledger_is_told_whole_or_not_at_all, write_ledger, remove_ledger),
	};

	allocations_install();
	return RUN_TESTS(tests);
}
