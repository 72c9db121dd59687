/* Connections between a socket of a client or worker and a broker, in order and without loss as long as they stand. */
#ifndef HUDUR_TESTS_SIMULATE_NETWORK_H
#define HUDUR_TESTS_SIMULATE_NETWORK_H

#include <sys/queue.h>

#include "broker/core.h"
#include "tests/simulate/world.h"

/* Numbers that no real descriptor has. */
enum { DESCRIPTOR_FILES = 1 << 20, DESCRIPTOR_SOCKET = 1 << 21 };

enum { BROKERS_MAX = 3 };

/* One multipart message, owned by whoever took it; or the end of a connection. */
struct packet {
	TAILQ_ENTRY(packet) link;
	int64_t arrives;
	bool end;
	unsigned line;
	struct frames frames; /* views into bytes */
	char bytes[];
};
TAILQ_HEAD(packets, packet);

struct socket;

/* `hasty`: sends only while it is connected; else what is sent waits for that. */
struct socket *socket_new(struct process *owner, enum side side, bool hasty);
void socket_free(struct socket *socket);
void socket_connect(struct socket *socket, unsigned broker);

bool socket_send(struct socket *socket, const struct frames *frames);
/* The frames hold until the next call. */
bool socket_receive(struct socket *socket, struct frames *frames);
bool socket_is_readable(const struct socket *socket);
bool socket_is_connected(const struct socket *socket);

enum socket_news { SOCKET_QUIET, SOCKET_LOST, SOCKET_REFUSED };
enum socket_news socket_news(struct socket *socket);

/* A broker's two sockets. */
void network_listen(unsigned broker, struct process *process);
struct packet *network_take(unsigned broker, enum side side);
enum delivery network_route(unsigned broker, enum side side, struct text peer, const struct frames *frames);
struct text network_peer(const struct packet *packet, char buffer[8]);

/* A process is gone; its machine says so to the others, or is gone too. */
void network_end(struct process *process, bool told);

/* ---- what goes wrong ---- */

/* Nothing passes between two machines until then; some of the connections break when it ends. */
void network_part(const struct machine *a, const struct machine *b, int64_t until);
/* Breaks one of the connections; its ends hear of it, or only one of them. */
void network_break_one(void);
void network_clear(void);

#endif
