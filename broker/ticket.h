/* A request that the broker keeps until it is answered. */
#ifndef HUDUR_BROKER_TICKET_H
#define HUDUR_BROKER_TICKET_H

#include "broker/state.h"

bool ticket_init(struct broker *broker);
void ticket_free_all(struct broker *broker);

/*
 * Copies a request of `peer` for `service` into a ticket that stands in no list yet.
 * E_OVERLOADED when a bound is reached, E_NO_MEMORY. The request has at most BODIES_MAX body
 * frames.
 */
enum error ticket_take(struct broker *broker, struct text peer,
		       const struct mdp_client_message *request, struct service *service,
		       struct ticket **ticket);

/* Gives it back; it stands in no list. */
void ticket_release(struct broker *broker, struct ticket *ticket);

/* Gives it a number it never had, for its next dispatch. */
void ticket_renumber(struct broker *broker, struct ticket *ticket);

/* The ticket that has this number now, or NULL. */
struct ticket *ticket_find(const struct broker *broker, uint64_t number);

/* Views of its body frames; room for BODIES_MAX. */
void ticket_bodies(const struct ticket *ticket, struct text *body);

#endif
