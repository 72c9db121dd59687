/* epoll over the sockets' descriptors: looking at all of them each time would cost more than sending. */
#include "tests/bench/sockets.h"

#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zmq.h>

enum { SILENCE_US = 30000000, FILES_EACH = 3, FILES_BESIDE = 64 };

bool sockets_may_open(int connections)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return false;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_max >= (rlim_t)connections * FILES_EACH + FILES_BESIDE;
}

bool sockets_send(struct sockets *sockets, int connection, const char *service, struct text id, struct text map)
{
	struct mdp_client_message message = {.command = MDP_CLIENT_REQUEST, .bodies = 2};
	struct frames frames;

	message.service = text_of(service);
	message.body[0] = id;
	message.body[1] = map;
	mdp_write_client(&message, &frames);
	return sockets->plain ? line_send(&sockets->lines[connection], &frames)
			      : wire_send(sockets->at[connection], (struct text){0}, &frames) == WIRE_OK;
}

bool sockets_receive(struct sockets *sockets, int connection, struct frames *frames)
{
	return sockets->plain ? line_receive(&sockets->lines[connection], frames)
			      : wire_receive(sockets->at[connection], sockets->wire, NULL, frames) == WIRE_OK;
}

int sockets_wait(const struct sockets *sockets, int64_t wait_us, int heard[SOCKETS_HEARD])
{
	const struct timespec wait = {wait_us / 1000000, wait_us % 1000000 * 1000};
	struct epoll_event events[SOCKETS_HEARD];
	int count = epoll_pwait2(sockets->poll, events, SOCKETS_HEARD, &wait, NULL);

	for (int i = 0; i < count; i++)
		heard[i] = (int)events[i].data.u32;
	return count;
}

static bool open_zmq(struct sockets *sockets, const char *endpoint, int connection, int *fd)
{
	const int none = 0, many = 100000;
	void *socket = zmq_socket(sockets->zmq, ZMQ_DEALER);
	size_t size = sizeof *fd;

	sockets->at[connection] = socket;
	if (!socket)
		return false;
	zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none);
	zmq_setsockopt(socket, ZMQ_SNDHWM, &many, sizeof many);
	zmq_setsockopt(socket, ZMQ_RCVHWM, &many, sizeof many);
	return zmq_connect(socket, endpoint) == 0 && zmq_getsockopt(socket, ZMQ_FD, fd, &size) == 0;
}

static bool open_plain(struct sockets *sockets, const char *endpoint, int connection, int *fd)
{
	bool opened = line_open(&sockets->lines[connection], endpoint);

	*fd = sockets->lines[connection].fd;
	return opened;
}

static bool open_one(struct sockets *sockets, const char *endpoint, int connection)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)connection};
	int fd;
	bool opened = sockets->plain ? open_plain(sockets, endpoint, connection, &fd)
				     : open_zmq(sockets, endpoint, connection, &fd);

	sockets->count = connection + 1;
	return opened && epoll_ctl(sockets->poll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* Asks whether there is such a service; an echo sends the question back. */
static bool greet(struct sockets *sockets)
{
	int heard[SOCKETS_HEARD];
	struct frames frames;

	for (int c = 0; c < sockets->count; c++)
		if (!sockets_send(sockets, c, "mmi.service", TEXT("hello"), TEXT("broker")))
			return false;
	for (int c = 0; c < sockets->count; c++)
		while (!sockets_receive(sockets, c, &frames))
			if (sockets_wait(sockets, SILENCE_US, heard) <= 0)
				return false;
	return true;
}

bool sockets_open(struct sockets *sockets, const char *endpoint, int count, bool plain)
{
	*sockets = (struct sockets){.plain = plain, .zmq = zmq_ctx_new(), .wire = wire_new(),
				    .poll = epoll_create1(EPOLL_CLOEXEC)};
	zmq_ctx_set(sockets->zmq, ZMQ_MAX_SOCKETS, SOCKETS_MAX + 16);
	for (int c = 0; c < count; c++)
		if (!open_one(sockets, endpoint, c)) {
			fprintf(stderr, "bench: connection %d of %d to %s cannot be made\n", c + 1, count, endpoint);
			return false;
		}
	if (greet(sockets))
		return true;
	fprintf(stderr, "bench: %s does not answer\n", endpoint);
	return false;
}

void sockets_close(struct sockets *sockets)
{
	for (int c = 0; c < sockets->count; c++)
		if (sockets->plain)
			line_close(&sockets->lines[c]);
		else
			zmq_close(sockets->at[c]);
	zmq_ctx_term(sockets->zmq);
	close(sockets->poll);
	wire_free(sockets->wire);
}
