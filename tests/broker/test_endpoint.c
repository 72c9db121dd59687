/* Nothing that another machine could reach is bound, and no file is taken from anybody. */
#include "tests/harness.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "broker/endpoint.h"

static void accepted(const char *given, const char *address)
{
	struct complaint complaint = {""};
	struct endpoint endpoint;

	if (!endpoint_for_clients(given, &endpoint, &complaint))
		fail_msg("%s", complaint.sentence);
	assert_string_equal(endpoint.address, address);
}

static void refused(const char *given, const char *words)
{
	struct complaint complaint = {""};
	struct endpoint endpoint;

	assert_false(endpoint_for_clients(given, &endpoint, &complaint));
	if (!strstr(complaint.sentence, words))
		fail_msg("%s: %s", given, complaint.sentence);
}

static void this_machine_is_accepted(void **state)
{
	(void)state;
	accepted("tcp://127.0.0.1:5570", "tcp://127.0.0.1:5570");
	accepted("tcp://127.9.8.7:*", "tcp://127.9.8.7:*");
	accepted("tcp://localhost:0", "tcp://127.0.0.1:0");
	accepted("tcp://[::1]:65535", "tcp://[::1]:65535");
	accepted("ipc:///tmp/x", "ipc:///tmp/x");
	accepted("ipc://*", "ipc://*");
}

static void other_machines_need_keys(void **state)
{
	(void)state;
	refused("tcp://0.0.0.0:5570", "needs keys");
	refused("tcp://*:5570", "needs keys");
	refused("tcp://192.168.1.4:5570", "needs keys");
	refused("tcp://[::]:5570", "needs keys");
	refused("tcp://::1:5570", "needs keys");
	refused("tcp://127.0.0.1.example:5570", "needs keys");
	refused("tcp://127.1:5570", "needs keys");
	refused("tcp://eth0:5570", "needs keys");
	refused("tcp://:5570", "needs keys");
}

static void what_is_no_endpoint_gets_a_sentence(void **state)
{
	char path[300];

	(void)state;
	refused("", "not an endpoint");
	refused("127.0.0.1:5570", "not an endpoint");
	refused("udp://127.0.0.1:5570", "not an endpoint");
	refused("tcp://127.0.0.1", "not an endpoint");
	refused("tcp://127.0.0.1:", "not an endpoint");
	refused("tcp://127.0.0.1:65536", "not an endpoint");
	refused("tcp://127.0.0.1:-1", "not an endpoint");
	refused("tcp://127.0.0.1:1x", "not an endpoint");
	refused("ipc://", "lacks a path");
	refused("ipc://@abstract", "permissions");
	memset(path, 'x', sizeof path);
	memcpy(path, "ipc:///", 7);
	path[sizeof path - 1] = '\0';
	refused(path, "too long");
	memcpy(path, "tcp://1", 7);
	refused(path, "not an endpoint");
}

static void workers_come_by_ipc_alone(void **state)
{
	struct complaint complaint;
	struct endpoint endpoint;

	(void)state;
	assert_true(endpoint_for_workers("ipc:///tmp/x", &endpoint, &complaint));
	assert_false(endpoint_for_workers("tcp://127.0.0.1:5571", &endpoint, &complaint));
	assert_non_null(strstr(complaint.sentence, "keys"));
	assert_false(endpoint_for_workers("ipc://@w", &endpoint, &complaint));
}

static int listen_at(const char *path)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(name.sun_path, sizeof name.sun_path, "%s", path);
	assert_int_equal(bind(fd, (const struct sockaddr *)&name, sizeof name), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void a_file_that_somebody_uses_is_left_to_them(void **state)
{
	char folder[] = "/tmp/hudur-test-XXXXXX", path[64];
	struct complaint complaint = {""};
	struct endpoint endpoint;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/w", folder);
	snprintf(endpoint.address, sizeof endpoint.address, "ipc://%s", path);
	assert_true(endpoint_is_free(&endpoint, &complaint));
	fd = listen_at(path);
	assert_false(endpoint_is_free(&endpoint, &complaint));
	assert_non_null(strstr(complaint.sentence, "in use"));
	close(fd);
	assert_true(endpoint_is_free(&endpoint, &complaint)); /* left behind by a killed broker */
	unlink(path);
	fclose(fopen(path, "w"));
	assert_false(endpoint_is_free(&endpoint, &complaint));
	assert_non_null(strstr(complaint.sentence, "another kind"));
	unlink(path);
	rmdir(folder);
}

static void a_failed_bind_is_explained(void **state)
{
	static const struct {
		int error;
		const char *words;
	} cases[] = {{EADDRINUSE, "in use"},
		     {EACCES, "writable"},
		     {ENOENT, "no such folder"},
		     {ENODEV, "no device"}};
	struct endpoint endpoint = {.address = "ipc:///nowhere/x"};
	struct complaint complaint;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		endpoint_explain(&endpoint, cases[i].error, "no device", &complaint);
		assert_non_null(strstr(complaint.sentence, cases[i].words));
		assert_non_null(strstr(complaint.sentence, endpoint.address));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(this_machine_is_accepted),
		cmocka_unit_test(other_machines_need_keys),
		cmocka_unit_test(what_is_no_endpoint_gets_a_sentence),
		cmocka_unit_test(workers_come_by_ipc_alone),
		cmocka_unit_test(a_file_that_somebody_uses_is_left_to_them),
		cmocka_unit_test(a_failed_bind_is_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
