/* What stands behind hudur.h's opaque handle. */
#ifndef HUDUR_CLIENTS_HANDLE_H
#define HUDUR_CLIENTS_HANDLE_H

#include "clients/hudur.h"
#include "clients/lib/answers.h"
#include "clients/lib/connection.h"
#include "clients/lib/seal.h"
#include "clients/lib/spool.h"

/* The first write waits this long for the clock to be compared. */
enum { MEASURE_MS = 300 };

struct hudur {
	struct complaint complaint;
	bool usable;               /* hudur_new went well */
	bool clocked, connectable; /* what hudur_free takes down */
	struct clock clock;
	struct endpoints endpoints;
	char *actor;
	struct spool *spool;
	struct seal *seal; /* NULL: what is spooled is not sealed */
	int64_t sealed;    /* writes in the spool that could not be opened */
	struct connection connection;
	struct answers answers;
	uint8_t latest[ID_SIZE];   /* the request made last, for which a call may be waiting */
	struct answers postponing; /* one at most: the last that put off the write `latest` */
	struct kept_answer *shown; /* what the last reply points into */
	struct arena arena;        /* one request */
	int64_t backlog;           /* writes not answered */
	int64_t reads;             /* numbers them */
	int64_t offset_kept_at;    /* monotonic ms of the last spool_measured */
	int64_t first_read;        /* monotonic ms; 0: none */
	int64_t number, at;        /* of the last write: given, and corrected */
	bool tried_to_measure;
};

/* Receives, settles, sends until nothing more is to be done now. */
void handle_turn(struct hudur *handle);

/*
 * Waits on the descriptor, at most until `until` (monotonic ms) and no longer than the connection
 * allows. False when a signal came instead.
 */
bool handle_wait(struct hudur *handle, int64_t until);

#endif
