/* Connections to brokers: READY, heartbeats, and starting over with a broker that was silent. */
#include "workers/link.h"

#include <poll.h>
#include <stdlib.h>
#include <zmq.h>

#include "schema/bundle.h"
#include "schema/clock.h"
#include "schema/wire.h"

/*
 * READY is said again every OFFER_BEATS. ZeroMQ connects anew by itself and does not tell: what was on its way is lost, and a
 * broker that knows the new connection by a later READY does not miss the earlier ones.
 */
enum { SILENT_BEATS = 3, OFFER_BEATS = 10, PIPE_MESSAGES = 20000, POLLED_MAX = 16 };

struct service {
	struct text name, file;
	int64_t epoch;
	struct service *next;
};

struct link {
	struct links *links;
	const char *endpoint;
	void *socket;
	int descriptor; /* readable when the socket may have got something */
	bool due;       /* it may have, and the descriptor need not tell: zmq_getsockopt(3), ZMQ_FD */
	int64_t heard, said, offered; /* monotonic ms; offered: everything */
	bool up;
	struct bundle replies; /* still to be sent */
};

struct links {
	struct links_settings settings;
	struct wire *wire;
	struct service *services;
	struct link *all;
	size_t count, turn; /* which link is heard first this time */
};

void *links_context_new(void)
{
	return zmq_ctx_new();
}

void links_context_free(void *context)
{
	zmq_ctx_term(context);
}

static void say(struct link *link, const struct mdp_worker_message *message)
{
	struct frames frames;

	mdp_write_worker(message, &frames);
	wire_send(link->socket, (struct text){0}, &frames);
	link->due = true;
	link->said = clock_monotonic_ms();
}

static void send_replies(struct link *link)
{
	const struct mdp_worker_message message = {.command = MDP_BUNDLE,
						   .bundle = {link->replies.bytes, link->replies.size}};

	if (link->replies.count && link->socket)
		say(link, &message);
	bundle_clear(&link->replies);
}

static void offer(struct link *link, const struct service *service)
{
	char packed[MDP_PACKED_MAX];
	const struct mdp_offer offer = {link->links->settings.credit, service->file, service->epoch, true};
	const struct mdp_worker_message ready = {.command = MDP_READY, .service = service->name,
						 .offer = mdp_pack_offer(&offer, packed)};

	say(link, &ready);
}

static void offer_all(struct link *link)
{
	link->offered = clock_monotonic_ms();
	for (const struct service *s = link->links->services; s; s = s->next)
		offer(link, s);
}

static bool connect_link(struct link *link)
{
	const int none = 0, many = PIPE_MESSAGES;
	size_t size = sizeof link->descriptor;

	bundle_clear(&link->replies); /* to requests of a connection that is gone */
	link->socket = zmq_socket(link->links->settings.zmq, ZMQ_DEALER);
	if (!link->socket)
		return false;
	zmq_setsockopt(link->socket, ZMQ_LINGER, &none, sizeof none);
	zmq_setsockopt(link->socket, ZMQ_SNDHWM, &many, sizeof many);
	zmq_setsockopt(link->socket, ZMQ_RCVHWM, &many, sizeof many);
	link->heard = clock_monotonic_ms();
	link->up = false;
	if (zmq_getsockopt(link->socket, ZMQ_FD, &link->descriptor, &size) != 0 ||
	    zmq_connect(link->socket, link->endpoint) != 0)
		return false;
	offer_all(link);
	return true;
}

struct links *links_new(const struct links_settings *settings)
{
	struct links *links = calloc(1, sizeof *links);

	if (!links)
		return NULL;
	links->settings = *settings;
	links->wire = wire_new();
	while (settings->brokers[links->count])
		links->count++;
	links->all = calloc(links->count, sizeof *links->all);
	for (size_t i = 0; links->wire && links->all && i < links->count; i++) {
		links->all[i] = (struct link){.links = links, .endpoint = settings->brokers[i]};
		if (!connect_link(&links->all[i])) {
			links_free(links);
			return NULL;
		}
	}
	if (links->wire && links->all)
		return links;
	links_free(links);
	return NULL;
}

void links_free(struct links *links)
{
	const struct mdp_worker_message bye = {.command = MDP_DISCONNECT};

	if (!links)
		return;
	for (size_t i = 0; links->all && i < links->count; i++) {
		const int shortly = 100;

		if (!links->all[i].socket)
			continue;
		send_replies(&links->all[i]);
		say(&links->all[i], &bye);
		zmq_setsockopt(links->all[i].socket, ZMQ_LINGER, &shortly, sizeof shortly);
		zmq_close(links->all[i].socket);
	}
	while (links->services) {
		struct service *next = links->services->next;

		free(links->services);
		links->services = next;
	}
	wire_free(links->wire);
	free(links->all);
	free(links);
}

