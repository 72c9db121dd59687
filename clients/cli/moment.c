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

/* The stamp's first 16 characters, 19 when its seconds are not 00, 23 when it has milliseconds. */
struct text moment_show(struct zone *zone, int64_t ms, struct arena *arena)
{
	struct text stamp = moment_stamp(zone, ms, arena);
	int size = 8;

	if (stamp.size < 19)
		return stamp;
	if (stamp.size > 23 && stamp.at[19] == '.')
		size = 12;
	else if (memcmp(stamp.at + 16, ":00", 3) == 0)
		size = 5;
	return arena_printf(arena, "%.10s %.*s", stamp.at, size, stamp.at + 11);
}

static bool read_milliseconds(const char *text, int *milliseconds)
{
	if (text[0] != '.' || strspn(text + 1, "0123456789") != 3)
		return false;
	*milliseconds = (text[1] - '0') * 100 + (text[2] - '0') * 10 + text[3] - '0';
	return true;
}

bool moment_read(const char *text, struct reading *reading)
{
	size_t size = strlen(text);

	reading->milliseconds = 0;
	if (size == 23 && read_milliseconds(text + 19, &reading->milliseconds))
		size = 19;
	if ((size != 16 && size != 19) || !strchr("T ", text[10]))
		return false;
	memcpy(reading->date, text, 10);
	reading->date[10] = '\0';
	memcpy(reading->time, text + 11, size - 11);
	reading->time[size - 11] = '\0';
	return strspn(reading->date, "0123456789-") == 10 &&
	       strspn(reading->time, "0123456789:") == size - 11;
}
