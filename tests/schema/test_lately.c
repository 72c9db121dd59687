/* The flag of a passage from what was passed lately: all of that and nothing else is walked through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "schema/lately.h"
#include "tests/schema/simulation.h"

#define MINUTE INT64_C(60000)
#define MIDNIGHT INT64_C(1709161200000)
#define NOON (MIDNIGHT + 720 * MINUTE)

enum { ROUNDS = 20000, MOST = 24, DAYS_OF_SCANS = 4 };

static struct event_day days[DAYS] = {{MIDNIGHT, MIDNIGHT + DAY * MINUTE}, {MIDNIGHT + DAY * MINUTE, MIDNIGHT + 2 * DAY * MINUTE}};
static struct sitting sittings[6];
static struct schedule schedule = {sittings, NULL, days, 6, 0, DAYS, 0};
static struct passage passages[LATELY_MAX + MOST];

static int64_t some_time(void)
{
	return MIDNIGHT + chance(DAYS_OF_SCANS * DAY) * MINUTE;
}

static int by_time(const void *one, const void *other)
{
	int64_t a = ((const struct passage *)one)->at, b = ((const struct passage *)other)->at;

	return (a > b) - (a < b);
}

static void draw_day(void)
{
	for (int i = 0; i < 6; i++)
		sittings[i] = (struct sitting){
			.room = (uint16_t)chance(ROOMS), .continues = SESSION_NONE, .counts = chance(4) != 0,
			.starts = some_time(), .ends = ABSENT, .opened = ABSENT, .closed = chance(3) ? ABSENT : some_time()};
	schedule_join_rooms(&schedule);
	for (int i = 0; i < MOST; i++)
		passages[i] = (struct passage){some_time(), (uint32_t)chance(2), (uint16_t)chance(7), (uint8_t)chance(3)};
	qsort(passages, MOST, sizeof *passages, by_time);
}

/* By a list of what was lately and the passage itself behind it. */
static enum flag plain_flag(const struct passage *next)
{
	struct passage lately[MOST + 1];
	struct interval intervals[INTERVALS_MAX];
	enum flag flags[MOST + 1];
	size_t count = 0;

	for (int i = 0; i < MOST; i++)
		if (passages[i].at <= next->at && passages[i].at >= next->at - LATELY_MS)
			lately[count++] = passages[i];
	lately[count++] = *next;
	presence_intervals(&schedule, lately, count, NULL, 0, intervals, flags);
	return flags[count - 1];
}

static void it_is_the_flag_behind_all_that_was_lately(void **state)
{
	(void)state;
	seed = UINT64_C(0x20240229);
	for (int round = 0; round < ROUNDS; round++) {
		struct passage next = {some_time(), (uint32_t)chance(2), (uint16_t)chance(6), (uint8_t)(1 + chance(2))};
		enum flag flag;

		draw_day();
		assert_int_equal(lately_judge(&schedule, passages, MOST, &next, true, &flag), E_OK);
		if (flag != plain_flag(&next))
			fail_msg("round %d: flag %d, not %d", round, (int)flag, (int)plain_flag(&next));
	}
}

static void who_never_checked_in_is_flagged_unless_something_else_is(void **state)
{
	const struct passage in = {NOON, 1, 0, direction_in}, out = {NOON, 1, 0, direction_out};
	enum flag flag;

	(void)state;
	draw_day();
	assert_int_equal(lately_judge(&schedule, NULL, 0, &in, false, &flag), E_OK);
	assert_int_equal(flag, flag_not_checked_in);
	assert_int_equal(lately_judge(&schedule, NULL, 0, &in, true, &flag), E_OK);
	assert_int_equal(flag, flag_none);
	assert_int_equal(lately_judge(&schedule, NULL, 0, &out, false, &flag), E_OK);
	assert_int_equal(flag, flag_out_without_in);
}

static void too_many_are_those_that_were_lately(void **state)
{
	const struct passage next = {NOON, 1, 0, direction_in};
	enum flag flag;

	(void)state;
	draw_day();
	for (int i = 0; i < LATELY_MAX; i++)
		passages[i] = (struct passage){NOON - LATELY_MS, 1, 0, direction_out};
	passages[LATELY_MAX] = (struct passage){NOON + 1, 1, 0, direction_out};
	assert_int_equal(lately_judge(&schedule, passages, LATELY_MAX + 1, &next, true, &flag), E_OK);
	passages[LATELY_MAX].at = NOON;
	assert_int_equal(lately_judge(&schedule, passages, LATELY_MAX + 1, &next, true, &flag), E_TOO_MANY);
	passages[0].at--;
	assert_int_equal(lately_judge(&schedule, passages, LATELY_MAX + 1, &next, true, &flag), E_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_the_flag_behind_all_that_was_lately),
		cmocka_unit_test(who_never_checked_in_is_flagged_unless_something_else_is),
		cmocka_unit_test(too_many_are_those_that_were_lately),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
