/* Clients: what they ask is admitted or answered at once, what they are told goes out here. */
#ifndef HUDUR_BROKER_CALLER_H
#define HUDUR_BROKER_CALLER_H

#include "broker/state.h"

/* A client's message. */
void caller_request(struct broker *broker, struct text peer, const struct frames *frames);

/* Sends and counts; a reply that cannot go now is dropped, because the client asks again. */
void caller_send(struct broker *broker, struct text peer, const struct mdp_client_message *message);

/* The caller of that identity, made when there is none; NULL when memory is out. */
struct caller *caller_get(struct broker *broker, struct text peer);

/* Forgets the caller when it has no tickets left. */
void caller_put(struct broker *broker, struct caller *caller);

void caller_free_all(struct broker *broker);

#endif
