/* What grows with a meeting: 100,000 people, and scans from 1,000 to 1,000,000. */
#include <math.h>
#include <poll.h>
#include <stdlib.h>

#include "schema/clock.h"
#include "tests/bench/bench.h"

enum { PEOPLE = 100000, ASKED = 41, ASKED_PAST = 3, SEARCHES = 300 };
enum { LOAD_SCANS = 60000, RETRY_MS = 20, PART = 20 * SITE_BATCHED };

enum column { SCANS, COUNTRY_MS, ATTENDED_MS, AS_OF_S, RESTART_S, SCANS_PER_S, WORKER_MIB, COLUMNS };
static const char *const columns[COLUMNS] = {
	"scans", "country_ms", "attended_ms", "as_of_s", "restart_s", "scans_per_s", "worker_mib",
};

/* So many scans in all, and how many of them come one to a request, timed. */
static const struct size {
	uint32_t scans, timed;
} sizes[] = {{1000, 1000}, {10000, 9000}, {100000, 20000}, {1000000, 20000}};
enum { SIZES = sizeof sizes / sizeof *sizes, ALL_INSIDE = SIZES - 2 }; /* then everybody came in once */

static struct text ask_figure(struct site *site, enum qualifier qualifier, int64_t as_of)
{
	struct figures_query query;

	message_clear(&message_figures_query, &query);
	query.qualifier = qualifier;
	query.as_of = as_of;
	if (qualifier == qualifier_attended)
		query.minutes = 1;
	return crowd_question(&site->crowd, "figures", &message_figures_query, &query);
}

static double figure_ms(struct site *site, enum qualifier qualifier, int64_t as_of, uint32_t times)
{
	double us = site_ask_again(site, "bench/figures", ask_figure(site, qualifier, as_of), times);

	must(!site->busy, "a figure was not told");
	return us / 1000;
}

/* As many as are missing, most of them in batches. */
static double grow(struct site *site, const struct size *size, uint32_t scans)
{
	struct load_result result;
	uint32_t batched = (size->scans - scans - size->timed) / SITE_BATCHED * SITE_BATCHED;
	double rate;

	while (batched) {
		uint32_t part = batched < PART ? batched : PART;

		site_scan_batches(site, part, &result);
		free(result.latencies_us);
		batched -= part;
		scans += part;
	}
	site_scan(site, size->scans - scans, CONNECTIONS, IN_FLIGHT, &result);
	rate = load_rate(&result);
	free(result.latencies_us);
	return rate;
}

/*
 * From the start of its process until a scan is stored. Until the broker knows of it, one is told to ask again; not so often
 * that the asking takes the worker's processor.
 */
static double restart_s(struct site *site)
{
	struct requests scan = crowd_scans(&site->crowd, 1);
	int64_t begun;

	must(stand_stop_worker(&site->stand), "the worker did not end in order");
	begun = clock_monotonic_us();
	must(stand_start_worker(&site->stand), "the worker did not start again");
	while (!site_try(site, scan))
		poll(NULL, 0, RETRY_MS);
	return (double)(clock_monotonic_us() - begun) / 1e6;
}

/* Nothing of the past is left out but the last moment, so that the whole ledger is replayed. NAN: it was given back. */
static double as_of_s(struct site *site, int64_t as_of)
{
	struct text map = ask_figure(site, qualifier_checked_in, ABSENT);
	struct requests now = {"bench/figures", &map, 1};
	double us = site_ask_again(site, "bench/figures", ask_figure(site, qualifier_checked_in, as_of), ASKED_PAST);

	if (!site->busy)
		return us / 1e6;
	while (!site_try(site, now)) /* until the readers are back */
		poll(NULL, 0, RETRY_MS);
	return NAN;
}

