/* A thousand copies of one request at once, by four connections, two brokers and one worker: it happens once. */
#include "tests/harness.h"
#include "tests/system/caller.h"
#include "tests/system/stage.h"

enum { CONNECTIONS = 4, COPIES = 250 };

/* What all copies must be told alike. */
struct verdict {
	int64_t ledger;
	int first;
};

/* The answer to one copy. A machine that is busy elsewhere may let a worker seem dead: such a copy is sent again. */
static void receive(struct caller *caller, const struct asked *asked, struct told *told)
{
	while (caller_receive(caller, PATIENCE_MS, told)) {
		if (told->reply.status != status_busy)
			return;
		caller_send(caller, asked);
	}
	fail_msg("a copy was not answered");
}

static void judge(struct caller *caller, const struct told *told, const struct asked *asked, struct verdict *verdict)
{
	struct scanned scanned;

	assert_memory_equal(told->id, asked->id, ID_SIZE);
	assert_int_equal(told->reply.status, status_ok);
	caller_result(caller, told, &message_scanned, &scanned);
	if (!verdict->ledger)
		verdict->ledger = scanned.ledger;
	assert_int_equal(scanned.ledger, verdict->ledger);
	verdict->first += !told->reply.repeated;
}

static void a_thousand_copies_through_two_brokers_count_once(void **state)
{
	struct stage *stage = *state;
	struct caller callers[CONNECTIONS];
	struct device device = {.seq = 0};
	struct verdict verdict = {0};
	struct broker first, second;
	struct asked scan;
	char badge[16];
	int64_t before;

	broker_start(stage, &first, "first");
	broker_start(stage, &second, "second");
	worker_start(stage, "data", &first, &second);
	for (int i = 0; i < CONNECTIONS; i++)
		caller_open(&callers[i], i % 2 ? second.clients : first.clients);
	caller_prepare(&callers[0], &device, "e1", badge);
	before = caller_ledger(&callers[1], "e1");
	device_ask(&device, &scan, "e1/attendance", "scan", "'badge': '%s', 'session': 'PLENARY', 'direction': 'in'",
		   badge);
	for (int copy = 0; copy < COPIES; copy++)
		for (int i = 0; i < CONNECTIONS; i++)
			caller_send(&callers[i], &scan);
	for (int copy = 0; copy < COPIES; copy++)
		for (int i = 0; i < CONNECTIONS; i++) {
			struct told told;

			receive(&callers[i], &scan, &told);
			judge(&callers[i], &told, &scan, &verdict);
		}
	assert_int_equal(verdict.first, 1);
	for (int i = 0; i < CONNECTIONS; i++) {
		assert_int_equal(caller_ledger(&callers[i], "e1"), before + 1);
		caller_close(&callers[i]);
	}
}

/* Copies of one id that differ in a byte: one of them is stored, all others are conflicts or its repetitions. */
static void one_id_with_two_contents_by_two_brokers_is_stored_once(void **state)
{
	struct stage *stage = *state;
	struct caller callers[2];
	struct device device = {.seq = 0};
	struct broker first, second;
	struct asked scans[2];
	enum status status[2];
	char badge[16];
	int64_t before;

	broker_start(stage, &first, "first");
	broker_start(stage, &second, "second");
	worker_start(stage, "data", &first, &second);
	caller_open(&callers[0], first.clients);
	caller_open(&callers[1], second.clients);
	caller_prepare(&callers[0], &device, "e1", badge);
	before = caller_ledger(&callers[1], "e1");
	for (int i = 0; i < 2; i++)
		device_ask(&device, &scans[i], "e1/attendance", "scan",
			   "'badge': '%s', 'session': 'PLENARY', 'direction': '%s'", badge, i ? "out" : "in");
	memcpy(scans[1].id, scans[0].id, ID_SIZE);
	for (int i = 0; i < 2; i++)
		caller_send(&callers[i], &scans[i]);
	for (int i = 0; i < 2; i++) {
		struct told told;

		receive(&callers[i], &scans[i], &told);
		status[i] = told.reply.status;
	}
	assert_true((status[0] == status_ok) != (status[1] == status_ok));
	assert_true((status[0] == status_error) != (status[1] == status_error));
	assert_int_equal(caller_ledger(&callers[0], "e1"), before + 1);
	caller_close(&callers[0]);
	caller_close(&callers[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAGE_CASE(a_thousand_copies_through_two_brokers_count_once),
		STAGE_CASE(one_id_with_two_contents_by_two_brokers_is_stored_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
