/* How many scans a second become durable, beside echoes of the same frames; and how that depends on what is asked at once. */
#include <stdlib.h>

#include "tests/bench/bench.h"

enum { TURNS = 3, SCANS = 80000, BATCHED = 20 * SITE_BATCHED };

void keep_best(struct load_result *best, struct load_result *result)
{
	bool better = !best->answered || load_rate(result) > load_rate(best);

	free(better ? best->latencies_us : result->latencies_us);
	if (better)
		*best = *result;
}

static void echo_scans(struct bench *bench, const struct requests *scans, struct load_result *result)
{
	must(load_run(bench_echo(bench), CONNECTIONS, IN_FLIGHT, scans, NULL, NULL, result), "the echo failed");
}

/* The machine's speed drifts: echo and scans take turns, and of each the best of three counts. */
static void take_turns(struct bench *bench, struct load_result *echoed, struct load_result *durable)
{
	struct site *site = bench_busy(bench);
	struct load_result result;

	for (int turn = 0; turn < TURNS; turn++) {
		struct requests scans = crowd_scans(&site->crowd, SCANS);

		echo_scans(bench, &scans, &result);
		keep_best(echoed, &result);
		site_send(site, scans, CONNECTIONS, IN_FLIGHT, &result);
		keep_best(durable, &result);
	}
}

static double ms(const struct load_result *result, double p)
{
	return (double)percentile(result->latencies_us, result->answered, p) / 1000;
}

void measure_throughput(struct bench *bench)
{
	struct site *site = bench_busy(bench);
	struct load_result echoed = {0}, durable = {0};
	struct worker_status before = site_status(site), after;
	double broker = (double)cpu_us(site->stand.broker), worker = (double)cpu_us(site->stand.worker);

	take_turns(bench, &echoed, &durable);
	broker = (double)cpu_us(site->stand.broker) - broker;
	worker = (double)cpu_us(site->stand.worker) - worker;
	after = site_status(site);
	report_row(bench->report, "echo_per_s", load_rate(&echoed));
	report_row(bench->report, "durable_scans_per_s", load_rate(&durable));
	report_row(bench->report, "durable_ratio", load_rate(&durable) / load_rate(&echoed));
	report_row(bench->report, "p50_ms", ms(&durable, 50));
	report_row(bench->report, "p99_ms", ms(&durable, 99));
	report_row(bench->report, "commit_batch_mean",
		   (double)(after.requests - before.requests) / (double)(after.commits - before.commits));
	report_row(bench->report, "broker_cpu_us_per_scan", broker / (TURNS * SCANS));
	report_row(bench->report, "worker_cpu_us_per_scan", worker / (TURNS * SCANS));
	report_row(bench->report, "generator_cpu_us_per_scan", durable.own_us / SCANS);
	free(echoed.latencies_us);
	free(durable.latencies_us);
}

/* ---- batches ---- */

void measure_batches(struct bench *bench)
{
	struct site *site = bench_busy(bench);
	struct worker_status before = site_status(site), after;
	struct load_result batched = {0}, result;
	double requests, each, rows = 0;

	for (int turn = 0; turn < TURNS; turn++) {
		site_scan_batches(site, BATCHED, &result);
		keep_best(&batched, &result);
	}
	after = site_status(site);
	requests = load_rate(&batched);
	each = (double)(after.requests - before.requests) / (double)(after.commits - before.commits);
	rows = statements_per_s(site, bench->folder, (uint32_t)(each + 0.5));
	report_row(bench->report, "batched_scans_per_s", requests * BATCH_SCANS);
	report_row(bench->report, "store_rows_per_s", rows);
	report_row(bench->report, "store_batch_mean", each);
	report_row(bench->report, "batch_ratio", requests * BATCH_SCANS / rows);
	free(batched.latencies_us);
}

/* ---- what is asked at once ---- */

/* 1,024 requests on the way in all, over few connections and over many. */
void measure_open_scaling(struct bench *bench)
{
	static const int connections[] = {1, 8, 64, 512};
	static const char *const names[] = {"open_1_per_s", "open_8_per_s", "open_64_per_s", "open_512_per_s"};
	enum { KINDS = sizeof connections / sizeof *connections, ALL = 1024, EACH = 30000 };
	struct load_result best[KINDS] = {{0}}, result;
	double lowest = 0, highest = 0;

	for (int turn = 0; turn < TURNS; turn++)
		for (int k = 0; k < KINDS; k++) {
			site_scan_plain(bench_busy(bench), EACH, connections[k], ALL / connections[k], &result);
			keep_best(&best[k], &result);
		}
	for (int k = 0; k < KINDS; k++) {
		double rate = load_rate(&best[k]);

		lowest = !k || rate < lowest ? rate : lowest;
		highest = rate > highest ? rate : highest;
		report_row(bench->report, names[k], rate);
		free(best[k].latencies_us);
	}
	report_row(bench->report, "open_scaling", lowest / highest);
}

static const struct load_point {
	int connections, in_flight;
	uint32_t scans;
} loads[] = {{1, 1, 1000}, {4, 1, 4000}, {16, 1, 12000}, {64, 1, 30000}, {64, 4, 40000}, {64, 16, 60000}};

static void take_turn(struct bench *bench, const struct load_point *load, struct load_result *scanned,
		      struct load_result *echoed)
{
	struct site *site = bench_busy(bench);
	struct requests requests = crowd_scans(&site->crowd, load->scans);
	struct load_result result;

	must(load_run(bench_echo(bench), load->connections, load->in_flight, &requests, NULL, NULL, &result),
	     "the echo failed");
	keep_best(echoed, &result);
	site_send(site, requests, load->connections, load->in_flight, &result);
	keep_best(scanned, &result);
}

/* Rate and latency against load, of scans and of echoes. */
void measure_load_curve(struct bench *bench)
{
	static const char *const columns[] = {"in_flight", "scans_per_s", "p50_ms", "p99_ms", "echo_per_s", "echo_p50_ms"};
	enum { COLUMNS = sizeof columns / sizeof *columns, LOADS = sizeof loads / sizeof *loads };
	double values[LOADS][COLUMNS];

	for (int i = 0; i < LOADS; i++) {
		struct load_result scans = {0}, echoes = {0};

		for (int turn = 0; turn < TURNS; turn++)
			take_turn(bench, &loads[i], &scans, &echoes);
		memcpy(values[i], (double[COLUMNS]){loads[i].connections * loads[i].in_flight, load_rate(&scans),
		       ms(&scans, 50), ms(&scans, 99), load_rate(&echoes), ms(&echoes, 50)}, sizeof values[i]);
		free(scans.latencies_us);
		free(echoes.latencies_us);
	}
	report_curve(bench->report, "load", columns, COLUMNS, values[0], LOADS);
}
