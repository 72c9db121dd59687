/* A broker and a worker on one machine, kept running. */
#ifndef HUDUR_CLIENTS_SERVE_SUPERVISE_H
#define HUDUR_CLIENTS_SERVE_SUPERVISE_H

#include "clients/cli/options.h"
#include "clients/serve/site.h"

enum { SERVE_LISTEN_MAX = 16 };

struct serving {
	const char *listen[SERVE_LISTEN_MAX];
	unsigned listen_count;
	const char *name, *role, *heartbeat, *reserve; /* the last two NULL: the programs' own */
	enum format format;
};

/*
 * Runs until a signal asks to end or it makes no sense to go on. Prints `listening ENDPOINT` for
 * each and `ready` when both can be used, as JSON {"listening": "ENDPOINT"} and {"ready": true},
 * as CSV in rows of word and endpoint.
 * Returns the exit status; what went wrong is said on standard error.
 */
int supervise(const struct serving *serving, const struct site *site);

#endif
