/* What a supervisor should look at, and what could still change a figure. */
#ifndef HUDUR_WORKERS_UNRESOLVED_H
#define HUDUR_WORKERS_UNRESOLVED_H

#include "workers/moment.h"

/* No word from a device for this long while the event runs, ms. */
#define UNRESOLVED_SILENCE INT64_C(900000)

/* How many of each kind there are at the moment, of which `state` is: struct unresolved_count, none of 0. */
enum error unresolved_counts(struct reading *reading, const struct moment *moment, const struct state *state,
			     struct list *counts);

#endif
