/* One thread, many sockets; an answer is followed at once by the next request on the same connection. */
#include "tests/bench/load.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

#include "schema/clock.h"
#include "schema/wire.h"

enum { CONNECTIONS_MAX = 1024, SILENCE_MS = 10000 };

struct load {
	void *sockets[CONNECTIONS_MAX];
	zmq_pollitem_t polled[CONNECTIONS_MAX];
	int connections;
	struct wire *wire;
	const struct requests *requests;
	uint32_t next, answered;
	int64_t *started;
	struct load_result *result;
	check_fn *check;
	void *context;
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

static bool send_next(struct load *load, void *socket)
{
	char id[ID_SIZE];
	struct mdp_client_message message = {.command = MDP_CLIENT_REQUEST, .bodies = 2};
	struct frames frames;

	if (load->next == load->requests->count)
		return true;
	make_id(load, load->next, id);
	message.service = text_of(load->requests->service);
	message.body[0] = (struct text){id, ID_SIZE};
	message.body[1] = load->requests->maps[load->next];
	mdp_write_client(&message, &frames);
	load->started[load->next] = clock_monotonic_us();
	if (wire_send(socket, (struct text){0}, &frames) != WIRE_OK) {
		fprintf(stderr, "bench: request %u could not be sent\n", load->next);
		return false;
	}
	load->next++;
	return true;
}

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
	return !load->check || load->check(load->context, n, *last);
}

static bool serve(struct load *load, void *socket, bool *worked)
{
	struct frames frames;

	while (wire_receive(socket, load->wire, NULL, &frames) == WIRE_OK) {
		*worked = true;
		if (!take(load, &frames) || !send_next(load, socket))
			return false;
	}
	return true;
}

static bool drive(struct load *load, int in_flight)
{
	for (int c = 0; c < load->connections; c++)
		for (int i = 0; i < in_flight; i++)
			if (!send_next(load, load->sockets[c]))
				return false;
	while (load->answered < load->requests->count) {
		bool worked = false;

		if (zmq_poll(load->polled, load->connections, SILENCE_MS) <= 0) {
			fprintf(stderr, "bench: no answer for %d ms after %u of %u\n", SILENCE_MS, load->answered,
				load->requests->count);
			return false;
		}
		for (int c = 0; c < load->connections; c++)
			if (load->polled[c].revents && !serve(load, load->sockets[c], &worked))
				return false;
	}
	return true;
}

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static bool open_sockets(struct load *load, void *zmq, const char *endpoint)
{
	const int none = 0;

	for (int c = 0; c < load->connections; c++) {
		load->sockets[c] = zmq_socket(zmq, ZMQ_DEALER);
		zmq_setsockopt(load->sockets[c], ZMQ_LINGER, &none, sizeof none);
		if (zmq_connect(load->sockets[c], endpoint) != 0)
			return false;
		load->polled[c] = (zmq_pollitem_t){.socket = load->sockets[c], .events = ZMQ_POLLIN};
	}
	return true;
}

bool load_run(const char *endpoint, int connections, int in_flight, const struct requests *requests,
	      check_fn *check, void *context, struct load_result *result)
{
	void *zmq = zmq_ctx_new();
	struct load load = {.connections = connections, .wire = wire_new(), .requests = requests, .result = result,
			    .check = check, .context = context};
	int64_t begun;
	bool done;

	zmq_ctx_set(zmq, ZMQ_MAX_SOCKETS, CONNECTIONS_MAX + 16);
	begin_ids(&load);
	load.started = calloc(requests->count, sizeof *load.started);
	result->latencies_us = calloc(requests->count, sizeof *result->latencies_us);
	done = open_sockets(&load, zmq, endpoint);
	begun = clock_monotonic_us();
	done = done && drive(&load, in_flight);
	result->seconds = (double)(clock_monotonic_us() - begun) / 1e6;
	result->answered = load.answered;
	for (int c = 0; c < connections; c++)
		if (load.sockets[c])
			zmq_close(load.sockets[c]);
	zmq_ctx_term(zmq);
	wire_free(load.wire);
	free(load.started);
	qsort(result->latencies_us, requests->count, sizeof *result->latencies_us, ascending);
	return done;
}

int64_t percentile(const int64_t *sorted, uint32_t count, double p)
{
	return count ? sorted[(uint32_t)((double)(count - 1) * p / 100)] : 0;
}
