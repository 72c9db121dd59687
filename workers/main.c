/*
 * hudur-worker: owns a folder of event files. One thread gathers requests and hands replies out while others decide and
 * store; the rest answer questions. Threads that talk to brokers have connections of their own.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schema/open_files.h"
#include "schema/steady.h"
#include "schema/version.h"
#include "workers/billboard.h"
#include "workers/link.h"
#include "workers/offline.h"
#include "workers/reader.h"
#include "workers/storing.h"

/* As sysexits.h: nothing will change by starting again, and hudur serve does not. */
enum { EXIT_BAD_CONFIG = 78 };

enum { BROKERS_MAX = 8, BATCH_MAX = 1024, READER_CREDIT = 16, WAIT_MS = 1000, RESERVE_MIB = 64 };

/* The writer's bell at the billboard; the readers' follow. */
enum { WRITER_BELL = 0 };

struct worker {
	const char *name, *folder;
	const char *brokers[BROKERS_MAX + 1];
	const char *verify, *restore; /* a file: that is done instead of working */
	bool replace;
	int broker_count, reader_count;
	int64_t heartbeat_ms, reserve_mib;
	void *zmq;
	struct steady clock;
	struct billboard board;
};

static const char help[] =
	"hudur-worker keeps the events of a folder and answers questions about them.\n"
	"\n"
	"  --data DIR         folder of event files; made when it is not there\n"
	"  --broker ENDPOINT  a broker's workers endpoint; repeat it for several brokers\n"
	"  --name NAME        offers NAME/events for loading events (default: main)\n"
	"  --readers N        threads that answer questions, 1 to 16 (default: 2)\n"
	"  --reserve MIB      of the disk kept back for check-ins and scans when it is full (default: 64)\n"
	"  --heartbeat MS     between signs of life (default: 1000); as the broker's\n"
	"  --verify FILE      only checks an event's file or copy, and ends\n"
	"  --restore FILE     only puts a copy of an event into --data, and ends; with --replace also where the event is\n"
	"                     already, whose file is kept aside\n"
	"  --help, --version\n";

static void log_line(void *context, const char *sentence)
{
	(void)context;
	fprintf(stderr, "hudur-worker: %s\n", sentence);
}

static void offer(struct links *links, const char *owner, const char *service, struct text file, int64_t epoch)
{
	char name[160], sentence[256];
	int size = snprintf(name, sizeof name, "%s/%s", owner, service);

	if (links_offer(links, (struct text){name, (uint32_t)size}, file, epoch))
		return;
	snprintf(sentence, sizeof sentence, "memory is short: %s is not offered; start the worker again", name);
	log_line(NULL, sentence);
}

/* ---- the thread that gathers for the writer and hands its replies out ---- */

static bool post_event(void *context, const struct event *event)
{
	struct worker *worker = context;

	return billboard_post(&worker->board, event);
}

struct gathering {
	struct worker *worker;
	struct links *links;
	struct storing storing;
	const struct notice *seen;
};

static void offer_writer(void *context, const struct notice *notice)
{
	struct gathering *g = context;
	const struct text file = {notice->place, sizeof notice->place};

	offer(g->links, notice->id, "registration", file, notice->epoch);
	offer(g->links, notice->id, "checkin", file, notice->epoch);
	offer(g->links, notice->id, "attendance", file, notice->epoch);
}

static size_t gather(void *context, struct link *link, struct text address, struct text id, struct text map)
{
	struct gathering *g = context;
	int64_t now = steady_now(&g->worker->clock);
	struct intake *intake = storing_open(&g->storing);
	size_t before = intake->count;

	if (!intake_take(intake, link, address, id, map, now))
		link_reply(link, address, id, intake_busy(intake, now));
	before = storing_shut(&g->storing) - before;
	return before ? before : 1;
}

static void hand_out(void *context, void *origin, struct text address, struct text id, struct text map)
{
	(void)context;
	link_reply(origin, address, id, map);
}

/* False when the disk is not to be trusted any more. */
static bool hand_out_stored(struct gathering *g)
{
	struct intake *stored;
	bool trusted;

	while ((stored = storing_take_back(&g->storing, &trusted)) && trusted) {
		intake_hand_out(stored, steady_now(&g->worker->clock), hand_out, NULL);
		storing_return(&g->storing, stored);
	}
	links_send_replies(g->links);
	return trusted;
}