static void measure_size(struct site *site, const struct size *size, uint32_t before, double *values)
{
	const struct clock machine = {0};
	int64_t as_of;

	values[SCANS] = size->scans;
	values[SCANS_PER_S] = grow(site, size, before);
	as_of = clock_now(&machine);
	values[RESTART_S] = restart_s(site);
	values[COUNTRY_MS] = figure_ms(site, qualifier_checked_in, ABSENT, ASKED);
	values[ATTENDED_MS] = figure_ms(site, qualifier_attended, ABSENT, ASKED);
	values[AS_OF_S] = as_of_s(site, as_of);
	values[WORKER_MIB] = (double)resident_kib(site->stand.worker) / 1024;
}

/* What a desk types: a family name, the beginnings of two names, two letters. */
static struct text search_text(struct crowd *crowd, uint32_t n)
{
	uint32_t person = n * 7919 % crowd->people;
	struct text given = crowd_given(&crowd->arena, person), family = crowd_family(&crowd->arena, person);

	if (n % 3 == 0)
		return family;
	if (n % 3 == 1)
		return arena_printf(&crowd->arena, "%.3s %.3s", given.at, family.at);
	return arena_printf(&crowd->arena, "%.2s", family.at);
}

static void measure_search(struct bench *bench, struct site *site)
{
	struct text maps[SEARCHES];
	struct load_result result;
	struct find find;

	for (uint32_t i = 0; i < SEARCHES; i++) {
		message_clear(&message_find, &find);
		find.text = search_text(&site->crowd, i);
		maps[i] = crowd_question(&site->crowd, "find", &message_find, &find);
	}
	site_ask(site, "bench/people", maps, SEARCHES, &result);
	report_row(bench->report, "find_p50_ms", (double)percentile(result.latencies_us, SEARCHES, 50) / 1000);
	report_row(bench->report, "find_p99_ms", (double)percentile(result.latencies_us, SEARCHES, 99) / 1000);
	free(result.latencies_us);
}

/* The most that is resident while scans come as fast as they can, in a worker that has just started. */
static void measure_memory(struct bench *bench, struct site *site)
{
	struct load_result result;

	restart_s(site);
	peak_forget(site->stand.broker);
	peak_forget(site->stand.worker);
	site_scan(site, LOAD_SCANS, CONNECTIONS, IN_FLIGHT, &result);
	free(result.latencies_us);
	report_row(bench->report, "broker_rss_mib", (double)peak_kib(site->stand.broker) / 1024);
	report_row(bench->report, "worker_rss_mib", (double)peak_kib(site->stand.worker) / 1024);
}

void measure_sizes(struct bench *bench)
{
	double values[SIZES][COLUMNS], country, attended;
	struct site site;

	site_open(&site, bench->build, bench->folder, PEOPLE);
	for (int i = 0; i < SIZES; i++)
		measure_size(&site, &sizes[i], i ? sizes[i - 1].scans : 0, values[i]);
	country = values[SIZES - 1][COUNTRY_MS] / values[0][COUNTRY_MS];
	attended = values[SIZES - 1][ATTENDED_MS] / values[0][ATTENDED_MS];
	report_row(bench->report, "figure_country_ms", values[SIZES - 1][COUNTRY_MS]);
	report_row(bench->report, "figure_attended_ms", values[SIZES - 1][ATTENDED_MS]);
	report_row(bench->report, "figure_inside_us",
		   (values[ALL_INSIDE][ATTENDED_MS] - values[SIZES - 1][ATTENDED_MS]) * 1000 / PEOPLE);
	report_row(bench->report, "figure_country_flatness", country);
	report_row(bench->report, "figure_attended_flatness", attended);
	report_row(bench->report, "figure_flatness", country > attended ? country : attended);
	if (isnan(values[SIZES - 1][AS_OF_S]))
		report_absent(bench->report, "as_of_s", "the question came back: its worker was taken for dead");
	else
		report_row(bench->report, "as_of_s", values[SIZES - 1][AS_OF_S]);
	measure_search(bench, &site);
	report_row(bench->report, "restart_s", values[SIZES - 1][RESTART_S]);
	measure_memory(bench, &site);
	report_curve(bench->report, "size", columns, COLUMNS, values[0], SIZES);
	site_close(&site);
}
