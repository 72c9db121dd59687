/* Every bound of the broker; what passes one is answered `busy` or `error`, or counted. */
#ifndef HUDUR_BROKER_LIMITS_H
#define HUDUR_BROKER_LIMITS_H

#include "schema/mdp.h"

enum {
	IDENTITY_MAX = 255,          /* bytes of a ZeroMQ routing id */
	SERVICE_NAME_MAX = 128,      /* bytes, printable ASCII */
	BODIES_MAX = WORKER_BODIES_MAX,
	ECHO_MAX = 64,               /* bytes of a first body frame that can still be an id */

	TICKET_BITS = 16,
	TICKETS_MAX = 1 << TICKET_BITS, /* requests in the broker, waiting or with a worker */
	BYTES_MAX = 64 << 20,           /* bytes of their bodies */
	BYTES_STEP = 256,  /* of which a ticket's buffer is a multiple; a scan takes one */
	BYTES_KEPT = 1024, /* a ticket's buffer of at most this size is kept for its next request */
	CALLER_TICKETS_MAX = 1024,   /* requests of one client */
	SERVICE_WAITING_MAX = 16384, /* requests waiting for one service */
	DISPATCHES_MAX = 4,          /* a request that outlived so many workers is given back */

	SERVICES_MAX = 8192,     /* on offer, and gone but remembered */
	SERVICE_OFFERS_MAX = 64, /* workers of one service */
	BACKENDS_MAX = 1024,     /* worker connections */
	CREDIT_MAX = 4096,       /* requests with one worker at a time, whatever it asks for */

	CONNECTIONS_MEANT = 1024, /* clients and workers; where fewer can be, it is said at start */
	OWN_FILES = 64,           /* open beside the connections, at most */

	UNSENT_ENOUGH = 64, /* no bound: with so many to be sent, no more are waited for */

	STATUS_SERVICES_MAX = 400, /* in one status reply */
	DEAD_AFTER = 3,                /* heartbeats */
	BACK_AFTER = 30,               /* heartbeats within which a worker that was lost may be started again */
	SETTLED_AFTER = 2 * DEAD_AFTER /* heartbeats since the first worker came */
};

/* How long a client is asked to wait, ms. */
enum { RETRY_OVERLOADED = 200, RETRY_NO_WORKER = 500, RETRY_CLOSED = 5000 };

#endif
