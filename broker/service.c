/* Queues of requests, and the choice among those who offer to answer them. */
#include "broker/service.h"

#include <stdlib.h>

#include "broker/answer.h"
#include "broker/backend.h"
#include "broker/dispatch.h"
#include "broker/status.h"

struct service *service_find(struct broker *broker, struct text name)
{
	return (struct service *)directory_find(&broker->services, name);
}

bool service_may_be_offered(struct text name)
{
	if (name.size == 0 || name.size > SERVICE_NAME_MAX || status_owns(name))
		return false;
	for (uint32_t i = 0; i < name.size; i++)
		if (name.at[i] < 0x20 || name.at[i] > 0x7e)
			return false;
	return true;
}

static void forget(struct broker *broker, struct service *service)
{
	TAILQ_REMOVE(&broker->remembered, service, link);
	directory_remove(&broker->services, &service->entry);
	free(service);
}

static struct service *service_new(struct broker *broker, struct text name)
{
	struct service *service = calloc(1, sizeof *service);

	if (!service)
		return NULL;
	memcpy(service->name, name.at, name.size);
	service->entry.name = (struct text){service->name, name.size};
	TAILQ_INIT(&service->waiting);
	TAILQ_INIT(&service->offers);
	directory_add(&broker->services, &service->entry);
	TAILQ_INSERT_TAIL(&broker->remembered, service, link);
	return service;
}

struct service *service_get(struct broker *broker, struct text name)
{
	struct service *service = service_find(broker, name);

	if (service)
		return service;
	if (broker->services.count >= SERVICES_MAX) {
		if (TAILQ_EMPTY(&broker->remembered))
			return NULL;
		forget(broker, TAILQ_FIRST(&broker->remembered));
	}
	return service_new(broker, name);
}

/* ---- the queue ---- */

struct ticket *service_next(struct service *service)
{
	struct ticket *ticket = TAILQ_FIRST(&service->waiting);

	TAILQ_REMOVE(&service->waiting, ticket, link);
	service->waiting_count--;
	return ticket;
}

void service_requeue(struct service *service, struct ticket *ticket)
{
	TAILQ_INSERT_HEAD(&service->waiting, ticket, link);
	service->waiting_count++;
}

bool service_accepts(const struct service *service, const struct offer *offer)
{
	return !service->closed && (!service->writer || service->writer == offer);
}

/* The next reader in turn, or the writer; NULL when none has credit. */
static struct offer *pick(struct service *service)
{
	struct offer *offer;

	if (service->writer)
		return backend_is_ready(service->writer->backend) ? service->writer : NULL;
	TAILQ_FOREACH(offer, &service->offers, of_service)
	{
		if (!backend_is_ready(offer->backend))
			continue;
		TAILQ_REMOVE(&service->offers, offer, of_service);
		TAILQ_INSERT_TAIL(&service->offers, offer, of_service);
		return offer;
	}
	return NULL;
}

static void wait_for_credit(struct service *service)
{
	struct offer *offer;

	if (service->writer) {
		backend_await(service->writer);
		return;
	}
	TAILQ_FOREACH(offer, &service->offers, of_service)
	backend_await(offer);
}

static void dispatch(struct broker *broker, struct service *service)
{
	while (!TAILQ_EMPTY(&service->waiting)) {
		struct offer *offer = pick(service);

		if (!offer) {
			wait_for_credit(service);
			return;
		}
		dispatch_put(broker, offer->backend, service_next(service));
	}
}

void service_enqueue(struct broker *broker, struct ticket *ticket)
{
	struct service *service = ticket->service;

	TAILQ_INSERT_TAIL(&service->waiting, ticket, link);
	service->waiting_count++;
	dispatch(broker, service);
}

/* ---- who is the writer ---- */

static bool is_expected_beside(const struct broker *broker, const struct service *service, const struct offer *offer)
{
	return broker->now.monotonic < service->lost.until && memcmp(service->lost.file, offer->file, ID_SIZE) != 0;
}

/* The writer is the highest epoch of the one file. Where there are two of either, nobody can tell which is meant. */
static void choose_writer(const struct broker *broker, struct service *service)
{
	struct offer *offer, *best = NULL;
	bool two_files = false, two_writers = false;

	TAILQ_FOREACH(offer, &service->offers, of_service)
	{
		if (!offer->has_file)
			continue;
		two_files |= (best && memcmp(offer->file, best->file, ID_SIZE) != 0) ||
			     is_expected_beside(broker, service, offer);
		if (!best || offer->epoch > best->epoch) {
			best = offer;
			two_writers = false;
		} else {
			two_writers |= offer->epoch && offer->epoch == best->epoch;
		}
	}
	service->closed = two_files || two_writers;
	service->writer = best && best->epoch ? best : NULL;
}

/* Keeps the service among those on offer, or among those that were. */
static void relist(struct broker *broker, struct service *service)
{
	bool offered = service->offer_count > 0;

	if (service->offered == offered)
		return;
	TAILQ_REMOVE(offered ? &broker->remembered : &broker->offered, service, link);
	if (offered)
		TAILQ_INSERT_TAIL(&broker->offered, service, link);
	else
		TAILQ_INSERT_TAIL(&broker->remembered, service, link);
	service->offered = offered;
}

void service_settle(struct broker *broker, struct service *service)
{
	relist(broker, service);
	choose_writer(broker, service);
	if (service->offered && !service->closed) {
		dispatch(broker, service);
		return;
	}
	while (!TAILQ_EMPTY(&service->waiting)) {
		if (service->closed)
			answer_ticket_closed(broker, service_next(service));
		else
			answer_ticket(broker, service_next(service), E_NO_WORKER);
	}
}

void service_expect_back(struct broker *broker, const struct offer *offer)
{
	struct service *service = offer->service;

	if (!service->closed || !offer->has_file)
		return;
	memcpy(service->lost.file, offer->file, ID_SIZE);
	service->lost.until = broker->now.monotonic + BACK_AFTER * broker->options.heartbeat_ms;
	broker->expecting = service->lost.until;
}

void service_tick(struct broker *broker)
{
	struct service *service;

	if (!broker->expecting)
		return;
	TAILQ_FOREACH(service, &broker->offered, link)
	{
		if (!service->lost.until || broker->now.monotonic < service->lost.until)
			continue;
		service->lost.until = 0;
		service_settle(broker, service);
	}
	if (broker->now.monotonic >= broker->expecting)
		broker->expecting = 0;
}

static void drop(struct entry *entry)
{
	free(entry);
}

void service_free_all(struct broker *broker)
{
	directory_release(&broker->services, drop);
}
