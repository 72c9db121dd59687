/* Measuring the server's clock from exchanges. */
#include "clients/lib/skew.h"

#include "tests/harness.h"

static void smallest_round_trip_counts(void **state)
{
	struct skew skew = {0};

	(void)state;
	assert_false(skew.known);
	skew_measure(&skew, 1000, 1040, 4620, 40, 0);   /* 3600 */
	skew_measure(&skew, 2000, 2002, 5606, 2, 100);  /* 3605 */
	skew_measure(&skew, 3000, 3030, 6610, 30, 200); /* 3595 */
	assert_true(skew.known);
	assert_int_equal(skew.offset, 3605);
}

static void old_samples_expire(void **state)
{
	struct skew skew = {0};

	(void)state;
	skew_measure(&skew, 1000, 1002, 2001, 2, 0);                     /* 1000 */
	skew_measure(&skew, 90000, 90040, 91030, 40, SKEW_FRESH_MS + 1); /* 1010 */
	assert_int_equal(skew.offset, 1010);
	assert_true(skew_is_fresh(&skew, SKEW_FRESH_MS + 1));
	assert_false(skew_is_fresh(&skew, 3 * SKEW_FRESH_MS));
}

static void set_clock_starts_anew(void **state)
{
	struct skew skew = {0};

	(void)state;
	skew_measure(&skew, 1000, 1000, 1000, 0, 0);
	skew_measure(&skew, 5000, 5010, 3605005, 10, 100);
	assert_int_equal(skew.offset, 3600000);
}

static void clock_set_during_exchange_says_nothing(void **state)
{
	struct skew skew = {0};

	(void)state;
	skew_measure(&skew, 1000, 61000, 61000, 1, 0);
	assert_false(skew.known);
	assert_false(skew_is_fresh(&skew, 0));
}

static void clock_that_stands_still_is_measured(void **state)
{
	struct skew skew = {0};

	(void)state;
	skew_measure(&skew, 1000, 1000, 3601000, 400, 0);
	assert_int_equal(skew.offset, 3600000);
}

static void recalled_until_measured(void **state)
{
	struct skew skew = {0};

	(void)state;
	skew_recall(&skew, -3600000);
	assert_true(skew.known);
	assert_int_equal(skew.offset, -3600000);
	assert_false(skew_is_fresh(&skew, 0));
	skew_measure(&skew, 1000, 1000, 1007, 0, 0);
	assert_int_equal(skew.offset, 7);
}

static void absurd_server_clock_is_not_believed(void **state)
{
	struct skew skew = {0};

	(void)state;
	skew_measure(&skew, 0, 0, INT64_C(253402300799999), 0, 0);
	assert_false(skew.known);
}

/* A device whose battery is flat begins in 1970. */
static void clock_that_forgot_the_year_is_measured(void **state)
{
	const int64_t server = 1709200000000;
	struct skew skew = {0};

	(void)state;
	skew_measure(&skew, 1000, 1004, server, 4, 0);
	assert_true(skew.known);
	assert_int_equal(skew.offset, server - 1002);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(smallest_round_trip_counts),
		cmocka_unit_test(old_samples_expire),
		cmocka_unit_test(set_clock_starts_anew),
		cmocka_unit_test(clock_set_during_exchange_says_nothing),
		cmocka_unit_test(clock_that_stands_still_is_measured),
		cmocka_unit_test(recalled_until_measured),
		cmocka_unit_test(clock_that_forgot_the_year_is_measured),
		cmocka_unit_test(absurd_server_clock_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
