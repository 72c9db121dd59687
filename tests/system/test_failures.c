/* Broker, worker and writer killed, stopped and robbed of their file: an answer within bounded time, and once. */
#include "tests/harness.h"
#include "tests/system/caller.h"
#include "tests/system/stage.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/hudur.h"
#include "schema/clock.h"

/*
 * For a dead worker's requests to come back, with a heartbeat of 100 ms; for a client to find another broker; for a
 * worker to look at a locked file again, which it does every second.
 */
enum { GIVEN_BACK_MS = 3000, MOVED_ON_MS = 6000, TAKEN_OVER_MS = 5000 };

static void scan_of(struct device *device, struct asked *scan, const char *badge, const char *direction)
{
	device_ask(device, scan, "e1/attendance", "scan", "'badge': '%s', 'session': 'PLENARY', 'direction': '%s'",
		   badge, direction);
}

static void is_busy(struct caller *caller, const struct asked *asked, int64_t within_ms, const char *words)
{
	struct told told;

	assert_true(caller_receive(caller, within_ms, &told));
	assert_memory_equal(told.id, asked->id, ID_SIZE);
	assert_int_equal(told.reply.status, status_busy);
	assert_true(told.reply.retry_ms > 0);
	if (!memmem(told.reply.detail.at, told.reply.detail.size, words, strlen(words)))
		fail_msg("busy, but not with \"%s\": %.*s", words, (int)told.reply.detail.size, told.reply.detail.at);
}

/* ---- stopped ---- */

static void stopped_worker_gives_its_requests_back_and_goes_on_later(void **state)
{
	struct stage *stage = *state;
	struct device device = {.seq = 0};
	struct broker broker;
	struct program *worker;
	struct caller caller;
	struct asked scan;
	struct told told;
	char badge[16];
	int64_t before;

	broker_start(stage, &broker, "broker");
	worker = worker_start(stage, "data", &broker, NULL);
	caller_open(&caller, broker.clients);
	caller_prepare(&caller, &device, "e1", badge);
	before = caller_ledger(&caller, "e1");
	kill(worker->pid, SIGSTOP);
	scan_of(&device, &scan, badge, "in");
	caller_send(&caller, &scan);
	is_busy(&caller, &scan, GIVEN_BACK_MS, "");
	kill(worker->pid, SIGCONT);
	caller_insist(&caller, &scan, &told);
	assert_int_equal(told.reply.status, status_ok);
	assert_int_equal(caller_ledger(&caller, "e1"), before + 1);
	caller_close(&caller);
	program_end(worker);
}

static void stopped_broker_is_no_dead_worker_when_it_wakes(void **state)
{
	struct stage *stage = *state;
	struct device device = {.seq = 0};
	struct broker broker;
	struct caller caller;
	struct asked scan;
	struct told told;
	char badge[16];

	broker_start(stage, &broker, "broker");
	worker_start(stage, "data", &broker, NULL);
	caller_open(&caller, broker.clients);
	caller_prepare(&caller, &device, "e1", badge);
	kill(broker.program->pid, SIGSTOP);
	scan_of(&device, &scan, badge, "in");
	caller_send(&caller, &scan);
	assert_false(caller_receive(&caller, 500, &told)); /* longer than it lets a worker be silent */
	kill(broker.program->pid, SIGCONT);
	/* without sending it again: by the worker, or to be sent again because the worker has turned its back */
	assert_true(caller_receive(&caller, GIVEN_BACK_MS, &told));
	assert_true(told.reply.status == status_ok || told.reply.status == status_busy);
	caller_do(&caller, &scan, "ok");
	caller_close(&caller);
}

/* ---- several brokers ---- */

