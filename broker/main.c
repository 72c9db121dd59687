/* hudur-broker: the sockets, signals and clocks around the state machine of core.h. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>
#include <zmq.h>

#include "broker/arguments.h"
#include "broker/burst.h"
#include "broker/core.h"
#include "broker/guard.h"
#include "broker/limits.h"
#include "broker/process.h"
#include "schema/steady.h"
#include "schema/wire.h"

enum {
	/* larger parts end the connection; smaller ones, up to this, get a sentence */
	PART_MAX = 2 * MESSAGE_MAX,
	ROUNDS = 16,      /* turns before signals are looked at, while there is always more */
	FAREWELL_MS = 200 /* for the last replies to leave */
};

/*
 * Messages that may stand in one connection. What a worker may have fits; a client has replies
 * to come.
 */
enum {
	CLIENT_IN = 256,
	CLIENT_OUT = 2 * CALLER_TICKETS_MAX,
	WORKER_IN = 8192,
	WORKER_OUT = 2 * CREDIT_MAX
};

struct hub {
	void *context, *sockets[2]; /* by enum side */
	void *monitor;              /* of the clients' connections */
	int descriptors[2];         /* readable when there may be something to read */
	bool due[2];                /* there may be, and the descriptor need not tell */
	struct burst *burst;
	struct wire *news; /* of the monitor */
	struct guard *guard;
	struct broker *broker;
	struct steady clock;
	int signals;
	char folder[ENDPOINT_MAX]; /* made for the workers' endpoint; empty: none was */
};

static int fail(const char *sentence)
{
	fprintf(stderr, "hudur-broker: %s\n", sentence);
	return -1;
}

static struct moment moment(struct hub *hub)
{
	return (struct moment){clock_monotonic_ms(), steady_now(&hub->clock)};
}

/* ---- the loop ---- */

static enum delivery deliver(void *context, enum side side, struct text peer,
			     const struct frames *frames)
{
	struct hub *hub = context;

	hub->due[side] = true;
	switch (wire_send(hub->sockets[side], peer, frames)) {
	case WIRE_OK:
		return DELIVERY_SENT;
	case WIRE_GONE:
	case WIRE_CLOSED:
		return DELIVERY_GONE;
	case WIRE_EMPTY:
	case WIRE_TOO_MANY:
		break;
	}
	return DELIVERY_FULL;
}

static void drain(struct hub *hub, enum side side)
{
	const struct arrivals *arrivals = burst_read(hub->burst, hub->sockets[side], &hub->due[side]);
	struct moment now = moment(hub);
	const struct arrival *arrival;

	STAILQ_FOREACH(arrival, arrivals, link)
	{
		if (side == SIDE_CLIENT)
			guard_delivered(hub->guard, wire_source(arrival->wire));
		if (arrival->whole)
			broker_receive(hub->broker, side, arrival->peer, &arrival->frames, now);
		else
			broker_malformed(hub->broker);
	}
	burst_release(hub->burst);
}

/* A monitor's event: 16 bits of what it is, 32 of the descriptor, in the machine's order. */
static void watch_connections(struct hub *hub)
{
	struct frames frames;
	uint16_t event;
	int32_t fd;

	while (wire_receive(hub->monitor, hub->news, NULL, &frames) == WIRE_OK) {
		if (!frames.count || frames.at[0].size != sizeof event + sizeof fd)
			continue;
		memcpy(&event, frames.at[0].at, sizeof event);
		memcpy(&fd, frames.at[0].at + sizeof event, sizeof fd);
		if (event == ZMQ_EVENT_ACCEPTED)
			guard_opened(hub->guard, fd);
		else if (event == ZMQ_EVENT_DISCONNECTED)
			guard_closed(hub->guard, fd);
	}
}

static void tick(struct hub *hub, struct moment now)
{
	broker_tick(hub->broker, now);
	watch_connections(hub);
	for (int cut = guard_check(hub->guard); cut > 0; cut--)
		broker_malformed(hub->broker);
}

