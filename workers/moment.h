/*
 * The two times of a question, and the event as it was by them. Now is read from the projections; any past is
 * replayed from the ledger, and a replay of now comes to the same.
 *
 * What corrects (an amendment, a check-in taken back, a gavel) holds for every `at` once it was received: it says
 * how things really were. What is attested happened when the person is said to have been there.
 */
#ifndef HUDUR_WORKERS_MOMENT_H
#define HUDUR_WORKERS_MOMENT_H

#include "workers/reading.h"

struct moment {
	int64_t at;         /* as asked, or now */
	/* As asked, but not after the last row was received: what comes next may be from then on. Asked again, it tells the same. */
	int64_t as_of;
	int64_t known;      /* by when silence is judged: as_of as asked, or now: nobody is silent in the future */
	int64_t happened;   /* what happened by then counts; INT64_MAX without `at`: a device's clock may be ahead */
	int64_t ledger;     /* last sequence that counts */
	bool past;          /* to be replayed */
	bool latest;        /* the ledger's last row counts */
};

/* ABSENT: now. */
enum error moment_find(struct reading *reading, int64_t at, int64_t as_of, struct moment *moment);

/*
 * The programme with its gavels and, when past, persons and all, and what `reading` has heard of devices. `state` is
 * initialised first; free it with state_free in any case.
 */
enum error moment_state(struct reading *reading, const struct moment *moment, struct state *state);

#endif
