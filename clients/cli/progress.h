/* One line on a terminal that tells how far a long task has come. */
#ifndef HUDUR_CLIENTS_PROGRESS_H
#define HUDUR_CLIENTS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *what; /* "rows" */
	int64_t total;    /* 0: not known */
	int64_t shown_at; /* monotonic ms */
	bool terminal, standing;
};

/* Shows nothing unless standard error is a terminal. */
void progress_start(struct progress *progress, const char *what, int64_t total);

/* At most ten times a second. */
void progress_show(struct progress *progress, int64_t done);

/* Wipes the line, so that the next message begins in the first column. */
void progress_end(struct progress *progress);

#endif
