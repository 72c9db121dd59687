/* Who offers what: the links between backends and services. */
#include "broker/offer.h"

#include <stdlib.h>

#include "broker/service.h"

static struct offer *find(const struct service *service, const struct backend *backend)
{
	struct offer *offer;

	TAILQ_FOREACH(offer, &service->offers, of_service)
	if (offer->backend == backend)
		return offer;
	return NULL;
}

struct offer *offer_find(const struct backend *backend, struct text service)
{
	struct offer *offer;

	TAILQ_FOREACH(offer, &backend->offers, of_backend)
	if (text_equal(offer->service->entry.name, service))
		return offer;
	return NULL;
}

void offer_withdraw(struct offer *offer)
{
	struct service *service = offer->service;

	TAILQ_REMOVE(&service->offers, offer, of_service);
	TAILQ_REMOVE(&offer->backend->offers, offer, of_backend);
	if (offer->hungry)
		TAILQ_REMOVE(&offer->backend->hungry, offer, of_hungry);
	if (service->writer == offer)
		service->writer = NULL;
	service->offer_count--;
	free(offer);
}

static struct backend *backend_new(struct broker *broker, struct text peer)
{
	struct backend *backend = calloc(1, sizeof *backend);

	if (!backend)
		return NULL;
	memcpy(backend->identity, peer.at, peer.size);
	backend->entry.name = (struct text){backend->identity, peer.size};
	TAILQ_INIT(&backend->offers);
	TAILQ_INIT(&backend->hungry);
	TAILQ_INIT(&backend->tickets);
	TAILQ_INIT(&backend->unsent);
	directory_add(&broker->backends, &backend->entry);
	TAILQ_INSERT_TAIL(&broker->live, backend, link);
	return backend;
}

static enum error get_backend(struct broker *broker, struct text peer, struct backend **backend)
{
	*backend = (struct backend *)directory_find(&broker->backends, peer);
	if (*backend)
		return E_OK;
	if (broker->backends.count >= BACKENDS_MAX)
		return E_OVERLOADED;
	*backend = backend_new(broker, peer);
	return *backend ? E_OK : E_NO_MEMORY;
}

static struct offer *offer_new(struct service *service, struct backend *backend)
{
	struct offer *offer = calloc(1, sizeof *offer);

	if (!offer)
		return NULL;
	offer->service = service;
	offer->backend = backend;
	TAILQ_INSERT_TAIL(&service->offers, offer, of_service);
	TAILQ_INSERT_TAIL(&backend->offers, offer, of_backend);
	service->offer_count++;
	return offer;
}

/* A foreign worker names no terms: it takes one request at a time and reads only. */
static bool read_terms(const struct mdp_worker_message *ready, struct mdp_offer *terms)
{
	*terms = (struct mdp_offer){.credit = 1};
	return !ready->offer.at || (mdp_unpack_offer(ready->offer, terms) && terms->credit > 0);
}

static void set_terms(struct offer *offer, const struct mdp_offer *terms)
{
	offer->backend->credit = terms->credit < CREDIT_MAX ? terms->credit : CREDIT_MAX;
	offer->backend->bundles = terms->bundles;
	offer->has_file = terms->file.at != NULL;
	offer->epoch = terms->epoch;
	if (offer->has_file)
		memcpy(offer->file, terms->file.at, ID_SIZE);
}

/*
 * The first worker has come: the others, if any, have some time to find their way back too. One that
 * was stopped or is starting needs more than a heartbeat, and what is called unknown too early is set
 * aside by its client instead of being sent again.
 */
static void note_first(struct broker *broker)
{
	if (broker->settled == INT64_MAX)
		broker->settled = broker->now.monotonic +
				  SETTLED_AFTER * broker->options.heartbeat_ms;
}

enum error offer_take(struct broker *broker, struct text peer,
		      const struct mdp_worker_message *ready, struct backend **backend)
{
	struct mdp_offer terms;
	struct service *service;
	struct offer *offer;
	enum error error;

	if (!read_terms(ready, &terms) || !service_may_be_offered(ready->service))
		return E_MALFORMED;
	service = service_get(broker, ready->service);
	if (!service)
		return E_OVERLOADED;
	error = get_backend(broker, peer, backend);
	if (error)
		return error;
	offer = find(service, *backend);
	if (!offer && service->offer_count < SERVICE_OFFERS_MAX)
		offer = offer_new(service, *backend);
	if (!offer)
		return E_OVERLOADED;
	set_terms(offer, &terms);
	note_first(broker);
	service_settle(broker, service);
	return E_OK;
}
