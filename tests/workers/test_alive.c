/* A reader that is long at one question says meanwhile that it is alive: else the broker takes it for dead. */
#include "tests/harness.h"
#include "tests/workers/office.h"

#include <unistd.h>
#include <zmq.h>

#include "schema/clock.h"
#include "workers/link.h"

enum { BEAT_MS = 1, AT_ONCE = 500, ENTRIES = 20000 };

struct stand {
	struct office *office;
	void *zmq, *broker;
	struct links *links;
	char endpoint[128];
};

static size_t ignore(void *context, struct link *link, struct text address, struct text id, struct text map)
{
	(void)context;
	(void)link;
	(void)address;
	(void)id;
	(void)map;
	return 1;
}

static int setup(void **state)
{
	struct stand *stand = calloc(1, sizeof *stand);
	void *office = NULL;

	if (!stand || office_setup(&office) != 0)
		return -1;
	*state = stand;
	stand->office = office;
	snprintf(stand->endpoint, sizeof stand->endpoint, "ipc://%s/broker", stand->office->folder);
	stand->zmq = links_context_new();
	stand->broker = zmq_socket(stand->zmq, ZMQ_ROUTER);
	return zmq_bind(stand->broker, stand->endpoint);
}

static int teardown(void **state)
{
	struct stand *stand = *state;
	void *office = stand->office;

	links_free(stand->links);
	zmq_close(stand->broker);
	links_context_free(stand->zmq);
	unlink(stand->endpoint + 6);
	free(stand);
	return office_teardown(&office);
}

static void connect_links(struct stand *stand)
{
	const char *const brokers[] = {stand->endpoint, NULL};
	const struct links_settings settings = {
		.zmq = stand->zmq, .brokers = brokers, .credit = 16, .heartbeat_ms = BEAT_MS, .request = ignore,
	};

	stand->links = links_new(&settings);
	assert_non_null(stand->links);
}

static void stay_alive(void *context)
{
	links_beat(context);
}

/* What has come to the broker; it waits for the first. */
static int64_t heard(const struct stand *stand)
{
	int64_t count = 0;
	char frame[256];

	for (int flags = 0; zmq_recv(stand->broker, frame, sizeof frame, flags) >= 0; flags = ZMQ_DONTWAIT) {
		int more = 0;
		size_t size = sizeof more;

		zmq_getsockopt(stand->broker, ZMQ_RCVMORE, &more, &size);
		count += !more;
	}
	return count;
}

static void fill(struct office *office)
{
	while (office_ledger(office) < ENTRIES) {
		for (int i = 0; i < AT_ONCE; i++) {
			struct office_request request = office_request(office, "e1/attendance", "scan",
				"'badge': 'nothing', 'session': 'PLENARY', 'direction': 'in'");

			office_take(office, office, &request);
		}
		assert_true(office_flush(office));
		office->answers = NULL;
		arena_reset(&office->arena);
	}
}

static void who_is_long_at_one_question_is_alive(void **state)
{
	struct stand *stand = *state;
	struct office *office = stand->office;
	struct office_request request;
	int64_t took;

	fill(office);
	connect_links(stand);
	reader_meanwhile(office->reader, stay_alive, stand->links);
	request = office_request(office, "e1/figures", "figures", "'as_of': %lld", (long long)office->now * 2);
	took = clock_monotonic_ms();
	office_read(office, &request);
	took = clock_monotonic_ms() - took;
	assert_in_range(took, 5 * BEAT_MS, INT64_MAX);
	links_free(stand->links); /* says a last word, so that there is one to wait for */
	stand->links = NULL;
	assert_in_range(heard(stand), 1 + 3, 1 + took / BEAT_MS + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_is_long_at_one_question_is_alive, setup, teardown),
	};

	return RUN_TESTS(tests);
}
