/* Whole messages in and out of a ZeroMQ socket, so that nobody else handles its parts. */
#include "schema/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <zmq.h>

struct wire {
	zmq_msg_t peer;
	zmq_msg_t parts[FRAMES_MAX];
	uint32_t used; /* of the parts, since the last release */
};

struct wire *wire_new(void)
{
	struct wire *wire = malloc(sizeof *wire);

	if (!wire)
		return NULL;
	wire->used = 0;
	zmq_msg_init(&wire->peer);
	for (uint32_t i = 0; i < FRAMES_MAX; i++)
		zmq_msg_init(&wire->parts[i]);
	return wire;
}

void wire_free(struct wire *wire)
{
	if (!wire)
		return;
	zmq_msg_close(&wire->peer);
	for (uint32_t i = 0; i < FRAMES_MAX; i++)
		zmq_msg_close(&wire->parts[i]);
	free(wire);
}

static void empty(zmq_msg_t *part)
{
	zmq_msg_close(part);
	zmq_msg_init(part);
}

void wire_release(struct wire *wire)
{
	empty(&wire->peer);
	for (uint32_t i = 0; i < wire->used; i++)
		empty(&wire->parts[i]);
	wire->used = 0;
}

static enum wire_result result_of(int error)
{
	switch (error) {
	case EAGAIN:
		return WIRE_EMPTY;
	case EHOSTUNREACH:
		return WIRE_GONE;
	default:
		return WIRE_CLOSED;
	}
}

/* libzmq gives a size beyond INT_MAX as INT_MAX; the sockets' own bounds are far below. */
static enum wire_result receive_part(void *socket, zmq_msg_t *part, struct text *frame)
{
	int size;

	do
		size = zmq_msg_recv(part, socket, ZMQ_DONTWAIT);
	while (size < 0 && errno == EINTR);
	if (size < 0)
		return result_of(errno);
	*frame = (struct text){zmq_msg_data(part), (uint32_t)size};
	return WIRE_OK;
}

static enum wire_result skip_rest(void *socket, zmq_msg_t *part)
{
	struct text frame;

	while (zmq_msg_more(part)) {
		enum wire_result result = receive_part(socket, part, &frame);

		if (result != WIRE_OK)
			return result;
	}
	return WIRE_TOO_MANY;
}

enum wire_result wire_receive(void *socket, struct wire *wire, struct text *peer,
			      struct frames *frames)
{
	zmq_msg_t *part = &wire->peer;
	enum wire_result result;

	frames->count = 0;
	if (peer) {
		result = receive_part(socket, part, peer);
		if (result != WIRE_OK)
			return result;
		if (!zmq_msg_more(part))
			return WIRE_OK;
	}
	do {
		if (frames->count == FRAMES_MAX)
			return skip_rest(socket, part);
		part = &wire->parts[frames->count];
		if (wire->used <= frames->count)
			wire->used = frames->count + 1;
		result = receive_part(socket, part, &frames->at[frames->count]);
		if (result != WIRE_OK)
			return result;
		frames->count++;
	} while (zmq_msg_more(part));
	return WIRE_OK;
}

int wire_source(const struct wire *wire)
{
	return zmq_msg_get(&wire->peer, ZMQ_SRCFD);
}

static enum wire_result send_part(void *socket, struct text part, bool more)
{
	int flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0);
	int rc;

	do
		rc = zmq_send(socket, part.at ? part.at : "", part.size, flags);
	while (rc < 0 && errno == EINTR);
	return rc < 0 ? result_of(errno) : WIRE_OK;
}

/*
 * libzmq finds out whether a message can go when it is given the first part; it never refuses
 * a later one.
 */
enum wire_result wire_send(void *socket, struct text peer, const struct frames *frames)
{
	enum wire_result result = WIRE_OK;

	if (peer.at)
		result = send_part(socket, peer, frames->count > 0);
	for (uint32_t i = 0; i < frames->count && result == WIRE_OK; i++)
		result = send_part(socket, frames->at[i], i + 1 < frames->count);
	return result;
}
