/* Takes what comes in, with the time, and hands it to the noun it concerns. */
#include "broker/core.h"

#include <assert.h>
#include <stdlib.h>

#include "broker/backend.h"
#include "broker/caller.h"
#include "broker/dispatch.h"
#include "broker/inbox.h"
#include "broker/service.h"
#include "broker/ticket.h"

enum { HEARTBEAT_MS = 1000 };

static bool init(struct broker *broker)
{
	const char *key = broker->options.key;

	TAILQ_INIT(&broker->offered);
	TAILQ_INIT(&broker->remembered);
	TAILQ_INIT(&broker->live);
	TAILQ_INIT(&broker->doomed);
	TAILQ_INIT(&broker->unsent);
	broker->settled = INT64_MAX;
	broker->ticked = broker->now.monotonic;
	broker->next_heartbeat = broker->now.monotonic;
	return directory_init(&broker->callers, TICKETS_MAX, key) &&
	       directory_init(&broker->services, SERVICES_MAX, key) &&
	       directory_init(&broker->backends, BACKENDS_MAX, key) && ticket_init(broker);
}

struct broker *broker_new(const struct broker_options *options, struct moment now)
{
	struct broker *broker = calloc(1, sizeof *broker);

	assert(options->principal.size <= 64 && options->role.size <= 16);
	if (!broker)
		return NULL;
	broker->options = *options;
	if (!broker->options.heartbeat_ms)
		broker->options.heartbeat_ms = HEARTBEAT_MS;
	broker->now = now;
	if (!init(broker)) {
		broker_free(broker);
		return NULL;
	}
	return broker;
}

void broker_free(struct broker *broker)
{
	if (!broker)
		return;
	backend_free_all(broker);
	service_free_all(broker);
	caller_free_all(broker);
	ticket_free_all(broker);
	arena_free(&broker->arena);
	free(broker);
}

static void finish(struct broker *broker)
{
	backend_bury_doomed(broker);
	if (broker->arena.used)
		arena_reset(&broker->arena);
}

void broker_receive(struct broker *broker, enum side side, struct text peer,
		    const struct frames *frames, struct moment now)
{
	assert(peer.size > 0 && peer.size <= IDENTITY_MAX);
	broker->now = now;
	if (side == SIDE_CLIENT)
		caller_request(broker, peer, frames);
	else
		inbox_message(broker, peer, frames);
	finish(broker);
	if (broker->unsent_count >= UNSENT_ENOUGH)
		broker_flush(broker);
}

/* Whoever takes nothing is not ready any more, so what goes to others instead comes to an end. */
void broker_flush(struct broker *broker)
{
	while (!TAILQ_EMPTY(&broker->unsent)) {
		dispatch_send(broker, TAILQ_FIRST(&broker->unsent));
		finish(broker);
	}
}

void broker_malformed(struct broker *broker)
{
	broker->counters.malformed++;
}

void broker_tick(struct broker *broker, struct moment now)
{
	broker->now = now;
	backend_tick(broker);
	service_tick(broker);
	finish(broker);
}

void broker_stop(struct broker *broker, struct moment now)
{
	broker->now = now;
	backend_dismiss_all(broker);
	finish(broker);
}

const struct broker_counters *broker_counters(const struct broker *broker)
{
	return &broker->counters;
}

uint32_t broker_waiting(const struct broker *broker)
{
	return broker->ticket_count;
}
