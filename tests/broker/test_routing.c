/* Requests find their service, answers find their client, and nobody answers for another. */
#include "tests/broker/stage.h"

static void a_request_goes_to_its_service_and_the_answer_back(void **state)
{
	struct sent *request;

	(void)state;
	offer("w1", "e/people", 4);
	offer("w2", "e/figures", 4);
	ask("c", "e/figures", 'a', "how many");
	request = is_request("w2", 'a');
	assert_memory_equal(request->frames.at[5].at, "how many", 8);
	answer_with("w2", request, "61");
	is_reply("c", 'a', "61");
	nothing_sent();
	assert_int_equal(counters()->requests, 1);
	assert_int_equal(counters()->replies, 1);
	assert_int_equal(broker_waiting(stage.broker), 0);
}

static void the_address_says_who_asks_and_for_what(void **state)
{
	struct mdp_address address;

	(void)state;
	offer("w", "e/people", 4);
	ask("c", "e/people", 'a', "x");
	address = address_of(is_request("w", 'a'));
	assert_true(text_is(address.principal, "local"));
	assert_true(text_is(address.role, "desk"));
	assert_true(text_is(address.service, "e/people"));
	assert_int_not_equal(address.ticket, 0);
}

static void each_dispatch_has_a_ticket_of_its_own(void **state)
{
	struct sent *first, *second;

	(void)state;
	offer("w", "e/people", 4);
	ask("c", "e/people", 'a', "x");
	first = is_request("w", 'a');
	answer_with("w", first, "1");
	is_reply("c", 'a', "1");
	ask("c", "e/people", 'a', "x");
	second = is_request("w", 'a');
	assert_int_not_equal(address_of(first).ticket, address_of(second).ticket);
}

static void a_restarted_broker_takes_no_answer_meant_for_the_last_one(void **state)
{
	struct sent late;
	struct frames kept;
	char address[MDP_PACKED_MAX];

	offer("w", "e/people", 4);
	ask("c", "e/people", 'a', "x");
	kept = is_request("w", 'a')->frames;
	memcpy(address, kept.at[2].at, kept.at[2].size);
	late.frames.at[2] = (struct text){address, kept.at[2].size};
	late.frames.at[3] = TEXT("");
	late.frames.at[4] = TEXT("aaaaaaaaaaaaaaaa");
	stage_teardown(state);
	stage_open_with("desk", "another secret!");
	offer("w", "e/people", 4);
	ask("c", "e/people", 'b', "x");
	is_request("w", 'b');
	answer_with("w", &late, "of yesterday");
	nothing_sent();
	assert_int_equal(counters()->unknown_tickets, 1);
}

static void answers_may_come_in_any_order(void **state)
{
	struct sent *a, *b;

	(void)state;
	offer("w", "e/people", 4);
	ask("c", "e/people", 'a', "1");
	ask("c", "e/people", 'b', "2");
	a = is_request("w", 'a');
	b = is_request("w", 'b');
	answer_with("w", b, "B");
	answer_with("w", a, "A");
	is_reply("c", 'b', "B");
	is_reply("c", 'a', "A");
}

static void partial_answers_come_before_the_final_one(void **state)
{
	struct sent *request, *sent;

	(void)state;
	offer("w", "e/people", 1);
	ask("c", "e/people", 'a', "all");
	request = is_request("w", 'a');
	partial("w", request, "some");
	sent = next_sent();
	assert_memory_equal(sent->frames.at[1].at, "\2", 1);
	assert_memory_equal(sent->frames.at[4].at, "some", 4);
	assert_int_equal(broker_waiting(stage.broker), 1);
	answer_with("w", request, "rest");
	is_reply("c", 'a', "rest");
}

static void a_body_of_several_frames_goes_as_it_is(void **state)
{
	struct sent *sent;

	(void)state;
	ready("w", "echo");
	stage_send(SIDE_CLIENT, "c", 9, TEXT("MDPC02"), TEXT("\1"), TEXT("echo"), TEXT("1"),
		   TEXT(""), TEXT("3"), TEXT("4"), TEXT("5"), TEXT("6"));
	sent = next_sent();
	assert_int_equal(sent->frames.count, 10);
	assert_memory_equal(sent->frames.at[4].at, "1", 1);
	assert_int_equal(sent->frames.at[5].size, 0);
	assert_memory_equal(sent->frames.at[9].at, "6", 1);
	stage_send(SIDE_WORKER, "w", 5, TEXT("MDPW02"), TEXT("\4"), sent->frames.at[2], TEXT(""),
		   TEXT("only"));
	sent = next_sent();
	assert_int_equal(sent->frames.count, 4);
	assert_memory_equal(sent->frames.at[3].at, "only", 4);
}

