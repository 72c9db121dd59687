/* What a supervisor should look at in the passage that is being judged: one rule, run by the writer and by a door. */
#ifndef HUDUR_SCHEMA_LATELY_H
#define HUDUR_SCHEMA_LATELY_H

#include "schema/presence.h"

/* Stays end within a night after their day, so nothing that a person passed longer ago matters. Milliseconds. */
#define LATELY_MS (INT64_C(86400000) + SCHEDULE_NIGHT)

/* More in that time cannot be meant. */
enum { LATELY_MAX = 1000 };

/* A passage's door: the same number for the same device, in the writer and at a door. */
uint32_t lately_door(struct text device);

/*
 * The flag of `next` after the person's passages, which are sorted by time; those later than it, or too long ago, are
 * left out. flag_none, one of presence_intervals' flags, or flag_not_checked_in. E_TOO_MANY over LATELY_MAX of them.
 */
enum error lately_judge(const struct schedule *schedule, const struct passage *passages, size_t count,
			const struct passage *next, bool checked_in, enum flag *flag);

#endif
