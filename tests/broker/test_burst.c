/* What one read takes from a socket: each sender's messages together and in order, and not without
 * end. */
#include "tests/harness.h"

#include <string.h>
#include <zmq.h>

#include "broker/burst.h"

enum { SENDERS = 3, MANY = 100, CROWD = BURST_MAX / BURST_EACH + 8 };

static void *context, *router, *senders[CROWD];
static struct burst *burst;

static void set(void *socket, int option, int value)
{
	assert_int_equal(zmq_setsockopt(socket, option, &value, sizeof value), 0);
}

/* Over inproc what was sent can be read at once. */
static int setup(void **state)
{
	(void)state;
	context = zmq_ctx_new();
	router = zmq_socket(context, ZMQ_ROUTER);
	set(router, ZMQ_LINGER, 0);
	assert_int_equal(zmq_bind(router, "inproc://burst"), 0);
	for (int i = 0; i < CROWD; i++) {
		const char name[] = {(char)('a' + i % SENDERS), (char)(i / SENDERS), (char)(i / SENDERS / 256)};

		senders[i] = zmq_socket(context, ZMQ_DEALER);
		set(senders[i], ZMQ_LINGER, 0);
		assert_int_equal(zmq_setsockopt(senders[i], ZMQ_ROUTING_ID, name, sizeof name), 0);
		assert_int_equal(zmq_connect(senders[i], "inproc://burst"), 0);
	}
	burst = burst_new();
	assert_non_null(burst);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	burst_free(burst);
	for (int i = 0; i < CROWD; i++)
		zmq_close(senders[i]);
	zmq_close(router);
	zmq_ctx_term(context);
	return 0;
}

static void send_bytes(int sender, const char *bytes, uint32_t size)
{
	struct frames frames = {.at = {{bytes, size}}, .count = 1};

	assert_int_equal(wire_send(senders[sender], (struct text){0}, &frames), WIRE_OK);
}

/* As the last burst told. */
static bool more;

/* "a1 a2 b1 ": who, and the message's first byte. */
static const char *read_all(void)
{
	static char line[4 * BURST_MAX];
	const struct arrivals *arrivals = burst_read(burst, router, &more);
	const struct arrival *arrival;
	size_t used = 0;

	line[0] = '\0';
	STAILQ_FOREACH(arrival, arrivals, link)
	{
		used += (size_t)snprintf(line + used, sizeof line - used, "%c%c ",
					 *arrival->peer.at,
					 arrival->whole ? *arrival->frames.at[0].at : '!');
	}
	burst_release(burst);
	return line;
}

static uint32_t count_read(void)
{
	return (uint32_t)strlen(read_all()) / 3;
}

static void a_senders_messages_stand_together_in_their_order(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		for (int sender = 0; sender < SENDERS; sender++)
			send_bytes(sender, &"123"[i], 1);
	assert_string_equal(read_all(), "a1 a2 a3 b1 b2 b3 c1 c2 c3 ");
	assert_string_equal(read_all(), "");
}

static void senders_come_as_they_came_first(void **state)
{
	(void)state;
	send_bytes(2, "1", 1);
	assert_string_equal(read_all(), "c1 ");
	send_bytes(1, "2", 1);
	send_bytes(1, "3", 1);
	assert_string_equal(read_all(), "b2 b3 ");
}

static void a_burst_has_an_end(void **state)
{
	(void)state;
	for (int i = 0; i < BURST_LEAST + 10; i++)
		send_bytes(i % SENDERS, "x", 1);
	assert_int_equal(count_read(), BURST_LEAST);
	assert_true(more);
	assert_int_equal(count_read(), 10);
	assert_false(more);
}

static void more_senders_get_longer_bursts(void **state)
{
	(void)state;
	for (int i = 0; i < MANY * BURST_EACH + 10; i++)
		send_bytes(i % MANY, "x", 1);
	assert_int_equal(count_read(), MANY * BURST_EACH);
	assert_int_equal(count_read(), 10);
}

static void a_crowd_gets_no_more_than_there_is_room_for(void **state)
{
	(void)state;
	for (int i = 0; i < BURST_MAX + 10; i++)
		send_bytes(i % CROWD, "x", 1);
	assert_int_equal(count_read(), BURST_MAX);
	assert_int_equal(count_read(), 10);
}

static void large_messages_end_it_sooner(void **state)
{
	static char large[BURST_BYTES / 4];

	(void)state;
	memset(large, 'x', sizeof large);
	for (int i = 0; i < 6; i++)
		send_bytes(i % SENDERS, large, sizeof large);
	assert_int_equal(count_read(), 4);
	assert_int_equal(count_read(), 2);
}

static void a_message_of_too_many_frames_is_marked(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++)
		assert_int_equal(zmq_send(senders[0], "x", 1, i < 99 ? ZMQ_SNDMORE : 0), 1);
	send_bytes(0, "y", 1);
	assert_string_equal(read_all(), "a! ay ");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_senders_messages_stand_together_in_their_order),
		CASE(senders_come_as_they_came_first),
		CASE(a_burst_has_an_end),
		CASE(more_senders_get_longer_bursts),
		CASE(a_crowd_gets_no_more_than_there_is_room_for),
		CASE(large_messages_end_it_sooner),
		CASE(a_message_of_too_many_frames_is_marked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
