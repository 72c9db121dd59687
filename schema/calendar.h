/* Dates of the Gregorian calendar, also before it was introduced, as ISO 8601 has them. */
#ifndef HUDUR_SCHEMA_CALENDAR_H
#define HUDUR_SCHEMA_CALENDAR_H

#include <stdint.h>

/* 28 to 31; `month` is 1 to 12. */
int calendar_month_days(int year, int month);

/* Days from 1 January 1970 to a date that there is, of the years 0 on. */
int64_t calendar_days(int year, int month, int day);

#endif
