/* A program's line to the service: opens libhudur with a spool of the program's own, asks, and
 * explains failures. */
#ifndef HUDUR_CLIENTS_CALLER_H
#define HUDUR_CLIENTS_CALLER_H

#include "clients/cli/options.h"
#include "clients/hudur.h"
#include "schema/clock.h"
#include "schema/message.h"
#include "schema/zone.h"

enum { SPOOL_PATH_MAX = 1024, SERVICE_MAX = 160 };

struct caller {
	const struct options *options;
	struct hudur *hudur;
	struct clock clock;
	struct zone *zone;             /* NULL until asked for */
	bool zone_asked;
	char spool[SPOOL_PATH_MAX];    /* empty: none */
	int64_t backlog;               /* what an earlier run left behind */
};

/* One reply and, when its status is ok, its result: a struct of the operation's result message.
 * Arena. */
struct answer {
	struct reply reply;
	void *result;
};

/*
 * Opens the clock and the library. With `writes` a spool too: the one of --spool, else the first of
 * PROGRAM.spool, PROGRAM-2.spool ... PROGRAM-16.spool in the state folder that no other process
 * holds. EXIT_DONE, or EXIT_NOT_DONE after a sentence on standard error. caller_close in any case;
 * it first lets what an earlier run left in the spool be answered, and tells what was refused.
 */
int caller_open(struct caller *caller, const struct options *options, bool writes);
void caller_close(struct caller *caller);

/*
 * Asks and waits up to --timeout, again and again while the answer is busy. EXIT_DONE when the
 * status is ok; otherwise EXIT_NOT_DONE after a sentence on standard error (EXIT_USAGE when the
 * event is missing). `answer` may be looked at when its reply.status is not none.
 */
int caller_ask(struct caller *caller, const struct operation *operation, const void *request,
	       struct arena *arena, struct answer *answer);

/* The same without a word about refusals and errors of the service: for callers that go on after
 * one. */
int caller_try(struct caller *caller, const struct operation *operation, const void *request,
	       struct arena *arena, struct answer *answer);

/* "refused: This badge was replaced ... (revoked_badge)" for a reply that is not ok. Arena. */
struct text caller_explain(const struct reply *reply, struct arena *arena);

/* The event's zone, asked of the service once; NULL when it is not to be had: UTC is shown then. */
struct zone *caller_zone(struct caller *caller);

#endif
