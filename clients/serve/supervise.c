/* The loop: hear both, start again what died, kill what hangs in a stop, end both in order. */
#include "clients/serve/supervise.h"

#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clients/cli/cell.h"
#include "clients/serve/child.h"
#include "schema/clock.h"

enum {
	FAREWELL_MS = 10000, /* for an orderly end */
	FAILURES_MAX = 2,    /* starts that end before ready, until it was ready once */
	STATUS_USAGE = 2,
	STATUS_CONFIG = 78, /* as sysexits.h: nothing will change by starting again */
	STATUS_NO_EXEC = 127,
	REAL_SIZE = 256
};

enum { BROKER, WORKER, CHILDREN };

struct supervisor {
	struct child children[CHILDREN];
	char paths[CHILDREN][SITE_PATH + 32];
	char *broker_argv[2 * SERVE_LISTEN_MAX + 8];
	char *worker_argv[14];
	char real[SERVE_LISTEN_MAX][REAL_SIZE]; /* as the broker printed them */
	unsigned real_count, listen_count;
	int signals;
	enum format format;
	bool announced, stopping;
	int64_t deadline; /* of the stopping */
	int status;
};

/* ---- what the children say ---- */

/* `endpoint` NULL: none belongs to the word. JSON has no way to write a path that is not UTF-8. */
static void say(const struct supervisor *supervisor, const char *word, const char *endpoint)
{
	json_t *value, *line;

	switch (supervisor->format) {
	case FORMAT_TABLE:
		printf("%s%s%s\n", word, endpoint ? " " : "", endpoint ? endpoint : "");
		break;
	case FORMAT_JSON:
		value = endpoint ? json_string(endpoint) : json_true();
		line = json_pack("{s:o}", word, value ? value : json_null());
		json_dumpf(line, stdout, 0);
		json_decref(line);
		putchar('\n');
		break;
	case FORMAT_CSV:
		cell_csv(stdout, text_of(word), false);
		cell_csv(stdout, text_of(endpoint), true);
		break;
	}
}

/* A port that was chosen once stays: clients know it. */
static void note_listening(struct supervisor *supervisor, const char *endpoint)
{
	unsigned i = supervisor->real_count;

	if (supervisor->children[BROKER].ever_ready || i >= supervisor->listen_count)
		return;
	snprintf(supervisor->real[i], REAL_SIZE, "%s", endpoint);
	supervisor->real_count++;
}

static void note_broker_ready(struct supervisor *supervisor)
{
	if (supervisor->children[BROKER].ever_ready)
		return;
	for (unsigned i = 0; i < supervisor->real_count; i++) {
		supervisor->broker_argv[2 + 2 * i] = supervisor->real[i];
		say(supervisor, "listening", supervisor->real[i]);
	}
	fflush(stdout);
}

static void announce(struct supervisor *supervisor)
{
	if (supervisor->announced || !supervisor->children[BROKER].ready ||
	    !supervisor->children[WORKER].ready)
		return;
	supervisor->announced = true;
	say(supervisor, "ready", NULL);
	fflush(stdout);
}

static void take_line(void *context, struct child *child, const char *line)
{
	struct supervisor *supervisor = context;
	bool broker = child == &supervisor->children[BROKER];

	if (broker && strncmp(line, "listening ", 10) == 0)
		note_listening(supervisor, line + 10);
	if (strcmp(line, "ready") != 0 || child->ready)
		return;
	if (broker)
		note_broker_ready(supervisor);
	child_is_ready(child);
	announce(supervisor);
}

/* ---- ending ---- */

static void stop(struct supervisor *supervisor, int status)
{
	if (supervisor->stopping) {
		/* asked twice: at once */
		for (int i = 0; i < CHILDREN; i++)
			child_signal(&supervisor->children[i], SIGKILL);
		return;
	}
	supervisor->stopping = true;
	supervisor->status = status;
	supervisor->deadline = clock_monotonic_ms() + FAREWELL_MS;
	/* The worker's last answers still need the broker. */
	child_signal(&supervisor->children[supervisor->children[WORKER].pid ? WORKER : BROKER],
		     SIGTERM);
}

/* A death that starting again would only repeat. */
static bool is_hopeless(const struct child *child)
{
	int status = WIFEXITED(child->exit_status) ? WEXITSTATUS(child->exit_status) : 0;

	if (status == STATUS_USAGE || status == STATUS_CONFIG || status == STATUS_NO_EXEC)
		return true;
	return !child->ever_ready && child->failures >= FAILURES_MAX && status != 0;
}

static void note_death(struct supervisor *supervisor, struct child *child)
{
	char fate[64];

	if (supervisor->stopping) {
		if (child == &supervisor->children[WORKER])
			child_signal(&supervisor->children[BROKER], SIGTERM);
		return;
	}
	child_fate(child, fate);
	if (!is_hopeless(child)) {
		if (child->ever_ready)
			fprintf(stderr, "hudur-serve: %s: %s; it is started again.\n",
				child->program, fate);
		return;
	}
	fprintf(stderr,
		"hudur-serve: %s cannot run (%s); put right what it says and start again.\n",
		child->program, fate);
	stop(supervisor, EXIT_FAILURE);
}

/* ---- the loop ---- */

