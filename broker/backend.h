/* Workers' connections: what they offer, how much they take at a time, whether they live. */
#ifndef HUDUR_BROKER_BACKEND_H
#define HUDUR_BROKER_BACKEND_H

#include "broker/state.h"

/* Sends heartbeats, gives up on the silent, tries those whose pipe was full. */
void backend_tick(struct broker *broker);

/* True when it may be given a request now. */
bool backend_is_ready(const struct backend *backend);

/* The offer's service has requests: they are asked for when the backend has credit again. */
void backend_await(struct offer *offer);

/* Takes a request back from `from`, one of the backend's two lists; it stands in no list then. */
void backend_take_back(struct backend *backend, struct tickets *from, struct ticket *ticket);

/* Gives it requests of the services that await it, while it is ready. */
void backend_feed(struct broker *broker, struct backend *backend);

/* Sends a command without more: HEARTBEAT or DISCONNECT. */
enum delivery backend_tell(struct broker *broker, struct text peer,
			   enum mdp_worker_command command);

/* It is gone without a word, and doomed. */
void backend_lose(struct broker *broker, struct backend *backend);

/* It gets nothing more and is buried before the current call ends. */
void backend_doom(struct broker *broker, struct backend *backend);

/*
 * Takes the doomed out: their requests go to others or back to the clients. This stands apart from
 * what dooms them, so that nobody loses a backend while walking over its lists.
 */
void backend_bury_doomed(struct broker *broker);

/* Tells all to go, and buries them. */
void backend_dismiss_all(struct broker *broker);

void backend_free_all(struct broker *broker);

#endif
