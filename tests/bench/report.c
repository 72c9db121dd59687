/* The table of all rows: what each is to reach. */
#include "tests/bench/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum reach { REPORTED, AT_LEAST, AT_MOST };

static const struct row {
	const char *name, *unit;
	enum reach kind;
	double reach;
} rows[] = {
	{"echo_per_s", "1/s", REPORTED, 0},
	{"durable_scans_per_s", "1/s", REPORTED, 0},
	{"durable_ratio", "", AT_LEAST, 0.70},
	{"p50_ms", "ms", REPORTED, 0},
	{"p99_ms", "ms", REPORTED, 0},
	{"commit_batch_mean", "scans", REPORTED, 0},
	{"broker_cpu_us_per_scan", "us", REPORTED, 0},
	{"worker_cpu_us_per_scan", "us", REPORTED, 0},
	{"generator_cpu_us_per_scan", "us", REPORTED, 0},
	{"batched_scans_per_s", "1/s", REPORTED, 0},
	{"store_rows_per_s", "1/s", REPORTED, 0},
	{"store_batch_mean", "scans", REPORTED, 0},
	{"batch_ratio", "", AT_LEAST, 0.6},
	{"rtt_p50_us", "us", REPORTED, 0},
	{"echo_rtt_p50_us", "us", REPORTED, 0},
	{"fdatasync_p50_us", "us", REPORTED, 0},
	{"fdatasync_at_once_p50_us", "us", REPORTED, 0},
	{"rtt_overhead", "", AT_MOST, 2},
	{"p99_half_load_ms", "ms", AT_MOST, 10},
	{"scan_spooled_p50_ms", "ms", REPORTED, 0},
	{"open_1_per_s", "1/s", REPORTED, 0},
	{"open_8_per_s", "1/s", REPORTED, 0},
	{"open_64_per_s", "1/s", REPORTED, 0},
	{"open_512_per_s", "1/s", REPORTED, 0},
	{"open_scaling", "", AT_LEAST, 0.5},
	{"idle_events", "", AT_LEAST, 0.9},
	{"idle_events_by_cpu", "", REPORTED, 0},
	{"figure_country_ms", "ms", REPORTED, 0},
	{"figure_attended_ms", "ms", REPORTED, 0},
	{"figure_inside_us", "us", REPORTED, 0},
	{"figure_country_flatness", "", REPORTED, 0},
	{"figure_attended_flatness", "", REPORTED, 0},
	{"figure_flatness", "", AT_MOST, 1.5},
	{"as_of_s", "s", AT_MOST, 2},
	{"find_p50_ms", "ms", REPORTED, 0},
	{"find_p99_ms", "ms", AT_MOST, 5},
	{"restart_s", "s", AT_MOST, 1},
	{"broker_rss_mib", "MiB", AT_MOST, 16},
	{"worker_rss_mib", "MiB", AT_MOST, 96},
	{"instructions_per_scan", "", REPORTED, 0},
};

struct report {
	FILE *json;
	bool begun;
	int wanted, reached;
};

struct report *report_new(const char *path)
{
	struct report *report = calloc(1, sizeof *report);

	if (!report || !path)
		return report;
	report->json = fopen(path, "we");
	if (report->json)
		return report;
	fprintf(stderr, "bench: %s cannot be written\n", path);
	free(report);
	return NULL;
}

static const struct row *row_named(const char *name)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

bool report_knows(const char *name)
{
	return row_named(name) != NULL;
}

static void begin_entry(struct report *report, const char *name)
{
	fprintf(report->json, "%s\n{\"name\": \"%s\"", report->begun ? "," : "[", name);
	report->begun = true;
}

static const char *verdict(const struct row *row, double value, bool *reached)
{
	*reached = row->kind == AT_LEAST ? value >= row->reach : value <= row->reach;
	return *reached ? "reached" : "NOT REACHED";
}

void report_row(struct report *report, const char *name, double value)
{
	const struct row *row = row_named(name);
	bool reached = false;

	if (!row)
		abort();
	printf("%-26s %12.3f %-6s", name, value, row->unit);
	if (row->kind != REPORTED) {
		printf(" %s %-5g %s", row->kind == AT_LEAST ? ">=" : "<=", row->reach, verdict(row, value, &reached));
		report->wanted++;
		report->reached += reached;
	}
	putchar('\n');
	fflush(stdout);
	if (!report->json)
		return;
	begin_entry(report, name);
	fprintf(report->json, ", \"value\": %.6g, \"unit\": \"%s\"", value, row->unit);
	if (row->kind != REPORTED)
		fprintf(report->json, ", \"reach\": \"%s %g\", \"reached\": %s", row->kind == AT_LEAST ? ">=" : "<=",
			row->reach, reached ? "true" : "false");
	fputc('}', report->json);
}

void report_absent(struct report *report, const char *name, const char *why)
{
	const struct row *row = row_named(name);

	printf("%-26s did not run: %s\n", name, why);
	report->wanted += row && row->kind != REPORTED;
}

static void write_value(struct report *report, const char *separator, const char *name, double value)
{
	fprintf(report->json, "%s\"%s\": ", separator, name);
	if (isnan(value))
		fputs("null", report->json);
	else
		fprintf(report->json, "%.6g", value);
}

void report_curve(struct report *report, const char *name, const char *const *columns, size_t column_count,
		  const double *values, size_t points)
{
	if (!report->json)
		return;
	begin_entry(report, name);
	fputs(", \"points\": [", report->json);
	for (size_t p = 0; p < points; p++) {
		fputs(p ? ",\n  {" : "\n  {", report->json);
		for (size_t c = 0; c < column_count; c++)
			write_value(report, c ? ", " : "", columns[c], values[p * column_count + c]);
		fputc('}', report->json);
	}
	fputs("]}", report->json);
}

void report_end(struct report *report)
{
	if (report->wanted)
		printf("%d of %d reached\n", report->reached, report->wanted);
	if (report->json) {
		begin_entry(report, "processors");
		fprintf(report->json, ", \"value\": %ld, \"unit\": \"\"}\n]\n", sysconf(_SC_NPROCESSORS_ONLN));
		fclose(report->json);
	}
	free(report);
}
