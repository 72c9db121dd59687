/*
 * Connections to a broker that speak ZMTP 3.0 (RFC 23) by themselves, over plain TCP. Where many connections have a message each,
 * libzmq's sockets take a dozen system calls a message of the machine that is measured; these take two.
 */
#ifndef HUDUR_TESTS_BENCH_LINES_H
#define HUDUR_TESTS_BENCH_LINES_H

#include <stdbool.h>

#include "schema/mdp.h"

enum { LINE_IN = 1 << 16 }; /* a message is smaller */

struct line {
	int fd;
	bool emptied;        /* by the last look */
	uint32_t begin, end; /* of `in`: what has come and was not taken */
	char *in;
};

/* Connects to tcp://ADDRESS:PORT and shakes hands, as a DEALER. Close it also when it is false. */
bool line_open(struct line *line, const char *endpoint);
void line_close(struct line *line);

/* False when not all of it can go at once. */
bool line_send(struct line *line, const struct frames *frames);

/* The next message, views until the next call; false when there is none yet, or the connection has ended. Never blocks. */
bool line_receive(struct line *line, struct frames *frames);

#endif
