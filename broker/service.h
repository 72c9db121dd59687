/* A service: its name, the requests that wait for it, and who offers it. */
#ifndef HUDUR_BROKER_SERVICE_H
#define HUDUR_BROKER_SERVICE_H

#include "broker/state.h"

/* NULL when nobody offers or offered it. */
struct service *service_find(struct broker *broker, struct text name);

/*
 * False for the broker's own services, and for names that could not be shown: they are
 * printable ASCII.
 */
bool service_may_be_offered(struct text name);

/*
 * The service of that name, which may be offered; made when there is none. NULL when there is
 * no room.
 */
struct service *service_get(struct broker *broker, struct text name);

/* Sends the request to a worker, now or when one has credit. */
void service_enqueue(struct broker *broker, struct ticket *ticket);

/* Puts a request that its worker will not answer in front of the queue. Call service_settle soon.
 */
void service_requeue(struct service *service, struct ticket *ticket);

/* Takes the next request out of the queue, which is not empty. */
struct ticket *service_next(struct service *service);

/* True when `offer` may be given this service's requests. */
bool service_accepts(const struct service *service, const struct offer *offer);

/*
 * After its offers changed: decides who is the writer, or that nobody is, and lets the queue move,
 * to a worker or back to the clients.
 */
void service_settle(struct broker *broker, struct service *service);

/*
 * The offer's worker was lost. Where it was one of two files, the other does not answer in its place at once: a worker that
 * crashed is started again, and two files have answered then.
 */
void service_expect_back(struct broker *broker, const struct offer *offer);

/* Gives up those that were expected back for BACK_AFTER heartbeats. */
void service_tick(struct broker *broker);

void service_free_all(struct broker *broker);

#endif
