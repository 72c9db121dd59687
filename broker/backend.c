/* Workers' connections: life, death and the requests they are given. */
#include "broker/backend.h"

#include <stdlib.h>

#include "broker/answer.h"
#include "broker/offer.h"
#include "broker/service.h"
#include "broker/ticket.h"

enum delivery backend_tell(struct broker *broker, struct text peer, enum mdp_worker_command command)
{
	struct mdp_worker_message message = {.command = command};
	struct frames frames;

	mdp_write_worker(&message, &frames);
	return broker->options.send(broker->options.context, SIDE_WORKER, peer, &frames);
}

/* ---- life and death ---- */

void backend_doom(struct broker *broker, struct backend *backend)
{
	if (backend->doomed)
		return;
	backend->doomed = true;
	TAILQ_INSERT_TAIL(&broker->doomed, backend, grave);
}

static void lose(struct broker *broker, struct backend *backend)
{
	if (!backend->doomed) {
		broker->counters.workers_lost++;
		backend->lost = true;
	}
	backend_doom(broker, backend);
}

static void take_from(struct tickets *list, struct backend *backend, struct ticket *ticket)
{
	TAILQ_REMOVE(list, ticket, link);
	backend->ticket_count--;
	ticket->backend = NULL;
	ticket->number = 0;
}

void backend_take_back(struct backend *backend, struct ticket *ticket)
{
	take_from(&backend->tickets, backend, ticket);
}

/* The newest first, each to the front: so the oldest is the next to go. */
static void return_unsent(struct broker *broker, struct backend *backend)
{
	struct ticket *ticket;

	if (TAILQ_EMPTY(&backend->unsent))
		return;
	TAILQ_REMOVE(&broker->unsent, backend, of_unsent);
	while ((ticket = TAILQ_LAST(&backend->unsent, tickets))) {
		take_from(&backend->unsent, backend, ticket);
		broker->unsent_count--;
		service_requeue(ticket->service, ticket);
	}
}

static void return_tickets(struct broker *broker, struct backend *backend)
{
	struct ticket *ticket;

	while ((ticket = TAILQ_LAST(&backend->tickets, tickets))) {
		backend_take_back(backend, ticket);
		if (ticket->dispatches >= DISPATCHES_MAX)
			answer_ticket(broker, ticket, E_NO_WORKER);
		else
			service_requeue(ticket->service, ticket);
	}
}

static void bury(struct broker *broker, struct backend *backend)
{
	TAILQ_REMOVE(&broker->doomed, backend, grave);
	TAILQ_REMOVE(&broker->live, backend, link);
	directory_remove(&broker->backends, &backend->entry);
	return_unsent(broker, backend);
	return_tickets(broker, backend);
	while (!TAILQ_EMPTY(&backend->offers)) {
		struct offer *offer = TAILQ_FIRST(&backend->offers);
		struct service *service = offer->service;

		if (backend->lost)
			service_expect_back(broker, offer);
		offer_withdraw(offer);
		service_settle(broker, service);
	}
	free(backend);
}

void backend_bury_doomed(struct broker *broker)
{
	while (!TAILQ_EMPTY(&broker->doomed))
		bury(broker, TAILQ_FIRST(&broker->doomed));
}

void backend_dismiss_all(struct broker *broker)
{
	struct backend *backend;

	TAILQ_FOREACH(backend, &broker->live, link)
	{
		backend_tell(broker, backend->entry.name, MDP_DISCONNECT);
		backend_doom(broker, backend);
	}
	backend_bury_doomed(broker);
}

static void drop(struct entry *entry)
{
	struct backend *backend = (struct backend *)entry;

	while (!TAILQ_EMPTY(&backend->offers))
		offer_withdraw(TAILQ_FIRST(&backend->offers));
	free(backend);
}

void backend_free_all(struct broker *broker)
{
	directory_release(&broker->backends, drop);
}

/* ---- requests out ---- */

bool backend_is_ready(const struct backend *backend)
{
	return !backend->doomed && !backend->blocked && backend->ticket_count < backend->credit;
}

void backend_await(struct offer *offer)
{
	if (offer->hungry)
		return;
	offer->hungry = true;
	TAILQ_INSERT_TAIL(&offer->backend->hungry, offer, of_hungry);
}

void backend_hand(struct broker *broker, struct backend *backend, struct ticket *ticket)
{
	if (TAILQ_EMPTY(&backend->unsent))
		TAILQ_INSERT_TAIL(&broker->unsent, backend, of_unsent);
	TAILQ_INSERT_TAIL(&backend->unsent, ticket, link);
	ticket->backend = backend;
	backend->ticket_count++;
	broker->unsent_count++;
}

static enum delivery send_message(struct broker *broker, const struct backend *backend,
				  const struct mdp_worker_message *message)
{
	struct frames frames;

	mdp_write_worker(message, &frames);
	return broker->options.send(broker->options.context, SIDE_WORKER, backend->entry.name, &frames);
}

