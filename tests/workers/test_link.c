/* When a worker starts over with a broker, and when it does not. */
#include "schema/bundle.h"
#include "tests/harness.h"
#include "workers/link.h"

#include <string.h>
#include <unistd.h>
#include <zmq.h>

enum { BEAT_MS = 10, ROUNDS = 20, PATIENCE_MS = 5000 };

struct broker {
	void *zmq, *socket;
	struct links *links;
	char folder[64], endpoint[96];
	size_t requests;
	bool answers;    /* each request at once, with `big` or its own address as the map */
	struct text big;
};

static size_t count_request(void *context, struct link *link, struct text address, struct text id, struct text map)
{
	struct broker *broker = context;

	(void)map;
	broker->requests++;
	if (broker->answers)
		link_reply(link, address, id, broker->big.at ? broker->big : address);
	return 3;
}

static int setup(void **state)
{
	const char *temporary = getenv("TMPDIR");
	struct broker *broker = calloc(1, sizeof *broker);
	const int brief = PATIENCE_MS;

	if (!broker)
		return -1;
	*state = broker;
	snprintf(broker->folder, sizeof broker->folder, "%.40s/link-XXXXXX", temporary ? temporary : "/tmp");
	if (!mkdtemp(broker->folder))
		return -1;
	snprintf(broker->endpoint, sizeof broker->endpoint, "ipc://%s/s", broker->folder);
	broker->zmq = links_context_new();
	broker->socket = zmq_socket(broker->zmq, ZMQ_ROUTER);
	zmq_setsockopt(broker->socket, ZMQ_RCVTIMEO, &brief, sizeof brief);
	return zmq_bind(broker->socket, broker->endpoint);
}

static int teardown(void **state)
{
	struct broker *broker = *state;

	links_free(broker->links);
	zmq_close(broker->socket);
	links_context_free(broker->zmq);
	unlink(broker->endpoint + 6);
	rmdir(broker->folder);
	free(broker);
	return 0;
}

static void connect_links(struct broker *broker)
{
	const char *const brokers[] = {broker->endpoint, NULL};
	const struct links_settings settings = {
		.zmq = broker->zmq, .brokers = brokers, .credit = 16, .heartbeat_ms = BEAT_MS,
		.request = count_request, .context = broker,
	};

	broker->links = links_new(&settings);
	assert_non_null(broker->links);
	assert_true(links_offer(broker->links, TEXT("e1/attendance"), (struct text){0}, 0));
}

/* The command of the next message, and who sent it; its third frame stays in `heard`. */
static char heard[BUNDLE_BYTES];
static int heard_size;

static char hear(struct broker *broker, char from[64], int *size)
{
	char frame[256];
	int more = 1, got;
	size_t length = sizeof more;
	char command = 0;

	*size = zmq_recv(broker->socket, from, 64, 0);
	assert_true(*size > 0);
	for (int i = 1; more; i++) {
		got = i == 3 ? zmq_recv(broker->socket, heard, sizeof heard, 0)
			     : zmq_recv(broker->socket, frame, sizeof frame, 0);
		assert_true(got >= 0);
		if (i == 2)
			command = frame[0];
		if (i == 3)
			heard_size = got;
		zmq_getsockopt(broker->socket, ZMQ_RCVMORE, &more, &length);
	}
	return command;
}

/* One that does not listen must not take its own deafness for the broker's silence: that would drop what waits. */
static void a_deaf_worker_stays_connected(void **state)
{
	struct broker *broker = *state;
	char first[64], from[64];
	int first_size, size;

	connect_links(broker);
	assert_int_equal(hear(broker, first, &first_size), MDP_READY);
	for (int i = 0; i < ROUNDS; i++) {
		links_wait(broker->links, NULL, 0, true, BEAT_MS);
		links_receive(broker->links, 0);
	}
	for (int i = 0; i < 5; i++) {
		hear(broker, from, &size);
		assert_int_equal(size, first_size);
		assert_memory_equal(from, first, (size_t)size);
	}
}

/* What it offered at first may have been lost with a connection, of whose end nobody is told. */
static void a_connected_worker_offers_again(void **state)
{
	struct broker *broker = *state;
	char first[64], from[64];
	int first_size, size;

	connect_links(broker);
	assert_int_equal(hear(broker, first, &first_size), MDP_READY);
	for (int offers = 0, rounds = 0; offers < 2; rounds++) {
		assert_true(rounds < 20 * ROUNDS);
		links_wait(broker->links, NULL, 0, true, BEAT_MS);
		links_receive(broker->links, 0);
		offers += hear(broker, from, &size) == MDP_READY;
		assert_int_equal(size, first_size);
		assert_memory_equal(from, first, (size_t)size);
	}
}

static void one_that_listens_and_hears_nothing_starts_over(void **state)
{
	struct broker *broker = *state;
	char first[64], from[64];
	int first_size, size;

	connect_links(broker);
	assert_int_equal(hear(broker, first, &first_size), MDP_READY);
	for (int i = 0; i < ROUNDS; i++) {
		links_wait(broker->links, NULL, 0, false, BEAT_MS);
		links_receive(broker->links, 16);
	}
	while (hear(broker, from, &size) != MDP_READY)
		;
	assert_true(size != first_size || memcmp(from, first, (size_t)size) != 0);
}

static void send_request(struct broker *broker, const char *to, int size)
{
	const char *const frames[] = {"MDPW02", "\x02", "address", "", "0123456789abcdef", "\x80"};

	zmq_send(broker->socket, to, (size_t)size, ZMQ_SNDMORE);
	for (int i = 0; i < 6; i++)
		zmq_send(broker->socket, frames[i], strlen(frames[i]), i < 5 ? ZMQ_SNDMORE : 0);
}

