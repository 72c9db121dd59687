/* hudur serve keeps its word over the death of what it started: a stream of scans goes on, nothing lost or doubled. */
#include "tests/harness.h"
#include "tests/system/stage.h"
#include "tests/system/stream.h"

#include <signal.h>
#include <unistd.h>

static bool is_called(long process, const char *name)
{
	char path[64], comm[64] = "";
	FILE *file;

	snprintf(path, sizeof path, "/proc/%ld/comm", process);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(comm, sizeof comm, file))
		comm[0] = '\0';
	fclose(file);
	return strncmp(comm, name, strlen(name)) == 0;
}

/* The child of that name; 0 while there is none. */
static pid_t child_of(const struct program *serve, const char *name)
{
	char path[64], line[256] = "", *at = line, *end;
	FILE *children;
	long child;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)serve->pid, (int)serve->pid);
	children = fopen(path, "re");
	assert_non_null(children);
	if (!fgets(line, sizeof line, children))
		line[0] = '\0';
	fclose(children);
	while ((child = strtol(at, &end, 10)) > 0 && !is_called(child, name))
		at = end;
	return (pid_t)child;
}

static void kill_child(const struct program *serve, const char *name)
{
	pid_t child = child_of(serve, name);

	assert_true(child > 0);
	kill(child, SIGKILL);
}

static void scans_go_on_while_children_are_killed(void **state)
{
	struct stage *stage = *state;
	char path[160], endpoint[160], rest[160], badge[16];
	struct program *serve = stage_start(stage, "hudur-serve", "--data", stage_path(stage, "data", path), "--listen",
					    "tcp://127.0.0.1:*", "--heartbeat", "100", NULL);
	struct device device = {.seq = 0};
	struct stream *stream = calloc(1, sizeof *stream);
	struct caller caller;
	int64_t before;

	program_line(serve, "listening ", endpoint);
	program_line(serve, "ready", rest);
	caller_open(&caller, endpoint);
	caller_prepare(&caller, &device, "e1", badge);
	stream_fill(stream, &caller, &device, "e1", badge);
	before = caller_ledger(&caller, "e1");
	stream_until(stream, STREAM_SCANS / 4);
	kill_child(serve, "hudur-worker");
	stream_until(stream, STREAM_SCANS / 2);
	kill_child(serve, "hudur-broker");
	stream_until(stream, STREAM_SCANS);
	stream_check(stream, "e1", before);
	caller_close(&caller);
	program_end(serve);
	free(stream);
}

static void nothing_is_left_of_it_after_its_end(void **state)
{
	struct stage *stage = *state;
	char path[160], rest[160];
	struct program *serve = stage_start(stage, "hudur-serve", "--data", stage_path(stage, "data", path), "--listen",
					    "tcp://127.0.0.1:*", "--heartbeat", "100", NULL);
	pid_t broker, worker;

	program_line(serve, "ready", rest);
	program_refuses(stage_start(stage, "hudur-serve", "--data", path, "--listen", "tcp://127.0.0.1:*", NULL),
			"another hudur serve is running");
	broker = child_of(serve, "hudur-broker");
	worker = child_of(serve, "hudur-worker");
	assert_true(broker > 0 && worker > 0);
	program_end(serve);
	assert_int_not_equal(kill(broker, 0), 0);
	assert_int_not_equal(kill(worker, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAGE_CASE(scans_go_on_while_children_are_killed),
		STAGE_CASE(nothing_is_left_of_it_after_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
