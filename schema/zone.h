/* The event's time zone: turns what a programme prints into UTC and back. */
#ifndef HUDUR_SCHEMA_ZONE_H
#define HUDUR_SCHEMA_ZONE_H

#include "schema/errors.h"

/* One thread at a time. */
struct zone;

/* NULL when there is no IANA zone of that name, such as "Africa/Casablanca", or memory is out. */
struct zone *zone_open(const char *iana);
void zone_close(struct zone *zone);

/*
 * Unix milliseconds of a local date "YYYY-MM-DD" and time "HH:MM" or "HH:MM:SS"; without a time
 * (NULL), when the day begins. A time that is skipped reads as if the clock had not been put
 * forward, one that comes twice is the first. E_MALFORMED when the date does not exist or either
 * is written otherwise.
 */
enum error zone_to_utc(struct zone *zone, const char *date, const char *time, int64_t *ms);

/* Local time minus UTC at the instant, milliseconds. */
int32_t zone_offset(struct zone *zone, int64_t ms);

/* Room for the longer of the two forms below and a NUL. */
enum { ZONE_TEXT = 32 };

/* Local "2024-02-29 14:05". "" when the year is not within 1 to 9999. */
void zone_format(struct zone *zone, int64_t ms, char text[ZONE_TEXT]);

/* The same after RFC 3339: "2024-02-29T14:05:00.250+01:00", without the fraction when it is 0. */
void zone_format_rfc3339(struct zone *zone, int64_t ms, char text[ZONE_TEXT]);

#endif
