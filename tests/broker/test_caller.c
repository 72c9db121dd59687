/* Clients of every dialect, and everything they may not send. */
#include "tests/broker/stage.h"

static void frame_is(const struct sent *sent, uint32_t at, const char *expected)
{
	struct text frame = sent->frames.at[at];

	assert_int_equal(frame.size, strlen(expected));
	assert_memory_equal(frame.at, expected, frame.size);
}

static void answer_foreign(const char *worker, const struct sent *request, struct text command)
{
	stage_send(SIDE_WORKER, worker, 5, TEXT("MDPW02"), command, request->frames.at[2], TEXT(""),
		   TEXT("hello"));
}

static void a_leading_empty_frame_is_mirrored(void **state)
{
	struct sent *sent;

	(void)state;
	ready("w", "echo");
	stage_send(SIDE_CLIENT, "c", 5, TEXT(""), TEXT("MDPC02"), TEXT("\1"), TEXT("echo"),
		   TEXT("hello"));
	answer_foreign("w", next_sent(), TEXT("\4"));
	sent = next_sent();
	assert_int_equal(sent->frames.count, 5);
	frame_is(sent, 0, "");
	frame_is(sent, 1, "MDPC02");
	frame_is(sent, 2, "\3");
	frame_is(sent, 3, "echo");
	frame_is(sent, 4, "hello");
}

static void the_older_dialect_is_mirrored(void **state)
{
	struct sent *sent;

	(void)state;
	ready("w", "echo");
	stage_send(SIDE_CLIENT, "c", 4, TEXT(""), TEXT("MDPC01"), TEXT("echo"), TEXT("hello"));
	answer_foreign("w", next_sent(), TEXT("\4"));
	sent = next_sent();
	assert_int_equal(sent->frames.count, 4);
	frame_is(sent, 0, "");
	frame_is(sent, 1, "MDPC01");
	frame_is(sent, 2, "echo");
	frame_is(sent, 3, "hello");
}

static void the_older_dialect_gets_one_answer_a_request(void **state)
{
	struct sent *request;

	(void)state;
	ready("w", "echo");
	stage_send(SIDE_CLIENT, "c", 4, TEXT(""), TEXT("MDPC01"), TEXT("echo"), TEXT("hello"));
	request = next_sent();
	answer_foreign("w", request, TEXT("\3"));
	nothing_sent();
	assert_int_equal(counters()->dropped, 1);
	answer_foreign("w", request, TEXT("\4"));
	frame_is(next_sent(), 3, "hello");
}

static void the_brokers_own_replies_mirror_too(void **state)
{
	struct sent *sent;

	(void)state;
	stage_send(SIDE_CLIENT, "c", 4, TEXT(""), TEXT("MDPC01"), TEXT("echo"), TEXT("my id"));
	sent = next_sent();
	assert_int_equal(sent->frames.count, 5);
	frame_is(sent, 1, "MDPC01");
	frame_is(sent, 3, "my id");
	assert_int_equal(reply_of(sent).status, status_busy);
}

static void what_cannot_be_an_id_is_not_repeated(void **state)
{
	char long_frame[ECHO_MAX + 1] = "";
	struct sent *sent;

	(void)state;
	stage_send(SIDE_CLIENT, "c", 4, TEXT("MDPC02"), TEXT("\1"), TEXT("echo"),
		   (struct text){long_frame, sizeof long_frame});
	sent = next_sent();
	assert_int_equal(sent->frames.count, 4);
	assert_int_equal(reply_of(sent).status, status_busy);
}

static void a_map_that_is_too_large_gets_a_sentence(void **state)
{
	static char large[MESSAGE_MAX + 2];

	(void)state;
	memset(large, 'x', sizeof large - 1);
	offer("w", "e/people", 2);
	ask("c", "e/people", 'a', large);
	is_told("c", 'a', E_TOO_LARGE);
	large[MESSAGE_MAX] = '\0';
	ask("c", "e/people", 'b', large);
	is_request("w", 'b');
}

static void too_many_body_frames_get_a_sentence(void **state)
{
	struct sent *sent;

	(void)state;
	ready("w", "echo");
	stage_send(SIDE_CLIENT, "c", 10, TEXT("MDPC02"), TEXT("\1"), TEXT("echo"),
		   TEXT("aaaaaaaaaaaaaaaa"), TEXT("2"), TEXT("3"), TEXT("4"), TEXT("5"), TEXT("6"),
		   TEXT("7"));
	sent = next_sent();
	frame_is(sent, 3, "aaaaaaaaaaaaaaaa");
	assert_true(text_is(reply_of(sent).reason, "malformed"));
}

