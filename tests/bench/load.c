/* One thread that sends, takes what comes, and sends again. */
#include "tests/bench/load.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "schema/clock.h"
#include "tests/bench/sockets.h"
#include "tests/bench/stand.h"

enum { SILENCE_US = 30000000 };

/* A steady sender wakes at most so often; what it is late by counts as latency. */
enum { TICK_US = 100 };

struct load {
	struct sockets sockets;
	const struct requests *requests;
	uint32_t next, answered;
	int64_t *started;
	struct load_result *result;
	bool plain;   /* connections */
	double per_s; /* 0: an answer is followed by the next request */
	int64_t begun;
	struct text *replies; /* NULL: nobody wants to see them */
	struct arena kept;
	unsigned char start[ID_SIZE - sizeof(uint32_t)]; /* ids of one run are its own */
};

/* Ids ascend, as UUIDv7 do (RFC 9562): the time first, then what tells requests of one millisecond apart. */
static void make_id(const struct load *load, uint32_t n, char id[ID_SIZE])
{
	const uint32_t big_endian = htonl(n);

	memcpy(id, load->start, sizeof load->start);
	memcpy(id + sizeof load->start, &big_endian, sizeof big_endian);
}

static void begin_ids(struct load *load)
{
	const struct clock machine = {0};
	int64_t now = clock_now(&machine);

	randombytes_buf(load->start, sizeof load->start);
	for (int i = 5; i >= 0; i--, now >>= 8)
		load->start[i] = (unsigned char)now;
}

/* ---- sending ---- */

static bool send_next(struct load *load, int connection)
{
	uint32_t n = load->next;
	char id[ID_SIZE];

	make_id(load, n, id);
	load->started[n] = load->per_s > 0 ? load->begun + (int64_t)(n * 1e6 / load->per_s) : clock_monotonic_us();
	if (!sockets_send(&load->sockets, connection, load->requests->service, (struct text){id, ID_SIZE},
			  load->requests->maps[n])) {
		fprintf(stderr, "bench: request %u could not be sent\n", n);
		return false;
	}
	load->next++;
	return true;
}

/* ---- answers ---- */

/* Frames of both an echoed request and a reply end with service, id, map. */
static bool take(struct load *load, const struct frames *frames)
{
	const struct text *last = &frames->at[frames->count - 1];
	uint32_t n;

	if (frames->count < 3 || last[-1].size != ID_SIZE ||
	    memcmp(last[-1].at, load->start, sizeof load->start) != 0) {
		fprintf(stderr, "bench: a reply is not what was asked\n");
		return false;
	}
	memcpy(&n, last[-1].at + sizeof load->start, sizeof n);
	n = ntohl(n);
	if (n >= load->next || load->result->latencies_us[n]) {
		fprintf(stderr, "bench: request %u was answered twice or never sent\n", n);
		return false;
	}
	load->result->latencies_us[n] = clock_monotonic_us() - load->started[n] + 1;
	load->answered++;
	if (load->replies)
		load->replies[n] = arena_text(&load->kept, *last);
	return true;
}

/* Until it is empty: what is sent meanwhile may use up the signal of libzmq's that there is more. */
static bool serve(struct load *load, int connection)
{
	struct frames frames;

	while (sockets_receive(&load->sockets, connection, &frames)) {
		if (!take(load, &frames))
			return false;
		if (load->per_s <= 0 && load->next < load->requests->count && !send_next(load, connection))
			return false;
	}
	return true;
}

static bool wait_and_serve(struct load *load, int64_t wait_us)
{
	int heard[SOCKETS_HEARD], count = sockets_wait(&load->sockets, wait_us, heard);

	if (count == 0 && wait_us == SILENCE_US) {
		fprintf(stderr, "bench: no answer for %d s after %u of %u\n", SILENCE_US / 1000000, load->answered,
			load->requests->count);
		return false;
	}
	for (int i = 0; i < count; i++)
		if (!serve(load, heard[i]))
			return false;
	return true;
}

/* ---- the two ways to send ---- */

static bool drive(struct load *load, int in_flight)
{
	for (int c = 0; c < load->sockets.count; c++)
		for (int i = 0; i < in_flight && load->next < load->requests->count; i++)
			if (!send_next(load, c))
				return false;
	for (int c = 0; c < load->sockets.count; c++)
		if (!serve(load, c))
			return false;
	while (load->answered < load->requests->count)
		if (!wait_and_serve(load, SILENCE_US))
			return false;
	return true;
}

static bool send_due(struct load *load)
{
	double due = (double)(clock_monotonic_us() - load->begun) * load->per_s / 1e6 + 1;

	while (load->next < load->requests->count && load->next < due)
		if (!send_next(load, (int)(load->next % (uint32_t)load->sockets.count)))
			return false;
	return true;
}

static bool drive_paced(struct load *load)
{
	while (load->answered < load->requests->count) {
		bool all = load->next == load->requests->count;

		if (!send_due(load) || !wait_and_serve(load, all ? SILENCE_US : TICK_US))
			return false;
	}
	return true;
}

/* ---- a run ---- */

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* in_flight 0: paced. */
static bool run(struct load *load, const char *endpoint, int connections, int in_flight)
{
	uint32_t count = load->requests->count;
	int64_t used;
	bool done;

	load->started = calloc(count, sizeof *load->started);
	load->result->latencies_us = calloc(count, sizeof *load->result->latencies_us);
	begin_ids(load);
	done = sockets_open(&load->sockets, endpoint, connections, load->plain);
	used = cpu_us(getpid());
	load->begun = clock_monotonic_us();
	done = done && (in_flight ? drive(load, in_flight) : drive_paced(load));
	load->result->seconds = (double)(clock_monotonic_us() - load->begun) / 1e6;
	load->result->own_us = (double)(cpu_us(getpid()) - used);
	load->result->answered = load->answered;
	sockets_close(&load->sockets);
	free(load->started);
	qsort(load->result->latencies_us, count, sizeof *load->result->latencies_us, ascending);
	return done;
}

static bool check_all(const struct load *load, check_fn *check, void *context)
{
	for (uint32_t n = 0; load->replies && n < load->answered; n++)
		if (!check(context, n, load->replies[n]))
			return false;
	return true;
}

static bool run_and_check(struct load *load, const char *endpoint, int connections, int in_flight, check_fn *check,
			  void *context)
{
	bool done;

	load->replies = check ? calloc(load->requests->count, sizeof *load->replies) : NULL;
	done = run(load, endpoint, connections, in_flight) && check_all(load, check, context);
	free(load->replies);
	arena_free(&load->kept);
	return done;
}

bool load_run(const char *endpoint, int connections, int in_flight, const struct requests *requests,
	      check_fn *check, void *context, struct load_result *result)
{
	struct load load = {.requests = requests, .result = result};

	return run_and_check(&load, endpoint, connections, in_flight, check, context);
}

bool load_run_plain(const char *endpoint, int connections, int in_flight, const struct requests *requests,
		    check_fn *check, void *context, struct load_result *result)
{
	struct load load = {.requests = requests, .result = result, .plain = true};

	return run_and_check(&load, endpoint, connections, in_flight, check, context);
}

bool load_paced(const char *endpoint, int connections, double per_s, const struct requests *requests,
		check_fn *check, void *context, struct load_result *result)
{
	struct load load = {.requests = requests, .result = result, .plain = true, .per_s = per_s};

	return run_and_check(&load, endpoint, connections, 0, check, context);
}

int64_t percentile(const int64_t *sorted, uint32_t count, double p)
{
	return count ? sorted[(uint32_t)((double)(count - 1) * p / 100)] : 0;
}
