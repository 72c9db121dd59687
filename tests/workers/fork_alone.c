/* The threads of a process are the entries of a folder. */
#include "tests/workers/fork_alone.h"

#include <sched.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness.h"

enum { LINKS_OF_AN_EMPTY_FOLDER = 2 };

static bool is_alone(void)
{
	struct stat tasks;

	assert_int_equal(stat("/proc/self/task", &tasks), 0);
	return tasks.st_nlink == LINKS_OF_AN_EMPTY_FOLDER + 1;
}

pid_t fork_alone(void)
{
	pid_t child;

	while (!is_alone())
		sched_yield();
	child = fork();
	assert_true(child >= 0);
	return child;
}
