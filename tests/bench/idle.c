/* What 500 meetings in which nothing happens cost the one that is busy. */
#include <stdlib.h>

#include "tests/bench/bench.h"

enum { TURNS = 4, SCANS = 40000, IDLE = 500 };

static double best_rate(struct site *site)
{
	struct load_result best = {0}, result;
	double rate;

	for (int turn = 0; turn < TURNS; turn++) {
		site_scan(site, SCANS, CONNECTIONS, IN_FLIGHT, &result);
		keep_best(&best, &result);
	}
	rate = load_rate(&best);
	free(best.latencies_us);
	return rate;
}

void measure_idle_events(struct bench *bench)
{
	struct site *site = bench_busy(bench);
	double alone = best_rate(site);
	struct load_result result;

	site_send(site, crowd_idle_events(&site->crowd, IDLE), 1, 1, &result);
	free(result.latencies_us);
	report_row(bench->report, "idle_events", best_rate(site) / alone);
}
