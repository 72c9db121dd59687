/* Sets a meeting up through the wire, and sends what crowd.c makes. */
#include "tests/bench/site.h"

#include <stdio.h>
#include <stdlib.h>

#include "schema/clock.h"
#include "tests/bench/bench.h"

enum { HOURS_AGO = 3 };

static bool is_ok(void *context, uint32_t n, struct text map)
{
	struct site *site = context;
	struct reply reply;
	bool ok;

	arena_reset(&site->scratch);
	ok = !message_decode(&message_reply, map, &site->scratch, &reply, NULL) && reply.status == status_ok &&
	     !reply.repeated;
	if (!ok)
		fprintf(stderr, "bench: request %u was answered %.*s\n", n, (int)reply.detail.size, reply.detail.at);
	return ok;
}

static bool take_badge(void *context, uint32_t n, struct text map)
{
	return crowd_take_badge(&((struct site *)context)->crowd, n, map);
}

static bool are_ok(void *context, uint32_t n, struct text map)
{
	struct site *site = context;
	struct arena arena = {0};
	struct scan_batch_replies batch;
	bool ok = is_ok(site, n, map) &&
		  !message_decode(&message_scan_batch_replies, map, &arena, &batch, NULL) && batch.replies.count;

	for (uint32_t i = 0; ok && i < batch.replies.count; i++)
		ok = is_ok(site, n, LIST_AT(batch.replies, packed, i)->map);
	arena_free(&arena);
	return ok;
}

static void send_checked(struct site *site, struct requests requests, int connections, int in_flight, check_fn *check,
			 struct load_result *result)
{
	must(load_run(site->stand.listen, connections, in_flight, &requests, check, site, result),
	     "a request was not answered as it should be");
}

static void set_up(struct site *site, struct requests requests, int connections, int in_flight, check_fn *check)
{
	struct load_result result;

	send_checked(site, requests, connections, in_flight, check, &result);
	free(result.latencies_us);
}

void site_open(struct site *site, const char *build, const char *inside, uint32_t people)
{
	struct clock clock = {0};

	memset(site, 0, sizeof *site);
	must(stand_open(&site->stand, build, inside), "the programs could not be started");
	crowd_init(&site->crowd, people, clock_now(&clock) - HOURS_AGO * INT64_C(3600000));
	set_up(site, crowd_event(&site->crowd), 1, 1, is_ok);
	set_up(site, crowd_imports(&site->crowd), 1, 4, is_ok);
	set_up(site, crowd_check_ins(&site->crowd), 64, 16, take_badge);
}

void site_close(struct site *site)
{
	must(stand_close(&site->stand), "the programs did not end in order");
	crowd_free(&site->crowd);
	arena_free(&site->scratch);
}

void site_send(struct site *site, struct requests requests, int connections, int in_flight, struct load_result *result)
{
	send_checked(site, requests, connections, in_flight, is_ok, result);
}

void site_scan(struct site *site, uint32_t count, int connections, int in_flight, struct load_result *result)
{
	site_send(site, crowd_scans(&site->crowd, count), connections, in_flight, result);
}

void site_scan_plain(struct site *site, uint32_t count, int connections, int in_flight, struct load_result *result)
{
	struct requests scans = crowd_scans(&site->crowd, count);

	must(load_run_plain(site->stand.listen, connections, in_flight, &scans, is_ok, site, result),
	     "a scan was not answered as it should be");
}

void site_scan_batches(struct site *site, uint32_t count, struct load_result *result)
{
	struct requests scans = crowd_scans(&site->crowd, count);
	struct arena arena = {0};

	send_checked(site, batches_of(&scans, &arena), CONNECTIONS, BATCHES_IN_FLIGHT, are_ok, result);
	arena_free(&arena);
}

static bool is_ok_or_busy(void *context, uint32_t n, struct text map)
{
	struct site *site = context;
	struct reply reply;

	(void)n;
	arena_reset(&site->scratch);
	if (message_decode(&message_reply, map, &site->scratch, &reply, NULL) || reply.repeated)
		return false;
	site->busy += reply.status == status_busy;
	return reply.status == status_ok || reply.status == status_busy;
}

bool site_send_paced(struct site *site, struct requests requests, double per_s, struct load_result *result)
{
	site->busy = 0;
	must(load_paced(site->stand.listen, CONNECTIONS, per_s, &requests, is_ok_or_busy, site, result),
	     "a request was answered neither ok nor busy");
	return site->busy == 0;
}

bool site_try(struct site *site, struct requests requests)
{
	struct load_result result;

	site->busy = 0;
	send_checked(site, requests, 1, 1, is_ok_or_busy, &result);
	free(result.latencies_us);
	return site->busy == 0;
}

void site_ask(struct site *site, const char *service, const struct text *maps, uint32_t count, struct load_result *result)
{
	struct requests requests = {service, (struct text *)(uintptr_t)maps, count};

	site_send(site, requests, 1, 1, result);
}

double site_ask_again(struct site *site, const char *service, struct text map, uint32_t times)
{
	struct requests requests = {service, calloc(times, sizeof map), times};
	struct load_result result;
	double median;

	for (uint32_t i = 0; i < times; i++)
		requests.maps[i] = map;
	site->busy = 0;
	send_checked(site, requests, 1, 1, is_ok_or_busy, &result);
	median = (double)percentile(result.latencies_us, times, 50);
	free(requests.maps);
	free(result.latencies_us);
	return median;
}

static bool take_status(void *context, uint32_t n, struct text map)
{
	struct arena arena = {0};
	bool taken = !message_decode(&message_worker_status, map, &arena, context, NULL);

	(void)n;
	arena_free(&arena);
	return taken;
}

struct worker_status site_status(struct site *site)
{
	struct text map = crowd_question(&site->crowd, "worker_status", &message_nothing, NULL);
	struct requests requests = {"bench/events", &map, 1};
	struct worker_status status;
	struct load_result result;

	must(load_run(site->stand.listen, 1, 1, &requests, take_status, &status, &result),
	     "the worker does not tell its status");
	free(result.latencies_us);
	return status;
}

void site_event_path(const struct site *site, char *path, size_t size)
{
	snprintf(path, size, "%s/data/bench.hudur", site->stand.folder);
}
