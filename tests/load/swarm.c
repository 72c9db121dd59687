/* One thread and epoll over the sockets' descriptors: looking at 640 sockets at each turn would cost more than sending. */
#include "tests/load/swarm.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zmq.h>

#include "schema/clock.h"
#include "schema/message.h"
#include "schema/wire.h"

enum { MAP_MAX = 400, EVENTS = 128, SILENCE_US = 15000000, LOOK_US = 5000, FILES_EACH = 3, FILES_BESIDE = 64 };

/* A place for one request at a time. */
struct slot {
	uint64_t n; /* which request it is; its id tells that and the slot */
	int64_t sent_us, due_us; /* due_us: it was busy, and is to be sent again; 0: it is on its way, or there is none */
	uint32_t size;
	int connection;
	bool taken;
	char id[ID_SIZE], map[MAP_MAX];
};

struct swarm {
	struct swarm_settings settings;
	void *zmq, **sockets;
	int poll, active, in_flight, outstanding;
	struct wire *wire;
	struct arena arena;
	struct slot *slots;
	int slot_count, waiting; /* waiting: to be sent again */
	uint64_t next;
	unsigned char run[6];
	int64_t heard_us, until_us, looked_us;
	struct swarm_counts counts;
};

bool swarm_allows(int connections, uint64_t *needed, uint64_t *allowed)
{
	struct rlimit limit;

	*needed = (uint64_t)connections * FILES_EACH + FILES_BESIDE;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return false;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	*allowed = limit.rlim_max;
	return *allowed >= *needed;
}

static bool fail(const char *what)
{
	fprintf(stderr, "load: %s\n", what);
	return false;
}

/* ---- sending ---- */

/* Ids ascend, as UUIDv7 do (RFC 9562); the last bytes tell the slot. */
static void make_id(struct swarm *swarm, struct slot *slot)
{
	const uint32_t number = htonl((uint32_t)slot->n), place = htonl((uint32_t)(slot - swarm->slots));

	memcpy(slot->id, swarm->run, sizeof swarm->run);
	memcpy(slot->id + 6, &number, sizeof number);
	memset(slot->id + 10, 0, 2);
	memcpy(slot->id + 12, &place, sizeof place);
}

static bool send_slot(struct swarm *swarm, struct slot *slot)
{
	struct mdp_client_message message = {.command = MDP_CLIENT_REQUEST, .bodies = 2};
	struct frames frames;

	message.service = text_of(swarm->settings.service);
	message.body[0] = (struct text){slot->id, ID_SIZE};
	message.body[1] = (struct text){slot->map, slot->size};
	mdp_write_client(&message, &frames);
	if (wire_send(swarm->sockets[slot->connection], (struct text){0}, &frames) != WIRE_OK)
		return fail("a request could not be sent: the connection takes nothing more");
	slot->sent_us = clock_monotonic_us();
	slot->due_us = 0;
	swarm->counts.sent++;
	return true;
}

static bool send_new(struct swarm *swarm, struct slot *slot)
{
	struct text map = swarm->settings.map(swarm->settings.context, swarm->next);

	if (!map.at || map.size > MAP_MAX)
		return fail("a request could not be made");
	memcpy(slot->map, map.at, map.size);
	slot->size = map.size;
	slot->n = swarm->next++;
	slot->taken = true;
	make_id(swarm, slot);
	swarm->outstanding++;
	return send_slot(swarm, slot);
}

/* ---- answers ---- */

static struct slot *slot_of(struct swarm *swarm, struct text id)
{
	uint32_t place;
	struct slot *slot;

	if (id.size != ID_SIZE)
		return NULL;
	memcpy(&place, id.at + 12, sizeof place);
	place = ntohl(place);
	if (place >= (uint32_t)swarm->slot_count)
		return NULL;
	slot = &swarm->slots[place];
	return slot->taken && !slot->due_us && memcmp(slot->id, id.at, ID_SIZE) == 0 ? slot : NULL;
}

static bool judge(struct swarm *swarm, struct slot *slot, struct text map)
{
	int64_t now = clock_monotonic_us();
	struct reply reply;

	arena_reset(&swarm->arena);
	if (message_decode(&message_reply, map, &swarm->arena, &reply, NULL))
		return fail("an answer cannot be read");
	if (reply.status == status_busy) {
		swarm->counts.busy++;
		swarm->waiting++;
		slot->due_us = now + (reply.retry_ms == ABSENT ? 1 : reply.retry_ms) * 1000;
		return true;
	}
	if (reply.status != status_ok || reply.repeated) {
		fprintf(stderr, "load: an answer is %s%.*s\n", reply.repeated ? "a repetition " : "",
			(int)reply.detail.size, reply.detail.at);
		return false;
	}
	swarm->counts.ok++;
	if (now - slot->sent_us > swarm->counts.slowest_us)
		swarm->counts.slowest_us = now - slot->sent_us;
	slot->taken = false;
	swarm->outstanding--;
	return now >= swarm->until_us || send_new(swarm, slot);
}

/* All that one connection has to say. What was sent meanwhile may have used its signal up, so until it is empty. */
static bool listen_to(struct swarm *swarm, int connection)
{
	struct frames frames;
	struct slot *slot;

	while (wire_receive(swarm->sockets[connection], swarm->wire, NULL, &frames) == WIRE_OK) {
		if (frames.count < 3 || !(slot = slot_of(swarm, frames.at[frames.count - 2])) ||
		    slot->connection != connection)
			return fail("an answer came twice, or to nothing that was asked");
		swarm->heard_us = clock_monotonic_us();
		if (!judge(swarm, slot, frames.at[frames.count - 1]))
			return false;
	}
	return true;
}

