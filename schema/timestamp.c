/* Reads RFC 3339 by hand, for the C library's readers follow the machine's locale and zone. */
#include "schema/timestamp.h"

#include "schema/calendar.h"

/* Takes `digits` digits off the front of a number between min and max. */
static bool take_digits(struct text *rest, uint32_t digits, int min, int max, int *number)
{
	if (rest->size < digits)
		return false;
	*number = 0;
	for (uint32_t i = 0; i < digits; i++) {
		if (rest->at[i] < '0' || rest->at[i] > '9')
			return false;
		*number = *number * 10 + (rest->at[i] - '0');
	}
	rest->at += digits;
	rest->size -= digits;
	return *number >= min && *number <= max;
}

static bool take_one(struct text *rest, const char *any)
{
	if (!rest->size || !*rest->at || !strchr(any, *rest->at))
		return false;
	rest->at++;
	rest->size--;
	return true;
}

static bool take_date(struct text *rest, int64_t *days)
{
	int year, month, day;

	if (!take_digits(rest, 4, 0, 9999, &year) || !take_one(rest, "-") ||
	    !take_digits(rest, 2, 1, 12, &month) || !take_one(rest, "-") ||
	    !take_digits(rest, 2, 1, calendar_month_days(year, month), &day))
		return false;
	*days = calendar_days(year, month, day);
	return true;
}

/* Beyond milliseconds the digits are read and dropped. */
static bool take_fraction(struct text *rest, int *ms)
{
	int digit, unit = 100;

	*ms = 0;
	if (!take_one(rest, "."))
		return true;
	if (!rest->size || !strchr("0123456789", *rest->at))
		return false;
	while (take_digits(rest, 1, 0, 9, &digit)) {
		*ms += digit * unit;
		unit /= 10;
	}
	return true;
}

static bool take_clock(struct text *rest, int64_t *ms)
{
	int hour, minute, second = 0, fraction = 0;

	if (!take_digits(rest, 2, 0, 23, &hour) || !take_one(rest, ":") ||
	    !take_digits(rest, 2, 0, 59, &minute))
		return false;
	if (take_one(rest, ":") && (!take_digits(rest, 2, 0, 60, &second) || !take_fraction(rest, &fraction)))
		return false;
	*ms = ((hour * INT64_C(60) + minute) * 60 + second) * 1000 + fraction;
	return true;
}

static bool take_offset(struct text *rest, int64_t *ms)
{
	int hour, minute;
	int64_t sign;

	*ms = 0;
	if (take_one(rest, "Zz"))
		return true;
	sign = rest->size && *rest->at == '-' ? -1 : 1;
	if (!take_one(rest, "+-") || !take_digits(rest, 2, 0, 23, &hour) || !take_one(rest, ":") ||
	    !take_digits(rest, 2, 0, 59, &minute))
		return false;
	*ms = sign * (hour * INT64_C(60) + minute) * 60000;
	return true;
}

bool timestamp_read(struct text text, int64_t *ms)
{
	int64_t days, clock, offset;

	if (!text.at || !take_date(&text, &days) || !take_one(&text, "Tt ") ||
	    !take_clock(&text, &clock) || !take_offset(&text, &offset) || text.size)
		return false;
	*ms = days * INT64_C(86400000) + clock - offset;
	return true;
}