/* A scan through the library, spooled; how long its answer took. */
static int64_t library_scan(struct hudur *handle, const char *badge, const char *direction)
{
	struct request request;
	struct scan scan;
	struct arena arena = {0};
	struct hudur_reply reply;
	struct text map;
	int64_t begun = clock_monotonic_ms();

	message_clear(&message_request, &request);
	message_clear(&message_scan, &scan);
	request.op = TEXT("scan");
	scan.badge = text_of(badge);
	scan.session = TEXT("PLENARY");
	scan.direction = *direction == 'i' ? direction_in : direction_out;
	assert_int_equal(message_encode_two(&message_request, &request, &message_scan, &scan, &arena, &map), E_OK);
	if (hudur_call(handle, "e1/attendance", map.at, map.size, true, PATIENCE_MS, &reply) != 1)
		fail_msg("the scan was not answered: %s", hudur_error(handle));
	arena_free(&arena);
	return clock_monotonic_ms() - begun;
}

/* Stopped or killed in turn, each time it is the one that the client talks to. */
static void client_moves_on_to_the_other_broker_and_comes_back(void **state)
{
	struct stage *stage = *state;
	struct device device = {.seq = 0};
	struct broker first, second;
	char endpoints[400], spool[160], badge[16];
	struct hudur_options options = {.endpoints = endpoints, .spool = spool};
	struct hudur *handle;
	struct caller caller;
	int64_t before;

	broker_start(stage, &first, "first");
	broker_start(stage, &second, "second");
	worker_start(stage, "data", &first, &second);
	caller_open(&caller, first.clients);
	caller_prepare(&caller, &device, "e1", badge);
	before = caller_ledger(&caller, "e1");
	snprintf(endpoints, sizeof endpoints, "%s,%s", first.clients, second.clients);
	stage_path(stage, "spool", spool);
	assert_int_equal(hudur_new(&options, &handle), 0);
	library_scan(handle, badge, "in");
	kill(first.program->pid, SIGSTOP);
	assert_in_range(library_scan(handle, badge, "out"), 0, MOVED_ON_MS);
	kill(first.program->pid, SIGCONT);
	kill(second.program->pid, SIGSTOP);
	assert_in_range(library_scan(handle, badge, "in"), 0, MOVED_ON_MS);
	kill(second.program->pid, SIGCONT);
	program_kill(first.program);
	assert_in_range(library_scan(handle, badge, "out"), 0, MOVED_ON_MS);
	broker_again(stage, &first);
	program_kill(second.program);
	assert_in_range(library_scan(handle, badge, "in"), 0, MOVED_ON_MS);
	assert_int_equal(hudur_backlog(handle), 0);
	assert_int_equal(caller_ledger(&caller, "e1"), before + 5);
	hudur_free(handle);
	caller_close(&caller);
}

/* ---- two writers ---- */

static void second_writer_is_kept_out_and_takes_over_when_the_first_is_gone(void **state)
{
	struct stage *stage = *state;
	struct device device = {.seq = 0};
	struct broker broker;
	struct program *first, *second;
	struct caller caller;
	struct asked scan;
	char badge[16];
	int64_t before, killed;

	broker_start(stage, &broker, "broker");
	first = worker_start(stage, "data", &broker, NULL);
	caller_open(&caller, broker.clients);
	caller_prepare(&caller, &device, "e1", badge);
	second = worker_start(stage, "data", &broker, NULL);
	program_says(second, "another worker has this event");
	scan_of(&device, &scan, badge, "in");
	caller_do(&caller, &scan, "ok");
	before = caller_ledger(&caller, "e1");
	killed = clock_monotonic_ms();
	program_kill(first);
	scan_of(&device, &scan, badge, "out");
	caller_do(&caller, &scan, "ok");
	assert_in_range(clock_monotonic_ms() - killed, 0, TAKEN_OVER_MS);
	assert_int_equal(caller_ledger(&caller, "e1"), before + 1);
	caller_close(&caller);
}

/*
 * A lock that keeps nobody out, as on some network file systems: the folder of the second worker has the event by a
 * symbolic link, so that both write one file and each has a lock of its own. Only the epoch is left.
 */
static void link_event(const struct stage *stage)
{
	char file[160], link[160], folder[160];

	stage_path(stage, "data/e1.hudur", file);
	stage_path(stage, "elsewhere", folder);
	stage_path(stage, "elsewhere/e1.hudur", link);
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(symlink(file, link), 0);
}

