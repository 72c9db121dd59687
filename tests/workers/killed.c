/* ptrace stops the child at each system call; SIGKILL does the rest. */
#include "tests/harness.h"
#include "tests/workers/killed.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/workers/fork_alone.h"

enum { UNTRACEABLE = 99 };

static void run_child(void (*work)(void *context), void *context)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		_exit(UNTRACEABLE);
	raise(SIGSTOP);
	work(context);
	_exit(0);
}

static bool is_over(int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == UNTRACEABLE) {
		print_message("          did not run: a child may not be traced here\n");
		skip();
	}
	if (WIFEXITED(status))
		assert_int_equal(WEXITSTATUS(status), 0);
	return WIFEXITED(status) || WIFSIGNALED(status);
}

int killed_after(int calls, void (*work)(void *context), void *context)
{
	int status = 0;
	pid_t child = fork_alone();

	if (child == 0)
		run_child(work, context);
	for (int seen = -1; seen < calls; seen++) { /* the first stop is the child's own */
		assert_int_equal(waitpid(child, &status, 0), child);
		if (is_over(status))
			return seen < 0 ? 0 : seen;
		if (seen + 1 < calls)
			ptrace(PTRACE_SYSCALL, child, NULL, NULL);
	}
	kill(child, SIGKILL);
	while (waitpid(child, &status, 0) == child && !WIFSIGNALED(status) && !WIFEXITED(status))
		;
	return calls;
}