bool links_offer(struct links *links, struct text name, struct text file, int64_t epoch)
{
	struct service *service = calloc(1, sizeof *service + name.size + file.size);
	char *bytes;

	if (!service)
		return false;
	bytes = (char *)(service + 1);
	memcpy(bytes, name.at, name.size);
	service->name = (struct text){bytes, name.size};
	if (file.at) {
		memcpy(bytes + name.size, file.at, file.size);
		service->file = (struct text){bytes + name.size, file.size};
	}
	service->epoch = epoch;
	service->next = links->services;
	links->services = service;
	for (size_t i = 0; i < links->count; i++)
		offer(&links->all[i], service);
	return true;
}

bool links_are_up(const struct links *links)
{
	for (size_t i = 0; i < links->count; i++)
		if (links->all[i].up)
			return true;
	return false;
}

unsigned links_wait(struct links *links, const int *wakes, size_t wake_count, bool deaf, int64_t timeout_ms)
{
	struct pollfd polled[POLLED_MAX];
	unsigned ready = 0;
	nfds_t count = 0;

	for (size_t i = 0; i < wake_count && count < POLLED_MAX; i++)
		polled[count++] = (struct pollfd){.fd = wakes[i], .events = POLLIN};
	if (timeout_ms > links->settings.heartbeat_ms)
		timeout_ms = links->settings.heartbeat_ms;
	for (size_t i = 0; !deaf && i < links->count && count < POLLED_MAX; i++) {
		const struct link *link = &links->all[i];

		if (!link->socket)
			continue;
		polled[count++] = (struct pollfd){.fd = link->descriptor, .events = POLLIN};
		if (link->due)
			timeout_ms = 0;
	}
	if (poll(polled, count, (int)timeout_ms) <= 0)
		return 0;
	for (size_t i = 0; i < wake_count && i < POLLED_MAX; i++)
		if (polled[i].revents)
			ready |= 1u << i;
	return ready;
}

/* The broker sees a new worker, and gives what the old one has to others. */
static void start_over(struct link *link)
{
	if (link->socket)
		zmq_close(link->socket);
	link->socket = NULL;
	connect_link(link);
}

/* One that is not id and map is answered too, as malformed: the broker counts it as ours until it is. */
static size_t take_request(struct link *link, const struct mdp_worker_message *request)
{
	const struct links_settings *settings = &link->links->settings;

	return settings->request(settings->context, link, request->address, request->body[0],
				 request->bodies == 2 ? request->body[1] : (struct text){0});
}

static void take(struct link *link, const struct frames *frames, size_t *worth)
{
	struct mdp_worker_message message, request;

	link->heard = clock_monotonic_ms();
	if (!mdp_read_worker(frames, &message))
		return;
	if (message.command == MDP_DISCONNECT) {
		offer_all(link); /* a broker that does not know us, for it has just started */
		return;
	}
	link->up = true;
	if (message.command == MDP_REQUEST)
		*worth += take_request(link, &message);
	while (bundle_next(&message.bundle, &request))
		if (request.command == MDP_REQUEST)
			*worth += take_request(link, &request);
	if (message.bundle.size) /* damaged: what else was in it would never be answered */
		start_over(link);
}

static void beat(struct link *link)
{
	const struct mdp_worker_message message = {.command = MDP_HEARTBEAT};

	if (link->socket && clock_monotonic_ms() - link->said >= link->links->settings.heartbeat_ms)
		say(link, &message);
}

void links_beat(struct links *links)
{
	for (size_t i = 0; i < links->count; i++)
		beat(&links->all[i]);
}

/* A broker that was silent too long gets a new connection. */
static void keep_alive(struct link *link)
{
	int64_t now = clock_monotonic_ms(), beat_ms = link->links->settings.heartbeat_ms;

	if (!link->socket || now - link->heard > SILENT_BEATS * beat_ms)
		start_over(link);
	else if (now - link->offered >= OFFER_BEATS * beat_ms)
		offer_all(link);
	else
		beat(link);
}

size_t links_receive(struct links *links, size_t most)
{
	size_t worth = 0;

	links->turn++;
	for (size_t i = 0; i < links->count; i++) {
		struct link *link = &links->all[(links->turn + i) % links->count];
		struct frames frames;
		bool drained = false;

		for (size_t n = 0; link->socket && !drained && worth < most && n < most * 2; n++) {
			enum wire_result result = wire_receive(link->socket, links->wire, NULL, &frames);

			if (result == WIRE_OK)
				take(link, &frames, &worth);
			else
				drained = result != WIRE_TOO_MANY;
			link->due = !drained;
		}
		if (!drained)
			link->heard = clock_monotonic_ms();
		keep_alive(link);
	}
	return worth;
}

void link_reply(struct link *link, struct text address, struct text id, struct text map)
{
	const struct mdp_worker_message reply = {.command = MDP_FINAL, .address = address, .body = {id, map},
						 .bodies = 2};

	if (bundle_add(&link->replies, &reply))
		return;
	send_replies(link);
	if (!bundle_add(&link->replies, &reply) && link->socket)
		say(link, &reply);
}

void links_send_replies(struct links *links)
{
	for (size_t i = 0; i < links->count; i++)
		send_replies(&links->all[i]);
}
