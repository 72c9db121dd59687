/* Instructions a scan, counted by instructions.py under callgrind. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"

/* The program's first line of output; false when it failed, and the line says why. */
static bool ask(const char *build, char *line, int size)
{
	const char *argv[] = {"/usr/bin/python3", "tests/bench/instructions.py", build, NULL};
	int ends[2], status = 1;
	FILE *out;
	pid_t pid;

	must(pipe2(ends, O_CLOEXEC) == 0, "a program could not be started");
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(ends[1]);
	out = fdopen(ends[0], "r");
	if (!out || !fgets(line, size, out))
		snprintf(line, (size_t)size, "it printed nothing");
	if (out)
		fclose(out);
	waitpid(pid, &status, 0);
	line[strcspn(line, "\n")] = '\0';
	return status == 0;
}

void measure_instructions(struct bench *bench)
{
	char line[256];

	if (ask(bench->build, line, sizeof line))
		report_row(bench->report, "instructions_per_scan", strtod(line, NULL));
	else
		report_absent(bench->report, "instructions_per_scan", line);
}