/*
 * Nobody may start us again before a person has looked: the kernel may still show pages that never reached the disk,
 * and what stands in them would be acknowledged.
 */
static int distrust_disk(void)
{
	log_line(NULL, "the disk failed to keep what it was given; nothing more is acknowledged. "
		       "Check the disk and the system's log, then start the machine again.");
	return EXIT_BAD_CONFIG;
}

static int gather_until(struct gathering *g, int signals)
{
	enum { ENDED = 1, STORED = 2, POSTED = 4 };
	const int wakes[] = {signals, g->storing.bell, g->worker->board.bells[WRITER_BELL]};
	unsigned woken = POSTED;
	bool up = false;

	while (!(woken & ENDED)) {
		size_t gathered;

		steady_now(&g->worker->clock); /* who is asked nothing for long notices a clock that is set, too */
		if (woken & POSTED)
			billboard_read(&g->worker->board, WRITER_BELL, &g->seen, offer_writer, g);
		if ((woken & STORED) && !hand_out_stored(g))
			return distrust_disk();
		gathered = storing_press(&g->storing);
		links_receive(g->links, gathered < BATCH_MAX ? BATCH_MAX - gathered : 0);
		links_send_replies(g->links);
		if (!up && links_are_up(g->links)) {
			up = true;
			puts("ready");
			fflush(stdout);
		}
		gathered = storing_press(&g->storing);
		woken = links_wait(g->links, wakes, sizeof wakes / sizeof *wakes, gathered >= BATCH_MAX, WAIT_MS);
	}
	return EXIT_SUCCESS;
}

static int gather_with(struct gathering *g, struct writer *writer, int signals)
{
	int status;

	if (!storing_start(&g->storing, writer, &g->worker->clock)) {
		log_line(NULL, "the threads that decide and store could not be started: memory or the system's limits are too low");
		return EXIT_FAILURE;
	}
	offer(g->links, g->worker->name, "events", (struct text){0}, 0);
	status = gather_until(g, signals);
	storing_stop(&g->storing);
	if (status == EXIT_SUCCESS && !hand_out_stored(g)) /* what was stored last is answered too */
		status = distrust_disk();
	storing_free(&g->storing);
	return status;
}

static int run_writer(struct worker *worker, int signals, struct writer **made)
{
	struct gathering g = {.worker = worker};
	const struct links_settings links = {
		.zmq = worker->zmq, .brokers = worker->brokers, .credit = 2 * BATCH_MAX,
		.heartbeat_ms = worker->heartbeat_ms, .request = gather, .context = &g,
	};
	const struct writer_settings settings = {
		.folder = worker->folder, .reserve = worker->reserve_mib << 20,
		.random = randombytes_buf, .event_added = post_event,
		.log = log_line, .context = worker, .read_ahead = true,
	};
	struct writer *writer = *made = writer_new(&settings);
	int status = EXIT_BAD_CONFIG;

	g.links = links_new(&links);
	if (g.links && writer)
		status = gather_with(&g, writer, signals);
	else
		log_line(NULL, "a broker's endpoint cannot be used, or memory is short");
	links_free(g.links);
	return status;
}

/* ---- the reading threads ---- */

struct reading_thread {
	struct worker *worker;
	int number;
	pthread_t thread;
	struct links *links;
	struct reader *reader;
};

static void offer_reader(void *context, const struct notice *notice)
{
	struct reading_thread *thread = context;

	const struct text file = {notice->place, sizeof notice->place};

	offer(thread->links, notice->id, "people", file, 0);
	offer(thread->links, notice->id, "figures", file, 0);
	offer(thread->links, notice->id, "changes", file, 0);
}

static size_t reader_takes(void *context, struct link *link, struct text address, struct text id, struct text map)
{
	struct reading_thread *thread = context;
	struct text reply = reader_answer(thread->reader, address, map, steady_now(&thread->worker->clock));

	if (reply.at)
		link_reply(link, address, id, reply);
	links_send_replies(thread->links); /* the next question may take long */
	return 1;
}

