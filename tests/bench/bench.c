/*
 * How fast a scan is: through broker, worker and synced SQLite, beside the same frames through a bare proxy to an
 * echo. All in one run, so that what the machine adds cancels in the ratios.
 */
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clients/hudur.h"
#include "schema/clock.h"
#include "schema/message.h"
#include "tests/bench/cost.h"
#include "tests/bench/crowd.h"
#include "tests/bench/echo.h"

enum { CONNECTIONS = 64, IN_FLIGHT = 16, PEOPLE = 20000, TURNS = 3, ROUNDS = 8, ALONE = 1000, SYNCS = 300, SPOOLED = 200 };

struct stand {
	char folder[512], bin[512];
	char listen[128], workers[600];
	pid_t broker, worker;
	FILE *json;
	bool first_row;
	struct crowd crowd;
	uint32_t round;
	struct arena scratch; /* of the reply that is checked */
};

static void row(struct stand *stand, const char *name, double value, const char *unit)
{
	printf("%-24s %12.3f %s\n", name, value, unit);
	fflush(stdout);
	fprintf(stand->json, "%s\n{\"name\": \"%s\", \"value\": %.6g, \"unit\": \"%s\"}", stand->first_row ? "[" : ",",
		name, value, unit);
	stand->first_row = false;
}

static void die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

/* Starts a program and reads its standard output until a line that begins so; the rest of that line is kept. */
static pid_t start(const char *const *argv, const char *wanted, char *rest, size_t size)
{
	int pipes[2];
	char line[256];
	FILE *out;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) != 0 || (pid = fork()) < 0)
		die("a program could not be started");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(pipes[1], STDOUT_FILENO);
		execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(pipes[1]);
	out = fdopen(pipes[0], "r");
	while (fgets(line, sizeof line, out)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, wanted, strlen(wanted)) != 0)
			continue;
		snprintf(rest, size, "%s", line + strlen(wanted));
		return pid; /* the pipe stays open: the program may go on printing */
	}
	die("a program ended before it was ready");
	return -1;
}

static void start_programs(struct stand *stand)
{
	char broker[600], worker[600], data[600], rest[16];
	const char *broker_argv[] = {broker, "--listen", "tcp://127.0.0.1:*", "--workers", stand->workers,
				     "--local-role", "administrator", NULL};
	const char *worker_argv[] = {worker, "--data", data, "--broker", stand->workers, "--name", "bench", NULL};

	snprintf(broker, sizeof broker, "%s/hudur-broker", stand->bin);
	snprintf(worker, sizeof worker, "%s/hudur-worker", stand->bin);
	snprintf(data, sizeof data, "%s/data", stand->folder);
	snprintf(stand->workers, sizeof stand->workers, "ipc://%s/workers", stand->folder);
	stand->broker = start(broker_argv, "listening ", stand->listen, sizeof stand->listen);
	stand->worker = start(worker_argv, "ready", rest, sizeof rest);
}

static bool is_ok(void *context, uint32_t n, struct text map)
{
	struct stand *stand = context;
	struct reply reply;
	bool ok;

	arena_reset(&stand->scratch);
	ok = !message_decode(&message_reply, map, &stand->scratch, &reply, NULL) && reply.status == status_ok &&
	     !reply.repeated;
	if (!ok)
		fprintf(stderr, "bench: request %u was answered %.*s\n", n, (int)reply.detail.size, reply.detail.at);
	return ok;
}

static bool take_badge(void *context, uint32_t n, struct text map)
{
	return crowd_take_badge(&((struct stand *)context)->crowd, n, map);
}

static void send_all(struct stand *stand, struct requests requests, int connections, int in_flight, check_fn *check)
{
	struct load_result result;

	if (!load_run(stand->listen, connections, in_flight, &requests, check, stand, &result))
		die("the meeting could not be set up");
	free(result.latencies_us);
}

