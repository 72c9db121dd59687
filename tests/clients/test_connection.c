/* A connection against brokers that the test plays, over real sockets, with time fed in. */
#include "clients/lib/connection.h"

#include "tests/clients/fake_broker.h"
#include "tests/harness.h"

static struct folder folder;
static struct fake_broker first, second;
static struct endpoints endpoints;
static struct clock wall;
static struct connection line;
static int64_t now;
static unsigned answered; /* final answers that were matched */

static void start(bool two)
{
	struct complaint complaint;
	char list[300];

	snprintf(list, sizeof list, "%s%s%s", first.endpoint, two ? "," : "",
		 two ? second.endpoint : "");
	assert_true(endpoints_read(list, &endpoints, &complaint));
	assert_true(connection_init(&line, &endpoints, &wall));
}

static int set_up(void **state)
{
	(void)state;
	folder_make(&folder);
	fake_broker_open(&first, &folder, "first");
	fake_broker_open(&second, &folder, "second");
	now = 1000000;
	answered = 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	connection_release(&line);
	fake_broker_close(&first);
	fake_broker_close(&second);
	folder_remove(&folder);
	return 0;
}

static void settle(const struct arrival *arrival)
{
	if (!arrival->final)
		return;
	if (arrival->reply.status == status_busy) {
		outbox_put_off(&line.outbox, arrival->parcel, now + arrival->reply.retry_ms);
		return;
	}
	answered++;
	outbox_remove(&line.outbox, arrival->parcel);
}

static void turn(void *unused)
{
	struct arrival arrival;

	(void)unused;
	do
		while (connection_receive(&line, now, &arrival))
			settle(&arrival);
	while (connection_step(&line, now));
}

static void add(bool write, uint8_t n, int64_t made)
{
	uint8_t id[ID_SIZE] = {n, write};
	char map[] = "\x82\xa2op\xa4scan\xa1n\x00";
	struct parcel *parcel;

	map[sizeof map - 2] = (char)n;
	parcel = parcel_new(write, id, TEXT("e/attendance"), (struct text){map, sizeof map - 1});
	assert_non_null(parcel);
	parcel->n = n;
	parcel->made = made;
	outbox_add(&line.outbox, parcel);
}

static struct taken take(struct fake_broker *broker)
{
	struct taken taken;

	fake_broker_take(broker, dealer_fd(line.dealer), turn, NULL, &taken);
	return taken;
}

/* Waits until the client has matched that many answers. */
static void await_answers(struct fake_broker *broker, unsigned count)
{
	struct taken taken;

	for (int64_t until = clock_monotonic_ms() + 5000; answered < count;) {
		if (fake_broker_has(broker, turn, NULL, &taken))
			fail_msg("an unexpected request came");
		assert_true(clock_monotonic_ms() < until);
	}
}

/* A probe is answered by the broker itself, so once it comes nothing that was sent before it is on its way. */
static void assert_nothing_more(struct fake_broker *broker)
{
	struct taken taken;
	int64_t sent = line.probe.sent;

	for (int64_t until = clock_monotonic_ms() + 5000;
	     line.probe.sent == sent || line.probe.state != PROBE_NONE;) {
		if (line.probe.state == PROBE_NONE)
			now = line.quiet_since + PROBE_MS;
		if (fake_broker_has(broker, turn, NULL, &taken))
			fail_msg("request %d came unexpectedly", taken.id[0]);
		assert_true(clock_monotonic_ms() < until);
	}
}

static void sixteen_then_one_for_each_answer(void **state)
{
	struct taken taken[FLIGHT_MAX];

	(void)state;
	start(false);
	for (uint8_t n = 1; n <= 18; n++)
		add(true, n, MADE_LONG_AGO);
	for (int i = 0; i < FLIGHT_MAX; i++) {
		taken[i] = take(&first);
		assert_int_equal(taken[i].id[0], i + 1);
	}
	assert_nothing_more(&first);
	fake_broker_answer(&first, &taken[3], status_ok, ABSENT);
	assert_int_equal(take(&first).id[0], 17);
	assert_nothing_more(&first);
}

static void live_overtakes_backlog(void **state)
{
	struct taken taken;

	(void)state;
	start(false);
	for (uint8_t n = 1; n <= 20; n++)
		add(true, n, MADE_LONG_AGO);
	taken = take(&first);
	for (int i = 1; i < FLIGHT_MAX; i++)
		take(&first);
	add(true, 21, now);
	fake_broker_answer(&first, &taken, status_refused, ABSENT);
	assert_int_equal(take(&first).id[0], 21);
}

static void reconnect_sends_the_same_bytes(void **state)
{
	struct taken before, again, read;

	(void)state;
	start(false);
	add(true, 1, now);
	add(false, 1, now);
	read = take(&first);
	before = take(&first);
	assert_int_equal(read.id[1], 0);
	fake_broker_restart(&first);
	assert_int_equal(take(&first).id[1], 0);
	again = take(&first);
	assert_memory_equal(before.id, again.id, ID_SIZE);
	assert_string_equal(before.service, again.service);
	assert_int_equal(before.map_size, again.map_size);
	assert_memory_equal(before.map, again.map, before.map_size);
	fake_broker_answer(&first, &again, status_ok, ABSENT);
	await_answers(&first, 1);
}