static void requests_are_taken_by_what_they_are_worth(void **state)
{
	struct broker *broker = *state;
	char worker[64];
	int size;

	connect_links(broker);
	assert_int_equal(hear(broker, worker, &size), MDP_READY);
	for (int i = 0; i < 4; i++)
		send_request(broker, worker, size);
	while (!broker->requests) {
		links_wait(broker->links, NULL, 0, false, BEAT_MS);
		links_receive(broker->links, 1);
	}
	assert_int_equal(broker->requests, 1);
	while (broker->requests < 3) {
		size_t before = broker->requests, worth;

		links_wait(broker->links, NULL, 0, false, BEAT_MS);
		worth = links_receive(broker->links, 4);
		assert_int_equal(worth, (broker->requests - before) * 3);
		assert_in_range(broker->requests - before, 0, 2);
	}
}

static void receive_until(struct broker *broker, size_t requests)
{
	while (broker->requests < requests) {
		links_wait(broker->links, NULL, 0, false, BEAT_MS);
		links_receive(broker->links, 100);
	}
}

/* All but the last `cut` bytes of it. */
static void send_bundle(struct broker *broker, const char *to, int size, enum mdp_worker_command command, uint32_t count,
			uint32_t cut)
{
	static struct bundle bundle;
	char address[3] = "a?";

	bundle_clear(&bundle);
	for (uint32_t i = 0; i < count; i++) {
		const struct mdp_worker_message request = {
			.command = command, .address = {address, 2}, .body = {TEXT("0123456789abcdef"), TEXT("\x80")},
			.bodies = 2,
		};

		address[1] = (char)('0' + i);
		assert_true(bundle_add(&bundle, &request));
	}
	zmq_send(broker->socket, to, (size_t)size, ZMQ_SNDMORE);
	zmq_send(broker->socket, "MDPW02", 6, ZMQ_SNDMORE);
	zmq_send(broker->socket, "\7", 1, ZMQ_SNDMORE);
	zmq_send(broker->socket, bundle.bytes, bundle.size - cut, 0);
}

/* A bundle of so many requests arrives, and each is answered with `map`, or with its own address. */
static void answer_bundle(struct broker *broker, uint32_t count, struct text map)
{
	char worker[64];
	int size;

	broker->answers = true;
	broker->big = map;
	connect_links(broker);
	assert_int_equal(hear(broker, worker, &size), MDP_READY);
	send_bundle(broker, worker, size, MDP_REQUEST, count, 0);
	receive_until(broker, count);
}

static void hear_until(struct broker *broker, char command)
{
	char worker[64];
	int size;

	while (hear(broker, worker, &size) != command)
		;
}

static void requests_in_a_bundle_are_answered_in_one(void **state)
{
	struct mdp_worker_message answer;
	struct broker *broker = *state;
	struct text bundle;

	answer_bundle(broker, 3, (struct text){0});
	links_send_replies(broker->links);
	hear_until(broker, MDP_BUNDLE);
	bundle = (struct text){heard, (uint32_t)heard_size};
	for (char i = '0'; i < '3'; i++) {
		assert_true(bundle_next(&bundle, &answer));
		assert_int_equal(answer.command, MDP_FINAL);
		assert_int_equal(answer.bodies, 2);
		assert_true(text_is(answer.body[0], "0123456789abcdef"));
		assert_int_equal(answer.body[1].at[1], i);
	}
	assert_int_equal(bundle.size, 0);
}

static void replies_too_many_for_one_bundle_go_before(void **state)
{
	static char map[BUNDLE_BYTES / 2];

	answer_bundle(*state, 2, (struct text){map, sizeof map});
	hear_until(*state, MDP_BUNDLE); /* the first, which nobody asked to send */
	assert_in_range(heard_size, sizeof map, BUNDLE_BYTES);
}

static void a_reply_too_large_for_a_bundle_goes_alone(void **state)
{
	static char map[BUNDLE_BYTES];

	answer_bundle(*state, 1, (struct text){map, sizeof map});
	hear_until(*state, MDP_FINAL);
}

static void only_requests_are_taken_from_a_bundle(void **state)
{
	struct broker *broker = *state;
	char worker[64];
	int size;

	connect_links(broker);
	assert_int_equal(hear(broker, worker, &size), MDP_READY);
	send_bundle(broker, worker, size, MDP_FINAL, 2, 0);
	send_bundle(broker, worker, size, MDP_REQUEST, 1, 0);
	receive_until(broker, 1);
	assert_int_equal(broker->requests, 1);
}

/* The broker then gives out again what cannot be read. */
static void a_damaged_bundle_lets_the_worker_start_over(void **state)
{
	struct broker *broker = *state;
	char first[64], from[64];
	int first_size, size;

	connect_links(broker);
	assert_int_equal(hear(broker, first, &first_size), MDP_READY);
	send_bundle(broker, first, first_size, MDP_REQUEST, 2, 1);
	receive_until(broker, 1);
	assert_int_equal(broker->requests, 1);
	do
		hear(broker, from, &size);
	while (size == first_size && memcmp(from, first, (size_t)size) == 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_deaf_worker_stays_connected),
		CASE(a_connected_worker_offers_again),
		CASE(one_that_listens_and_hears_nothing_starts_over),
		CASE(requests_are_taken_by_what_they_are_worth),
		CASE(requests_in_a_bundle_are_answered_in_one),
		CASE(replies_too_many_for_one_bundle_go_before),
		CASE(a_reply_too_large_for_a_bundle_goes_alone),
		CASE(only_requests_are_taken_from_a_bundle),
		CASE(a_damaged_bundle_lets_the_worker_start_over),
	};

	return RUN_TESTS(tests);
}
