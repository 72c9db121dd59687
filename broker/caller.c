/* Admits requests by bounds alone; a caller is remembered only while it has requests here. */
#include "broker/caller.h"

#include <assert.h>
#include <stdlib.h>

#include "broker/answer.h"
#include "broker/service.h"
#include "broker/status.h"
#include "broker/ticket.h"
#include "schema/message.h"

static bool is_too_large(const struct mdp_client_message *request)
{
	uint64_t size = 0;

	for (uint32_t i = 0; i < request->bodies; i++)
		size += request->body[i].size;
	return size > MESSAGE_MAX + ID_SIZE;
}

static bool is_of_an_event(struct text service)
{
	for (int i = 0; i < OP_COUNT; i++)
		if (text_is(service, operations[i].service))
			return !text_is(service, "events"); /* which is a worker's */
	return false;
}

/* Services of one event are offered over several connections, one of which comes first. */
static bool event_is_known(struct broker *broker, struct text service)
{
	const char *slash = memrchr(service.at, '/', service.size);
	size_t prefix = slash ? (size_t)(slash - service.at) + 1 : 0;

	if (!slash || !is_of_an_event((struct text){slash + 1, service.size - (uint32_t)prefix}))
		return false;
	for (int i = 0; i < OP_COUNT; i++) {
		char name[SERVICE_NAME_MAX + 32];
		struct text of = text_of(operations[i].service);

		memcpy(name, service.at, prefix);
		memcpy(name + prefix, of.at, of.size);
		if (is_of_an_event(of) && service_find(broker, (struct text){name, (uint32_t)prefix + of.size}))
			return true;
	}
	return false;
}

/*
 * A service that nobody offers may be about to come back: then the client keeps its request
 * and asks again.
 */
static void refuse_unoffered(struct broker *broker, const struct recipient *to, bool remembered)
{
	if (remembered || event_is_known(broker, to->service))
		answer(broker, to, E_NO_WORKER, "The worker of this service went away; try again.");
	else if (broker->now.monotonic < broker->settled)
		answer(broker, to, E_NO_WORKER,
		       "No worker has come yet that could offer this service; try again.");
	else
		answer(broker, to, E_UNKNOWN_EVENT, NULL);
}

static void enqueue(struct broker *broker, struct text peer,
		    const struct mdp_client_message *request, struct service *service,
		    const struct recipient *to)
{
	enum error error = E_OVERLOADED;
	struct ticket *ticket;

	if (service->waiting_count < SERVICE_WAITING_MAX)
		error = ticket_take(broker, peer, request, service, &ticket);
	if (error)
		answer(broker, to, error, NULL);
	else
		service_enqueue(broker, ticket);
}

static void route(struct broker *broker, struct text peer, const struct mdp_client_message *request)
{
	struct recipient to = recipient_of_request(peer, request);
	struct service *service;

	if (!broker->options.role.at) {
		answer(broker, &to, E_FORBIDDEN,
		       "This broker was started without --local-role: "
		       "clients without keys have no role here.");
	} else if (is_too_large(request)) {
		answer(broker, &to, E_TOO_LARGE, NULL);
	} else if (request->service.size > SERVICE_NAME_MAX) {
		answer(broker, &to, E_UNKNOWN_EVENT, NULL); /* nobody can offer it */
	} else if (request->bodies > BODIES_MAX) {
		answer(broker, &to, E_MALFORMED, "A request has at most 6 body frames.");
	} else if (!status_request(broker, &to, request)) {
		service = service_find(broker, request->service);
		if (!service || !service->offer_count)
			refuse_unoffered(broker, &to, service != NULL);
		else if (service->closed)
			answer_closed(broker, &to);
		else
			enqueue(broker, peer, request, service, &to);
	}
}

static_assert(BODIES_MAX == 6, "the sentence above says so");

void caller_request(struct broker *broker, struct text peer, const struct frames *frames)
{
	struct mdp_client_message request;

	if (!mdp_read_client(frames, &request) || request.command != MDP_CLIENT_REQUEST) {
		broker->counters.malformed++;
		return;
	}
	broker->counters.requests++;
	route(broker, peer, &request);
}

void caller_send(struct broker *broker, struct text peer, const struct mdp_client_message *message)
{
	struct frames frames;

	mdp_write_client(message, &frames);
	if (broker->options.send(broker->options.context, SIDE_CLIENT, peer, &frames) !=
	    DELIVERY_SENT)
		broker->counters.dropped++;
	else if (message->command == MDP_CLIENT_FINAL)
		broker->counters.replies++;
}

struct caller *caller_get(struct broker *broker, struct text peer)
{
	struct caller *caller = (struct caller *)directory_find(&broker->callers, peer);

	if (caller)
		return caller;
	caller = broker->free_callers;
	if (caller)
		broker->free_callers = caller->next_free;
	else
		caller = malloc(sizeof *caller);
	if (!caller)
		return NULL;
	memcpy(caller->identity, peer.at, peer.size);
	caller->entry.name = (struct text){caller->identity, peer.size};
	caller->tickets = 0;
	directory_add(&broker->callers, &caller->entry);
	return caller;
}

void caller_put(struct broker *broker, struct caller *caller)
{
	if (caller->tickets)
		return;
	directory_remove(&broker->callers, &caller->entry);
	caller->next_free = broker->free_callers;
	broker->free_callers = caller;
}

static void drop(struct entry *entry)
{
	free(entry);
}

void caller_free_all(struct broker *broker)
{
	directory_release(&broker->callers, drop);
	while (broker->free_callers) {
		struct caller *caller = broker->free_callers;

		broker->free_callers = caller->next_free;
		free(caller);
	}
}
