/* A copy of the test that goes on by itself. */
#ifndef HUDUR_TESTS_WORKERS_FORK_ALONE_H
#define HUDUR_TESTS_WORKERS_FORK_ALONE_H

#include <sys/types.h>

/*
 * fork(2) once this is the only thread: a lock that another holds, say the allocator's, would never be free in the child.
 * Threads that nobody joins (removal.h) are waited for; with one that does not end this does not return. A fork that fails
 * fails the test.
 */
pid_t fork_alone(void);

#endif