static bool send_due(struct swarm *swarm)
{
	int64_t now = clock_monotonic_us();

	if (!swarm->waiting || now - swarm->looked_us < LOOK_US)
		return true;
	swarm->looked_us = now;
	for (int i = 0; i < swarm->slot_count; i++) {
		struct slot *slot = &swarm->slots[i];

		if (!slot->taken || !slot->due_us || slot->due_us > now)
			continue;
		swarm->waiting--;
		if (!send_slot(swarm, slot) || !listen_to(swarm, slot->connection))
			return false;
	}
	return true;
}

/* ---- a run ---- */

static bool begin(struct swarm *swarm)
{
	const struct clock machine = {0};
	int64_t now = clock_now(&machine);

	for (int i = 5; i >= 0; i--, now >>= 8)
		swarm->run[i] = (unsigned char)now;
	swarm->counts = (struct swarm_counts){0};
	for (int c = 0; c < swarm->active; c++)
		for (int i = 0; i < swarm->in_flight; i++)
			if (!send_new(swarm, &swarm->slots[c * swarm->settings.in_flight + i]))
				return false;
	for (int c = 0; c < swarm->active; c++)
		if (!listen_to(swarm, c))
			return false;
	return true;
}

static bool turn(struct swarm *swarm)
{
	struct epoll_event events[EVENTS];
	int count = epoll_wait(swarm->poll, events, EVENTS, swarm->waiting ? 5 : 1000);

	for (int i = 0; i < count; i++)
		if (!listen_to(swarm, (int)events[i].data.u32))
			return false;
	if (clock_monotonic_us() - swarm->heard_us > SILENCE_US) {
		fprintf(stderr, "load: %d requests were not answered for %d s\n", swarm->outstanding - swarm->waiting,
			SILENCE_US / 1000000);
		return false;
	}
	return send_due(swarm);
}

bool swarm_run(struct swarm *swarm, int connections, int in_flight, double seconds, double *rate,
	       struct swarm_counts *counts)
{
	int64_t begun = clock_monotonic_us(), ended = 0;

	swarm->active = connections;
	swarm->in_flight = in_flight;
	swarm->heard_us = begun;
	swarm->until_us = begun + (int64_t)(seconds * 1e6);
	if (!begin(swarm))
		return false;
	while (swarm->outstanding) {
		if (!turn(swarm))
			return false;
		if (!ended && clock_monotonic_us() >= swarm->until_us) {
			ended = clock_monotonic_us();
			*rate = (double)swarm->counts.ok * 1e6 / (double)(ended - begun);
		}
	}
	swarm->counts.seconds = (double)(clock_monotonic_us() - begun) / 1e6;
	*counts = swarm->counts;
	return counts->sent == counts->ok + counts->busy || fail("answers and requests do not come to the same");
}

/* ---- connections ---- */

static bool connect_one(struct swarm *swarm, int connection)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)connection};
	const int none = 0;
	size_t size = sizeof(int);
	void *socket = zmq_socket(swarm->zmq, ZMQ_DEALER);
	int fd;

	swarm->sockets[connection] = socket;
	if (!socket)
		return false;
	zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none);
	return zmq_connect(socket, swarm->settings.endpoint) == 0 &&
	       zmq_getsockopt(socket, ZMQ_FD, &fd, &size) == 0 &&
	       epoll_ctl(swarm->poll, EPOLL_CTL_ADD, fd, &event) == 0;
}

struct swarm *swarm_new(const struct swarm_settings *settings)
{
	struct swarm *swarm = calloc(1, sizeof *swarm);

	if (!swarm)
		return NULL;
	swarm->settings = *settings;
	swarm->slot_count = settings->connections * settings->in_flight;
	swarm->slots = calloc((size_t)swarm->slot_count, sizeof *swarm->slots);
	swarm->sockets = calloc((size_t)settings->connections, sizeof *swarm->sockets);
	swarm->wire = wire_new();
	swarm->zmq = zmq_ctx_new();
	swarm->poll = epoll_create1(EPOLL_CLOEXEC);
	zmq_ctx_set(swarm->zmq, ZMQ_MAX_SOCKETS, settings->connections + 16);
	for (int i = 0; i < swarm->slot_count; i++)
		swarm->slots[i].connection = i / settings->in_flight;
	for (int c = 0; c < settings->connections; c++)
		if (!connect_one(swarm, c)) {
			fprintf(stderr, "load: connection %d of %d cannot be made: %s\n", c + 1,
				settings->connections, zmq_strerror(zmq_errno()));
			swarm_free(swarm);
			return NULL;
		}
	return swarm;
}

void swarm_free(struct swarm *swarm)
{
	for (int c = 0; c < swarm->settings.connections; c++)
		if (swarm->sockets[c])
			zmq_close(swarm->sockets[c]);
	zmq_ctx_term(swarm->zmq);
	close(swarm->poll);
	wire_free(swarm->wire);
	arena_free(&swarm->arena);
	free(swarm->sockets);
	free(swarm->slots);
	free(swarm);
}