/* False when a signal asks to end. */
static bool wait_for_more(struct hub *hub, int64_t timeout_ms)
{
	struct pollfd polled[] = {
		{.fd = hub->signals, .events = POLLIN},
		{.fd = hub->descriptors[SIDE_CLIENT], .events = POLLIN},
		{.fd = hub->descriptors[SIDE_WORKER], .events = POLLIN},
	};

	if (poll(polled, 3, timeout_ms < 0 ? 0 : (int)timeout_ms) < 0)
		return errno == EINTR;
	hub->due[SIDE_CLIENT] |= polled[1].revents != 0;
	hub->due[SIDE_WORKER] |= polled[2].revents != 0;
	return !polled[0].revents;
}

/*
 * A socket's descriptor tells of what came after it was last found empty, and whatever is done with
 * the socket may use that up (zmq_getsockopt(3), ZMQ_FD): so we sleep only when since something was last
 * sent on it each was found empty. Looking at one in vain is two system calls of libzmq's.
 */
static void run(struct hub *hub, int64_t tick_ms)
{
	int64_t next = clock_monotonic_ms();
	int rounds = 0;

	for (;;) {
		struct moment now;
		bool busy;

		if (hub->due[SIDE_WORKER])
			drain(hub, SIDE_WORKER);
		if (hub->due[SIDE_CLIENT])
			drain(hub, SIDE_CLIENT);
		now = moment(hub);
		if (now.monotonic >= next) {
			tick(hub, now);
			next = now.monotonic + tick_ms;
		}
		broker_flush(hub->broker);
		busy = hub->due[SIDE_WORKER] || hub->due[SIDE_CLIENT];
		if (busy && ++rounds < ROUNDS)
			continue;
		rounds = 0;
		if (!wait_for_more(hub, busy ? 0 : next - now.monotonic))
			return;
	}
}

/* ---- what surrounds it ---- */

static void set(void *socket, int option, int value)
{
	zmq_setsockopt(socket, option, &value, sizeof value);
}

static void *open_router(void *context, int in, int out)
{
	void *socket = zmq_socket(context, ZMQ_ROUTER);
	int64_t part_max = PART_MAX;

	if (!socket)
		return NULL;
	zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &part_max, sizeof part_max);
	set(socket, ZMQ_RCVHWM, in);
	set(socket, ZMQ_SNDHWM, out);
	set(socket, ZMQ_ROUTER_MANDATORY, 1);
	set(socket, ZMQ_ROUTER_HANDOVER, 0);
	set(socket, ZMQ_LINGER, 0);
	set(socket, ZMQ_BACKLOG, 1024);
	return socket;
}

static int bind_to(void *socket, const struct endpoint *endpoint, const char *what)
{
	struct complaint complaint = {""};
	char real[ENDPOINT_MAX];
	size_t size = sizeof real;

	if (!endpoint_is_free(endpoint, &complaint))
		return fail(complaint.sentence);
	set(socket, ZMQ_IPV6, endpoint->ipv6);
	if (zmq_bind(socket, endpoint->address) != 0 ||
	    zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, real, &size) != 0) {
		endpoint_explain(endpoint, errno, zmq_strerror(errno), &complaint);
		return fail(complaint.sentence);
	}
	printf("%s %s\n", what, real);
	fflush(stdout);
	return 0;
}

static int place_workers(struct hub *hub, struct endpoint *workers)
{
	struct complaint complaint = {""};
	char given[ENDPOINT_MAX + 16];

	if (workers->address[0])
		return 0;
	if (broker_process_folder(hub->folder, sizeof hub->folder) != 0)
		return fail("no folder could be made for the workers' endpoint; "
			    "name one with --workers.");
	snprintf(given, sizeof given, "ipc://%s/workers", hub->folder);
	return endpoint_for_workers(given, workers, &complaint) ? 0 : fail(complaint.sentence);
}

/* Tells the guard which connections come and go. */
static void *open_monitor(struct hub *hub)
{
	void *monitor = zmq_socket(hub->context, ZMQ_PAIR);

	if (!monitor)
		return NULL;
	set(monitor, ZMQ_LINGER, 0);
	if (zmq_socket_monitor(hub->sockets[SIDE_CLIENT], "inproc://connections",
			       ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED) != 0 ||
	    zmq_connect(monitor, "inproc://connections") != 0) {
		zmq_close(monitor);
		return NULL;
	}
	return monitor;
}

