/* A stand with a meeting on it: its people are registered, checked in and have badges. */
#ifndef HUDUR_TESTS_BENCH_SITE_H
#define HUDUR_TESTS_BENCH_SITE_H

#include "tests/bench/batches.h"
#include "tests/bench/crowd.h"
#include "tests/bench/stand.h"

struct site {
	struct stand stand;
	struct crowd crowd;
	struct arena scratch; /* of the reply that is looked at */
	uint32_t busy;        /* of the last that might be: told to ask again */
};

/* All of these end the bench with a sentence when something fails. */
void site_open(struct site *site, const char *build, const char *inside, uint32_t people);
void site_close(struct site *site);

/* Sends them, each answered ok. The result's latencies are the caller's to free. */
void site_send(struct site *site, struct requests requests, int connections, int in_flight, struct load_result *result);

/* The next `count` scans, one to a request. */
void site_scan(struct site *site, uint32_t count, int connections, int in_flight, struct load_result *result);

/* The same over plain connections (lines.h). */
void site_scan_plain(struct site *site, uint32_t count, int connections, int in_flight, struct load_result *result);

/* The next `count` scans, BATCH_SCANS of one door's to a request; `count` is a multiple of SITE_BATCHED. All are answered ok. */
enum { SITE_BATCHED = BATCH_SCANS * CROWD_DOORS };
void site_scan_batches(struct site *site, uint32_t count, struct load_result *result);

/* Sends them at a steady rate over 64 connections. False when the broker or the worker was too busy for some. */
bool site_send_paced(struct site *site, struct requests requests, double per_s, struct load_result *result);

/* Sends them one after the other; false when any was busy. */
bool site_try(struct site *site, struct requests requests);

/* A question's answers, one after the other: sorted latencies as above. */
void site_ask(struct site *site, const char *service, const struct text *maps, uint32_t count, struct load_result *result);

/* The same question so often; the median, microseconds. `busy` says how many of them were not answered. */
double site_ask_again(struct site *site, const char *service, struct text map, uint32_t times);

struct worker_status site_status(struct site *site);

/* The event's file. */
void site_event_path(const struct site *site, char *path, size_t size);

#endif
