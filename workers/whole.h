/* Sessions joined with the parts that continue them: minutes of all parts are summed, and half is half of all of them. */
#ifndef HUDUR_WORKERS_WHOLE_H
#define HUDUR_WORKERS_WHOLE_H

#include "schema/schedule.h"

#define WHOLE_MINUTE INT64_C(60000)
enum { WHOLE_MINUTES_MAX = 1440 }; /* nobody asks for more */

/* The first part of what the session continues. A ring has no first part; any will do. */
uint16_t whole_first(const struct schedule *schedule, uint16_t session);

/*
 * Half of what was planned of each whole, of all its parts, in ms of whole minutes as it is printed; ABSENT: without
 * planned times there is no share. `of` gives each session's whole, below `count`, or SESSION_NONE.
 */
void whole_halves(const struct schedule *schedule, const uint16_t *of, uint32_t count, int64_t *halves);

#endif
