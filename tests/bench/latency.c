/* How long one waits: alone, beside others at half of what is possible, and for one's own disk. */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "clients/hudur.h"
#include "schema/clock.h"
#include "tests/bench/bench.h"

enum { ALONE = 1000, SYNCS = 300, SPOOLED = 200, PACED_SECONDS = 3, RATE_SCANS = 60000 };

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static double lower(double a, double b)
{
	return a < b ? a : b;
}

static double median(int64_t *took, uint32_t count)
{
	qsort(took, count, sizeof *took, ascending);
	return (double)percentile(took, count, 50);
}

static void wait_until(int64_t us)
{
	const struct timespec until = {us / 1000000, us % 1000000 * 1000};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

/* One page after the other, begun so far apart. */
static double sync_us(const struct bench *bench, double apart_us)
{
	static char page[4096];
	int64_t took[SYNCS];
	int64_t due = 0;
	char path[600];
	int fd;

	snprintf(path, sizeof path, "%s/page", bench->folder);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	for (int i = 0; i < SYNCS; i++) {
		int64_t begun;

		wait_until(due);
		begun = clock_monotonic_us();
		due = begun + (int64_t)apart_us;
		must(pwrite(fd, page, sizeof page, (off_t)i * (off_t)sizeof page) > 0 && fdatasync(fd) == 0,
		     "the disk cannot be measured");
		took[i] = clock_monotonic_us() - begun;
	}
	close(fd);
	return median(took, SYNCS);
}

/*
 * Echo, scans and disk take turns; of each the best median counts. A disk that is asked again at once is awake and answers in
 * half the time, so for the yardstick it is asked as often as lone scans ask it.
 */
void measure_round_trip(struct bench *bench)
{
	enum { TURNS = 3 };
	struct site *site = bench_busy(bench);
	double scan = INFINITY, echo = INFINITY, sync = INFINITY, at_once = INFINITY;

	for (int turn = 0; turn < TURNS; turn++) {
		struct requests scans = crowd_scans(&site->crowd, ALONE);
		struct load_result echoed, scanned;

		must(load_run(bench_echo(bench), 1, 1, &scans, NULL, NULL, &echoed), "the echo failed");
		site_send(site, scans, 1, 1, &scanned);
		echo = lower(echo, (double)percentile(echoed.latencies_us, ALONE, 50));
		scan = lower(scan, (double)percentile(scanned.latencies_us, ALONE, 50));
		sync = lower(sync, sync_us(bench, scan));
		at_once = lower(at_once, sync_us(bench, 0));
		free(echoed.latencies_us);
		free(scanned.latencies_us);
	}
	report_row(bench->report, "rtt_p50_us", scan);
	report_row(bench->report, "echo_rtt_p50_us", echo);
	report_row(bench->report, "fdatasync_p50_us", sync);
	report_row(bench->report, "fdatasync_at_once_p50_us", at_once);
	report_row(bench->report, "rtt_overhead", (scan - echo) / sync);
}

/* The rate is measured just before, and half of it is then sent steadily. 0: not everything was taken. */
static double half_load_us(struct site *site)
{
	struct load_result result;
	double half, p99 = 0;

	site_scan(site, RATE_SCANS, CONNECTIONS, IN_FLIGHT, &result);
	half = load_rate(&result) / 2;
	free(result.latencies_us);
	if (site_send_paced(site, crowd_scans(&site->crowd, (uint32_t)(half * PACED_SECONDS)), half, &result))
		p99 = (double)percentile(result.latencies_us, result.answered, 99);
	free(result.latencies_us);
	return p99;
}

void measure_half_load(struct bench *bench)
{
	enum { TURNS = 3 };
	double best = 0;

	for (int turn = 0; turn < TURNS; turn++) {
		double p99 = half_load_us(bench_busy(bench));

		best = p99 > 0 && (best <= 0 || p99 < best) ? p99 : best;
	}
	if (best > 0)
		report_row(bench->report, "p99_half_load_ms", best / 1000);
	else
		report_absent(bench->report, "p99_half_load_ms", "at half of the rate requests were answered busy");
}

/* As a door asks: first into its own synced spool, then over the wire. */
void measure_spooled(struct bench *bench)
{
	struct site *site = bench_busy(bench);
	char path[600];
	struct hudur_options options = {.endpoints = site->stand.listen, .spool = path};
	struct hudur *handle;
	int64_t took[SPOOLED];

	snprintf(path, sizeof path, "%s/bench.spool", bench->folder);
	must(hudur_new(&options, &handle) == 0, "the spool cannot be opened");
	for (uint32_t i = 0; i < SPOOLED; i++) {
		struct text map = crowd_plain_scan(&site->crowd);
		int64_t begun = clock_monotonic_us();
		struct hudur_reply reply;

		must(hudur_call(handle, "bench/attendance", map.at, map.size, true, 5000, &reply) == 1,
		     "a spooled scan was not answered");
		took[i] = clock_monotonic_us() - begun;
	}
	hudur_free(handle);
	report_row(bench->report, "scan_spooled_p50_ms", median(took, SPOOLED) / 1000);
}
