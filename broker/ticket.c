/* Requests in reusable slots: in the steady state taking one allocates nothing. */
#include "broker/ticket.h"

#include <assert.h>
#include <stdlib.h>

#include "broker/caller.h"

bool ticket_init(struct broker *broker)
{
	uint64_t start;

	/* 48 bits of dispatches, from a start of its own: an answer to a broker that is gone names
	 * no ticket here */
	memcpy(&start, broker->options.key, sizeof start);
	broker->dispatch = start >> TICKET_BITS;
	TAILQ_INIT(&broker->free_tickets);
	broker->slots = calloc(TICKETS_MAX, sizeof *broker->slots);
	return broker->slots != NULL;
}

void ticket_free_all(struct broker *broker)
{
	for (uint32_t i = 0; i < broker->slots_touched; i++)
		free(broker->slots[i].bytes);
	free(broker->slots);
}

static uint32_t size_of(const struct mdp_client_message *request)
{
	uint32_t size = 0;

	for (uint32_t i = 0; i < request->bodies; i++)
		size += request->body[i].size;
	return size;
}

/* Last given back, first taken: the same few buffers stay in the processor's cache. */
static struct ticket *take_slot(struct broker *broker)
{
	struct ticket *ticket = TAILQ_FIRST(&broker->free_tickets);

	if (ticket)
		TAILQ_REMOVE(&broker->free_tickets, ticket, link);
	else if (broker->slots_touched < TICKETS_MAX)
		ticket = &broker->slots[broker->slots_touched++];
	return ticket;
}

static bool reserve(struct ticket *ticket, uint32_t size)
{
	uint32_t capacity = (size ? (size + BYTES_STEP - 1) / BYTES_STEP : 1) * BYTES_STEP;
	char *bytes;

	if (ticket->capacity >= size && ticket->bytes)
		return true;
	bytes = realloc(ticket->bytes, capacity);
	if (!bytes)
		return false;
	ticket->bytes = bytes;
	ticket->capacity = capacity;
	return true;
}

static void copy_body(struct ticket *ticket, const struct mdp_client_message *request)
{
	uint32_t used = 0;

	for (uint32_t i = 0; i < request->bodies; i++) {
		if (request->body[i].size)
			memcpy(ticket->bytes + used, request->body[i].at, request->body[i].size);
		ticket->sizes[i] = request->body[i].size;
		used += request->body[i].size;
	}
	ticket->bodies = request->bodies;
	ticket->size = used;
}

enum error ticket_take(struct broker *broker, struct text peer,
		       const struct mdp_client_message *request, struct service *service,
		       struct ticket **taken)
{
	uint32_t size = size_of(request);
	struct caller *caller;
	struct ticket *ticket;

	assert(request->bodies <= BODIES_MAX);
	if (size > BYTES_MAX - broker->ticket_bytes || broker->ticket_count == TICKETS_MAX)
		return E_OVERLOADED;
	caller = caller_get(broker, peer);
	if (!caller)
		return E_NO_MEMORY;
	if (caller->tickets >= CALLER_TICKETS_MAX)
		return E_OVERLOADED;
	ticket = take_slot(broker);
	if (!ticket || !reserve(ticket, size)) {
		if (ticket)
			TAILQ_INSERT_HEAD(&broker->free_tickets, ticket, link);
		caller_put(broker, caller);
		return E_NO_MEMORY;
	}
	copy_body(ticket, request);
	ticket->caller = caller;
	caller->tickets++;
	ticket->service = service;
	ticket->backend = NULL;
	ticket->number = 0;
	ticket->dialect = request->dialect;
	ticket->dispatches = 0;
	broker->ticket_count++;
	broker->ticket_bytes += size;
	*taken = ticket;
	return E_OK;
}

void ticket_release(struct broker *broker, struct ticket *ticket)
{
	broker->ticket_count--;
	broker->ticket_bytes -= ticket->size;
	ticket->caller->tickets--;
	caller_put(broker, ticket->caller);
	ticket->number = 0;
	if (ticket->capacity > BYTES_KEPT) {
		free(ticket->bytes);
		ticket->bytes = NULL;
		ticket->capacity = 0;
	}
	TAILQ_INSERT_HEAD(&broker->free_tickets, ticket, link);
}

void ticket_renumber(struct broker *broker, struct ticket *ticket)
{
	uint64_t slot = (uint64_t)(ticket - broker->slots);

	do
		ticket->number = ++broker->dispatch << TICKET_BITS | slot;
	while (ticket->number == 0);
}

struct ticket *ticket_find(const struct broker *broker, uint64_t number)
{
	struct ticket *ticket = &broker->slots[number & (TICKETS_MAX - 1)];

	return number != 0 && ticket->number == number ? ticket : NULL;
}

void ticket_bodies(const struct ticket *ticket, struct text *body)
{
	uint32_t used = 0;

	for (uint32_t i = 0; i < ticket->bodies; i++) {
		body[i] = (struct text){ticket->bytes + used, ticket->sizes[i]};
		used += ticket->sizes[i];
	}
}
