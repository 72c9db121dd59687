/* The yardstick: the same frames through a bare zmq_proxy to a worker that only sends them back. */
#ifndef HUDUR_TESTS_BENCH_ECHO_H
#define HUDUR_TESTS_BENCH_ECHO_H

#include <sys/types.h>

/* Two processes, as broker and worker are; on loopback TCP and ipc, as they are. */
struct echo {
	pid_t proxy, worker;
	char endpoint[64];
};

/* False with a sentence on standard error. */
int echo_start(struct echo *echo, const char *folder);
void echo_stop(struct echo *echo);

#endif
