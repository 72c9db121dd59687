/* What workers are given and has still to be sent. */
#ifndef HUDUR_BROKER_DISPATCH_H
#define HUDUR_BROKER_DISPATCH_H

#include "broker/state.h"

/* Gives a ready backend a request that stands in no list; it goes with dispatch_send. */
void dispatch_put(struct broker *broker, struct backend *backend, struct ticket *ticket);

/*
 * Sends what the backend was given. What its pipe does not take goes back to its queue, and from there to who is ready; a
 * backend that is not there any more is lost. Either way it has no more to be sent, or is doomed.
 */
void dispatch_send(struct broker *broker, struct backend *backend);

/* Puts what was not sent in front of its queues, in its order. Call service_settle soon. */
void dispatch_return(struct broker *broker, struct backend *backend);

#endif
