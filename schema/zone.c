/* Asks ICU for offsets alone; dates are counted here, after the proleptic Gregorian calendar. */
#include "schema/zone.h"

#include <stdlib.h>
#include <unicode/ucal.h>

#include "schema/calendar.h"

enum { ID_MAX = 64 };

static const int64_t DAY_MS = 86400000;

struct zone {
	UCalendar *calendar;
};

struct local {
	int year, month, day, hour, minute, second, millisecond;
};

/* ICU would take "GMT+3" or a name it does not know for a zone; a listed name is meant. */
static bool is_listed(const UChar *id, int32_t size)
{
	UChar canonical[ID_MAX];
	UBool listed = false;
	UErrorCode status = U_ZERO_ERROR;

	ucal_getCanonicalTimeZoneID(id, size, canonical, ID_MAX, &listed, &status);
	return U_SUCCESS(status) && listed;
}

static int32_t widen(const char *iana, UChar id[ID_MAX])
{
	int32_t size = 0;

	for (; iana[size]; size++) {
		if (size == ID_MAX || iana[size] < 0)
			return 0;
		id[size] = (UChar)iana[size];
	}
	return size;
}

struct zone *zone_open(const char *iana)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar id[ID_MAX];
	int32_t size = widen(iana, id);
	struct zone *zone;

	if (size == 0 || !is_listed(id, size))
		return NULL;
	zone = malloc(sizeof *zone);
	if (!zone)
		return NULL;
	zone->calendar = ucal_open(id, size, "en", UCAL_GREGORIAN, &status);
	if (U_SUCCESS(status))
		return zone;
	free(zone);
	return NULL;
}

void zone_close(struct zone *zone)
{
	if (!zone)
		return;
	ucal_close(zone->calendar);
	free(zone);
}

/* The reverse of calendar_days from 1 March of the year 0 on; years begin with March here, so that the leap day is
 * the last. */
static void date_of(int64_t days, struct local *local)
{
	int64_t since = days + 719468, era = since / 146097, of_era = since % 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;

	local->day = (int)(of_year - (153 * month + 2) / 5 + 1);
	local->month = (int)(month < 10 ? month + 3 : month - 9);
	local->year = (int)(era * 400 + year + (local->month <= 2));
}

/* Exactly `count` digits; -1 when there are not. */
static int read_digits(const char *s, int count)
{
	int value = 0;

	for (int i = 0; i < count; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		value = value * 10 + (s[i] - '0');
	}
	return value;
}

static bool read_date(const char *s, struct local *local)
{
	if (strlen(s) != 10 || s[4] != '-' || s[7] != '-')
		return false;
	local->year = read_digits(s, 4);
	local->month = read_digits(s + 5, 2);
	local->day = read_digits(s + 8, 2);
	return local->year >= 1 && local->month >= 1 && local->month <= 12 && local->day >= 1 &&
	       local->day <= calendar_month_days(local->year, local->month);
}

static bool read_time(const char *s, struct local *local)
{
	size_t size = strlen(s);

	if ((size != 5 && size != 8) || s[2] != ':' || (size == 8 && s[5] != ':'))
		return false;
	local->hour = read_digits(s, 2);
	local->minute = read_digits(s + 3, 2);
	local->second = size == 8 ? read_digits(s + 6, 2) : 0;
	return local->hour >= 0 && local->hour < 24 && local->minute >= 0 && local->minute < 60 &&
	       local->second >= 0 && local->second < 60;
}

enum error zone_to_utc(struct zone *zone, const char *date, const char *time, int64_t *ms)
{
	UErrorCode status = U_ZERO_ERROR;
	struct local local = {0};
	int32_t raw = 0, saving = 0;
	int64_t wall;

	if (!date || !read_date(date, &local) || (time && !read_time(time, &local)))
		return E_MALFORMED;
	wall = calendar_days(local.year, local.month, local.day) * DAY_MS +
	       ((local.hour * INT64_C(60) + local.minute) * 60 + local.second) * 1000;
	ucal_setMillis(zone->calendar, (UDate)wall, &status);
	ucal_getTimeZoneOffsetFromLocal(zone->calendar, UCAL_TZ_LOCAL_FORMER, UCAL_TZ_LOCAL_FORMER,
					&raw, &saving, &status);
	if (U_FAILURE(status))
		return E_MALFORMED;
	*ms = wall - raw - saving;
	return E_OK;
}

int32_t zone_offset(struct zone *zone, int64_t ms)
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t offset;

	ucal_setMillis(zone->calendar, (UDate)ms, &status);
	offset = ucal_get(zone->calendar, UCAL_ZONE_OFFSET, &status) +
		 ucal_get(zone->calendar, UCAL_DST_OFFSET, &status);
	return U_SUCCESS(status) ? offset : 0;
}

/* False outside the years 1 to 9999. */
static bool local_of(struct zone *zone, int64_t ms, struct local *local, int32_t *offset)
{
	const int64_t first = calendar_days(1, 1, 1) * DAY_MS, last = calendar_days(10000, 1, 1) * DAY_MS;
	int64_t wall;
	int of_day;

	if (ms < first - DAY_MS || ms > last + DAY_MS)
		return false;
	*offset = zone_offset(zone, ms);
	wall = ms + *offset;
	if (wall < first || wall >= last)
		return false;
	of_day = (int)((wall % DAY_MS + DAY_MS) % DAY_MS);
	date_of((wall - of_day) / DAY_MS, local);
	local->hour = of_day / 3600000;
	local->minute = of_day / 60000 % 60;
	local->second = of_day / 1000 % 60;
	local->millisecond = of_day % 1000;
	return true;
}

/* Exactly `width` digits and what comes before them; returns the end. */
static char *put(char *at, char before, int value, int width)
{
	if (before)
		*at++ = before;
	for (int i = width - 1; i >= 0; i--, value /= 10)
		at[i] = (char)('0' + value % 10);
	at[width] = '\0';
	return at + width;
}

static char *put_minute(char *at, const struct local *local, char between)
{
	at = put(at, 0, local->year, 4);
	at = put(at, '-', local->month, 2);
	at = put(at, '-', local->day, 2);
	at = put(at, between, local->hour, 2);
	return put(at, ':', local->minute, 2);
}

void zone_format(struct zone *zone, int64_t ms, char text[ZONE_TEXT])
{
	struct local local;
	int32_t offset;

	text[0] = '\0';
	if (local_of(zone, ms, &local, &offset))
		put_minute(text, &local, ' ');
}

void zone_format_rfc3339(struct zone *zone, int64_t ms, char text[ZONE_TEXT])
{
	struct local local;
	int32_t offset, minutes;
	char *at = text;

	text[0] = '\0';
	if (!local_of(zone, ms, &local, &offset))
		return;
	minutes = abs(offset) / 60000;
	at = put_minute(at, &local, 'T');
	at = put(at, ':', local.second, 2);
	if (local.millisecond)
		at = put(at, '.', local.millisecond, 3);
	at = put(at, offset < 0 ? '-' : '+', minutes / 60, 2);
	put(at, ':', minutes % 60, 2);
}