/* A question may take many heartbeats; the socket is this thread's own. */
static void stay_alive(void *context)
{
	struct reading_thread *thread = context;

	links_beat(thread->links);
}

static void *run_reader(void *context)
{
	struct reading_thread *thread = context;
	struct billboard *board = &thread->worker->board;
	const struct notice *seen = NULL;

	reader_meanwhile(thread->reader, stay_alive, thread);
	while (!billboard_is_over(board)) {
		billboard_read(board, thread->number, &seen, offer_reader, thread);
		if (!links_receive(thread->links, READER_CREDIT))
			links_wait(thread->links, &board->bells[thread->number], 1, false, WAIT_MS);
	}
	return NULL;
}

/* Sockets are made here and used there: starting the thread is the barrier between. */
static bool start_reader(struct reading_thread *thread)
{
	const struct links_settings links = {
		.zmq = thread->worker->zmq, .brokers = thread->worker->brokers, .credit = READER_CREDIT,
		.heartbeat_ms = thread->worker->heartbeat_ms, .request = reader_takes, .context = thread,
	};

	thread->links = links_new(&links);
	thread->reader = reader_new(thread->worker->folder);
	if (!thread->links || !thread->reader)
		log_line(NULL, "a broker's endpoint cannot be used, or memory is short");
	else if (pthread_create(&thread->thread, NULL, run_reader, thread) != 0)
		log_line(NULL, "a thread could not be started; the system's limits are too low");
	else
		return true;
	links_free(thread->links);
	reader_free(thread->reader);
	return false;
}

static void end_reader(struct reading_thread *thread)
{
	pthread_join(thread->thread, NULL);
	links_free(thread->links);
	reader_free(thread->reader);
}

static int run(struct worker *worker, int signals)
{
	struct reading_thread threads[BILLBOARD_READERS_MAX];
	struct writer *writer = NULL;
	int started = 0, status = EXIT_BAD_CONFIG;

	for (; started < worker->reader_count; started++) {
		threads[started] = (struct reading_thread){.worker = worker, .number = started + 1};
		if (!start_reader(&threads[started]))
			break;
	}
	if (started == worker->reader_count)
		status = run_writer(worker, signals, &writer);
	billboard_end(&worker->board);
	for (int i = 0; i < started; i++)
		end_reader(&threads[i]);
	/* last: SQLite moves its log into the file with the last connection, and a reader's may not write */
	writer_free(writer);
	return status;
}

/* ---- the command line ---- */

static bool number_in(const char *text, int64_t low, int64_t high, int64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoimax(text, &end, 10);
	return !errno && end != text && !*end && *value >= low && *value <= high;
}

static bool folder_is_usable(const char *folder)
{
	if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
		fprintf(stderr, "hudur-worker: the folder %s cannot be made: %s. Give another with --data.\n",
			folder, strerror(errno));
		return false;
	}
	if (access(folder, R_OK | W_OK | X_OK) == 0)
		return true;
	fprintf(stderr, "hudur-worker: the folder %s cannot be written: %s. Give another with --data.\n",
		folder, strerror(errno));
	return false;
}

/* The writer keeps four of each event open, a reader two of the last sixteen; the rest is sockets and threads. */
static void allow_many_files(const struct worker *worker)
{
	enum { OF_EVENT = 4, OF_READER = 2 * 16, OF_SOCKET = 4, OWN = 64 };
	int64_t events = folder_count(worker->folder), files = open_files_allow();
	int64_t wanted = OWN + OF_EVENT * events + OF_READER * worker->reader_count +
			 OF_SOCKET * worker->broker_count * (worker->reader_count + 1);

	if (files < wanted)
		fprintf(stderr, "hudur-worker: only %" PRId64 " files may be open, too few for the %" PRId64 " events in "
				"%s: not all will be offered; raise the hard limit to %" PRId64 " (ulimit -Hn, or "
				"LimitNOFILE= of its unit) and start it again.\n", files, events, worker->folder, wanted);
}

static bool endpoints_are_usable(const struct worker *worker)
{
	for (int i = 0; i < worker->broker_count; i++) {
		const char *endpoint = worker->brokers[i];

		if (strncmp(endpoint, "ipc://", 6) == 0 || strncmp(endpoint, "tcp://", 6) == 0)
			continue;
		fprintf(stderr, "hudur-worker: --broker %s is no endpoint; write ipc://PATH as the broker prints "
				"it after `workers`.\n", endpoint);
		return false;
	}
	return true;
}

