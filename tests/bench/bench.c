/*
 * How fast Hudur is, beside what the same machine can do in the same run: a bare echo, its disk, its store without a
 * wire. So what the machine adds cancels in the ratios. README.md says what each row means.
 */
#include "tests/bench/bench.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "schema/clock.h"
#include "tests/bench/cost.h"
#include "tests/bench/sockets.h"

enum { PEOPLE = 20000 };

static const struct measurement {
	void (*run)(struct bench *bench);
	const char *rows; /* that it prints */
} measurements[] = {
	{measure_throughput, "echo_per_s durable_scans_per_s durable_ratio p50_ms p99_ms commit_batch_mean "
			     "broker_cpu_us_per_scan worker_cpu_us_per_scan generator_cpu_us_per_scan"},
	{measure_batches, "batched_scans_per_s store_rows_per_s store_batch_mean batch_ratio"},
	{measure_round_trip, "rtt_p50_us echo_rtt_p50_us fdatasync_p50_us fdatasync_at_once_p50_us rtt_overhead"},
	{measure_half_load, "p99_half_load_ms"},
	{measure_spooled, "scan_spooled_p50_ms"},
	{measure_open_scaling, "open_1_per_s open_8_per_s open_64_per_s open_512_per_s open_scaling"},
	{measure_load_curve, "load"},
	{measure_idle_events, "idle_events idle_events_by_cpu"},
	{measure_sizes, "figure_country_ms figure_attended_ms figure_inside_us figure_country_flatness "
			"figure_attended_flatness figure_flatness as_of_s find_p50_ms find_p99_ms restart_s broker_rss_mib worker_rss_mib size"},
	{measure_instructions, "instructions_per_scan"},
};

void must(bool so, const char *sentence)
{
	if (so)
		return;
	fprintf(stderr, "bench: %s\n", sentence);
	exit(1);
}

struct site *bench_busy(struct bench *bench)
{
	if (!bench->busy) {
		bench->busy = calloc(1, sizeof *bench->busy);
		site_open(bench->busy, bench->build, bench->folder, PEOPLE);
	}
	return bench->busy;
}

const char *bench_echo(struct bench *bench)
{
	if (!bench->echo.proxy)
		must(echo_start(&bench->echo, bench->folder), "the echo could not be started");
	return bench->echo.endpoint;
}

static bool names(const char *rows, const char *row)
{
	size_t size = strlen(row);
	const char *at = rows;

	while ((at = strstr(at, row))) {
		if ((at == rows || at[-1] == ' ') && (at[size] == ' ' || !at[size]))
			return true;
		at += size;
	}
	return false;
}

static int run(struct bench *bench, const char *row)
{
	char path[600];
	bool any = false;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(path, sizeof path, "%.500s/bench.json", bench->build);
	must(sodium_init() >= 0, "no source of random numbers");
	must(sockets_may_open(SOCKETS_MAX), "more open files are needed; raise the limit with: ulimit -Hn 4096");
	must((bench->report = report_new(*row ? NULL : path)), "the build folder cannot be written");
	for (size_t i = 0; i < sizeof measurements / sizeof *measurements; i++) {
		if (*row && !names(measurements[i].rows, row))
			continue;
		any = true;
		measurements[i].run(bench);
	}
	must(any, "there is no such row; tests/bench/README.md names them all");
	report_end(bench->report);
	if (bench->busy)
		site_close(bench->busy);
	if (bench->echo.proxy)
		echo_stop(&bench->echo);
	return 0;
}

/* ---- however it ends, the programs are gone and so is the folder ---- */

static volatile sig_atomic_t measuring; /* the child's pid */

static void end_child(int signal)
{
	(void)signal;
	kill((pid_t)measuring, SIGKILL);
}

/* Of all processors' time since then, other programs'. */
static double share_of_others(int64_t begun, int64_t used)
{
	struct rusage ours;
	double us;

	getrusage(RUSAGE_CHILDREN, &ours);
	us = (double)(ours.ru_utime.tv_sec + ours.ru_stime.tv_sec) * 1e6 +
	     (double)(ours.ru_utime.tv_usec + ours.ru_stime.tv_usec);
	return ((double)(machine_us() - used) - us) /
	       ((double)(clock_monotonic_us() - begun) * (double)sysconf(_SC_NPROCESSORS_ONLN));
}

/* The programs die with the child that started them; as their reaper we wait until all are gone. */
static int wait_for(pid_t child)
{
	int status = 0, of_child = 0;

	for (pid_t gone; (gone = wait(&status)) > 0 || errno == EINTR;)
		if (gone == child)
			of_child = status;
	return WIFEXITED(of_child) ? WEXITSTATUS(of_child) : 1;
}

static int watch_over(struct bench *bench, const char *row)
{
	const struct sigaction ended = {.sa_handler = end_child};
	int64_t begun = clock_monotonic_us(), used = machine_us();
	double others;
	int status;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	measuring = fork();
	if (measuring == 0)
		exit(run(bench, row));
	sigaction(SIGINT, &ended, NULL);
	sigaction(SIGTERM, &ended, NULL);
	sigaction(SIGHUP, &ended, NULL);
	status = wait_for(measuring);
	stand_remove(bench->folder);
	others = share_of_others(begun, used);
	if (others > 0.05)
		printf("others used %.0f%% of this machine meanwhile: times are worse than they could be\n", others * 100);
	return status;
}

int main(int argc, char **argv)
{
	struct bench bench = {.build = argc > 1 ? argv[1] : "build"};

	if (strcmp(bench.build, "cost") == 0)
		return cost_run();
	snprintf(bench.folder, sizeof bench.folder, "%.400s/bench.XXXXXX", bench.build);
	must(mkdtemp(bench.folder), "the build folder cannot be written");
	return watch_over(&bench, argc > 2 ? argv[2] : "");
}
