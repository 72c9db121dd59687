/*
 * Ten times the connections that are best: what is answered must not fall with what is asked. 64 connections show the
 * peak rate, 640 ask for a minute, in turns and in one run, all with 16 requests each on the way.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "schema/clock.h"
#include "schema/mdp.h"
#include "schema/message.h"
#include "tests/bench/crowd.h"
#include "tests/bench/stand.h"
#include "tests/load/swarm.h"

enum { FEW = 64, TURNS = 6, SHARE_OF_TIME = 4 };

/* What the programs may come to, KiB; see broker/limits.h. What the worker keeps of each scan is its id and a passage. */
enum { BROKER_MAX = 128 << 10, WORKER_MAX = 96 << 10, WORKER_BYTES_A_SCAN = 100 };

static const double LEAST = 0.9; /* of the peak rate */
static const double OTHERS = 0.1; /* of the machine's time: used by others, rates tell about them and not about us */

/* What a kind of slice came to: answers, and the processor time of broker, worker and this program. */
struct work {
	int64_t ok, us;
};

struct overload {
	const char *build;
	int connections, in_flight, people;
	double seconds;
	bool judged;
	struct stand stand;
	struct crowd crowd;
	struct arena scratch;
	struct swarm *swarm;
	int64_t broker_kib, worker_kib; /* the most that was seen */
	struct swarm_counts total;
	struct work few, many;
};

static bool fail(const char *what)
{
	fprintf(stderr, "load: %s\n", what);
	return false;
}

/* ---- the meeting ---- */

static bool is_ok(void *context, uint32_t n, struct text map)
{
	struct overload *overload = context;
	struct reply reply;

	(void)n;
	arena_reset(&overload->scratch);
	return !message_decode(&message_reply, map, &overload->scratch, &reply, NULL) && reply.status == status_ok;
}

static bool take_badge(void *context, uint32_t n, struct text map)
{
	return crowd_take_badge(&((struct overload *)context)->crowd, n, map);
}

static bool send_all(struct overload *overload, struct requests requests, int connections, check_fn *check)
{
	struct load_result result;
	bool done = load_run(overload->stand.listen, connections, connections > 1 ? 16 : 1, &requests, check, overload,
			     &result);

	free(result.latencies_us);
	return done || fail("the meeting could not be set up");
}

static bool prepare(struct overload *overload)
{
	struct clock clock = {0};
	struct crowd *crowd = &overload->crowd;

	crowd_init(crowd, (uint32_t)overload->people, clock_now(&clock));
	return send_all(overload, crowd_event(crowd), 1, is_ok) && send_all(overload, crowd_imports(crowd), 1, is_ok) &&
	       send_all(overload, crowd_check_ins(crowd), 8, take_badge);
}

/* Everybody goes into a session and out of it, then into the next, as the devices of 64 doors say. */
static struct text scan_map(void *context, uint64_t n)
{
	struct overload *overload = context;
	struct crowd *crowd = &overload->crowd;
	uint32_t person = (uint32_t)(n % crowd->people), round = (uint32_t)(n / crowd->people);
	struct request request;
	struct scan scan;
	struct text map;

	arena_reset(&overload->scratch);
	message_clear(&message_request, &request);
	message_clear(&message_scan, &scan);
	request.op = TEXT("scan");
	request.device = (struct text){crowd->doors[n % CROWD_DOORS], ID_SIZE};
	request.seq = ++crowd->numbers[n % CROWD_DOORS];
	request.at = crowd->now + (int64_t)round * 1000;
	request.offset = 0;
	scan.badge = crowd->badges[person];
	scan.session = arena_printf(&overload->scratch, "S%u", round / 2 % CROWD_SESSIONS);
	scan.direction = round % 2 ? direction_out : direction_in;
	if (message_encode_two(&message_request, &request, &message_scan, &scan, &overload->scratch, &map))
		return (struct text){0};
	return map;
}

/* ---- measuring ---- */

static void note_memory(struct overload *overload)
{
	int64_t broker = resident_kib(overload->stand.broker), worker = resident_kib(overload->stand.worker);

	overload->broker_kib = broker > overload->broker_kib ? broker : overload->broker_kib;
	overload->worker_kib = worker > overload->worker_kib ? worker : overload->worker_kib;
}

static int64_t used_us(const struct overload *overload)
{
	return cpu_us(overload->stand.broker) + cpu_us(overload->stand.worker) + cpu_us(getpid());
}

static bool measure(struct overload *overload, int connections, double seconds, double *rate)
{
	struct work *work = connections == FEW ? &overload->few : &overload->many;
	int64_t us = used_us(overload);
	struct swarm_counts counts = {0};

	if (!swarm_run(overload->swarm, connections, overload->in_flight, seconds, rate, &counts))
		return false;
	note_memory(overload);
	overload->total.sent += counts.sent;
	overload->total.ok += counts.ok;
	overload->total.busy += counts.busy;
	us = used_us(overload) - us;
	work->ok += counts.ok;
	work->us += us;
	printf("%4d x %d for %5.1f s: %8.0f ok/s at %.1f us, %" PRId64 " sent = %" PRId64 " ok + %" PRId64
	       " busy, slowest %.2f s, broker %" PRId64 " KiB, worker %" PRId64 " KiB\n",
	       connections, overload->in_flight, seconds, *rate, (double)us / (double)counts.ok, counts.sent,
	       counts.ok, counts.busy, (double)counts.slowest_us / 1e6, overload->broker_kib, overload->worker_kib);
	fflush(stdout);
	return true;
}

