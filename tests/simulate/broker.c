/* broker/main.c's loop around the broker's core, and what must be true of its lists after each call. */
#include <stdlib.h>

#include "broker/core.h"
#include "broker/state.h"
#include "schema/clock.h"
#include "tests/simulate/actors.h"
#include "tests/simulate/network.h"

enum { TICK_MS = 100 };

struct broker_process {
	unsigned number;
	struct broker *broker;
};

static struct moment moment(void)
{
	return (struct moment){clock_monotonic_ms(), clock_now(NULL)};
}

static enum delivery deliver(void *context, enum side side, struct text peer, const struct frames *frames)
{
	const struct broker_process *self = context;

	return network_route(self->number, side, peer, frames);
}

static uint32_t length(const struct tickets *list)
{
	const struct ticket *ticket;
	uint32_t count = 0;

	TAILQ_FOREACH(ticket, list, link)
		count++;
	return count;
}

static uint32_t count_waiting(const struct broker *broker)
{
	const struct services *lists[] = {&broker->offered, &broker->remembered};
	const struct service *service;
	uint32_t count = 0;

	for (int i = 0; i < 2; i++)
		TAILQ_FOREACH(service, lists[i], link) {
			if (length(&service->waiting) != service->waiting_count)
				world_fail("a service's queue is not as long as it is said to be");
			if (!service->offer_count && service->waiting_count)
				world_fail("requests wait for a service that nobody offers");
			count += service->waiting_count;
		}
	return count;
}

static uint32_t count_dispatched(const struct broker *broker)
{
	const struct backend *backend;
	uint32_t count = 0;

	TAILQ_FOREACH(backend, &broker->live, link) {
		if (length(&backend->tickets) + length(&backend->unsent) != backend->ticket_count)
			world_fail("a worker does not have as many requests as is said");
		if ((int64_t)backend->ticket_count > backend->credit)
			world_fail("a worker has more requests than its credit");
		count += backend->ticket_count;
	}
	return count;
}

/* Whoever has something to be sent stands in the list of those, and nothing of it can be answered yet. */
static void check_unsent(const struct broker *broker)
{
	const struct backend *backend;
	const struct ticket *ticket;
	uint32_t listed = 0, having = 0, count = 0;

	TAILQ_FOREACH(backend, &broker->unsent, of_unsent)
		listed++;
	TAILQ_FOREACH(backend, &broker->live, link) {
		having += !TAILQ_EMPTY(&backend->unsent);
		TAILQ_FOREACH(ticket, &backend->unsent, link) {
			count++;
			if (ticket->number)
				world_fail("a request that was not sent has a number");
		}
	}
	if (listed != having || count != broker->unsent_count)
		world_fail("%u requests of %u workers are to be sent, and %u of %u listed", count, having,
			   broker->unsent_count, listed);
}

/* Every request stands in exactly one place, and is counted for exactly one client. */
static void check(const struct broker *broker)
{
	uint32_t waiting = count_waiting(broker), dispatched = count_dispatched(broker), callers = 0;

	for (uint32_t i = 0; broker->callers.count && i <= broker->callers.mask; i++)
		for (const struct entry *e = broker->callers.buckets[i]; e; e = e->next)
			callers += ((const struct caller *)e)->tickets;
	check_unsent(broker);
	if (waiting + dispatched != broker->ticket_count)
		world_fail("the broker keeps %u requests: %u wait and workers have %u", broker->ticket_count, waiting,
			   dispatched);
	if (callers != broker->ticket_count)
		world_fail("the broker keeps %u requests and counts %u for clients", broker->ticket_count, callers);
	if (length(&broker->free_tickets) + broker->ticket_count != broker->slots_touched)
		world_fail("a slot for requests is lost");
	if (!broker->ticket_count && broker->ticket_bytes)
		world_fail("the broker keeps nothing and counts %zu bytes for it", broker->ticket_bytes);
}

static bool drain(struct broker_process *self, enum side side)
{
	struct packet *packet = network_take(self->number, side);
	char name[8];

	if (!packet)
		return false;
	broker_receive(self->broker, side, network_peer(packet, name), &packet->frames, moment());
	free(packet);
	return true;
}

static void drain_all(struct broker_process *self)
{
	while (drain(self, SIDE_WORKER) || drain(self, SIDE_CLIENT))
		;
	if (chance(40))
		check(self->broker);
}

static void wake(struct process *process)
{
	struct broker_process *self = process->actor;

	drain_all(self);
	broker_flush(self->broker);
	if (chance(40))
		check(self->broker);
}

static void tick(void *context, int64_t value)
{
	struct process *process = context;
	struct broker_process *self = process->actor;

	drain_all(self);
	broker_tick(self->broker, moment());
	broker_flush(self->broker);
	event_at(world.now + TICK_MS, process, tick, process, value);
}

static void start(struct process *process)
{
	struct broker_process *self = process->actor;
	struct broker_options options = {
		.send = deliver, .context = self, .principal = TEXT("local"), .role = TEXT("administrator"),
	};

	for (size_t i = 0; i < sizeof options.key; i++)
		options.key[i] = (char)pick(256);
	self->broker = broker_new(&options, moment());
	if (!self->broker)
		abort();
	event_at(world.now, process, tick, process, 0);
}

static void stop(struct process *process)
{
	struct broker_process *self = process->actor;

	broker_stop(self->broker, moment());
	check(self->broker);
	if (broker_waiting(self->broker))
		world_fail("a broker that stopped kept requests");
}

static void release(struct process *process)
{
	struct broker_process *self = process->actor;

	broker_free(self->broker);
	self->broker = NULL;
}

struct process *broker_actor(unsigned number, struct machine *machine)
{
	static struct broker_process all[BROKERS_MAX];
	struct process *process = process_new("b", number, machine, &all[number]);

	all[number] = (struct broker_process){.number = number};
	process->start = start;
	process->wake = wake;
	process->stop = stop;
	process->release = release;
	network_listen(number, process);
	return process;
}

uint32_t broker_actor_waiting(const struct process *process)
{
	const struct broker_process *self = process->actor;

	return self->broker ? broker_waiting(self->broker) : 0;
}
