/* Local times of the event's zone, through Ramadan and other changes of the clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "schema/zone.h"

#define HOUR INT64_C(3600000)

static void expect_utc(const char *iana, const char *date, const char *time, const char *rfc3339)
{
	struct zone *zone = zone_open(iana);
	char text[ZONE_TEXT];
	int64_t ms = 0;

	assert_non_null(zone);
	assert_int_equal(zone_to_utc(zone, date, time, &ms), E_OK);
	zone_format_rfc3339(zone, ms, text);
	assert_string_equal(text, rfc3339);
	zone_close(zone);
}

static void morocco_changes_its_offset_for_ramadan(void **state)
{
	struct zone *zone = zone_open("Africa/Casablanca");
	int64_t ms;

	(void)state;
	assert_non_null(zone);
	assert_int_equal(zone_to_utc(zone, "2024-02-29", NULL, &ms), E_OK);
	assert_int_equal(ms, INT64_C(1709161200000));
	assert_int_equal(zone_offset(zone, ms), HOUR);
	assert_int_equal(zone_to_utc(zone, "2024-03-20", "12:00", &ms), E_OK);
	assert_int_equal(zone_offset(zone, ms), 0);
	assert_int_equal(zone_to_utc(zone, "2024-04-15", "12:00", &ms), E_OK);
	assert_int_equal(zone_offset(zone, ms), HOUR);
	zone_close(zone);
	expect_utc("Africa/Casablanca", "2024-02-29", "09:00", "2024-02-29T09:00:00+01:00");
	expect_utc("Africa/Casablanca", "2024-03-11", "09:00", "2024-03-11T09:00:00+00:00");
}

static void a_day_may_have_23_or_25_hours(void **state)
{
	struct zone *zone = zone_open("Africa/Casablanca");
	int64_t ms, next;

	(void)state;
	assert_int_equal(zone_to_utc(zone, "2024-03-10", NULL, &ms), E_OK);
	assert_int_equal(zone_to_utc(zone, "2024-03-11", NULL, &next), E_OK);
	assert_int_equal(next - ms, 25 * HOUR);
	assert_int_equal(zone_to_utc(zone, "2024-04-14", NULL, &ms), E_OK);
	assert_int_equal(zone_to_utc(zone, "2024-04-15", NULL, &next), E_OK);
	assert_int_equal(next - ms, 23 * HOUR);
	zone_close(zone);
}

static void skipped_and_repeated_times(void **state)
{
	(void)state;
	expect_utc("Africa/Casablanca", "2024-04-14", "02:30", "2024-04-14T03:30:00+01:00");
	expect_utc("Africa/Casablanca", "2024-03-10", "02:30", "2024-03-10T02:30:00+01:00");
	/* in Beirut midnight itself is skipped: the day begins at one o'clock */
	expect_utc("Asia/Beirut", "2022-03-27", NULL, "2022-03-27T01:00:00+03:00");
}

static void zones_with_odd_offsets(void **state)
{
	(void)state;
	expect_utc("Asia/Tehran", "2024-06-01", "09:30:15", "2024-06-01T09:30:15+03:30");
	expect_utc("Asia/Kabul", "2024-06-01", "09:30", "2024-06-01T09:30:00+04:30");
	expect_utc("America/St_Johns", "2024-01-15", "00:00", "2024-01-15T00:00:00-03:30");
	expect_utc("Etc/UTC", "1970-01-01", NULL, "1970-01-01T00:00:00+00:00");
}

static void dates_that_do_not_exist_are_refused(void **state)
{
	static const struct {
		const char *date, *time;
	} bad[] = {
		{"2024-02-30", NULL}, {"2023-02-29", NULL}, {"1900-02-29", NULL}, {"2024-13-01", NULL},
		{"2024-00-10", NULL}, {"2024-01-00", NULL}, {"2024-04-31", NULL}, {"0000-01-01", NULL},
		{"2024-2-29", NULL}, {"24-02-2024", NULL}, {"2024/02/29", NULL}, {"", NULL},
		{" 2024-02-29", NULL}, {"2024-02-29 ", NULL}, {"+024-02-29", NULL}, {NULL, NULL},
		{"2024-02-29", "24:00"}, {"2024-02-29", "12:60"}, {"2024-02-29", "9:00"},
		{"2024-02-29", "09:00:60"}, {"2024-02-29", ""}, {"2024-02-29", "09:0-"},
		{"2024-02-29", "09-00"}, {"2024-02-29", "09:00 "}, {"2024-02-29", "09:00Z00"},
	};
	struct zone *zone = zone_open("Africa/Casablanca");
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(zone_to_utc(zone, bad[i].date, bad[i].time, &ms), E_MALFORMED);
	assert_int_equal(zone_to_utc(zone, "2000-02-29", NULL, &ms), E_OK);
	zone_close(zone);
}

static void zones_that_do_not_exist_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "Africa/Marrakech", "GMT+3", "UTC+1", "Africa/Casablanca ", "Ölüdeniz", "Etc/Unknown",
		"Africa/Casablanca/Africa/Casablanca/Africa/Casablanca/Africa/Casablanca/Africa",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (zone_open(bad[i]))
			fail_msg("%s was taken for a zone", bad[i]);
	zone_close(NULL);
}

static void instants_are_shown_in_local_time(void **state)
{
	struct zone *zone = zone_open("Africa/Casablanca");
	char text[ZONE_TEXT];

	(void)state;
	zone_format(zone, INT64_C(1709161200000) + 14 * HOUR + 5 * 60000, text);
	assert_string_equal(text, "2024-02-29 14:05");
	zone_format_rfc3339(zone, INT64_C(1709161200250), text);
	assert_string_equal(text, "2024-02-29T00:00:00.250+01:00");
	zone_format(zone, INT64_C(253402300799999) - HOUR, text);
	assert_string_equal(text, "9999-12-31 23:59");
	zone_format(zone, INT64_MAX, text);
	assert_string_equal(text, "");
	zone_format_rfc3339(zone, INT64_MIN, text);
	assert_string_equal(text, "");
	zone_close(zone);
}

/* Each day of the Gregorian cycle goes there and back. */
static void every_date_reads_back(void **state)
{
	struct zone *zone = zone_open("Etc/UTC");
	char text[ZONE_TEXT], date[11];
	int64_t ms;

	(void)state;
	for (int64_t day = -25567; day < 146097 - 25567; day++) {
		zone_format(zone, day * 24 * HOUR + 13 * HOUR, text);
		memcpy(date, text, 10);
		date[10] = '\0';
		assert_int_equal(zone_to_utc(zone, date, text + 11, &ms), E_OK);
		assert_int_equal(ms, day * 24 * HOUR + 13 * HOUR);
	}
	zone_close(zone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(morocco_changes_its_offset_for_ramadan),
		cmocka_unit_test(a_day_may_have_23_or_25_hours),
		cmocka_unit_test(skipped_and_repeated_times),
		cmocka_unit_test(zones_with_odd_offsets),
		cmocka_unit_test(dates_that_do_not_exist_are_refused),
		cmocka_unit_test(zones_that_do_not_exist_are_refused),
		cmocka_unit_test(instants_are_shown_in_local_time),
		cmocka_unit_test(every_date_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
