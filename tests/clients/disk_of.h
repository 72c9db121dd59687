/* A disk that becomes full, for one process. */
#ifndef HUDUR_TESTS_CLIENTS_DISK_OF_H
#define HUDUR_TESTS_CLIENTS_DISK_OF_H

#include <signal.h>
#include <sys/resource.h>

#include "tests/harness.h"

/* Writes beyond so many bytes of a file fail; RLIM_INFINITY: none does. */
static inline void disk_of(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

#endif
