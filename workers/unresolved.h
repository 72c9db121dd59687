/* What a supervisor should look at, and what could still change a figure. */
#ifndef HUDUR_WORKERS_UNRESOLVED_H
#define HUDUR_WORKERS_UNRESOLVED_H

#include "workers/moment.h"

/* No word from a device for this long while the event runs, ms. */
#define UNRESOLVED_SILENCE INT64_C(900000)

/*
 * Missing numbers are the highest that came less how many requests came, so a device that gives one number to two
 * requests hides a gap. No device has more than this many under way: a wider gap is a number that was made up, and is
 * told as this many with a sentence.
 */
#define UNRESOLVED_MISSING_MAX INT64_C(1000000)

/* How many of each kind there are at the moment, of which `state` is: struct unresolved_count, none of 0. */
enum error unresolved_counts(struct reading *reading, const struct moment *moment, const struct state *state,
			     struct list *counts);

#endif
