/* Starts, hears and judges one process. */
#include "clients/serve/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

void child_init(struct child *child, const char *program, const char *path, char *const *argv)
{
	*child = (struct child){
		.program = program,
		.path = path,
		.argv = argv,
		.out = -1,
		.err = -1,
		.backoff = BACKOFF_MIN_MS,
	};
}

/* ---- starting ---- */

/* Between fork and exec: only what POSIX allows there. A process group of its own keeps the
 * terminal's Ctrl-C for us, who then end the children in order. */
static void become(const struct child *child, int out, int err, pid_t parent)
{
	sigset_t none;
	int null = open("/dev/null", O_RDONLY);

	sigemptyset(&none);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0 ||
	    dup2(null, STDIN_FILENO) < 0)
		_exit(127);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execv(child->path, child->argv);
	_exit(127);
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

bool child_start(struct child *child, int64_t now)
{
	int out[2] = {-1, -1}, err[2] = {-1, -1};
	pid_t parent = getpid(), pid = -1;

	if (pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0)
		pid = fork();
	if (pid == 0)
		become(child, out[1], err[1], parent);
	close_end(&out[1]);
	close_end(&err[1]);
	if (pid < 0) {
		fprintf(stderr, "hudur-serve: %s could not be started: %s.\n", child->program,
			strerror(errno));
		close_end(&out[0]);
		close_end(&err[0]);
		return false;
	}
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fcntl(err[0], F_SETFL, O_NONBLOCK);
	child->pid = pid;
	child->out = out[0];
	child->err = err[0];
	child->ready = false;
	child->started = now;
	child->stopped_since = 0;
	child->line_size = 0;
	child->said_size[1] = 0;
	return true;
}

/* ---- hearing ---- */

static void pass_on(const char *bytes, size_t size)
{
	fwrite(bytes, 1, size, stderr);
	fflush(stderr);
}

static void add_to_line(struct child *child, char c, child_line *take, void *context)
{
	if (c != '\n') {
		if (child->line_size < LINE_SIZE - 1)
			child->line[child->line_size++] = c;
		return;
	}
	child->line[child->line_size] = '\0';
	child->line_size = 0;
	take(context, child, child->line);
}

static void hear_output(struct child *child, child_line *take, void *context)
{
	char bytes[1024];
	ssize_t got;

	while (child->out >= 0 && (got = read(child->out, bytes, sizeof bytes)) >= 0) {
		if (got == 0)
			close_end(&child->out);
		for (ssize_t i = 0; i < got; i++)
			add_to_line(child, bytes[i], take, context);
	}
}

/* A second start that fails like the first would say the same sentence again: it is held back. */
static void hear_errors(struct child *child)
{
	char bytes[1024];
	ssize_t got;

	while (child->err >= 0 && (got = read(child->err, bytes, sizeof bytes)) >= 0) {
		size_t size = (size_t)got;
		bool hold = !child->ready && child->said_size[1] + size <= SAID_MAX;

		if (got == 0)
			close_end(&child->err);
		if (hold) {
			memcpy(child->said[1] + child->said_size[1], bytes, size);
			child->said_size[1] += size;
		}
		if (!hold || child->failures == 0)
			pass_on(bytes, size);
	}
}

void child_listen(struct child *child, child_line *take, void *context)
{
	hear_output(child, take, context);
	hear_errors(child);
}

/* What was held back and differs from the last time is said now. */
static void release_said(struct child *child)
{
	bool same = child->said_size[0] == child->said_size[1] &&
		    memcmp(child->said[0], child->said[1], child->said_size[1]) == 0;

	if (child->failures > 0 && !same)
		pass_on(child->said[1], child->said_size[1]);
	memcpy(child->said[0], child->said[1], child->said_size[1]);
	child->said_size[0] = child->said_size[1];
}

void child_is_ready(struct child *child)
{
	release_said(child);
	child->ready = true;
	child->ever_ready = true;
	child->failures = 0;
}

/* ---- judging ---- */

static void note_end(struct child *child, int64_t now)
{
	if (!child->ready) {
		release_said(child);
		child->failures++;
	}
	if (child->ready && now - child->started >= STEADY_MS)
		child->backoff = BACKOFF_MIN_MS;
	child->restart_at = now + child->backoff;
	child->backoff *= 2;
	if (child->backoff > BACKOFF_MAX_MS)
		child->backoff = BACKOFF_MAX_MS;
	child->pid = 0;
	child->ready = false;
	child->stopped_since = 0;
	close_end(&child->out);
	close_end(&child->err);
}

bool child_look(struct child *child, int64_t now, child_line *take, void *context)
{
	int status;

	while (child->pid && waitpid(child->pid, &status, WNOHANG | WUNTRACED | WCONTINUED) > 0) {
		if (WIFSTOPPED(status)) {
			child->stopped_since = now;
		} else if (WIFCONTINUED(status)) {
			child->stopped_since = 0;
		} else {
			child->exit_status = status;
			child_listen(child, take, context);
			note_end(child, now);
			return true;
		}
	}
	return false;
}

void child_signal(struct child *child, int signal)
{
	if (!child->pid)
		return;
	kill(child->pid, signal);
	kill(child->pid, SIGCONT);
}

void child_judge(struct child *child, int64_t now)
{
	if (!child->pid || !child->stopped_since || now - child->stopped_since < STOPPED_MAX_MS)
		return;
	fprintf(stderr,
		"hudur-serve: %s has been stopped for %d s; it is killed and started again.\n",
		child->program, STOPPED_MAX_MS / 1000);
	child->stopped_since = 0;
	kill(child->pid, SIGKILL);
}

int64_t child_due(const struct child *child)
{
	if (!child->pid)
		return child->restart_at;
	return child->stopped_since ? child->stopped_since + STOPPED_MAX_MS : INT64_MAX;
}

const char *child_fate(const struct child *child, char *buffer)
{
	if (WIFSIGNALED(child->exit_status))
		snprintf(buffer, 64, "it was ended by signal %d", WTERMSIG(child->exit_status));
	else
		snprintf(buffer, 64, "it ended with status %d", WEXITSTATUS(child->exit_status));
	return buffer;
}