static void unanswered_write_is_sent_again(void **state)
{
	struct taken taken;
	int64_t due;

	(void)state;
	start(false);
	add(true, 1, now);
	add(false, 1, now);
	assert_int_equal(take(&first).id[1], 0);
	assert_int_equal(take(&first).id[1], 1);
	due = now + RESEND_MS;
	while (now + PROBE_MS < due)
		assert_nothing_more(&first);
	now = due - 1;
	assert_false(fake_broker_has(&first, turn, NULL, &taken));
	assert_int_equal(connection_timeout(&line, now), 1);
	now = due;
	taken = take(&first);
	assert_int_equal(taken.id[1], 1);
	assert_nothing_more(&first);
	/* both sendings are answered; the second answer finds nothing */
	fake_broker_answer(&first, &taken, status_ok, ABSENT);
	fake_broker_answer(&first, &taken, status_ok, ABSENT);
	await_answers(&first, 1);
	assert_nothing_more(&first);
	assert_int_equal(answered, 1);
}

static void busy_waits_as_told(void **state)
{
	struct taken taken;

	(void)state;
	start(false);
	add(true, 1, now);
	taken = take(&first);
	fake_broker_answer(&first, &taken, status_busy, 7000);
	for (int64_t until = clock_monotonic_ms() + 5000; !line.outbox.counts[PLACE_PUT_OFF];) {
		assert_false(fake_broker_has(&first, turn, NULL, &taken));
		assert_true(clock_monotonic_ms() < until);
	}
	assert_in_range(connection_timeout(&line, now), 1, 7000);
	now += 6999;
	assert_false(fake_broker_has(&first, turn, NULL, &taken));
	now += 1;
	assert_int_equal(take(&first).id[0], 1);
}

static void silent_broker_is_left(void **state)
{
	struct taken before, again;
	int64_t wait;

	(void)state;
	start(true);
	add(true, 1, now);
	before = take(&first);
	for (int64_t gone = 0; gone < SILENT_MS; gone += wait, now += wait) {
		assert_int_equal(line.current, 0);
		turn(NULL);
		wait = connection_timeout(&line, now);
		assert_in_range(wait, 1, SILENT_MS);
	}
	assert_false(connection_is_online(&line, now));
	again = take(&second);
	assert_int_equal(line.current, 1);
	assert_memory_equal(before.id, again.id, ID_SIZE);
	assert_memory_equal(before.map, again.map, before.map_size);
	fake_broker_answer(&second, &again, status_ok, ABSENT);
	await_answers(&second, 1);
	assert_true(connection_is_online(&line, now));
}

static void missing_broker_is_left(void **state)
{
	struct complaint complaint;
	char list[300];

	(void)state;
	snprintf(list, sizeof list, "ipc://%s/nobody,%s", folder.path, second.endpoint);
	assert_true(endpoints_read(list, &endpoints, &complaint));
	assert_true(connection_init(&line, &endpoints, &wall));
	add(true, 1, now);
	for (int64_t until = clock_monotonic_ms() + 5000; !line.refused;) {
		turn(NULL);
		assert_true(clock_monotonic_ms() < until);
	}
	assert_int_equal(line.current, 0);
	now += REFUSED_MS;
	assert_int_equal(take(&second).id[0], 1);
}

static void slow_worker_is_not_a_silent_broker(void **state)
{
	struct taken taken;

	(void)state;
	start(true);
	add(false, 1, now);
	taken = take(&first);
	for (int seconds = 0; seconds < 30; seconds++)
		assert_nothing_more(&first);
	assert_int_equal(line.current, 0);
	fake_broker_answer(&first, &taken, status_ok, ABSENT);
	await_answers(&first, 1);
}

static void idle_connection_measures_the_clock(void **state)
{
	struct taken taken;

	(void)state;
	start(false);
	first.clock_ahead = 3600000;
	for (int64_t until = clock_monotonic_ms() + 5000; !line.skew.known;) {
		assert_false(fake_broker_has(&first, turn, NULL, &taken));
		assert_true(clock_monotonic_ms() < until);
	}
	assert_in_range(line.skew.offset, 3600000 - 50, 3600000 + 50);
	assert_true(connection_is_online(&line, now));
	assert_in_range(connection_timeout(&line, now), SKEW_FRESH_MS / 2, SKEW_FRESH_MS);
}

static void strange_messages_are_dropped(void **state)
{
	struct taken taken, other;

	(void)state;
	start(false);
	add(true, 1, now);
	taken = take(&first);
	other = taken;
	other.id[0] = 99;
	fake_broker_answer(&first, &other, status_ok, ABSENT); /* nobody asked */
	fake_broker_send(&first, &taken, (const char *)taken.id, TEXT("\xdf\xff\xff\xff\xff"),
			 MDP_CLIENT_FINAL);
	fake_broker_send(&first, &taken, (const char *)taken.id, TEXT("\x80"), MDP_CLIENT_FINAL);
	fake_broker_send(&first, &taken, (const char *)taken.id, TEXT("\x80"), MDP_CLIENT_REQUEST);
	assert_nothing_more(&first);
	assert_int_equal(answered, 0);
	fake_broker_answer(&first, &taken, status_ok, ABSENT);
	await_answers(&first, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(sixteen_then_one_for_each_answer),
		CASE(live_overtakes_backlog),
		CASE(reconnect_sends_the_same_bytes),
		CASE(unanswered_write_is_sent_again),
		CASE(busy_waits_as_told),
		CASE(silent_broker_is_left),
		CASE(missing_broker_is_left),
		CASE(slow_worker_is_not_a_silent_broker),
		CASE(idle_connection_measures_the_clock),
		CASE(strange_messages_are_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
