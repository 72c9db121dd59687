/*
 * Which addresses the broker may be reached at while there are no keys: those of this machine
 * alone.
 */
#ifndef HUDUR_BROKER_ENDPOINT_H
#define HUDUR_BROKER_ENDPOINT_H

#include "schema/message.h"

enum { ENDPOINT_MAX = 256 };

/* Owned bytes, as ZeroMQ wants them. */
struct endpoint {
	char address[ENDPOINT_MAX];
	bool ipv6;
};

/*
 * For clients: tcp on 127.0.0.0/8, ::1 or localhost, and ipc. False with a sentence for
 * anything else.
 */
bool endpoint_for_clients(const char *given, struct endpoint *endpoint,
			  struct complaint *complaint);

/* For workers, who are believed: ipc alone, where the file's permissions say who may connect. */
bool endpoint_for_workers(const char *given, struct endpoint *endpoint,
			  struct complaint *complaint);

/*
 * False with a sentence when binding an ipc endpoint would take its file away from somebody: ZeroMQ
 * removes whatever lies there.
 */
bool endpoint_is_free(const struct endpoint *endpoint, struct complaint *complaint);

/*
 * What a failed bind means, for a person. `error` is the errno it left, `why` ZeroMQ's own
 * words for it.
 */
void endpoint_explain(const struct endpoint *endpoint, int error, const char *why,
		      struct complaint *complaint);

#endif