static bool find_descriptors(struct hub *hub)
{
	for (int side = 0; side < 2; side++) {
		size_t size = sizeof hub->descriptors[side];

		if (zmq_getsockopt(hub->sockets[side], ZMQ_FD, &hub->descriptors[side], &size) != 0)
			return false;
	}
	return true;
}

static int open_sockets(struct hub *hub, struct broker_arguments *arguments)
{
	if (place_workers(hub, &arguments->workers) != 0)
		return -1;
	hub->burst = burst_new();
	hub->news = wire_new();
	hub->guard = guard_new();
	hub->context = zmq_ctx_new();
	if (!hub->burst || !hub->news || !hub->guard || !hub->context)
		return fail("memory is short; it could not start.");
	hub->sockets[SIDE_CLIENT] = open_router(hub->context, CLIENT_IN, CLIENT_OUT);
	hub->sockets[SIDE_WORKER] = open_router(hub->context, WORKER_IN, WORKER_OUT);
	if (hub->sockets[SIDE_CLIENT])
		hub->monitor = open_monitor(hub);
	if (!hub->monitor || !hub->sockets[SIDE_WORKER] || !find_descriptors(hub))
		return fail("no sockets could be opened; too many files may be open.");
	for (uint32_t i = 0; i < arguments->listen_count; i++)
		if (bind_to(hub->sockets[SIDE_CLIENT], &arguments->listen[i], "listening") != 0)
			return -1;
	return bind_to(hub->sockets[SIDE_WORKER], &arguments->workers, "workers");
}

static int start(struct hub *hub, const struct broker_arguments *arguments)
{
	struct broker_options options = {
		.send = deliver,
		.context = hub,
		.principal = TEXT("local"),
		.heartbeat_ms = arguments->heartbeat_ms,
	};

	if (arguments->role)
		options.role = text_of(role_name(arguments->role));
	if (getrandom(options.key, sizeof options.key, 0) != (ssize_t)sizeof options.key)
		return fail("the system gives no random numbers; it could not start.");
	hub->broker = broker_new(&options, moment(hub));
	return hub->broker ? 0 : fail("memory is short; it could not start.");
}

static void stop(struct hub *hub)
{
	if (hub->broker)
		broker_stop(hub->broker, moment(hub));
	broker_free(hub->broker);
	for (int side = 0; side < 2; side++) {
		if (!hub->sockets[side])
			continue;
		set(hub->sockets[side], ZMQ_LINGER, FAREWELL_MS);
		zmq_close(hub->sockets[side]);
	}
	if (hub->monitor)
		zmq_close(hub->monitor);
	if (hub->context)
		zmq_ctx_term(hub->context);
	burst_free(hub->burst);
	wire_free(hub->news);
	guard_free(hub->guard);
	if (hub->folder[0])
		rmdir(hub->folder);
	steady_close(&hub->clock);
	if (hub->signals >= 0)
		close(hub->signals);
}

int main(int argc, char **argv)
{
	struct broker_arguments arguments;
	struct hub hub = {.signals = -1, .due = {true, true}};
	int status = 1;

	if (!broker_arguments_read(argc, argv, &arguments, &status))
		return status;
	hub.signals = broker_process_prepare();
	if (hub.signals >= 0 && steady_open(&hub.clock, "hudur-broker") == 0 &&
	    open_sockets(&hub, &arguments) == 0 && start(&hub, &arguments) == 0) {
		int64_t tick_ms = arguments.heartbeat_ms / 10;

		if (clock_is_simulated(&hub.clock.wall))
			fputs("hudur-broker: the clock is simulated (HUDUR_CLOCK).\n", stderr);
		puts("ready");
		fflush(stdout);
		run(&hub, tick_ms > 100 ? 100 : tick_ms);
		status = 0;
	}
	stop(&hub);
	return status;
}
