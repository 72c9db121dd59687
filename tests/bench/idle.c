/* What 500 meetings in which nothing happens cost the one that is busy. */
#include <stdlib.h>

#include "tests/bench/bench.h"

enum { TURNS = 8, SCANS = 40000, IDLE = 500 };

struct pace {
	double per_s, us; /* us: processor time of broker and worker for a scan */
};

static struct pace measure_pace(struct site *site)
{
	struct load_result best = {0}, result;
	int64_t used = cpu_us(site->stand.broker) + cpu_us(site->stand.worker);
	struct pace pace;

	for (int turn = 0; turn < TURNS; turn++) {
		site_scan(site, SCANS, CONNECTIONS, IN_FLIGHT, &result);
		keep_best(&best, &result);
	}
	used = cpu_us(site->stand.broker) + cpu_us(site->stand.worker) - used;
	pace = (struct pace){load_rate(&best), (double)used / (TURNS * SCANS)};
	free(best.latencies_us);
	return pace;
}

void measure_idle_events(struct bench *bench)
{
	struct site *site = bench_busy(bench);
	struct pace alone = measure_pace(site), beside;
	struct load_result result;

	site_send(site, crowd_idle_events(&site->crowd, IDLE), 1, 1, &result);
	free(result.latencies_us);
	beside = measure_pace(site);
	report_row(bench->report, "idle_events", beside.per_s / alone.per_s);
	report_row(bench->report, "idle_events_by_cpu", alone.us / beside.us);
}
