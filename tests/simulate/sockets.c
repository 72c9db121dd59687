/* The client's dealer.h, and the functions of ZeroMQ that workers/link.c calls, over the simulated network. */
#include <stdlib.h>
#include <zmq.h>

#include "clients/lib/dealer.h"
#include "schema/wire.h"
#include "tests/simulate/network.h"
#include "tests/simulate/oracle.h"

/* "tcp://b1:1" */
static unsigned broker_in(const char *endpoint)
{
	return (unsigned)(endpoint[7] - '0');
}

/* ---- clients ---- */

struct dealer {
	struct socket *socket;
};

struct dealer *dealer_new(void)
{
	return calloc(1, sizeof(struct dealer));
}

void dealer_free(struct dealer *dealer)
{
	if (dealer && dealer->socket)
		socket_free(dealer->socket);
	free(dealer);
}

int dealer_fd(const struct dealer *dealer)
{
	(void)dealer;
	return DESCRIPTOR_SOCKET;
}

void dealer_ring(struct dealer *dealer, bool rung)
{
	(void)dealer;
	(void)rung;
}

bool dealer_open(struct dealer *dealer, const char *endpoint)
{
	if (dealer->socket)
		socket_free(dealer->socket);
	dealer->socket = socket_new(world.current, SIDE_CLIENT, true);
	socket_connect(dealer->socket, broker_in(endpoint));
	return true;
}

bool dealer_is_open(const struct dealer *dealer)
{
	return dealer->socket != NULL;
}

enum dealer_news dealer_news(struct dealer *dealer)
{
	switch (dealer->socket ? socket_news(dealer->socket) : SOCKET_QUIET) {
	case SOCKET_LOST:
		return DEALER_LOST;
	case SOCKET_REFUSED:
		return DEALER_REFUSED;
	case SOCKET_QUIET:
		break;
	}
	return DEALER_QUIET;
}

bool dealer_send(struct dealer *dealer, const struct frames *frames)
{
	if (!dealer->socket || !socket_send(dealer->socket, frames))
		return false;
	oracle_sent(world.current, frames);
	return true;
}

bool dealer_receive(struct dealer *dealer, struct frames *frames)
{
	return dealer->socket && socket_receive(dealer->socket, frames);
}

bool dealer_is_readable(struct dealer *dealer)
{
	return dealer->socket && socket_is_readable(dealer->socket);
}

bool dealer_is_writable(struct dealer *dealer)
{
	return dealer->socket && socket_is_connected(dealer->socket);
}

/* ---- workers ---- */

struct wire {
	int none;
};

struct wire *wire_new(void)
{
	return calloc(1, sizeof(struct wire));
}

void wire_free(struct wire *wire)
{
	free(wire);
}

enum wire_result wire_receive(void *socket, struct wire *wire, struct text *peer, struct frames *frames)
{
	(void)wire;
	(void)peer;
	return socket_receive(socket, frames) ? WIRE_OK : WIRE_EMPTY;
}

enum wire_result wire_send(void *socket, struct text peer, const struct frames *frames)
{
	(void)peer;
	return socket_send(socket, frames) ? WIRE_OK : WIRE_EMPTY;
}

void *zmq_ctx_new(void)
{
	return &world;
}

int zmq_ctx_term(void *context)
{
	(void)context;
	return 0;
}

void *zmq_socket(void *context, int type)
{
	(void)context;
	(void)type;
	return socket_new(world.current, SIDE_WORKER, false);
}

int zmq_setsockopt(void *socket, int option, const void *value, size_t size)
{
	(void)socket;
	(void)option;
	(void)value;
	(void)size;
	return 0;
}

int zmq_connect(void *socket, const char *endpoint)
{
	socket_connect(socket, broker_in(endpoint));
	return 0;
}

int zmq_close(void *socket)
{
	socket_free(socket);
	return 0;
}

/* Its descriptor, which nobody waits on here. */
int zmq_getsockopt(void *socket, int option, void *value, size_t *size)
{
	const int descriptor = DESCRIPTOR_SOCKET;

	(void)socket;
	(void)option;
	memcpy(value, &descriptor, *size);
	return 0;
}