/* `buffer`: MDP_PACKED_MAX bytes, for the address. */
static struct mdp_worker_message request_of(struct broker *broker, struct ticket *ticket, char *buffer)
{
	struct mdp_worker_message message = {.command = MDP_REQUEST, .bodies = ticket->bodies};
	struct mdp_address address = {.principal = broker->options.principal, .role = broker->options.role,
				      .service = ticket->service->entry.name};

	ticket_renumber(broker, ticket);
	address.ticket = ticket->number;
	message.address = mdp_pack_address(&address, buffer);
	ticket_bodies(ticket, message.body);
	return message;
}

static enum delivery send_one(struct broker *broker, struct backend *backend, struct ticket **rest)
{
	char buffer[MDP_PACKED_MAX];
	struct ticket *ticket = TAILQ_FIRST(&backend->unsent);
	const struct mdp_worker_message message = request_of(broker, ticket, buffer);

	*rest = TAILQ_NEXT(ticket, link);
	return send_message(broker, backend, &message);
}

/* As many as fit into one message. */
static enum delivery send_several(struct broker *broker, struct backend *backend, struct ticket **rest)
{
	struct mdp_worker_message message;
	struct bundle *bundle = &broker->bundle;
	struct ticket *ticket = TAILQ_FIRST(&backend->unsent);
	char buffer[MDP_PACKED_MAX];

	bundle->count = bundle->size = 0;
	for (; ticket; ticket = TAILQ_NEXT(ticket, link)) {
		message = request_of(broker, ticket, buffer);
		if (!bundle_add(bundle, &message))
			break;
	}
	if (!bundle->count)
		return send_one(broker, backend, rest);
	*rest = ticket;
	message = (struct mdp_worker_message){.command = MDP_BUNDLE, .bundle = {bundle->bytes, bundle->size}};
	return send_message(broker, backend, &message);
}

static void note_sent(struct broker *broker, struct backend *backend, const struct ticket *rest)
{
	struct ticket *ticket;

	while ((ticket = TAILQ_FIRST(&backend->unsent)) != rest) {
		TAILQ_REMOVE(&backend->unsent, ticket, link);
		TAILQ_INSERT_TAIL(&backend->tickets, ticket, link);
		ticket->dispatches++;
		broker->unsent_count--;
	}
	if (!rest)
		TAILQ_REMOVE(&broker->unsent, backend, of_unsent);
}

static void settle_offers(struct broker *broker, const struct backend *backend)
{
	struct offer *offer;

	TAILQ_FOREACH(offer, &backend->offers, of_backend)
	service_settle(broker, offer->service);
}

void backend_send(struct broker *broker, struct backend *backend)
{
	while (!TAILQ_EMPTY(&backend->unsent) && !backend->doomed) {
		struct ticket *rest;

		switch (backend->bundles ? send_several(broker, backend, &rest) : send_one(broker, backend, &rest)) {
		case DELIVERY_SENT:
			note_sent(broker, backend, rest);
			break;
		case DELIVERY_FULL:
			backend->blocked = true;
			return_unsent(broker, backend);
			settle_offers(broker, backend);
			break;
		case DELIVERY_GONE:
			lose(broker, backend);
			break;
		}
	}
}

/*
 * One request of each waiting service in turn, so that a busy event does not keep a quiet one
 * waiting.
 */
void backend_feed(struct broker *broker, struct backend *backend)
{
	while (backend_is_ready(backend) && !TAILQ_EMPTY(&backend->hungry)) {
		struct offer *offer = TAILQ_FIRST(&backend->hungry);
		struct service *service = offer->service;

		TAILQ_REMOVE(&backend->hungry, offer, of_hungry);
		offer->hungry = false;
		if (!service->waiting_count || !service_accepts(service, offer))
			continue;
		backend_hand(broker, backend, service_next(service));
		if (service->waiting_count)
			backend_await(offer);
	}
}

/* ---- time ---- */

static void check(struct broker *broker, struct backend *backend, int64_t dead_ms)
{
	if (broker->now.monotonic - backend->heard >= dead_ms) {
		lose(broker, backend);
	} else if (backend->blocked) {
		backend->blocked = false;
		backend_feed(broker, backend);
	}
}

void backend_tick(struct broker *broker)
{
	int64_t now = broker->now.monotonic, dead_ms = DEAD_AFTER * broker->options.heartbeat_ms;
	bool slept = now - broker->ticked > dead_ms;
	struct backend *backend;

	TAILQ_FOREACH(backend, &broker->live, link)
	{
		/* it was we who were stopped: what they sent meanwhile is still unread */
		if (slept)
			backend->heard = now;
		check(broker, backend, dead_ms);
		if (now >= broker->next_heartbeat && !backend->doomed &&
		    backend_tell(broker, backend->entry.name, MDP_HEARTBEAT) == DELIVERY_GONE)
			lose(broker, backend);
	}
	if (now >= broker->next_heartbeat)
		broker->next_heartbeat = now + broker->options.heartbeat_ms;
	broker->ticked = now;
}
