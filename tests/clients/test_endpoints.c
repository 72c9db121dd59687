/* The spelling of endpoints. */
#include "clients/lib/endpoints.h"

#include "tests/harness.h"

static void lists_are_read_in_order(void **state)
{
	struct endpoints endpoints;
	struct complaint complaint;

	(void)state;
	assert_true(endpoints_read(
		" tcp://127.0.0.1:5570, ipc:///run/x ,tcp://[::1]:1,tcp://desk-1.local:65535",
		&endpoints, &complaint));
	assert_int_equal(endpoints.count, 4);
	assert_string_equal(endpoints.at[0], "tcp://127.0.0.1:5570");
	assert_string_equal(endpoints.at[1], "ipc:///run/x");
	assert_string_equal(endpoints.at[3], "tcp://desk-1.local:65535");
}

static void wrong_ones_are_named(void **state)
{
	static const char *const wrong[] = {
		"",
		" , ",
		"127.0.0.1:5570",
		"tcp://",
		"tcp://:5570",
		"tcp://host",
		"tcp://host:",
		"tcp://host:0",
		"tcp://host:65536",
		"tcp://host:*",
		"tcp://host:+1",
		"tcp://ho st:1",
		"tcp://a;b:1",
		"tcp://[::1:1",
		"ipc://",
		"inproc://x",
		"udp://h:1",
		"tcp://a:1,tcp://b",
		"tcp://a:1,x",
	};
	struct endpoints endpoints;
	struct complaint complaint;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		complaint.sentence[0] = '\0';
		if (endpoints_read(wrong[i], &endpoints, &complaint))
			fail_msg("\"%s\" was taken", wrong[i]);
		assert_int_equal(endpoints.count, 0);
		assert_non_null(strstr(complaint.sentence, "is not an endpoint"));
	}
}

static void limits_hold(void **state)
{
	struct endpoints endpoints;
	struct complaint complaint;
	char list[1024] = "";

	(void)state;
	for (int i = 0; i <= ENDPOINTS_MAX; i++)
		snprintf(list + strlen(list), sizeof list - strlen(list), "tcp://h:%d,", i + 1);
	assert_false(endpoints_read(list, &endpoints, &complaint));
	memset(list, 'h', sizeof list - 1);
	memcpy(list, "tcp://", 6);
	list[sizeof list - 1] = '\0';
	assert_false(endpoints_read(list, &endpoints, &complaint));
	memcpy(list, "ipc:///", 7);
	list[6 + 108] = '\0';
	assert_false(endpoints_read(list, &endpoints, &complaint));
	list[6 + 107] = '\0';
	assert_true(endpoints_read(list, &endpoints, &complaint));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_read_in_order),
		cmocka_unit_test(wrong_ones_are_named),
		cmocka_unit_test(limits_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
