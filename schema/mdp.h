/* Majordomo, ZeroMQ RFC 18/MDP 0.2, as frames without sockets; and the 0.1 client dialect (RFC 7). */
#ifndef HUDUR_SCHEMA_MDP_H
#define HUDUR_SCHEMA_MDP_H

#include "schema/text.h"

/* A received or outgoing multipart message without its routing identity: views, in order. */
enum {
	FRAMES_MAX = 10,
	WORKER_BODIES_MAX = FRAMES_MAX - 4 /* body frames: a worker's message has four of its own */
};
struct frames {
	struct text at[FRAMES_MAX];
	uint32_t count;
};

enum { ID_SIZE = 16 };

/* Commands of RFC 18; a 0.1 client frame has no command and counts as MDP_CLIENT_REQUEST. */
enum mdp_client_command { MDP_CLIENT_REQUEST = 1, MDP_CLIENT_PARTIAL = 2, MDP_CLIENT_FINAL = 3 };
/* BUNDLE is ours, to a worker that offers to take them and from it; see bundle.h. */
enum mdp_worker_command {
	MDP_READY = 1, MDP_REQUEST = 2, MDP_PARTIAL = 3, MDP_FINAL = 4, MDP_HEARTBEAT = 5, MDP_DISCONNECT = 6,
	MDP_BUNDLE = 7
};

/* How a client speaks; its replies mirror it. */
struct mdp_dialect {
	bool empty;   /* a leading empty frame */
	bool version1; /* MDPC01: no command frame */
};

/* A client's request or the broker's answer to it. Body is whatever follows the service. */
struct mdp_client_message {
	struct mdp_dialect dialect;
	enum mdp_client_command command;
	struct text service;
	struct text body[FRAMES_MAX];
	uint32_t bodies;
};

/*
 * Between broker and worker. `address` belongs to REQUEST, PARTIAL and FINAL, `service` and `offer` to READY, `bundle` to
 * BUNDLE.
 */
struct mdp_worker_message {
	enum mdp_worker_command command;
	struct text service;
	struct text offer; /* absent with a foreign worker */
	struct text address;
	struct text bundle;
	struct text body[FRAMES_MAX];
	uint32_t bodies;
};

/* False when the frames are not such a message; nothing is read beyond `frames->count`. */
bool mdp_read_client(const struct frames *frames, struct mdp_client_message *message);
bool mdp_read_worker(const struct frames *frames, struct mdp_worker_message *message);

/* Views into the message and into constants. */
void mdp_write_client(const struct mdp_client_message *message, struct frames *frames);
void mdp_write_worker(const struct mdp_worker_message *message, struct frames *frames);

/*
 * READY's offer, msgpack [credit, file, epoch, bundles]. `file` (16 bytes) is the same for all that serve one file in one place, and
 * another for each copy of it; absent: of no file. The writer's epoch is 1 or more, a reader's 0. A worker that knows no BUNDLE
 * has no fourth item; a broker that knows none refuses one that has.
 */
struct mdp_offer {
	int64_t credit;
	struct text file;
	int64_t epoch;
	bool bundles;
};

/*
 * Our own client address, msgpack [ticket, principal, role, service]. RFC 18's REQUEST does not say which service
 * it is for, since a worker there offers only one; ours offers many on one connection, so the address says it.
 */
struct mdp_address {
	uint64_t ticket;
	struct text principal;
	struct text role;
	struct text service; /* full name, as the client wrote it */
};

enum { MDP_PACKED_MAX = 384 };

/* Writes into `buffer` of MDP_PACKED_MAX bytes and returns the view of it. Principal is at most 64 bytes, service at most 255. */
struct text mdp_pack_offer(const struct mdp_offer *offer, char *buffer);
struct text mdp_pack_address(const struct mdp_address *address, char *buffer);

/* False when the bytes are not such an array. */
bool mdp_unpack_offer(struct text bytes, struct mdp_offer *offer);
bool mdp_unpack_address(struct text bytes, struct mdp_address *address);

#endif
