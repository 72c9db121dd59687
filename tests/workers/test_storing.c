/* The deciding thread and the storing one: intakes go round, nothing that was gathered is left, and a bad disk ends it. */
#include <poll.h>
#include <sys/eventfd.h>

#include "tests/harness.h"
#include "tests/workers/faulty.h"
#include "tests/workers/office.h"
#include "workers/storing.h"

enum { PATIENCE_MS = 20000 };

static struct steady machine;

static void begin(struct office *office, struct storing *storing)
{
	assert_int_equal(steady_open(&machine, "test"), 0);
	assert_true(storing_start(storing, office->writer, &machine));
}

/* A scan of a badge that nobody has: it is stored, and refused. */
static void gather(struct office *office, struct storing *storing)
{
	struct office_request request = office_request(office, "e1/attendance", "scan",
						       "'badge': 'ABCDEFGHJKMNPQ', 'session': 'S1', 'direction': 'in'");

	office_take_into(office, storing_open(storing), NULL, &request);
	storing_shut(storing);
}

static void await_bell(struct storing *storing)
{
	struct pollfd bell = {.fd = storing->bell, .events = POLLIN};

	assert_int_equal(poll(&bell, 1, PATIENCE_MS), 1);
}

static void count_reply(void *context, void *origin, struct text address, struct text id, struct text map)
{
	(void)origin;
	(void)address;
	(void)id;
	assert_non_null(map.at);
	++*(int *)context;
}

/* Replies in what is stored by now. */
static int take_replies(struct storing *storing)
{
	struct intake *stored;
	bool trusted;
	int replies = 0;

	while ((stored = storing_take_back(storing, &trusted))) {
		assert_true(trusted);
		intake_hand_out(stored, OFFICE_NOW, count_reply, &replies);
		storing_return(storing, stored);
	}
	return replies;
}

static void what_is_gathered_while_one_is_stored_is_stored_next(void **state)
{
	enum { REQUESTS = 200 };
	struct office *office = *state;
	int64_t before = office_ledger(office);
	struct storing storing;
	int replies = 0;

	begin(office, &storing);
	for (int i = 0; i < REQUESTS; i++) {
		gather(office, &storing);
		storing_press(&storing);
	}
	while (replies < REQUESTS) {
		await_bell(&storing);
		replies += take_replies(&storing);
	}
	assert_int_equal(replies, REQUESTS);
	assert_int_equal(storing_press(&storing), 0);
	storing_stop(&storing);
	storing_free(&storing);
	assert_int_equal(office_ledger(office), before + REQUESTS);
}

/* They go to the storing thread, and the next is decided meanwhile. */
static void large_intakes_are_stored_aside(void **state)
{
	enum { AT_ONCE = 600, ROUNDS = 8 };
	struct office *office = *state;
	int64_t before = office_ledger(office);
	struct storing storing;
	int replies = 0;

	begin(office, &storing);
	for (int i = 0; i < ROUNDS * AT_ONCE; i++) {
		gather(office, &storing);
		if (i % AT_ONCE == 0)
			storing_press(&storing);
		if (i % 40 == 0)
			replies += take_replies(&storing);
	}
	storing_stop(&storing);
	replies += take_replies(&storing);
	assert_int_equal(replies, ROUNDS * AT_ONCE);
	storing_free(&storing);
	assert_int_equal(office_ledger(office), before + ROUNDS * AT_ONCE);
}

static void what_is_gathered_at_the_end_is_stored(void **state)
{
	struct office *office = *state;
	int64_t before = office_ledger(office);
	struct storing storing;

	begin(office, &storing);
	for (int i = 0; i < 3; i++)
		gather(office, &storing);
	storing_stop(&storing);
	assert_int_equal(take_replies(&storing), 3);
	storing_free(&storing);
	assert_int_equal(office_ledger(office), before + 3);
}

/* Of the intakes, and takes none of them back. */
static void store_all_but_one(struct office *office, struct storing *storing)
{
	for (int i = 0; i < INTAKES - 1; i++) {
		eventfd_t rung;

		gather(office, storing);
		storing_press(storing);
		await_bell(storing);
		eventfd_read(storing->bell, &rung);
	}
}

/* Nothing is handed out while all intakes are full: whoever takes them back late still gets each reply once. */
static void replies_wait_for_whoever_is_late(void **state)
{
	struct office *office = *state;
	struct storing storing;

	begin(office, &storing);
	store_all_but_one(office, &storing);
	gather(office, &storing);
	assert_int_equal(storing_press(&storing), 1);
	assert_int_equal(take_replies(&storing), INTAKES - 1);
	await_bell(&storing);
	assert_int_equal(take_replies(&storing), 1);
	storing_stop(&storing);
	storing_free(&storing);
}

/* The last is stored, too, and there is none to gather into any more. */
static void whoever_is_late_at_the_end_gets_each_reply(void **state)
{
	struct office *office = *state;
	struct storing storing;

	begin(office, &storing);
	store_all_but_one(office, &storing);
	gather(office, &storing);
	storing_stop(&storing);
	assert_int_equal(take_replies(&storing), INTAKES);
	storing_free(&storing);
}

static void a_bad_disk_ends_it(void **state)
{
	struct office *office = *state;
	struct storing storing;
	bool trusted;

	begin(office, &storing);
	faulty_syncs = 1;
	gather(office, &storing);
	storing_press(&storing);
	await_bell(&storing);
	storing_take_back(&storing, &trusted);
	assert_false(trusted);
	storing_stop(&storing);
	storing_free(&storing);
}

static void a_bad_disk_ends_what_is_stored_aside(void **state)
{
	enum { AT_ONCE = 600 };
	struct office *office = *state;
	int64_t before = office_ledger(office);
	struct storing storing;
	bool trusted = true;

	begin(office, &storing);
	for (int i = 0; i < AT_ONCE; i++)
		gather(office, &storing);
	faulty_syncs = 1;
	storing_press(&storing);
	while (trusted) { /* the first few may have been taken, and stored, while the rest was gathered */
		struct intake *stored;

		await_bell(&storing);
		while ((stored = storing_take_back(&storing, &trusted)) && trusted)
			storing_return(&storing, stored);
	}
	storing_stop(&storing);
	assert_int_equal(faulty_syncs, 0);
	assert_in_range(office_ledger(office), before, before + AT_ONCE - 1);
	storing_free(&storing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		OFFICE_CASE(what_is_gathered_while_one_is_stored_is_stored_next),
		OFFICE_CASE(large_intakes_are_stored_aside),
		OFFICE_CASE(what_is_gathered_at_the_end_is_stored),
		OFFICE_CASE(replies_wait_for_whoever_is_late),
		OFFICE_CASE(whoever_is_late_at_the_end_gets_each_reply),
		OFFICE_CASE(a_bad_disk_ends_it),
		OFFICE_CASE(a_bad_disk_ends_what_is_stored_aside),
	};

	faulty_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