static void take_signals(struct supervisor *supervisor)
{
	struct signalfd_siginfo signal;

	while (read(supervisor->signals, &signal, sizeof signal) == (ssize_t)sizeof signal)
		if (signal.ssi_signo != SIGCHLD)
			stop(supervisor, EXIT_SUCCESS);
}

static void tend(struct supervisor *supervisor, struct child *child)
{
	int64_t now = clock_monotonic_ms();

	child_listen(child, take_line, supervisor);
	if (child_look(child, now, take_line, supervisor))
		note_death(supervisor, child);
	child_judge(child, now);
	if (!child->pid && !supervisor->stopping && now >= child->restart_at &&
	    !child_start(child, now))
		child->restart_at = now + BACKOFF_MAX_MS;
}

static int time_left(const struct supervisor *supervisor)
{
	int64_t due = supervisor->stopping ? supervisor->deadline : INT64_MAX;
	int64_t now = clock_monotonic_ms();

	for (int i = 0; i < CHILDREN; i++) {
		const struct child *child = &supervisor->children[i];

		if ((child->pid || !supervisor->stopping) && child_due(child) < due)
			due = child_due(child);
	}
	if (due == INT64_MAX)
		return -1;
	return due > now ? (int)(due - now) : 0;
}

static void wait_for_news(const struct supervisor *supervisor)
{
	struct pollfd fds[1 + 2 * CHILDREN] = {{.fd = supervisor->signals, .events = POLLIN}};

	for (int i = 0; i < CHILDREN; i++) {
		fds[1 + 2 * i] = (struct pollfd){supervisor->children[i].out, POLLIN, 0};
		fds[2 + 2 * i] = (struct pollfd){supervisor->children[i].err, POLLIN, 0};
	}
	poll(fds, 1 + 2 * CHILDREN, time_left(supervisor));
}

static void enforce_deadline(struct supervisor *supervisor)
{
	if (!supervisor->stopping || clock_monotonic_ms() < supervisor->deadline)
		return;
	stop(supervisor, supervisor->status);
	supervisor->deadline = INT64_MAX;
}

static bool is_over(const struct supervisor *supervisor)
{
	return supervisor->stopping && !supervisor->children[BROKER].pid &&
	       !supervisor->children[WORKER].pid;
}

static int run(struct supervisor *supervisor)
{
	while (!is_over(supervisor)) {
		take_signals(supervisor); /* before deaths: Ctrl-C is no reason to start again */
		for (int i = 0; i < CHILDREN; i++)
			tend(supervisor, &supervisor->children[i]);
		enforce_deadline(supervisor);
		if (!is_over(supervisor))
			wait_for_news(supervisor);
	}
	return supervisor->status;
}

/* ---- beginning ---- */

static char **add(char **argv, const char *option, const char *value)
{
	*argv++ = (char *)(uintptr_t)option; /* exec wants char *const[]; nobody writes there */
	*argv++ = (char *)(uintptr_t)value;
	return argv;
}

static void write_arguments(struct supervisor *supervisor, const struct serving *serving,
			    const struct site *site)
{
	char **broker = supervisor->broker_argv, **worker = supervisor->worker_argv;

	*broker++ = supervisor->paths[BROKER];
	for (unsigned i = 0; i < serving->listen_count; i++)
		broker = add(broker, "--listen", serving->listen[i]);
	broker = add(broker, "--workers", site->workers);
	broker = add(broker, "--local-role", serving->role);
	*worker++ = supervisor->paths[WORKER];
	worker = add(worker, "--name", serving->name);
	worker = add(worker, "--data", site->data);
	worker = add(worker, "--broker", site->workers);
	if (serving->heartbeat) {
		broker = add(broker, "--heartbeat", serving->heartbeat);
		worker = add(worker, "--heartbeat", serving->heartbeat);
	}
	if (serving->reserve)
		worker = add(worker, "--reserve", serving->reserve);
	*broker = *worker = NULL;
}

static int watch_signals(void)
{
	sigset_t wanted;

	sigemptyset(&wanted);
	sigaddset(&wanted, SIGCHLD);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGINT);
	sigaddset(&wanted, SIGHUP);
	sigprocmask(SIG_BLOCK, &wanted, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
}

int supervise(const struct serving *serving, const struct site *site)
{
	struct supervisor *supervisor = calloc(1, sizeof *supervisor);
	int status = EXIT_FAILURE;

	if (!supervisor) {
		fputs("hudur-serve: memory is short; try again.\n", stderr);
		return EXIT_FAILURE;
	}
	supervisor->listen_count = serving->listen_count;
	supervisor->format = serving->format;
	if (serving->format == FORMAT_CSV)
		say(supervisor, "word", "endpoint");
	supervisor->signals = watch_signals();
	if (site_program("hudur-broker", supervisor->paths[BROKER], sizeof *supervisor->paths) &&
	    site_program("hudur-worker", supervisor->paths[WORKER], sizeof *supervisor->paths)) {
		write_arguments(supervisor, serving, site);
		child_init(&supervisor->children[BROKER], "hudur-broker", supervisor->paths[BROKER],
			   supervisor->broker_argv);
		child_init(&supervisor->children[WORKER], "hudur-worker", supervisor->paths[WORKER],
			   supervisor->worker_argv);
		status = run(supervisor);
	}
	if (supervisor->signals >= 0)
		close(supervisor->signals);
	free(supervisor);
	return status;
}
