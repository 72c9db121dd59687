/* What cannot be served is refused at the start: one sentence that says what to do, and an end that is not 0. */
#include "tests/harness.h"
#include "tests/system/stage.h"

#include <sys/stat.h>
#include <unistd.h>

static struct program *broker_on(struct stage *stage, const char *listen)
{
	char workers[200], path[160];

	snprintf(workers, sizeof workers, "ipc://%s", stage_path(stage, "workers", path));
	return stage_start(stage, "hudur-broker", "--listen", listen, "--workers", workers, NULL);
}

static void port_in_use(void **state)
{
	struct stage *stage = *state;
	struct broker broker;

	broker_start(stage, &broker, "first");
	program_refuses(broker_on(stage, broker.clients), "in use");
}

static void workers_endpoint_in_use(void **state)
{
	struct stage *stage = *state;
	struct broker broker;

	broker_start(stage, &broker, "first");
	program_refuses(stage_start(stage, "hudur-broker", "--listen", "tcp://127.0.0.1:*", "--workers",
				    broker.workers, NULL), "first");
	program_end(broker.program);
}

static void address_of_other_machines(void **state)
{
	static const char *const wrong[] = {
		"tcp://0.0.0.0:*", "tcp://*:*", "tcp://192.0.2.1:5570", "tcp://[::]:*", "tcp://example.org:5570",
		"tcp://127.0.0.1.example.org:5570", "udp://127.0.0.1:5570", "inproc://x", "pgm://127.0.0.1:5570",
		"tcp://127.0.0.1", "tcp://", "ipc://", "", "127.0.0.1:5570",
	};
	struct stage *stage = *state;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		program_refuses(broker_on(stage, wrong[i]), wrong[i]);
}

static void loopback_addresses_are_served(void **state)
{
	static const char *const right[] = {"tcp://127.0.0.1:*", "tcp://127.1.2.3:*", "tcp://localhost:*"};
	struct stage *stage = *state;

	for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
		struct program *broker = broker_on(stage, right[i]);
		char rest[160];

		program_line(broker, "ready", rest);
		program_end(broker);
	}
}

static void role_that_there_is_not(void **state)
{
	struct stage *stage = *state;

	program_refuses(stage_start(stage, "hudur-broker", "--listen", "tcp://127.0.0.1:*", "--local-role", "king",
				    NULL), "--local-role");
}

static struct program *worker_on(struct stage *stage, const char *data)
{
	char broker[200], path[160];

	snprintf(broker, sizeof broker, "ipc://%s", stage_path(stage, "workers", path));
	return stage_start(stage, "hudur-worker", "--data", data, "--broker", broker, NULL);
}

static void folder_that_is_a_file(void **state)
{
	struct stage *stage = *state;
	char path[160], below[160];

	stage_write(stage, "file", "x", 1);
	program_refuses(worker_on(stage, stage_path(stage, "file", path)), path);
	program_refuses(worker_on(stage, stage_path(stage, "file/data", below)), below);
	program_refuses(worker_on(stage, stage_path(stage, "none/data", below)), below);
}

static void folder_that_cannot_be_written(void **state)
{
	struct stage *stage = *state;
	char path[160], below[160];

	/* /proc takes no files, not even root's */
	program_refuses(worker_on(stage, "/proc/hudur"), "/proc/hudur");
	if (geteuid() == 0)
		return;
	mkdir(stage_path(stage, "closed", path), 0500);
	program_refuses(worker_on(stage, path), path);
	program_refuses(worker_on(stage, stage_path(stage, "closed/data", below)), below);
}

static void endpoint_that_is_none(void **state)
{
	struct stage *stage = *state;
	char path[160];

	stage_path(stage, "data", path);
	program_refuses(stage_start(stage, "hudur-worker", "--data", path, "--broker", "nonsense", NULL), "nonsense");
}

static void arguments_that_are_wrong(void **state)
{
	static const char *const wrong[][2] = {
		{"--frobnicate", NULL}, {"left over", NULL}, {"--heartbeat", "soon"}, {"--heartbeat", "0"},
		{"--heartbeat", "99999999999999999999"},
	};
	struct stage *stage = *state;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		program_refuses(stage_start(stage, "hudur-broker", wrong[i][0], wrong[i][1], NULL), "hudur-broker: ");
		program_refuses(stage_start(stage, "hudur-worker", "--data", stage->folder, "--broker", "ipc://x",
					    wrong[i][0], wrong[i][1], NULL), "--help");
	}
	program_refuses(stage_start(stage, "hudur-broker", "--listen", NULL), "--listen");
	program_refuses(stage_start(stage, "hudur-worker", NULL), "--help");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAGE_CASE(port_in_use),
		STAGE_CASE(workers_endpoint_in_use),
		STAGE_CASE(address_of_other_machines),
		STAGE_CASE(loopback_addresses_are_served),
		STAGE_CASE(role_that_there_is_not),
		STAGE_CASE(folder_that_is_a_file),
		STAGE_CASE(folder_that_cannot_be_written),
		STAGE_CASE(endpoint_that_is_none),
		STAGE_CASE(arguments_that_are_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
