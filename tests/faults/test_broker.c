/* The broker's core meets each allocation that fails, one in each run: it answers busy, forgets nobody, and goes on. */
#include "broker/core.h"

#include "schema/bundle.h"
#include "schema/message.h"
#include "tests/faults/allocations.h"
#include "tests/harness.h"

enum { REQUESTS = 24, TRIES = 6, WORKERS = 2 };
#define WALL INT64_C(1709200000000)

static const char *const workers[WORKERS] = {"w0", "w1"};
static const struct text services[WORKERS] = {{"e/people", 8}, {"e/figures", 9}};

/* Without memory of its own: what is allocated while a run goes on is the broker's. */
struct ward {
	struct broker *broker;
	struct moment now;
	int replies[REQUESTS]; /* to each request, since it was asked */
	bool answered[REQUESTS];
	struct {
		char address[MDP_PACKED_MAX];
		uint32_t size, worker;
		char id[ID_SIZE];
	} taken[REQUESTS];     /* by workers, not answered yet */
	uint32_t taken_count;
	bool dismissed[WORKERS];
};

static void take_reply(struct ward *ward, const struct frames *frames)
{
	unsigned number = (unsigned char)frames->at[3].at[0];

	assert_int_equal(frames->count, 5);
	assert_true(number < REQUESTS);
	ward->replies[number]++;
	ward->answered[number] |= text_is(frames->at[4], "answer");
}

static void take_request(struct ward *ward, uint32_t worker, const struct mdp_worker_message *request)
{
	assert_int_equal(request->bodies, 2);
	assert_true(ward->taken_count < REQUESTS && request->address.size <= MDP_PACKED_MAX);
	memcpy(ward->taken[ward->taken_count].address, request->address.at, request->address.size);
	ward->taken[ward->taken_count].size = request->address.size;
	ward->taken[ward->taken_count].worker = worker;
	memcpy(ward->taken[ward->taken_count++].id, request->body[0].at, ID_SIZE);
}

static void take_message(struct ward *ward, uint32_t worker, const struct frames *frames)
{
	struct mdp_worker_message message, request;

	assert_true(mdp_read_worker(frames, &message));
	while (bundle_next(&message.bundle, &request))
		take_request(ward, worker, &request);
	ward->dismissed[worker] |= message.command == MDP_DISCONNECT;
}

static enum delivery take(void *context, enum side side, struct text peer, const struct frames *frames)
{
	struct ward *ward = context;

	allocations_pause(true);
	if (side == SIDE_CLIENT)
		take_reply(ward, frames);
	else
		take_message(ward, text_is(peer, workers[1]), frames);
	allocations_pause(false);
	return DELIVERY_SENT;
}

static bool open_broker(struct ward *ward)
{
	const struct broker_options options = {
		.send = take, .context = ward, .principal = TEXT("local"), .role = TEXT("desk"),
		.heartbeat_ms = 100, .key = "not so secret",
	};

	ward->now = (struct moment){1000000, WALL};
	ward->broker = broker_new(&options, ward->now);
	return ward->broker != NULL;
}

static void receive(struct ward *ward, enum side side, const char *peer, const struct frames *frames)
{
	broker_receive(ward->broker, side, text_of(peer), frames, ward->now);
	broker_flush(ward->broker);
}

/* A worker that was dismissed, or was never heard, says once more what it offers. */
static void offer(struct ward *ward, uint32_t worker)
{
	char packed[MDP_PACKED_MAX];
	const struct mdp_offer terms = {.credit = 4, .bundles = true};
	const struct frames frames = {
		{TEXT("MDPW02"), TEXT("\1"), services[worker], mdp_pack_offer(&terms, packed)}, 4,
	};

	ward->dismissed[worker] = false;
	receive(ward, SIDE_WORKER, workers[worker], &frames);
}

static void ask(struct ward *ward, uint32_t number)
{
	char id[ID_SIZE] = {(char)number}, peer[3] = {'c', (char)('0' + number % 5)};
	static const char body[3000];
	const struct frames frames = {
		{TEXT("MDPC02"), TEXT("\1"), services[number % WORKERS], {id, ID_SIZE},
		 {body, number % 3 ? 20 : (uint32_t)sizeof body}}, 5,
	};

	ward->replies[number] = 0;
	receive(ward, SIDE_CLIENT, peer, &frames);
}

static void answer_all(struct ward *ward)
{
	while (ward->taken_count) {
		const uint32_t last = --ward->taken_count;
		char address[MDP_PACKED_MAX], id[ID_SIZE];
		uint32_t size = ward->taken[last].size;
		const struct frames frames = {
			{TEXT("MDPW02"), TEXT("\4"), {address, size}, TEXT(""), {id, ID_SIZE}, TEXT("answer")}, 6,
		};

		memcpy(address, ward->taken[last].address, size);
		memcpy(id, ward->taken[last].id, ID_SIZE);
		receive(ward, SIDE_WORKER, workers[ward->taken[last].worker], &frames);
	}
}

static void let_pass(struct ward *ward)
{
	ward->now.monotonic += 50;
	ward->now.wall += 50;
	broker_tick(ward->broker, ward->now);
	broker_flush(ward->broker);
}

/* A client asks again what was answered busy, or that nobody offers it. Silence is what no request may meet. */
static void ask_all(struct ward *ward, int64_t run)
{
	bool asked[REQUESTS] = {false};

	for (uint32_t w = 0; w < WORKERS; w++)
		offer(ward, w);
	for (uint32_t i = 0; i < REQUESTS; i++)
		if (!ward->answered[i]) {
			asked[i] = true;
			ask(ward, i);
		}
	for (int i = 0; i < 4; i++) {
		answer_all(ward);
		let_pass(ward);
	}
	for (uint32_t i = 0; i < REQUESTS; i++)
		if (asked[i] && ward->replies[i] != 1)
			fail_msg("run %lld: request %u got %d replies", (long long)run, i, ward->replies[i]);
}

static bool all_answered(const struct ward *ward)
{
	for (uint32_t i = 0; i < REQUESTS; i++)
		if (!ward->answered[i])
			return false;
	return true;
}

static void memory_that_is_out_once_is_no_harm(void **state)
{
	int64_t run = 1;

	(void)state;
	for (bool met = true; met; run++) {
		struct ward ward = {.broker = NULL};

		allocations_watch(ALLOCATOR_OURS, run);
		for (int tries = 0; !all_answered(&ward) && tries < TRIES; tries++)
			if (ward.broker || open_broker(&ward))
				ask_all(&ward, run);
		met = allocations_unwatch() >= run;
		if (!all_answered(&ward))
			fail_msg("run %lld: not all is answered", (long long)run);
		assert_int_equal(broker_waiting(ward.broker), 0);
		broker_free(ward.broker);
	}
	assert_true(run > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(memory_that_is_out_once_is_no_harm)};

	return RUN_TESTS(tests);
}
