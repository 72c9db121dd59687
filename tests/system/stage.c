/* Processes, pipes and deadlines. */
#include "tests/harness.h"
#include "tests/system/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "schema/clock.h"

enum { ARGUMENTS_MAX = 24 };

/* ---- the folder ---- */

int stage_setup(void **state)
{
	const char *temporary = getenv("TMPDIR");
	struct stage *stage = calloc(1, sizeof *stage);

	if (!stage)
		return -1;
	*state = stage;
	snprintf(stage->folder, sizeof stage->folder, "%.50s/stage-XXXXXX", temporary ? temporary : "/tmp");
	return mkdtemp(stage->folder) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

int stage_teardown(void **state)
{
	struct stage *stage = *state;

	for (int i = 0; i < stage->count; i++) {
		program_kill(&stage->programs[i]);
		close(stage->programs[i].pipe);
	}
	nftw(stage->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(stage);
	return 0;
}

const char *stage_path(const struct stage *stage, const char *name, char buffer[160])
{
	snprintf(buffer, 160, "%s/%s", stage->folder, name);
	return buffer;
}

void stage_write(const struct stage *stage, const char *name, const void *bytes, size_t size)
{
	char path[160];
	int file = open(stage_path(stage, name, path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(file >= 0);
	assert_int_equal(write(file, bytes, size), size);
	close(file);
}

void stage_copy(const struct stage *stage, const char *from, const char *to)
{
	char path[160];
	int source = open(stage_path(stage, from, path), O_RDONLY | O_CLOEXEC);
	int target = open(stage_path(stage, to, path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ssize_t size;

	assert_true(source >= 0 && target >= 0);
	while ((size = sendfile(target, source, NULL, 1 << 20)) > 0)
		;
	assert_int_equal(size, 0);
	close(source);
	close(target);
}

/* ---- starting ---- */

static void become(const char *name, char **arguments, int out)
{
	const char *folder = getenv("HUDUR_BIN");
	char path[4096];

	setpgid(0, 0);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	snprintf(path, sizeof path, "%s/%s", folder ? folder : "build/bin", name);
	execv(path, arguments);
	dprintf(STDERR_FILENO, "%s: %s\n", path, strerror(errno));
	_exit(127);
}

struct program *stage_start(struct stage *stage, const char *name, ...)
{
	struct program *program = &stage->programs[stage->count];
	char *arguments[ARGUMENTS_MAX] = {0};
	int ends[2], count = 0;
	va_list list;

	va_start(list, name);
	arguments[count++] = strdup(name);
	for (const char *next; (next = va_arg(list, const char *));)
		if (count < ARGUMENTS_MAX - 1)
			arguments[count++] = strdup(next);
	va_end(list);
	assert_in_range(stage->count, 0, PROGRAMS_MAX - 1);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	program->pid = fork();
	assert_true(program->pid >= 0);
	if (program->pid == 0)
		become(name, arguments, ends[1]);
	setpgid(program->pid, program->pid);
	close(ends[1]);
	stage->count++;
	program->name = name;
	program->pipe = ends[0];
	program->watch = pidfd_open(program->pid, 0);
	assert_true(program->watch >= 0);
	fcntl(program->pipe, F_SETFL, O_NONBLOCK);
	while (count > 0)
		free(arguments[--count]);
	return program;
}

/* ---- listening ---- */

static void drain(struct program *program)
{
	ssize_t got = 1;

	while (got > 0 && program->size < SAID_MAX - 1) {
		got = read(program->pipe, program->said + program->size, SAID_MAX - 1 - program->size);
		if (got > 0)
			program->size += (size_t)got;
	}
	program->said[program->size] = '\0';
}

/* Waits for more words or for the end; false once it has ended. */
static bool listen_on(struct program *program, int64_t until)
{
	struct pollfd events[] = {{.fd = program->pipe, .events = POLLIN}, {.fd = program->watch, .events = POLLIN}};
	int64_t left = until - clock_monotonic_ms();

	if (left <= 0)
		fail_msg("%s was waited for in vain; it said: %s", program->name, program->said);
	poll(events, 2, (int)left);
	drain(program);
	return !(events[1].revents & POLLIN);
}

static const char *find_line(const struct program *program, const char *begins)
{
	const char *line = program->said;

	while (line && *line) {
		if (strncmp(line, begins, strlen(begins)) == 0 && strchr(line, '\n'))
			return line + strlen(begins);
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return NULL;
}

void program_line(struct program *program, const char *begins, char rest[160])
{
	int64_t until = clock_monotonic_ms() + PATIENCE_MS;
	const char *found;

	drain(program);
	while (!(found = find_line(program, begins)))
		if (!listen_on(program, until) && !find_line(program, begins))
			fail_msg("%s ended without \"%s\"; it said: %s", program->name, begins, program->said);
	snprintf(rest, 160, "%.*s", (int)strcspn(found, "\n"), found);
}

void program_says(struct program *program, const char *words)
{
	int64_t until = clock_monotonic_ms() + PATIENCE_MS;

	drain(program);
	while (!strstr(program->said, words))
		if (!listen_on(program, until) && !strstr(program->said, words))
			fail_msg("%s ended without \"%s\"; it said: %s", program->name, words, program->said);
}

/* ---- ending ---- */

static int reap(struct program *program)
{
	int status = 0;

	while (waitpid(program->pid, &status, 0) < 0 && errno == EINTR)
		;
	drain(program);
	close(program->watch);
	program->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int program_wait(struct program *program)
{
	int64_t until = clock_monotonic_ms() + PATIENCE_MS;

	while (listen_on(program, until))
		;
	return reap(program);
}

void program_kill(struct program *program)
{
	if (!program->pid)
		return;
	kill(-program->pid, SIGKILL);
	reap(program);
}

void program_end(struct program *program)
{
	kill(program->pid, SIGTERM);
	if (program_wait(program) != 0)
		fail_msg("%s did not end in order; it said: %s", program->name, program->said);
}

void program_refuses(struct program *program, const char *words)
{
	int status = program_wait(program);
	const char *sentence = program->said, *end;

	while (strncmp(sentence, "listening ", 10) == 0 && strchr(sentence, '\n'))
		sentence = strchr(sentence, '\n') + 1;
	end = strchr(sentence, '\n');
	if (status == 0 || status >= 126 || !end || end[1] || !strstr(sentence, words))
		fail_msg("%s should refuse with \"%s\" in one sentence; it ended with %d after: %s", program->name,
			 words, status, program->said);
}

/* ---- brokers and workers ---- */

static void start(struct stage *stage, struct broker *broker, const char *listen)
{
	char rest[160];

	broker->program = stage_start(stage, "hudur-broker", "--listen", listen, "--workers", broker->workers,
				      "--local-role", "administrator", "--heartbeat", "100", NULL);
	program_line(broker->program, "listening ", broker->clients);
	program_line(broker->program, "ready", rest);
}

void broker_start(struct stage *stage, struct broker *broker, const char *name)
{
	snprintf(broker->workers, sizeof broker->workers, "ipc://%s/%s", stage->folder, name);
	start(stage, broker, "tcp://127.0.0.1:*");
}

void broker_again(struct stage *stage, struct broker *broker)
{
	char before[160];

	snprintf(before, sizeof before, "%s", broker->clients);
	start(stage, broker, before);
	assert_string_equal(broker->clients, before);
}

struct program *worker_start(struct stage *stage, const char *data, const struct broker *first,
			     const struct broker *second)
{
	struct program *worker;
	char path[160], rest[160];

	stage_path(stage, data, path);
	worker = stage_start(stage, "hudur-worker", "--data", path, "--heartbeat", "100", "--broker", first->workers,
			     second ? "--broker" : NULL, second ? second->workers : NULL, NULL);
	program_line(worker, "ready", rest);
	return worker;
}
