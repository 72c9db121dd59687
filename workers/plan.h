/* Whether what is loaded or amended makes a programme, together with what stands already. */
#ifndef HUDUR_WORKERS_PLAN_H
#define HUDUR_WORKERS_PLAN_H

#include "workers/attempt.h"

/* Days (day_plan) from 1 on without a gap, at most EVENT_DAYS_MAX, none before the last has ended; or the detail. */
enum error plan_check_days(struct attempt *attempt, const struct list *days);

/*
 * Session_rows whose words, days, rooms (`days`, `rooms`: those that come with them) and first parts there are, and
 * with which the schedule holds. E_MALFORMED, E_UNKNOWN_ROOM, E_UNKNOWN_SESSION, E_OUTSIDE_HOURS, E_OVERLAP or
 * E_END_BEFORE_START, with the detail naming what is wrong.
 */
enum error plan_check_sessions(struct attempt *attempt, const struct list *rows, const struct list *rooms,
			       const struct list *days);

#endif
