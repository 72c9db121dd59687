/* READY: a worker's connection offers a service, on terms of its own if it is one of ours. */
#ifndef HUDUR_BROKER_OFFER_H
#define HUDUR_BROKER_OFFER_H

#include "broker/state.h"

/*
 * Enters what a READY offers, or the new terms of what was offered before, and lets the service's
 * queue move. The backend is made when `peer` had none. E_MALFORMED: the service may not be
 * offered, or the terms are none; E_OVERLOADED, E_NO_MEMORY: there is no room for it.
 */
enum error offer_take(struct broker *broker, struct text peer,
		      const struct mdp_worker_message *ready, struct backend **backend);

/* The backend's offer of that service, or NULL. */
struct offer *offer_find(const struct backend *backend, struct text service);

/* Takes it out of every list and frees it. Call service_settle then. */
void offer_withdraw(struct offer *offer);

#endif