static void wrong_sequences_are_dropped_and_counted(void **state)
{
	(void)state;
	stage_send(SIDE_CLIENT, "c", 0);
	stage_send(SIDE_CLIENT, "c", 1, TEXT(""));
	stage_send(SIDE_CLIENT, "c", 1, TEXT("MDPC02"));
	stage_send(SIDE_CLIENT, "c", 3, TEXT("MDPC02"), TEXT("\1"), TEXT("echo"));
	stage_send(SIDE_CLIENT, "c", 4, TEXT("MDPC02"), TEXT("\3"), TEXT("echo"), TEXT("x"));
	stage_send(SIDE_CLIENT, "c", 4, TEXT("MDPC02"), TEXT("\1\1"), TEXT("echo"), TEXT("x"));
	stage_send(SIDE_CLIENT, "c", 4, TEXT("MDPC02"), TEXT("\1"), TEXT(""), TEXT("x"));
	stage_send(SIDE_CLIENT, "c", 4, TEXT("MDPC03"), TEXT("\1"), TEXT("echo"), TEXT("x"));
	stage_send(SIDE_CLIENT, "c", 5, TEXT(""), TEXT(""), TEXT("MDPC02"), TEXT("\1"),
		   TEXT("echo"));
	broker_malformed(stage.broker);
	nothing_sent();
	assert_int_equal(counters()->malformed, 10);
	assert_int_equal(counters()->requests, 0);
}

static void a_name_too_long_to_be_offered_is_unknown(void **state)
{
	static char name[SERVICE_NAME_MAX + 2];

	(void)state;
	memset(name, 'n', sizeof name - 1);
	ask("c", name, 'a', "x");
	is_told("c", 'a', E_UNKNOWN_EVENT);
}

/* ---- bounds ---- */

static void a_client_has_so_many_requests_and_no_more(void **state)
{
	(void)state;
	offer("w", "e/people", 1);
	for (int i = 0; i < CALLER_TICKETS_MAX; i++)
		ask("greedy", "e/people", 'a', "x");
	is_request("w", 'a');
	nothing_sent();
	ask("greedy", "e/people", 'b', "x");
	is_told("greedy", 'b', E_OVERLOADED);
	ask("modest", "e/people", 'c', "x");
	nothing_sent();
	assert_int_equal(broker_waiting(stage.broker), CALLER_TICKETS_MAX + 1);
}

/* Until one more is refused, many clients together. */
static void flood(const char *service, uint32_t count, const char *body)
{
	char client[16];

	for (uint32_t i = 0; i < count; i++) {
		snprintf(client, sizeof client, "c%u", i / CALLER_TICKETS_MAX);
		ask(client, service, 'a', body);
	}
}

static void a_service_has_so_many_waiting_and_no_more(void **state)
{
	(void)state;
	offer("w1", "e/people", 1);
	offer("w2", "e/figures", 1);
	flood("e/people", SERVICE_WAITING_MAX + 1, "x");
	is_request("w1", 'a');
	nothing_sent();
	ask("c", "e/people", 'b', "x");
	is_told("c", 'b', E_OVERLOADED);
	ask("c", "e/figures", 'b', "x");
	is_request("w2", 'b');
}

static void the_broker_has_so_many_requests_and_no_more(void **state)
{
	static const char *const services[] = {"e/1", "e/2", "e/3", "e/4"};
	char client[16];

	(void)state;
	for (int s = 0; s < 4; s++)
		offer("w", services[s], 1);
	for (uint32_t i = 0; i < TICKETS_MAX; i++) {
		snprintf(client, sizeof client, "c%u", i / CALLER_TICKETS_MAX);
		ask(client, services[i / (TICKETS_MAX / 4)], 'a', "x");
	}
	is_request("w", 'a');
	nothing_sent();
	ask("late", "e/4", 'b', "x");
	is_told("late", 'b', E_OVERLOADED);
	disconnect("w");
	assert_int_equal(broker_waiting(stage.broker), 0);
	assert_int_equal(counters()->busy, TICKETS_MAX + 1);
	offer("w", "e/1", 1);
	for (uint32_t i = 0; i < TICKETS_MAX; i++)
		next_sent();
	ask("c", "e/1", 'c', "x");
	is_request("w", 'c');
}

static void the_broker_holds_so_many_bytes_and_no_more(void **state)
{
	static char large[MESSAGE_MAX + 1];
	uint32_t fits = BYTES_MAX / (MESSAGE_MAX + ID_SIZE);

	(void)state;
	memset(large, 'x', MESSAGE_MAX);
	offer("w", "e/people", 1);
	flood("e/people", fits, large);
	is_request("w", 'a');
	nothing_sent();
	ask("c", "e/people", 'b', large);
	is_told("c", 'b', E_OVERLOADED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_leading_empty_frame_is_mirrored),
		CASE(the_older_dialect_is_mirrored),
		CASE(the_older_dialect_gets_one_answer_a_request),
		CASE(the_brokers_own_replies_mirror_too),
		CASE(what_cannot_be_an_id_is_not_repeated),
		CASE(a_map_that_is_too_large_gets_a_sentence),
		CASE(too_many_body_frames_get_a_sentence),
		CASE(wrong_sequences_are_dropped_and_counted),
		CASE(a_name_too_long_to_be_offered_is_unknown),
		CASE(a_client_has_so_many_requests_and_no_more),
		CASE(a_service_has_so_many_waiting_and_no_more),
		CASE(the_broker_has_so_many_requests_and_no_more),
		CASE(the_broker_holds_so_many_bytes_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
