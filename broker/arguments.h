/* What hudur-broker is told on its command line. */
#ifndef HUDUR_BROKER_ARGUMENTS_H
#define HUDUR_BROKER_ARGUMENTS_H

#include "broker/endpoint.h"

enum { LISTEN_MAX = 16 };

struct broker_arguments {
	struct endpoint listen[LISTEN_MAX];
	uint32_t listen_count;
	struct endpoint workers; /* empty address: a folder of the broker's own */
	enum role role;          /* 0: clients without keys are refused */
	int64_t heartbeat_ms;
};

/* True: go on. False: everything was said, leave with `*status`. */
bool broker_arguments_read(int argc, char **argv, struct broker_arguments *arguments, int *status);

#endif
