/* The services that the broker answers itself: "broker", and "mmi.*" of RFC 8. */
#ifndef HUDUR_BROKER_STATUS_H
#define HUDUR_BROKER_STATUS_H

#include "broker/answer.h"

/* True for the name of such a service; no worker may offer it. */
bool status_owns(struct text service);

/* Answers a request for one of them; false when the request is for another service. */
bool status_request(struct broker *broker, const struct recipient *to,
		    const struct mdp_client_message *request);

#endif
