/* libhudur's one file that knows ZeroMQ's sockets: a DEALER, its monitor, an epoll over both. */
#include "clients/lib/dealer.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

#include "schema/message.h"
#include "schema/wire.h"

enum { RECONNECT_MS = 100, RECONNECT_MAX_MS = 500, QUEUE_FRAMES = 256 };

struct dealer {
	void *context, *socket, *monitor;
	struct wire *wire, *news;
	int epoll, bell;
	unsigned opened;
	bool rung;
};

static bool watch(struct dealer *dealer, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	return epoll_ctl(dealer->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

struct dealer *dealer_new(void)
{
	struct dealer *dealer = calloc(1, sizeof *dealer);

	if (!dealer)
		return NULL;
	dealer->wire = wire_new();
	dealer->news = wire_new();
	dealer->epoll = epoll_create1(EPOLL_CLOEXEC);
	dealer->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (dealer->wire && dealer->news && dealer->epoll >= 0 && dealer->bell >= 0 &&
	    watch(dealer, dealer->bell))
		return dealer;
	dealer_free(dealer);
	return NULL;
}

static int fd_of(void *socket)
{
	int fd = -1;
	size_t size = sizeof fd;

	return zmq_getsockopt(socket, ZMQ_FD, &fd, &size) == 0 ? fd : -1;
}

/*
 * ZeroMQ closes a socket's descriptor later, in a thread of its own; it must not wake us until
 * then.
 */
static void end_socket(struct dealer *dealer, void **socket)
{
	if (!*socket)
		return;
	epoll_ctl(dealer->epoll, EPOLL_CTL_DEL, fd_of(*socket), NULL);
	zmq_close(*socket);
	*socket = NULL;
}

static void end_sockets(struct dealer *dealer)
{
	if (dealer->socket)
		zmq_socket_monitor(dealer->socket, NULL, 0);
	end_socket(dealer, &dealer->socket);
	end_socket(dealer, &dealer->monitor);
}

void dealer_free(struct dealer *dealer)
{
	if (!dealer)
		return;
	end_sockets(dealer);
	if (dealer->context)
		zmq_ctx_term(dealer->context);
	if (dealer->bell >= 0)
		close(dealer->bell);
	if (dealer->epoll >= 0)
		close(dealer->epoll);
	wire_free(dealer->wire);
	wire_free(dealer->news);
	free(dealer);
}

int dealer_fd(const struct dealer *dealer)
{
	return dealer->epoll;
}

void dealer_ring(struct dealer *dealer, bool rung)
{
	uint64_t count = 1;

	if (rung == dealer->rung)
		return;
	dealer->rung = rung;
	if ((rung ? write(dealer->bell, &count, sizeof count)
		  : read(dealer->bell, &count, sizeof count)) < 0)
		dealer->rung = !rung;
}

static bool set(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

static bool set_size(void *socket, int option, int64_t value)
{
	return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

/*
 * IMMEDIATE: without a connection a send fails, and what was not sent stays where it can be put
 * in order.
 * IPV6 only where it is asked for: it would turn localhost into ::1, where a broker seldom listens.
 */
static bool set_up(void *socket, const char *endpoint)
{
	return set(socket, ZMQ_LINGER, 0) && set(socket, ZMQ_IMMEDIATE, 1) &&
	       set(socket, ZMQ_RECONNECT_IVL, RECONNECT_MS) &&
	       set(socket, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS) &&
	       set(socket, ZMQ_IPV6, strchr(endpoint, '[') != NULL) &&
	       set(socket, ZMQ_RCVHWM, QUEUE_FRAMES) &&
	       set_size(socket, ZMQ_MAXMSGSIZE, MESSAGE_MAX);
}

/*
 * A name per socket, since ZeroMQ gives the old one back late. No high-water mark: ZeroMQ's own
 * thread would block on a monitor that nobody reads for an hour.
 */
static bool begin_monitor(struct dealer *dealer)
{
	char name[40];
	int events = ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CONNECT_RETRIED;

	snprintf(name, sizeof name, "inproc://news-%u", dealer->opened++);
	return set(dealer->monitor, ZMQ_LINGER, 0) && set(dealer->monitor, ZMQ_RCVHWM, 0) &&
	       zmq_socket_monitor(dealer->socket, name, events) == 0 &&
	       zmq_connect(dealer->monitor, name) == 0;
}

bool dealer_open(struct dealer *dealer, const char *endpoint)
{
	end_sockets(dealer);
	if (!dealer->context)
		dealer->context = zmq_ctx_new();
	if (!dealer->context)
		return false;
	dealer->socket = zmq_socket(dealer->context, ZMQ_DEALER);
	dealer->monitor = zmq_socket(dealer->context, ZMQ_PAIR);
	if (dealer->socket && dealer->monitor && set_up(dealer->socket, endpoint) &&
	    begin_monitor(dealer) && watch(dealer, fd_of(dealer->monitor)) &&
	    watch(dealer, fd_of(dealer->socket)) && zmq_connect(dealer->socket, endpoint) == 0)
		return true;
	end_sockets(dealer);
	return false;
}

bool dealer_is_open(const struct dealer *dealer)
{
	return dealer->socket != NULL;
}

/* A monitor's message: the event's number as a native uint16, its value; then the endpoint. */
enum dealer_news dealer_news(struct dealer *dealer)
{
	struct frames frames;
	uint16_t event;

	if (!dealer->monitor ||
	    wire_receive(dealer->monitor, dealer->news, NULL, &frames) != WIRE_OK)
		return DEALER_QUIET;
	if (frames.count == 0 || frames.at[0].size < sizeof event)
		return DEALER_REFUSED;
	memcpy(&event, frames.at[0].at, sizeof event);
	return event == ZMQ_EVENT_DISCONNECTED ? DEALER_LOST : DEALER_REFUSED;
}

bool dealer_send(struct dealer *dealer, const struct frames *frames)
{
	return dealer->socket && wire_send(dealer->socket, (struct text){0}, frames) == WIRE_OK;
}

bool dealer_receive(struct dealer *dealer, struct frames *frames)
{
	enum wire_result result = WIRE_TOO_MANY;

	while (dealer->socket && result == WIRE_TOO_MANY)
		result = wire_receive(dealer->socket, dealer->wire, NULL, frames);
	return dealer->socket && result == WIRE_OK;
}

static bool has_event(struct dealer *dealer, int event)
{
	int events = 0;
	size_t size = sizeof events;

	return dealer->socket && zmq_getsockopt(dealer->socket, ZMQ_EVENTS, &events, &size) == 0 &&
	       (events & event);
}

bool dealer_is_readable(struct dealer *dealer)
{
	return has_event(dealer, ZMQ_POLLIN);
}

bool dealer_is_writable(struct dealer *dealer)
{
	return has_event(dealer, ZMQ_POLLOUT);
}