static bool is_complete(const struct worker *worker)
{
	if (worker->verify)
		return !worker->restore;
	return worker->folder && (worker->restore || worker->broker_count);
}

/* False when its value is not in range, or there is no such option. */
static bool take_option(struct worker *worker, int option, const char *value)
{
	int64_t number;

	switch (option) {
	case 'd':
		worker->folder = value;
		return true;
	case 'n':
		worker->name = value;
		return true;
	case 'b':
		if (worker->broker_count < BROKERS_MAX)
			worker->brokers[worker->broker_count++] = value;
		return true;
	case 'r':
		if (!number_in(value, 1, BILLBOARD_READERS_MAX - 1, &number))
			return false;
		worker->reader_count = (int)number;
		return true;
	case 'h':
		return number_in(value, 10, 60000, &worker->heartbeat_ms);
	case 's':
		return number_in(value, 0, 1 << 20, &worker->reserve_mib);
	case 'y':
		worker->verify = value;
		return true;
	case 'e':
		worker->restore = value;
		return true;
	case 'p':
		worker->replace = true;
		return true;
	default:
		return false;
	}
}

static int refuse_options(void)
{
	fprintf(stderr, "hudur-worker: --data and --broker are needed (or --verify, or --restore with --data), names "
			"are of a-z, 0-9 and -, numbers within their range; see --help.\n");
	return EXIT_BAD_CONFIG + 1;
}

/* 0 to go on, else the exit status plus 1. */
static int read_options(int argc, char **argv, struct worker *worker)
{
	static const struct option options[] = {
		{"data", required_argument, NULL, 'd'}, {"broker", required_argument, NULL, 'b'},
		{"name", required_argument, NULL, 'n'}, {"readers", required_argument, NULL, 'r'},
		{"heartbeat", required_argument, NULL, 'h'}, {"reserve", required_argument, NULL, 's'},
		{"verify", required_argument, NULL, 'y'},
		{"restore", required_argument, NULL, 'e'}, {"replace", no_argument, NULL, 'p'},
		{"help", no_argument, NULL, 'H'},
		{"version", no_argument, NULL, 'v'}, {0},
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'v' || option == 'H') {
			fputs(option == 'v' ? "hudur-worker " HUDUR_VERSION "\n" : help, stdout);
			return 1;
		}
		if (!take_option(worker, option, optarg))
			return refuse_options();
	}
	if (is_complete(worker) && optind == argc && event_id_is_valid(text_of(worker->name)))
		return 0;
	return refuse_options();
}

int main(int argc, char **argv)
{
	struct worker worker = {.name = "main", .reader_count = 2, .heartbeat_ms = 1000, .reserve_mib = RESERVE_MIB};
	sigset_t ends;
	int signals, status = read_options(argc, argv, &worker);

	if (status)
		return status - 1;
	if (worker.verify)
		return offline_verify(worker.verify);
	if (sodium_init() < 0 || steady_open(&worker.clock, "hudur-worker") != 0 || !endpoints_are_usable(&worker) ||
	    !folder_is_usable(worker.folder))
		return EXIT_BAD_CONFIG;
	if (worker.restore)
		return offline_restore(worker.restore, worker.folder, worker.replace, clock_now(&worker.clock.wall));
	allow_many_files(&worker);
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	signal(SIGPIPE, SIG_IGN);
	signals = signalfd(-1, &ends, SFD_NONBLOCK | SFD_CLOEXEC);
	worker.zmq = links_context_new();
	if (signals < 0 || !worker.zmq || !billboard_init(&worker.board, worker.reader_count + 1)) {
		fprintf(stderr, "hudur-worker: it cannot start: %s.\n", strerror(errno));
		return EXIT_FAILURE;
	}
	if (clock_is_simulated(&worker.clock.wall))
		log_line(NULL, "the clock is simulated");
	status = run(&worker, signals);
	links_context_free(worker.zmq);
	billboard_free(&worker.board);
	steady_close(&worker.clock);
	close(signals);
	return status;
}