static bool judge_memory(const struct overload *overload)
{
	int64_t worker_max = WORKER_MAX + overload->total.ok * WORKER_BYTES_A_SCAN / 1024;

	printf("memory: broker %" PRId64 " of %d KiB, worker %" PRId64 " of %" PRId64 " KiB\n", overload->broker_kib,
	       BROKER_MAX, overload->worker_kib, worker_max);
	return (overload->broker_kib <= BROKER_MAX && overload->worker_kib <= worker_max) ||
	       fail("a program has grown beyond its bound");
}

/*
 * The more was scanned the more a scan costs, for there is more to fold; so few and many take turns, and the many are
 * held against the few just before and just after.
 */
static bool measure_turns(struct overload *overload, double *peak, double *during)
{
	int turns = overload->judged ? TURNS : 1;
	double few = overload->seconds / turns / SHARE_OF_TIME, before, after, many;

	*peak = *during = 0;
	if (!measure(overload, FEW, few, &before))
		return false;
	overload->few = (struct work){0}; /* that was to warm up */
	if (!measure(overload, FEW, few, &before))
		return false;
	for (int turn = 0; turn < turns; turn++) {
		if (!measure(overload, overload->connections, overload->seconds / turns, &many) ||
		    !measure(overload, FEW, few, &after))
			return false;
		*during += many / turns;
		*peak += (before + after) / 2 / turns;
		before = after;
	}
	return true;
}

static double cost(const struct work *work)
{
	return (double)work->us / (double)work->ok;
}

/* On a machine of our own the rate is what the processors give, so what an answer costs of them says the same. */
static bool judge_rate(const struct overload *overload, double ratio, double others)
{
	double by_cost = cost(&overload->few) / cost(&overload->many);

	if (others > OTHERS)
		printf("others used %.0f%% of the machine: judged by the processor time of an answer, %.1f us and %.1f us\n",
		       others * 100, cost(&overload->few), cost(&overload->many));
	return (others > OTHERS ? by_cost : ratio) >= LEAST ||
	       fail("more connections than are good for it bring the rate below nine tenths of the peak");
}

static bool measure_all(struct overload *overload)
{
	int64_t begun = clock_monotonic_us(), all = machine_us(), ours = used_us(overload);
	double peak, during, others;
	bool good;

	if (!measure_turns(overload, &peak, &during))
		return false;
	others = (double)(machine_us() - all - (used_us(overload) - ours)) /
		 (double)(clock_monotonic_us() - begun) / (double)sysconf(_SC_NPROCESSORS_ONLN);
	good = judge_memory(overload) && (!overload->judged || judge_rate(overload, during / peak, others));
	printf("{\"connections\":%d,\"in_flight\":%d,\"sent\":%" PRId64 ",\"ok\":%" PRId64 ",\"busy\":%" PRId64
	       ",\"peak_per_s\":%.0f,\"ok_per_s\":%.0f,\"ratio\":%.3f,\"by_cost\":%.3f,\"others\":%.2f}\n",
	       overload->connections, overload->in_flight, overload->total.sent, overload->total.ok,
	       overload->total.busy, peak, during, during / peak, cost(&overload->few) / cost(&overload->many), others);
	return good;
}

/* ---- the command line ---- */

static bool number(const char *word, double most, double *value)
{
	char *end;

	errno = 0;
	*value = strtod(word, &end);
	return !errno && end != word && !*end && *value > 0 && *value <= most;
}

static bool read_options(int argc, char **argv, struct overload *overload)
{
	static const struct option options[] = {{"seconds", required_argument, NULL, 's'},
						{"connections", required_argument, NULL, 'c'},
						{"in-flight", required_argument, NULL, 'i'},
						{"people", required_argument, NULL, 'p'},
						{"unjudged", no_argument, NULL, 'u'},
						{0}};
	double value = 0;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'u' && (option == '?' || !number(optarg, 1000000, &value)))
			return false;
		if (option == 's')
			overload->seconds = value;
		else if (option == 'c')
			overload->connections = (int)value;
		else if (option == 'i')
			overload->in_flight = (int)value;
		else if (option == 'p')
			overload->people = (int)value / 100 * 100;
		else
			overload->judged = false;
	}
	if (optind < argc)
		overload->build = argv[optind];
	return overload->connections >= FEW && overload->people >= 100;
}

static bool may_open_files(const struct overload *overload)
{
	uint64_t needed, allowed;

	if (swarm_allows(overload->connections, &needed, &allowed))
		return true;
	fprintf(stderr,
		"load: %d connections need %" PRIu64 " open files and the limit is %" PRIu64
		"; raise it with: ulimit -Hn %" PRIu64 "\n",
		overload->connections, needed, allowed, needed);
	return false;
}

static bool run(struct overload *overload)
{
	const struct swarm_settings settings = {
		.connections = overload->connections, .in_flight = overload->in_flight, .map = scan_map,
		.endpoint = overload->stand.listen, .service = "bench/attendance", .context = overload,
	};
	bool done;

	if (!prepare(overload) || !(overload->swarm = swarm_new(&settings)))
		return false;
	done = measure_all(overload);
	swarm_free(overload->swarm);
	return done;
}

int main(int argc, char **argv)
{
	struct overload overload = {.build = "build", .connections = 640, .in_flight = 16, .people = 20000,
				    .seconds = 60, .judged = true};
	bool done;

	if (!read_options(argc, argv, &overload)) {
		fputs("usage: overload [--seconds S] [--connections N] [--in-flight N] [--people N] [--unjudged] [BUILD]\n",
		      stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	if (sodium_init() < 0 || !may_open_files(&overload))
		return 1;
	done = stand_open(&overload.stand, overload.build, overload.build) && run(&overload);
	done = stand_close(&overload.stand) && done;
	crowd_free(&overload.crowd);
	arena_free(&overload.scratch);
	return done ? 0 : 1;
}
