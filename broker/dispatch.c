/* Requests that workers were given wait here for a few more, and go with them as one message. */
#include "broker/dispatch.h"

#include "broker/backend.h"
#include "broker/service.h"
#include "broker/ticket.h"

void dispatch_put(struct broker *broker, struct backend *backend, struct ticket *ticket)
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

/* `rest` receives the first that did not go, NULL when all did. */
static enum delivery send_one(struct broker *broker, struct backend *backend, struct ticket **rest)
{
	char buffer[MDP_PACKED_MAX];
	struct ticket *ticket = TAILQ_FIRST(&backend->unsent);
	const struct mdp_worker_message message = request_of(broker, ticket, buffer);

	*rest = TAILQ_NEXT(ticket, link);
	return send_message(broker, backend, &message);
}

/* As many as fit into one message. Whoever does not fit was numbered in vain, and is again for the next. */
static enum delivery send_several(struct broker *broker, struct backend *backend, struct ticket **rest)
{
	struct mdp_worker_message message;
	struct bundle *bundle = &broker->bundle;
	struct ticket *ticket = TAILQ_FIRST(&backend->unsent);
	char buffer[MDP_PACKED_MAX];

	bundle_clear(bundle);
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

void dispatch_return(struct broker *broker, struct backend *backend)
{
	struct ticket *ticket;

	if (TAILQ_EMPTY(&backend->unsent))
		return;
	TAILQ_REMOVE(&broker->unsent, backend, of_unsent);
	while ((ticket = TAILQ_LAST(&backend->unsent, tickets))) {
		backend_take_back(backend, &backend->unsent, ticket);
		broker->unsent_count--;
		service_requeue(ticket->service, ticket);
	}
}

/* To others that are ready, or to wait; a service may have been closed meanwhile. */
static void settle_offers(struct broker *broker, const struct backend *backend)
{
	struct offer *offer;

	TAILQ_FOREACH(offer, &backend->offers, of_backend)
	service_settle(broker, offer->service);
}

void dispatch_send(struct broker *broker, struct backend *backend)
{
	while (!TAILQ_EMPTY(&backend->unsent) && !backend->doomed) {
		struct ticket *rest;

		switch (backend->bundles ? send_several(broker, backend, &rest) : send_one(broker, backend, &rest)) {
		case DELIVERY_SENT:
			note_sent(broker, backend, rest);
			break;
		case DELIVERY_FULL:
			backend->blocked = true;
			dispatch_return(broker, backend);
			settle_offers(broker, backend);
			break;
		case DELIVERY_GONE:
			backend_lose(broker, backend);
			break;
		}
	}
}
