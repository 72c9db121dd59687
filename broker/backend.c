/* Workers' connections: life, death and the requests they are given. */
#include "broker/backend.h"

#include <stdlib.h>

#include "broker/answer.h"
#include "broker/dispatch.h"
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

void backend_lose(struct broker *broker, struct backend *backend)
{
	if (!backend->doomed) {
		broker->counters.workers_lost++;
		backend->lost = true;
	}
	backend_doom(broker, backend);
}

void backend_take_back(struct backend *backend, struct tickets *from, struct ticket *ticket)
{
	TAILQ_REMOVE(from, ticket, link);
	backend->ticket_count--;
	ticket->backend = NULL;
	ticket->number = 0;
}

/* The newest first, each to the front: so the oldest is the next to go. */
static void return_tickets(struct broker *broker, struct backend *backend)
{
	struct ticket *ticket;

	while ((ticket = TAILQ_LAST(&backend->tickets, tickets))) {
		backend_take_back(backend, &backend->tickets, ticket);
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
	dispatch_return(broker, backend); /* newer than those that were sent */
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

/* ---- credit ---- */

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
		dispatch_put(broker, backend, service_next(service));
		if (service->waiting_count)
			backend_await(offer);
	}
}

/* ---- time ---- */

static void check(struct broker *broker, struct backend *backend, int64_t dead_ms)
{
	if (broker->now.monotonic - backend->heard >= dead_ms) {
		backend_lose(broker, backend);
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
			backend_lose(broker, backend);
	}
	if (now >= broker->next_heartbeat)
		broker->next_heartbeat = now + broker->options.heartbeat_ms;
	broker->ticked = now;
}
