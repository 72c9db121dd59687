/* Two pipes to Python. */
#include "tests/powerloss/checker.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static pid_t start(int in, int out)
{
	char *const command[] = {"/usr/bin/python3", "tests/powerloss/check.py", "-", NULL};
	posix_spawn_file_actions_t files;
	pid_t process = -1;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in, 0);
	posix_spawn_file_actions_adddup2(&files, out, 1);
	if (posix_spawn(&process, command[0], &files, NULL, command, environ) != 0)
		process = -1;
	posix_spawn_file_actions_destroy(&files);
	return process;
}

bool checker_start(struct checker *checker)
{
	int down[2], up[2];

	*checker = (struct checker){.process = -1};
	if (pipe2(down, O_CLOEXEC) != 0 || pipe2(up, O_CLOEXEC) != 0)
		return false;
	signal(SIGPIPE, SIG_IGN);
	checker->process = start(down[0], up[1]);
	close(down[0]);
	close(up[1]);
	checker->questions = fdopen(down[1], "w");
	checker->answers = fdopen(up[0], "r");
	return checker->process > 0 && checker->questions && checker->answers;
}

void checker_stop(struct checker *checker)
{
	if (checker->questions)
		fclose(checker->questions);
	if (checker->answers)
		fclose(checker->answers);
	if (checker->process > 0)
		waitpid(checker->process, NULL, 0);
}

bool checker_ask(struct checker *checker, const char *file, const char *ledger, int64_t *lost, char sentence[512])
{
	long long count = 0;

	*lost = 0;
	fprintf(checker->questions, "%s %s\n", file, ledger);
	if (fflush(checker->questions) != 0 || !fgets(sentence, 512, checker->answers)) {
		snprintf(sentence, 512, "check.py ended");
		return false;
	}
	sentence[strcspn(sentence, "\n")] = 0;
	if (strcmp(sentence, "ok") == 0)
		return true;
	if (sscanf(sentence, "lost %lld", &count) == 1)
		*lost = count;
	return false;
}
