/* A connection that sends without end is cut; one that delivers may send for ever. */
#include "tests/harness.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "broker/guard.h"

static struct guard *guard;
static int near, far;

static void connect_both(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	far = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(far, (struct sockaddr *)&address, size), 0);
	near = accept(listener, NULL, NULL);
	assert_true(near >= 0);
	close(listener);
}

static int setup(void **state)
{
	(void)state;
	connect_both();
	guard = guard_new();
	assert_non_null(guard);
	guard_opened(guard, near);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guard_free(guard);
	close(near);
	close(far);
	return 0;
}

/* Sent, and read on the other side as ZeroMQ would. */
static void pass(int kibibytes)
{
	static char bytes[1024];

	for (int i = 0; i < kibibytes; i++) {
		assert_int_equal(send(far, bytes, sizeof bytes, MSG_NOSIGNAL), sizeof bytes);
		assert_int_equal(recv(near, bytes, sizeof bytes, MSG_WAITALL), sizeof bytes);
	}
}

static bool is_cut(void)
{
	char byte;

	return recv(far, &byte, 1, MSG_DONTWAIT) == 0;
}

static void who_sends_without_end_is_cut(void **state)
{
	(void)state;
	pass(GUARD_PATIENCE / 1024);
	assert_int_equal(guard_check(guard), 0);
	assert_false(is_cut());
	pass(1);
	assert_int_equal(guard_check(guard), 1);
	assert_true(is_cut());
	assert_int_equal(guard_check(guard), 0);
}

static void who_delivers_is_left_alone(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		pass(GUARD_PATIENCE / 1024);
		guard_delivered(guard, near);
		assert_int_equal(guard_check(guard), 0);
	}
	assert_false(is_cut());
}

static void who_went_is_not_looked_at(void **state)
{
	(void)state;
	pass(GUARD_PATIENCE / 1024 + 1);
	guard_closed(guard, near);
	assert_int_equal(guard_check(guard), 0);
	guard_closed(guard, -1);
	guard_delivered(guard, 1 << 30);
	guard_opened(guard, 1 << 30);
	guard_opened(guard, 1000);
	assert_int_equal(guard_check(guard), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_sends_without_end_is_cut, setup, teardown),
		cmocka_unit_test_setup_teardown(who_delivers_is_left_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(who_went_is_not_looked_at, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
