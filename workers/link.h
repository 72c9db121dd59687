/* A worker's side of Majordomo: connections to the brokers, kept alive, offering services. One thread at a time. */
#ifndef HUDUR_WORKERS_LINK_H
#define HUDUR_WORKERS_LINK_H

#include "schema/mdp.h"

/* What the connections of all threads of a process share. NULL when the system's limits are too low. */
void *links_context_new(void);
void links_context_free(void *context);

/* One connection to one broker. */
struct link;

/* The connections of one thread; every service is offered on all of them. */
struct links;

/*
 * A request arrived; views for the call. Answer with link_reply and links_send_replies, now or later. Returns how many of the `most` of
 * links_receive it is worth, at least 1.
 */
typedef size_t request_fn(void *context, struct link *link, struct text address, struct text id, struct text map);

struct links_settings {
	void *zmq;                    /* of links_context_new */
	const char *const *brokers;   /* endpoints, then NULL */
	int64_t credit;               /* requests that one broker may have open with us at a time */
	int64_t heartbeat_ms;
	request_fn *request;
	void *context;
};

/* NULL when a socket cannot be made or an endpoint is not one. Endpoints must outlive the links. */
struct links *links_new(const struct links_settings *settings);

/* Says DISCONNECT and closes. */
void links_free(struct links *links);

/* Offers a service from now on: of which file, and as which writer of it or, with epoch 0, as a reader; see mdp_offer. Copied. */
bool links_offer(struct links *links, struct text service, struct text file, int64_t epoch);

/*
 * Waits for a request (unless `deaf`), one of the descriptors or the time, whichever is first; not at all when links_receive
 * has not found everything empty since something was last sent. Returns which of the descriptors can be read: bit 1 << index.
 */
unsigned links_wait(struct links *links, const int *wakes, size_t wake_count, bool deaf, int64_t timeout_ms);

/*
 * Hands out what has arrived until it is worth `most` (what came in one message, all of it), and keeps the connections alive. Returns what it was worth. A
 * broker is silent only when there was nothing left to read from it: not while we do not listen.
 */
size_t links_receive(struct links *links, size_t most);

/* Tells the brokers that we are alive, when it is time to, and does nothing else: for who is long at one request. */
void links_beat(struct links *links);

/* True once every service was heard to be taken by at least one broker that is alive. */
bool links_are_up(const struct links *links);

/*
 * A final reply, copied; it goes with links_send_replies, or before when there are many. When the pipe is full it is
 * dropped: the client asks again and gets the stored answer.
 */
void link_reply(struct link *link, struct text address, struct text id, struct text map);

/* To be called before links_wait whenever there may have been a reply: nobody else sends the last ones. */
void links_send_replies(struct links *links);

#endif
