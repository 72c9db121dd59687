/* Every day of the years that a time may name is one after the day before it. */
#include "schema/calendar.h"

#include "tests/harness.h"

static void each_day_follows_the_one_before(void **state)
{
	int64_t expected = calendar_days(0, 1, 1);

	(void)state;
	for (int year = 0; year <= 9999; year++)
		for (int month = 1; month <= 12; month++)
			for (int day = 1; day <= calendar_month_days(year, month); day++)
				if (calendar_days(year, month, day) != expected++)
					fail_msg("%d-%d-%d", year, month, day);
	assert_int_equal(expected, calendar_days(10000, 1, 1));
}

static void known_days_are_counted(void **state)
{
	(void)state;
	assert_int_equal(calendar_days(1970, 1, 1), 0);
	assert_int_equal(calendar_days(2024, 2, 29), 19782);
	assert_int_equal(calendar_days(1, 1, 1), -719162);
	assert_int_equal(calendar_month_days(1900, 2), 28);
	assert_int_equal(calendar_month_days(2000, 2), 29);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_day_follows_the_one_before),
		cmocka_unit_test(known_days_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
