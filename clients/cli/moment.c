/* Shows and reads moments. */
#include "clients/cli/moment.h"

struct text moment_stamp(struct zone *zone, int64_t ms, struct arena *arena)
{
	struct zone *utc = zone ? NULL : zone_open("UTC");
	char stamp[ZONE_TEXT] = "";

	if (zone || utc)
		zone_format_rfc3339(zone ? zone : utc, ms, stamp);
	zone_close(utc);
	return arena_text(arena, text_of(stamp));
}

/* The stamp's first 16 characters, or 19 when its seconds are not 00. */
struct text moment_show(struct zone *zone, int64_t ms, struct arena *arena)
{
	struct text stamp = moment_stamp(zone, ms, arena);

	if (stamp.size < 19)
		return stamp;
	return arena_printf(arena, "%.10s %.*s", stamp.at,
			    memcmp(stamp.at + 16, ":00", 3) == 0 ? 5 : 8, stamp.at + 11);
}

bool moment_read(const char *text, struct reading *reading)
{
	size_t size = strlen(text);

	if ((size != 16 && size != 19) || !strchr("T ", text[10]))
		return false;
	memcpy(reading->date, text, 10);
	reading->date[10] = '\0';
	memcpy(reading->time, text + 11, size - 11);
	reading->time[size - 11] = '\0';
	return strspn(reading->date, "0123456789-") == 10 &&
	       strspn(reading->time, "0123456789:") == size - 11;
}
