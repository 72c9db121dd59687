/* Processes and pipes. */
#include "tests/bench/stand.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATH_SIZE = 700 };

static void become(const char *const *argv, int out)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(out, STDOUT_FILENO);
	execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

/* Reads its standard output until a line that begins so, and keeps the rest of it. 0: it ended before. */
static pid_t start(const char *const *argv, const char *wanted, char *rest, size_t size)
{
	char line[256];
	int ends[2];
	FILE *out;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0 || (pid = fork()) < 0)
		return 0;
	if (pid == 0)
		become(argv, ends[1]);
	close(ends[1]);
	out = fdopen(ends[0], "r"); /* stays open: the program may go on printing */
	while (out && fgets(line, sizeof line, out)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, wanted, strlen(wanted)) != 0)
			continue;
		snprintf(rest, size, "%s", line + strlen(wanted));
		return pid;
	}
	fprintf(stderr, "stand: %s ended before it was ready\n", argv[0]);
	return 0;
}

bool stand_start_worker(struct stand *stand)
{
	char worker[PATH_SIZE], data[PATH_SIZE], workers[PATH_SIZE], rest[16];
	const char *argv[] = {worker, "--data", data, "--broker", workers, "--name", "bench", NULL};

	snprintf(worker, sizeof worker, "%.400s/bin/hudur-worker", stand->build);
	snprintf(data, sizeof data, "%s/data", stand->folder);
	snprintf(workers, sizeof workers, "ipc://%s/workers", stand->folder);
	stand->worker = start(argv, "ready", rest, sizeof rest);
	return stand->worker != 0;
}

static bool start_broker(struct stand *stand)
{
	char broker[PATH_SIZE], workers[PATH_SIZE];
	const char *argv[] = {broker, "--listen", "tcp://127.0.0.1:*", "--workers", workers,
			      "--local-role", "administrator", NULL};

	snprintf(broker, sizeof broker, "%.400s/bin/hudur-broker", stand->build);
	snprintf(workers, sizeof workers, "ipc://%s/workers", stand->folder);
	stand->broker = start(argv, "listening ", stand->listen, sizeof stand->listen);
	return stand->broker != 0;
}

bool stand_open(struct stand *stand, const char *build, const char *inside)
{
	*stand = (struct stand){.build = build};
	snprintf(stand->folder, sizeof stand->folder, "%.400s/stand.XXXXXX", inside);
	if (!mkdtemp(stand->folder)) {
		fprintf(stderr, "stand: no folder can be made in %s\n", inside);
		return false;
	}
	return start_broker(stand) && stand_start_worker(stand);
}

static bool end(pid_t pid, const char *name)
{
	int status = 0;

	if (!pid)
		return true;
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	if (status != 0)
		fprintf(stderr, "stand: %s did not end in order\n", name);
	return status == 0;
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
	(void)about;
	(void)kind;
	(void)walk;
	return remove(path);
}

void stand_remove(const char *folder)
{
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

bool stand_stop_worker(struct stand *stand)
{
	pid_t worker = stand->worker;

	stand->worker = 0;
	return end(worker, "hudur-worker");
}

bool stand_close(struct stand *stand)
{
	bool ended = stand_stop_worker(stand);

	ended = end(stand->broker, "hudur-broker") && ended;
	stand_remove(stand->folder);
	return ended;
}

int64_t cpu_us(pid_t pid)
{
	struct timespec spent = {0};
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) == 0)
		clock_gettime(clock, &spent);
	return (int64_t)spent.tv_sec * 1000000 + spent.tv_nsec / 1000;
}

int64_t machine_us(void)
{
	long long user = 0, nice = 0, system = 0;
	FILE *file = fopen("/proc/stat", "re");

	if (file && fscanf(file, "cpu %lld %lld %lld", &user, &nice, &system) != 3)
		user = nice = system = 0;
	if (file)
		fclose(file);
	return (user + nice + system) * 1000000 / sysconf(_SC_CLK_TCK);
}

/* A line of a file of /proc, such as "Rss:   1024 kB"; 0 when it is not there. */
static int64_t kib_of(pid_t pid, const char *name, const char *line_begins)
{
	char path[64], line[256];
	size_t size = strlen(line_begins);
	int64_t kib = 0;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	file = fopen(path, "re");
	while (file && !kib && fgets(line, sizeof line, file))
		if (strncmp(line, line_begins, size) == 0)
			kib = strtoll(line + size, NULL, 10);
	if (file)
		fclose(file);
	return kib;
}

int64_t resident_kib(pid_t pid)
{
	return kib_of(pid, "smaps_rollup", "Rss:");
}

int64_t peak_kib(pid_t pid)
{
	return kib_of(pid, "status", "VmHWM:");
}

/* proc(5), clear_refs: 5 sets the peak to what is resident now. */
void peak_forget(pid_t pid)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/clear_refs", (int)pid);
	file = fopen(path, "we");
	if (!file)
		return;
	fputs("5\n", file);
	fclose(file);
}
