/* The broker's whole state; each noun's functions stand in its own header. */
#ifndef HUDUR_BROKER_STATE_H
#define HUDUR_BROKER_STATE_H

#include <sys/queue.h>

#include "broker/core.h"
#include "broker/directory.h"
#include "broker/limits.h"
#include "schema/arena.h"
#include "schema/bundle.h"
#include "schema/errors.h"

TAILQ_HEAD(tickets, ticket);
TAILQ_HEAD(services, service);
TAILQ_HEAD(offers, offer);
TAILQ_HEAD(backends, backend);

/* A client that has requests in the broker; others are not known. */
struct caller {
	struct entry entry;
	struct caller *next_free;
	uint32_t tickets;
	char identity[IDENTITY_MAX];
};

/*
 * A request. It stands in one list: the free ones, its service's waiting ones, those to be sent to its
 * backend, or those that has.
 */
struct ticket {
	TAILQ_ENTRY(ticket) link;
	uint64_t
		number; /* slot in the low bits; new for each dispatch, 0 until it is sent: nobody can answer it */
	struct caller *caller;
	struct service *service;
	struct backend *backend; /* NULL while it waits */
	struct mdp_dialect dialect;
	uint32_t dispatches;
	uint32_t bodies, sizes[BODIES_MAX];
	uint32_t size, capacity; /* of `bytes`, where the body frames lie one after the other */
	char *bytes;
};

/* A name that is on offer, or was and is remembered: then it has no offers and nothing waits. */
struct service {
	struct entry entry;
	TAILQ_ENTRY(service) link; /* in broker->offered or broker->remembered */
	struct tickets waiting;
	uint32_t waiting_count;
	struct offers offers; /* the next to be asked comes first */
	uint32_t offer_count;
	struct offer *writer; /* who alone is asked, when it is a writer's service */
	bool offered;         /* which of the two lists it stands in */
	bool closed;          /* nobody can tell which offer is the event */
	struct {
		char file[ID_SIZE];
		int64_t until; /* monotonic; 0: none */
	} lost; /* one of the files that closed it, whose worker said no goodbye: it is expected back */
	char name[SERVICE_NAME_MAX];
};

/* One backend offers one service. */
struct offer {
	TAILQ_ENTRY(offer) of_service, of_backend, of_hungry;
	struct service *service;
	struct backend *backend;
	bool hungry; /* stands in its backend's list of services to ask when there is credit again
		      */
	bool has_file;
	char file[ID_SIZE];
	int64_t epoch; /* of a writer; 0: it reads */
};

/* A worker's connection. */
struct backend {
	struct entry entry;
	TAILQ_ENTRY(backend) link, grave, of_unsent;
	struct offers offers, hungry;
	struct tickets tickets; /* oldest dispatch first */
	struct tickets unsent;  /* given to it, and still to be sent */
	uint32_t ticket_count;  /* of both */
	int64_t credit; /* how many it may have */
	int64_t heard;  /* when, monotonic */
	bool bundles;   /* takes several requests in one message */
	bool blocked;   /* its pipe was full; tried again at the next tick */
	bool doomed;    /* to be buried before the current call ends */
	bool lost;      /* it said no goodbye */
	char identity[IDENTITY_MAX];
};

/* The last stranger that was sent away, so that a row of its heartbeats is not answered one by one.
 */
struct stranger {
	char identity[IDENTITY_MAX];
	uint32_t size;
	int64_t told;
};

struct broker {
	struct broker_options options;
	struct moment now;
	struct broker_counters counters;
	struct arena arena; /* for the broker's own replies; reset after each call */

	struct directory callers, services, backends;
	struct caller *free_callers;
	struct services offered, remembered; /* remembered: longest gone first */
	struct backends live, doomed;
	struct backends unsent; /* those that have requests still to be sent */
	uint32_t unsent_count;  /* requests of all */
	struct bundle bundle;   /* while it is filled and sent */

	struct ticket *slots;
	struct tickets free_tickets;
	uint32_t slots_touched, ticket_count;
	size_t ticket_bytes;
	uint64_t dispatch; /* the number of the last one */

	int64_t ticked, next_heartbeat;
	int64_t expecting; /* the latest `lost.until` of any service; 0: none */
	int64_t settled; /* from then on a service that nobody offers does not exist */
	struct stranger stranger;
};

#endif
