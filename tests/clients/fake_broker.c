/* Real ZeroMQ over ipc; only the broker's side of the conversation is the test's. */
#include "tests/clients/fake_broker.h"

#include <ftw.h>
#include <poll.h>
#include <unistd.h>
#include <zmq.h>

#include "schema/clock.h"
#include "tests/harness.h"

enum { PATIENCE_MS = 5000, SLICE_MS = 20 };

void folder_make(struct folder *folder)
{
	const char *parent = getenv("TMPDIR");

	snprintf(folder->path, sizeof folder->path, "%s/spool-XXXXXX", parent ? parent : "/tmp");
	assert_non_null(mkdtemp(folder->path));
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *place)
{
	(void)about, (void)type, (void)place;
	return remove(path);
}

void folder_remove(struct folder *folder)
{
	nftw(folder->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *folder_file(const struct folder *folder, const char *name, char *buffer, size_t size)
{
	snprintf(buffer, size, "%s/%s", folder->path, name);
	return buffer;
}

static void bind_socket(struct fake_broker *broker)
{
	int none = 0;

	broker->socket = zmq_socket(broker->context, ZMQ_ROUTER);
	assert_non_null(broker->socket);
	zmq_setsockopt(broker->socket, ZMQ_LINGER, &none, sizeof none);
	assert_int_equal(zmq_bind(broker->socket, broker->endpoint), 0);
}

void fake_broker_open(struct fake_broker *broker, const struct folder *folder, const char *name)
{
	*broker = (struct fake_broker){.context = zmq_ctx_new(), .wire = wire_new()};
	snprintf(broker->endpoint, sizeof broker->endpoint, "ipc://%s/%s", folder->path, name);
	bind_socket(broker);
}

void fake_broker_close(struct fake_broker *broker)
{
	zmq_close(broker->socket);
	zmq_ctx_term(broker->context);
	wire_free(broker->wire);
	arena_free(&broker->arena);
}

void fake_broker_restart(struct fake_broker *broker)
{
	zmq_close(broker->socket);
	zmq_ctx_term(broker->context); /* returns when the old socket is gone for good */
	broker->context = zmq_ctx_new();
	bind_socket(broker);
}

static void copy(struct text from, void *to, size_t size)
{
	assert_true(from.size <= size);
	memcpy(to, from.at, from.size);
}

static bool receive(struct fake_broker *broker, struct taken *taken)
{
	struct frames frames;
	struct text peer;
	struct mdp_client_message message;

	if (wire_receive(broker->socket, broker->wire, &peer, &frames) != WIRE_OK)
		return false;
	*taken = (struct taken){.peer_size = peer.size};
	assert_true(mdp_read_client(&frames, &message));
	assert_int_equal(message.command, MDP_CLIENT_REQUEST);
	assert_int_equal(message.bodies, 2);
	assert_int_equal(message.body[0].size, ID_SIZE);
	copy(peer, taken->peer, sizeof taken->peer);
	copy(message.service, taken->service, sizeof taken->service - 1);
	copy(message.body[0], taken->id, ID_SIZE);
	copy(message.body[1], taken->map, sizeof taken->map);
	taken->map_size = message.body[1].size;
	assert_int_equal(message_decode(&message_request,
					(struct text){taken->map, taken->map_size}, &broker->arena,
					&taken->request, NULL),
			 E_OK);
	return true;
}

bool fake_broker_has(struct fake_broker *broker, drive *turn, void *driven, struct taken *taken)
{
	turn(driven);
	while (receive(broker, taken)) {
		if (strcmp(taken->service, "broker") != 0)
			return true;
		fake_broker_answer(broker, taken, status_ok, ABSENT);
	}
	return false;
}

void fake_broker_take(struct fake_broker *broker, int fd, drive *turn, void *driven,
		      struct taken *taken)
{
	int64_t until = clock_monotonic_ms() + PATIENCE_MS;
	zmq_pollitem_t items[] = {
		{.socket = broker->socket, .events = ZMQ_POLLIN},
		{.fd = fd, .events = ZMQ_POLLIN},
	};

	while (!fake_broker_has(broker, turn, driven, taken)) {
		if (clock_monotonic_ms() >= until)
			fail_msg("no request came to %s", broker->endpoint);
		zmq_poll(items, 2, SLICE_MS);
	}
}

void fake_broker_send(struct fake_broker *broker, const struct taken *taken, const char *id,
		      struct text map, enum mdp_client_command command)
{
	struct mdp_client_message message = {
		.command = command,
		.service = text_of(taken->service),
		.body = {{id, ID_SIZE}, map},
		.bodies = 2,
	};
	struct frames frames;

	mdp_write_client(&message, &frames);
	assert_int_equal(
		wire_send(broker->socket, (struct text){taken->peer, taken->peer_size}, &frames),
		WIRE_OK);
}

static void answer(struct fake_broker *broker, const struct taken *taken, struct reply reply)
{
	struct text map;
	struct clock clock = {0};

	reply.now = clock_now(&clock) + broker->clock_ahead;
	assert_int_equal(message_encode(&message_reply, &reply, &broker->arena, &map), E_OK);
	fake_broker_send(broker, taken, (const char *)taken->id, map, MDP_CLIENT_FINAL);
}

void fake_broker_answer(struct fake_broker *broker, const struct taken *taken, enum status status,
			int64_t retry_ms)
{
	answer(broker, taken, (struct reply){.status = status, .retry_ms = retry_ms});
}

void fake_broker_refuse(struct fake_broker *broker, const struct taken *taken, enum error error)
{
	answer(broker, taken, (struct reply){.status = status_error, .retry_ms = ABSENT,
					     .reason = text_of(error_name(error))});
}