static struct worker_status ask_status(struct stand *stand)
{
	struct hudur_options options = {.endpoints = stand->listen};
	struct request request;
	struct worker_status status;
	struct arena arena = {0};
	struct hudur_reply reply;
	struct hudur *handle;
	struct text map;

	message_clear(&message_request, &request);
	request.op = TEXT("worker_status");
	if (message_encode(&message_request, &request, &arena, &map) || hudur_new(&options, &handle) != 0 ||
	    hudur_call(handle, "bench/events", map.at, map.size, false, 5000, &reply) != 1 ||
	    message_decode(&message_worker_status, (struct text){reply.map, (uint32_t)reply.size}, &arena, &status,
			   NULL))
		die("the worker does not tell its status");
	hudur_free(handle);
	arena_free(&arena);
	return status;
}

static double rate(const struct load_result *result)
{
	return result->answered / result->seconds;
}

/* Processor time of a process so far, microseconds; proc(5). */
static double cpu_us(pid_t pid)
{
	char path[64], line[1024] = "";
	unsigned long user = 0, system = 0;
	const char *rest;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	file = fopen(path, "r");
	if (!file || !fgets(line, sizeof line, file))
		die("a program's processor time cannot be read");
	fclose(file);
	rest = strrchr(line, ')');
	if (!rest || sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
		die("a program's processor time cannot be read");
	return (double)(user + system) * 1e6 / (double)sysconf(_SC_CLK_TCK);
}

static void keep_best(struct load_result *best, struct load_result *result)
{
	bool better = !best->answered || rate(result) > rate(best);

	free(better ? best->latencies_us : result->latencies_us);
	if (better)
		*best = *result;
}

/* The machine's speed drifts: echo and scans take turns, and of each the best of three counts. */
static void measure_throughput(struct stand *stand, const struct echo *echo)
{
	struct load_result echoed = {0}, durable = {0}, result;
	struct worker_status before = ask_status(stand), after;
	double broker_us = cpu_us(stand->broker), worker_us = cpu_us(stand->worker);
	uint32_t scanned = 0;

	for (int turn = 0; turn < TURNS; turn++) {
		struct requests scans = crowd_scans(&stand->crowd, stand->round, ROUNDS);

		stand->round += ROUNDS;
		scanned += scans.count;
		if (!load_run(echo->endpoint, CONNECTIONS, IN_FLIGHT, &scans, NULL, NULL, &result))
			die("the echo failed");
		keep_best(&echoed, &result);
		if (!load_run(stand->listen, CONNECTIONS, IN_FLIGHT, &scans, is_ok, stand, &result))
			die("scans failed");
		keep_best(&durable, &result);
	}
	broker_us = cpu_us(stand->broker) - broker_us;
	worker_us = cpu_us(stand->worker) - worker_us;
	after = ask_status(stand);
	row(stand, "echo_per_s", rate(&echoed), "1/s");
	row(stand, "durable_scans_per_s", rate(&durable), "1/s");
	row(stand, "durable_ratio", rate(&durable) / rate(&echoed), "");
	row(stand, "p50_ms", (double)percentile(durable.latencies_us, durable.answered, 50) / 1000, "ms");
	row(stand, "p99_ms", (double)percentile(durable.latencies_us, durable.answered, 99) / 1000, "ms");
	row(stand, "commit_batch_mean",
	    (double)(after.requests - before.requests) / (double)(after.commits - before.commits), "scans");
	row(stand, "broker_cpu_us_per_scan", broker_us / scanned, "us");
	row(stand, "worker_cpu_us_per_scan", worker_us / scanned, "us");
	free(echoed.latencies_us);
	free(durable.latencies_us);
}

static void measure_alone(struct stand *stand, const struct echo *echo)
{
	struct requests scans = crowd_scans(&stand->crowd, stand->round++, 1);
	struct load_result result;

	scans.count = ALONE;
	if (!load_run(stand->listen, 1, 1, &scans, is_ok, stand, &result))
		die("scans one at a time failed");
	row(stand, "rtt_p50_us", (double)percentile(result.latencies_us, ALONE, 50), "us");
	free(result.latencies_us);
	if (!load_run(echo->endpoint, 1, 1, &scans, NULL, NULL, &result))
		die("the echo failed");
	row(stand, "echo_rtt_p50_us", (double)percentile(result.latencies_us, ALONE, 50), "us");
	free(result.latencies_us);
}

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void measure_sync(struct stand *stand)
{
	static char page[4096];
	int64_t took[SYNCS];
	char path[600];
	int fd;

	snprintf(path, sizeof path, "%s/page", stand->folder);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	for (int i = 0; i < SYNCS; i++) {
		int64_t begun = clock_monotonic_us();

		if (pwrite(fd, page, sizeof page, (off_t)i * (off_t)sizeof page) < 0 || fdatasync(fd) != 0)
			die("the disk cannot be measured");
		took[i] = clock_monotonic_us() - begun;
	}
	close(fd);
	qsort(took, SYNCS, sizeof *took, ascending);
	row(stand, "fdatasync_p50_us", (double)percentile(took, SYNCS, 50), "us");
}

static void measure_spooled(struct stand *stand)
{
	char path[600];
	struct hudur_options options = {.endpoints = stand->listen, .spool = path};
	struct hudur *handle;
	int64_t took[SPOOLED];

	snprintf(path, sizeof path, "%s/bench.spool", stand->folder);
	if (hudur_new(&options, &handle) != 0)
		die("the spool cannot be opened");
	for (uint32_t i = 0; i < SPOOLED; i++) {
		struct text map = crowd_plain_scan(&stand->crowd, i, stand->round);
		int64_t begun = clock_monotonic_us();
		struct hudur_reply reply;

		if (hudur_call(handle, "bench/attendance", map.at, map.size, true, 5000, &reply) != 1)
			die("a spooled scan was not answered");
		took[i] = clock_monotonic_us() - begun;
	}
	hudur_free(handle);
	qsort(took, SPOOLED, sizeof *took, ascending);
	row(stand, "scan_spooled_p50_ms", (double)percentile(took, SPOOLED, 50) / 1000, "ms");
}

static void stop(pid_t pid)
{
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
	struct stand stand = {.first_row = true};
	const char *build = argc > 1 ? argv[1] : "build";
	char path[600];
	struct clock clock = {0};
	struct echo echo;

	if (sodium_init() < 0)
		die("no source of random numbers");
	if (argc > 1 && strcmp(argv[1], "cost") == 0)
		return cost_run();
	snprintf(stand.bin, sizeof stand.bin, "%.400s/bin", build);
	snprintf(stand.folder, sizeof stand.folder, "%.400s/bench.XXXXXX", build);
	snprintf(path, sizeof path, "%.400s/bench.json", build);
	if (!mkdtemp(stand.folder) || !(stand.json = fopen(path, "w")))
		die("the build folder cannot be written");
	start_programs(&stand);
	if (!echo_start(&echo, stand.folder))
		return 1;
	crowd_init(&stand.crowd, PEOPLE, clock_now(&clock));
	send_all(&stand, crowd_event(&stand.crowd), 1, 1, is_ok);
	send_all(&stand, crowd_imports(&stand.crowd), 1, 4, is_ok);
	send_all(&stand, crowd_check_ins(&stand.crowd), CONNECTIONS, IN_FLIGHT, take_badge);
	measure_throughput(&stand, &echo);
	measure_alone(&stand, &echo);
	measure_sync(&stand);
	measure_spooled(&stand);
	fprintf(stand.json, "\n]\n");
	fclose(stand.json);
	echo_stop(&echo);
	stop(stand.worker);
	stop(stand.broker);
	crowd_free(&stand.crowd);
	arena_free(&stand.scratch);
	return 0;
}
