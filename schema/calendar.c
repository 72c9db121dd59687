/* Counts days by hand, for the C library's dates follow the machine's zone. */
#include "schema/calendar.h"

#include <stdbool.h>

enum { DAYS_BEFORE_1970 = 719528 }; /* since 1 January of the year 0 */

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int calendar_month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

int64_t calendar_days(int year, int month, int day)
{
	int64_t days = 365 * (int64_t)year;

	if (year > 0)
		days += (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 + 1;
	for (int m = 1; m < month; m++)
		days += calendar_month_days(year, m);
	return days + day - 1 - DAYS_BEFORE_1970;
}