/* Until its worker has found its way back to the broker, that one has no worker. */
static void is_superseded(struct caller *caller, const struct asked *asked)
{
	int64_t until = clock_monotonic_ms() + PATIENCE_MS;
	struct told told;

	do {
		assert_true(clock_monotonic_ms() < until);
		caller_send(caller, asked);
		assert_true(caller_receive(caller, PATIENCE_MS, &told));
		assert_int_equal(told.reply.status, status_busy);
	} while (!text_is(told.reply.reason, "superseded"));
}

/* It wakes with a request in its socket, and is asked once more by a broker that knows of nobody else. */
static void writer_that_slept_while_another_took_over_cannot_commit(void **state)
{
	struct stage *stage = *state;
	struct device device = {.seq = 0};
	struct broker broker, apart;
	struct program *sleeper;
	struct caller caller, away;
	struct asked lost, kept;
	char badge[16];
	int64_t before;

	broker_start(stage, &broker, "broker");
	broker_start(stage, &apart, "apart");
	sleeper = worker_start(stage, "data", &broker, &apart);
	caller_open(&caller, broker.clients);
	caller_open(&away, apart.clients);
	caller_prepare(&caller, &device, "e1", badge);
	before = caller_ledger(&caller, "e1");
	link_event(stage);
	kill(sleeper->pid, SIGSTOP);
	scan_of(&device, &lost, badge, "in");
	caller_send(&caller, &lost);
	is_busy(&caller, &lost, GIVEN_BACK_MS, "");
	worker_start(stage, "elsewhere", &broker, NULL);
	scan_of(&device, &kept, badge, "out");
	caller_do(&caller, &kept, "ok");
	kill(sleeper->pid, SIGCONT);
	is_superseded(&away, &lost);
	program_says(sleeper, "Another worker has taken over this event.");
	assert_int_equal(caller_ledger(&caller, "e1"), before + 1);
	/* what could not be done there goes to the writer of now, though both offer the event */
	caller_do(&caller, &lost, "ok");
	assert_int_equal(caller_ledger(&caller, "e1"), before + 2);
	caller_close(&away);
	caller_close(&caller);
}

static void two_copies_of_one_file_close_the_service_until_one_is_taken_away(void **state)
{
	struct stage *stage = *state;
	struct device device = {.seq = 0};
	struct broker broker;
	struct program *first, *second;
	struct caller caller;
	struct asked scan;
	char badge[16], path[160];
	int64_t before;

	broker_start(stage, &broker, "broker");
	first = worker_start(stage, "data", &broker, NULL);
	caller_open(&caller, broker.clients);
	caller_prepare(&caller, &device, "e1", badge);
	before = caller_ledger(&caller, "e1");
	program_end(first);
	assert_int_equal(mkdir(stage_path(stage, "copy", path), 0700), 0);
	stage_copy(stage, "data/e1.hudur", "copy/e1.hudur");
	first = worker_start(stage, "data", &broker, NULL);
	scan_of(&device, &scan, badge, "in");
	caller_do(&caller, &scan, "ok");
	second = worker_start(stage, "copy", &broker, NULL);
	scan_of(&device, &scan, badge, "out");
	caller_send(&caller, &scan);
	is_busy(&caller, &scan, GIVEN_BACK_MS, "Two files of this event are offered");
	program_end(second);
	caller_do(&caller, &scan, "ok");
	assert_int_equal(caller_ledger(&caller, "e1"), before + 2);
	caller_close(&caller);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAGE_CASE(stopped_worker_gives_its_requests_back_and_goes_on_later),
		STAGE_CASE(stopped_broker_is_no_dead_worker_when_it_wakes),
		STAGE_CASE(client_moves_on_to_the_other_broker_and_comes_back),
		STAGE_CASE(second_writer_is_kept_out_and_takes_over_when_the_first_is_gone),
		STAGE_CASE(writer_that_slept_while_another_took_over_cannot_commit),
		STAGE_CASE(two_copies_of_one_file_close_the_service_until_one_is_taken_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
