/* Moments as people read and write them, in the event's zone. */
#ifndef HUDUR_CLIENTS_MOMENT_H
#define HUDUR_CLIENTS_MOMENT_H

#include "schema/arena.h"
#include "schema/zone.h"

/* A NULL zone is UTC. Both live in the arena and are blank outside the years 1 to 9999. */

/*
 * "2024-02-29 09:05", with seconds and milliseconds only when there are any: whoever types it again asks for the very
 * same moment.
 */
struct text moment_show(struct zone *zone, int64_t ms, struct arena *arena);

/* "2024-02-29T09:05:00+01:00", with milliseconds only when there are any. */
struct text moment_stamp(struct zone *zone, int64_t ms, struct arena *arena);

/* A clock's reading without an offset. */
struct reading {
	char date[11], time[9];
	int milliseconds;
};

/* Takes "2024-02-29T09:05", "2024-02-29 09:05:30" or "2024-02-29 09:05:30.250" apart, for zone_to_utc to judge. False
 * when it is none of them. */
bool moment_read(const char *text, struct reading *reading);

#endif