static void readers_are_asked_in_turn(void **state)
{
	(void)state;
	offer("w1", "e/people", 4);
	offer("w2", "e/people", 4);
	for (int i = 0; i < 3; i++) {
		ask("c", "e/people", 'a', "x");
		is_request("w1", 'a');
		ask("c", "e/people", 'b', "x");
		is_request("w2", 'b');
	}
}

static void an_unknown_ticket_is_dropped_and_counted(void **state)
{
	struct sent *request;

	(void)state;
	offer("w", "e/people", 4);
	ask("c", "e/people", 'a', "x");
	request = is_request("w", 'a');
	answer_with("w", request, "once");
	is_reply("c", 'a', "once");
	answer_with("w", request, "twice");
	stage_send(SIDE_WORKER, "w", 5, TEXT("MDPW02"), TEXT("\4"), TEXT("not an array"), TEXT(""),
		   TEXT("x"));
	nothing_sent();
	assert_int_equal(counters()->unknown_tickets, 2);
}

static void a_worker_cannot_answer_for_another(void **state)
{
	struct sent *request;

	(void)state;
	offer("w1", "e/people", 4);
	offer("w2", "e/figures", 4);
	ask("c", "e/people", 'a', "x");
	request = is_request("w1", 'a');
	answer_with("w2", request, "false");
	answer_with("stranger", request, "false");
	nothing_sent();
	assert_int_equal(counters()->unknown_tickets, 2);
	answer_with("w1", request, "true");
	is_reply("c", 'a', "true");
}

static void the_rest_of_an_answers_address_is_ignored(void **state)
{
	struct mdp_address address;
	char buffer[MDP_PACKED_MAX];
	struct sent *request;

	(void)state;
	offer("w", "e/people", 4);
	ask("c", "e/people", 'a', "x");
	request = is_request("w", 'a');
	address = address_of(request);
	address.role = TEXT("administrator");
	address.service = TEXT("e/registration");
	request->frames.at[2] = mdp_pack_address(&address, buffer);
	answer_with("w", request, "fine");
	is_reply("c", 'a', "fine");
}

static void without_a_role_clients_are_refused(void **state)
{
	stage_teardown(state);
	stage_open(NULL);
	offer("w", "e/people", 4);
	ask("c", "e/people", 'a', "x");
	is_told("c", 'a', E_FORBIDDEN);
	ask("c", "broker", 'b', "\x81\xa2op\xa6status");
	is_told("c", 'b', E_FORBIDDEN);
	nothing_sent();
}

static void a_reply_that_cannot_go_is_dropped_and_counted(void **state)
{
	struct sent *a, *b;

	(void)state;
	offer("w", "e/people", 4);
	ask("full", "e/people", 'a', "x");
	ask("gone", "e/people", 'b', "x");
	a = is_request("w", 'a');
	b = is_request("w", 'b');
	memcpy(stage.full, "full", 5);
	memcpy(stage.gone, "gone", 5);
	answer_with("w", a, "1");
	answer_with("w", b, "2");
	nothing_sent();
	assert_int_equal(counters()->dropped, 2);
	assert_int_equal(counters()->replies, 0);
	assert_int_equal(broker_waiting(stage.broker), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_request_goes_to_its_service_and_the_answer_back),
		CASE(the_address_says_who_asks_and_for_what),
		CASE(each_dispatch_has_a_ticket_of_its_own),
		CASE(answers_may_come_in_any_order),
		CASE(partial_answers_come_before_the_final_one),
		CASE(a_body_of_several_frames_goes_as_it_is),
		CASE(readers_are_asked_in_turn),
		CASE(an_unknown_ticket_is_dropped_and_counted),
		CASE(a_worker_cannot_answer_for_another),
		CASE(the_rest_of_an_answers_address_is_ignored),
		CASE(without_a_role_clients_are_refused),
		CASE(a_reply_that_cannot_go_is_dropped_and_counted),
		CASE(a_restarted_broker_takes_no_answer_meant_for_the_last_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
