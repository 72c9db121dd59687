/* What a request's address and map say before anything is done: who asks what of which event. */
#ifndef HUDUR_WORKERS_CALL_H
#define HUDUR_WORKERS_CALL_H

#include "workers/attempt.h"

struct call {
	struct caller caller;
	struct text owner; /* the service's name before the last slash: an event, or the worker */
	const struct operation *operation;
	struct request request;
	void *fields; /* of operation->request */
};

/*
 * Texts are views into both, the fields live in the arena. E_MALFORMED (with a complaint, unless it is the address),
 * E_TOO_LARGE, E_UNSUPPORTED, E_NO_MEMORY; E_FORBIDDEN when the role may not.
 */
enum error call_read(struct text address, struct text map, struct arena *arena, struct call *call,
		     struct complaint *complaint);

/* What the map asks for, by its `op` alone; NULL when the service, the last part of a full name, has no such operation. */
const struct operation *call_operation(struct text service, struct text map);

/* Request and fields; caller and owner stay as they are. Errors as above; E_UNSUPPORTED without an operation. */
enum error call_decode(const struct operation *operation, struct text map, struct arena *arena, struct call *call,
		       struct complaint *complaint);

#endif
