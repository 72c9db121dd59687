/* Whole messages over real sockets: what goes, what does not, and that nothing goes in part. */
#include "tests/harness.h"

#include <string.h>
#include <zmq.h>

#include "schema/wire.h"

/* A ROUTER as the broker has it, and a DEALER named "peer". */
static void *context, *router, *dealer;
static struct wire *wire;

static void set(void *socket, int option, int value)
{
	assert_int_equal(zmq_setsockopt(socket, option, &value, sizeof value), 0);
}

static int setup(void **state)
{
	(void)state;
	context = zmq_ctx_new();
	router = zmq_socket(context, ZMQ_ROUTER);
	dealer = zmq_socket(context, ZMQ_DEALER);
	set(router, ZMQ_ROUTER_MANDATORY, 1);
	set(router, ZMQ_LINGER, 0);
	set(dealer, ZMQ_LINGER, 0);
	set(router, ZMQ_SNDHWM, 2);
	set(dealer, ZMQ_RCVHWM, 2);
	zmq_setsockopt(dealer, ZMQ_ROUTING_ID, "peer", 4);
	assert_int_equal(zmq_bind(router, "inproc://wire"), 0);
	assert_int_equal(zmq_connect(dealer, "inproc://wire"), 0);
	wire = wire_new();
	assert_non_null(wire);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	wire_free(wire);
	zmq_close(router);
	zmq_close(dealer);
	zmq_ctx_term(context);
	return 0;
}

static struct frames two(const char *first, const char *second)
{
	return (struct frames){.at = {text_of(first), text_of(second)}, .count = 2};
}

static enum wire_result wait_and_receive(void *socket, struct text *peer, struct frames *frames)
{
	zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};

	assert_int_equal(zmq_poll(&item, 1, 5000), 1);
	return wire_receive(socket, wire, peer, frames);
}

static void a_message_goes_there_and_back(void **state)
{
	struct frames frames = two("hello", "");
	struct text peer;

	(void)state;
	assert_int_equal(wire_send(dealer, (struct text){0}, &frames), WIRE_OK);
	assert_int_equal(wait_and_receive(router, &peer, &frames), WIRE_OK);
	assert_true(text_is(peer, "peer"));
	assert_int_equal(frames.count, 2);
	assert_true(text_is(frames.at[0], "hello"));
	assert_int_equal(frames.at[1].size, 0);
	assert_int_equal(wire_send(router, peer, &frames), WIRE_OK);
	assert_int_equal(wait_and_receive(dealer, NULL, &frames), WIRE_OK);
	assert_int_equal(frames.count, 2);
	assert_true(text_is(frames.at[0], "hello"));
}

static void nothing_there_is_empty(void **state)
{
	struct frames frames;
	struct text peer;

	(void)state;
	assert_int_equal(wire_receive(router, wire, &peer, &frames), WIRE_EMPTY);
	assert_int_equal(wire_receive(dealer, wire, NULL, &frames), WIRE_EMPTY);
}

static void nobody_there_is_gone(void **state)
{
	struct frames frames = two("hello", "you");

	(void)state;
	assert_int_equal(wire_send(router, TEXT("nobody"), &frames), WIRE_GONE);
	assert_int_equal(wire_send(router, TEXT("peer"), &frames), WIRE_OK);
	assert_int_equal(wait_and_receive(dealer, NULL, &frames), WIRE_OK);
	assert_int_equal(frames.count, 2);
}

static void a_full_pipe_is_empty_handed_and_takes_no_part(void **state)
{
	struct frames frames = two("hello", "you"), received;
	int sent = 0;

	(void)state;
	while (wire_send(router, TEXT("peer"), &frames) == WIRE_OK)
		assert_true(++sent < 100);
	assert_int_equal(wire_send(router, TEXT("peer"), &frames), WIRE_EMPTY);
	for (; sent; sent--) {
		assert_int_equal(wait_and_receive(dealer, NULL, &received), WIRE_OK);
		assert_int_equal(received.count, 2);
	}
	assert_int_equal(wire_receive(dealer, wire, NULL, &received), WIRE_EMPTY);
}

static void too_many_frames_are_read_and_dropped(void **state)
{
	struct frames frames = two("next", "one");
	struct text peer;

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_int_equal(zmq_send(dealer, "x", 1, i < 99 ? ZMQ_SNDMORE : 0), 1);
	assert_int_equal(wire_send(dealer, (struct text){0}, &frames), WIRE_OK);
	assert_int_equal(wait_and_receive(router, &peer, &frames), WIRE_TOO_MANY);
	assert_int_equal(wait_and_receive(router, &peer, &frames), WIRE_OK);
	assert_true(text_is(frames.at[0], "next"));
}

static void as_many_frames_as_fit_are_taken(void **state)
{
	struct frames frames = {.count = FRAMES_MAX};
	struct text peer;

	(void)state;
	for (uint32_t i = 0; i < FRAMES_MAX; i++)
		frames.at[i] = TEXT("x");
	assert_int_equal(wire_send(dealer, (struct text){0}, &frames), WIRE_OK);
	assert_int_equal(wait_and_receive(router, &peer, &frames), WIRE_OK);
	assert_int_equal(frames.count, FRAMES_MAX);
}

static void large_frames_arrive_whole(void **state)
{
	static char large[65536];
	struct frames frames = {.at = {{large, sizeof large}}, .count = 1};
	struct text peer;

	(void)state;
	memset(large, 'L', sizeof large);
	assert_int_equal(wire_send(dealer, (struct text){0}, &frames), WIRE_OK);
	assert_int_equal(wait_and_receive(router, &peer, &frames), WIRE_OK);
	assert_int_equal(frames.at[0].size, sizeof large);
	assert_memory_equal(frames.at[0].at, large, sizeof large);
}

static void a_context_that_ends_is_closed(void **state)
{
	struct frames frames = two("hello", "you");
	struct text peer;

	(void)state;
	assert_int_equal(zmq_ctx_shutdown(context), 0);
	assert_int_equal(wire_receive(router, wire, &peer, &frames), WIRE_CLOSED);
	frames = two("hello", "you");
	assert_int_equal(wire_send(dealer, (struct text){0}, &frames), WIRE_CLOSED);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_message_goes_there_and_back),
		CASE(nothing_there_is_empty),
		CASE(nobody_there_is_gone),
		CASE(a_full_pipe_is_empty_handed_and_takes_no_part),
		CASE(too_many_frames_are_read_and_dropped),
		CASE(as_many_frames_as_fit_are_taken),
		CASE(large_frames_arrive_whole),
		CASE(a_context_that_ends_is_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
