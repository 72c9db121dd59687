/* Connections to one endpoint, and one place to wait for all of them. */
#ifndef HUDUR_TESTS_BENCH_SOCKETS_H
#define HUDUR_TESTS_BENCH_SOCKETS_H

#include <stdbool.h>

#include "schema/wire.h"
#include "tests/bench/lines.h"

enum { SOCKETS_MAX = 1024 };

struct sockets {
	bool plain;
	void *zmq, *at[SOCKETS_MAX];
	struct line lines[SOCKETS_MAX]; /* when plain, instead of those */
	struct wire *wire;
	int count, poll;
};

/* All are connected then, for each has been answered once. False with a sentence on standard error; close them anyway. */
bool sockets_open(struct sockets *sockets, const char *endpoint, int count, bool plain);
void sockets_close(struct sockets *sockets);

/* By connection. A request: its id and its map. Never blocks. */
bool sockets_send(struct sockets *sockets, int connection, const char *service, struct text id, struct text map);
/* False when there is nothing. */
bool sockets_receive(struct sockets *sockets, int connection, struct frames *frames);

/* Waits for one of them to have something: which ones, at most SOCKETS_HEARD. 0: none in time. */
enum { SOCKETS_HEARD = 64 };
int sockets_wait(const struct sockets *sockets, int64_t wait_us, int heard[SOCKETS_HEARD]);

/* Open files for that many connections and the rest of a program, when the system allows so many. */
bool sockets_may_open(int connections);

#endif
