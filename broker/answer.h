/* What the broker says itself, instead of a worker. */
#ifndef HUDUR_BROKER_ANSWER_H
#define HUDUR_BROKER_ANSWER_H

#include "broker/state.h"
#include "schema/message.h"

/* Whom an answer goes to, and what it repeats. Views. */
struct recipient {
	struct text peer;
	struct mdp_dialect dialect;
	struct text service;
	struct text id; /* the request's first body frame; absent when it is too long to be an id */
};

struct recipient recipient_of_request(struct text peer, const struct mdp_client_message *request);
struct recipient recipient_of_ticket(const struct ticket *ticket);

/*
 * The id, and a map with the error's status, reason and sentence, or `detail` instead of the
 * sentence.
 */
void answer(struct broker *broker, const struct recipient *to, enum error error,
	    const char *detail);

/* The service is closed: two copies of one event file are offered. */
void answer_closed(struct broker *broker, const struct recipient *to);

/* The id, and `ok` with a result. E_TOO_LARGE: nothing was sent. */
enum error answer_result(struct broker *broker, const struct recipient *to,
			 const struct message *message, const void *result);

/* Body frames as they are. */
void answer_frames(struct broker *broker, const struct recipient *to, const struct text *body,
		   uint32_t bodies);

/* Answers a ticket that stands in no list, and releases it. */
void answer_ticket(struct broker *broker, struct ticket *ticket, enum error error);
void answer_ticket_closed(struct broker *broker, struct ticket *ticket);

#endif
