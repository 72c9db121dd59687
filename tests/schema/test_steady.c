/* A server's clock is set, back and forth, while it runs: what it tells goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "schema/steady.h"

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static const int64_t noon = 1709208000000;

/* Asked at noon by the machine's clock. */
static struct steady at_noon(void)
{
	return (struct steady){.program = "test", .told = noon};
}

static void a_clock_that_goes_is_told(void **state)
{
	struct steady steady = at_noon();

	(void)state;
	assert_int_equal(steady_follow(&steady, noon + MINUTE, MINUTE), noon + MINUTE);
	assert_int_equal(steady_follow(&steady, noon + HOUR, 59 * MINUTE), noon + HOUR);
	/* it is told to slow down: by a little each time */
	assert_int_equal(steady_follow(&steady, noon + HOUR - STEADY_OFF_MS, 0), noon + HOUR - STEADY_OFF_MS);
	assert_int_equal(steady.ahead, 0);
}

static void a_clock_set_back_is_held(void **state)
{
	struct steady steady = at_noon();

	(void)state;
	assert_int_equal(steady_follow(&steady, noon - HOUR + MINUTE, MINUTE), noon + MINUTE);
	assert_int_equal(steady_follow(&steady, noon - HOUR + 16 * MINUTE, 15 * MINUTE), noon + 16 * MINUTE);
	assert_int_equal(steady_follow(&steady, noon - 2 * HOUR + 17 * MINUTE, MINUTE), noon + 17 * MINUTE);
	assert_int_equal(steady.ahead, 2 * HOUR);
}

static void a_clock_set_forward_is_followed(void **state)
{
	struct steady steady = at_noon();

	(void)state;
	assert_int_equal(steady_follow(&steady, noon + 365 * DAY, MINUTE), noon + 365 * DAY);
	assert_int_equal(steady.ahead, 0);
}

/* It is given up as far as the clock is set right again, and what goes beyond is followed. */
static void a_clock_set_right_again_is_told(void **state)
{
	struct steady steady = at_noon();

	(void)state;
	steady_follow(&steady, noon - HOUR, 0);
	assert_int_equal(steady_follow(&steady, noon - 20 * MINUTE + MINUTE, MINUTE), noon + MINUTE);
	assert_int_equal(steady.ahead, 20 * MINUTE);
	assert_int_equal(steady_follow(&steady, noon + 2 * MINUTE, MINUTE), noon + 2 * MINUTE);
	assert_int_equal(steady.ahead, 0);
	steady_follow(&steady, noon - HOUR, 0);
	assert_int_equal(steady_follow(&steady, noon + HOUR, MINUTE), noon + HOUR);
}

static void a_clock_that_was_wildly_ahead_is_told(void **state)
{
	struct steady steady = at_noon();

	(void)state;
	assert_int_equal(steady_follow(&steady, noon - DAY, 0), noon);
	assert_int_equal(steady_follow(&steady, noon - DAY - MINUTE, 0), noon - DAY - MINUTE);
	assert_int_equal(steady.ahead, 0);
	assert_int_equal(steady_follow(&steady, noon - DAY, MINUTE), noon - DAY);
}

static void set(FILE *file, int64_t at)
{
	assert_int_equal(pwrite(fileno(file), &at, sizeof at, 0), sizeof at);
}

static void a_simulated_clock_stands_between_its_steps(void **state)
{
	char path[] = "/tmp/hudur-steady-XXXXXX";
	FILE *file = fdopen(mkstemp(path), "r+");
	struct steady steady;

	(void)state;
	assert_non_null(file);
	set(file, noon);
	setenv("HUDUR_CLOCK", path, 1);
	assert_int_equal(steady_open(&steady, "test"), 0);
	unsetenv("HUDUR_CLOCK");
	unlink(path);
	assert_int_equal(steady_now(&steady), noon);
	set(file, noon - HOUR);
	assert_int_equal(steady_now(&steady), noon);
	assert_int_equal(steady_now(&steady), noon);
	set(file, noon - HOUR + 15 * MINUTE); /* time passes */
	assert_int_equal(steady_now(&steady), noon + 15 * MINUTE);
	set(file, noon + 15 * MINUTE); /* it is set right */
	assert_int_equal(steady_now(&steady), noon + 15 * MINUTE);
	set(file, noon + 16 * MINUTE);
	assert_int_equal(steady_now(&steady), noon + 16 * MINUTE);
	set(file, noon - 2 * DAY);
	assert_int_equal(steady_now(&steady), noon - 2 * DAY);
	steady_close(&steady);
	fclose(file);
}

static void the_machines_clock_is_told(void **state)
{
	struct steady steady;
	int64_t before, now;

	(void)state;
	assert_int_equal(steady_open(&steady, "test"), 0);
	before = clock_now(&steady.wall);
	now = steady_now(&steady);
	assert_in_range(now, before - STEADY_OFF_MS, clock_now(&steady.wall) + STEADY_OFF_MS);
	steady.told += 30 * MINUTE; /* as after a clock that was set back since */
	assert_in_range(steady_now(&steady), now + 30 * MINUTE, clock_now(&steady.wall) + 31 * MINUTE);
	steady_close(&steady);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clock_that_goes_is_told),
		cmocka_unit_test(a_clock_set_back_is_held),
		cmocka_unit_test(a_clock_set_forward_is_followed),
		cmocka_unit_test(a_clock_set_right_again_is_told),
		cmocka_unit_test(a_clock_that_was_wildly_ahead_is_told),
		cmocka_unit_test(a_simulated_clock_stands_between_its_steps),
		cmocka_unit_test(the_machines_clock_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
