/*
 * The broker as a plain state machine: frames and time go in, frames come out.
 *
 * This is the folder's first thing to read. hudur-broker routes requests to the workers that offer
 * their service and answers back to the clients. It has no disk and no SQL and never decodes a
 * request's map: whatever it holds can be lost, because a client asks again until it is answered.
 *
 *   main.c       sockets, signals and real time; feeds what is declared here
 *   burst.c      reads what a socket holds, each sender's messages together
 *   arguments.c  the command line
 *   process.c    what it needs of the system
 *   guard.c      cuts connections that send without end
 *   endpoint.c   which addresses may be bound
 *   core.c       takes a message or a tick and hands it to the noun it concerns
 *   caller.c     clients: their requests are admitted or answered, their replies sent
 *   ticket.c     a request that is kept until it is answered; its number travels in its address
 *   service.c    a name, its queue, who offers it, which of them is the writer
 *   backend.c    a worker's connection: its credit, its requests, whether it lives
 *   inbox.c      what workers say
 *   dispatch.c   what they are given and has still to be sent
 *   offer.c      who offers which service, on which terms
 *   answer.c     what the broker says itself: busy, error
 *   status.c     the services of the broker's own: "broker" and "mmi.*"
 *   directory.c  finds callers, services and backends by their bytes
 *   limits.h     every bound; state.h, the whole state
 *
 * A request's way: caller_request -> ticket_take -> service_enqueue -> dispatch_put -> dispatch_send; its answer's:
 * inbox_message -> ticket_find -> caller_send -> ticket_release. The wire is that of schema/mdp.h.
 */
#ifndef HUDUR_BROKER_CORE_H
#define HUDUR_BROKER_CORE_H

#include "schema/mdp.h"

enum side { SIDE_CLIENT, SIDE_WORKER };

enum delivery {
	DELIVERY_SENT,
	DELIVERY_FULL, /* no room now; nothing was sent */
	DELIVERY_GONE  /* nobody is connected under that identity */
};

/* Time is handed in: ms of a clock that never goes back, and Unix ms for replies. */
struct moment {
	int64_t monotonic, wall;
};

struct broker_options {
	/* Hands frames to the peer, without blocking and without calling back. */
	enum delivery (*send)(void *context, enum side side, struct text peer,
			      const struct frames *frames);
	void *context;
	struct text
		principal; /* of every client, at most 64 bytes; a view that outlives the broker */
	struct text role;  /* the same, at most 16; absent: every request is answered `forbidden` */
	int64_t heartbeat_ms; /* 0: 1000; a worker silent for three of them is dead */
	char key[16]; /* random: keeps hashes and tickets from being guessed or repeated after a
			 restart */
};

/* Since the start. */
struct broker_counters {
	int64_t requests, replies, busy, dropped, malformed, unknown_tickets, workers_lost;
};

struct broker;

/* NULL when memory is out. */
struct broker *broker_new(const struct broker_options *options, struct moment now);
void broker_free(struct broker *broker);

/*
 * A message from `peer`, at most 255 bytes. The frames are copied where they must be kept. Requests that it moves to workers
 * wait for a few more to be sent with them: call broker_flush when no more are there to be received.
 */
void broker_receive(struct broker *broker, enum side side, struct text peer,
		    const struct frames *frames, struct moment now);

/* Sends what waits for that. */
void broker_flush(struct broker *broker);

/* A message that could not even be taken as frames. */
void broker_malformed(struct broker *broker);

/* Call it several times a heartbeat, and broker_flush after it: heartbeats, dead workers, workers whose pipe was full. */
void broker_tick(struct broker *broker, struct moment now);

/*
 * Answers everything that waits with `busy` and tells the workers. The broker is good for
 * nothing but freeing then.
 */
void broker_stop(struct broker *broker, struct moment now);

const struct broker_counters *broker_counters(const struct broker *broker);

/* Requests that are kept now. */
uint32_t broker_waiting(const struct broker *broker);

#endif
