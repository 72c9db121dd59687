/* Workers: credit, life and death, and what becomes of the requests they had. */
#include "tests/broker/stage.h"

#include <string.h>

static void set(char *name, const char *peer)
{
	snprintf(name, sizeof stage.full, "%s", peer);
}

/* ---- credit ---- */

static void a_foreign_worker_gets_one_request_at_a_time(void **state)
{
	struct sent *a;

	(void)state;
	ready("w", "echo");
	ask("c", "echo", 'a', "1");
	ask("c", "echo", 'b', "2");
	a = is_request("w", 'a');
	nothing_sent();
	answer_with("w", a, "1");
	is_reply("c", 'a', "1");
	is_request("w", 'b');
}

static void credit_is_shared_by_a_connection(void **state)
{
	struct sent *a;

	(void)state;
	offer("w", "e/people", 2);
	offer("w", "e/figures", 2);
	ask("c", "e/people", 'a', "x");
	ask("c", "e/figures", 'b', "x");
	ask("c", "e/people", 'c', "x");
	a = is_request("w", 'a');
	is_request("w", 'b');
	nothing_sent();
	answer_with("w", a, "x");
	is_reply("c", 'a', "x");
	is_request("w", 'c');
}

static void a_busy_service_does_not_keep_a_quiet_one_waiting(void **state)
{
	struct sent *sent;

	(void)state;
	offer("w", "busy/people", 1);
	offer("w", "quiet/people", 1);
	for (char id = 'a'; id <= 'e'; id++)
		ask("c", "busy/people", id, "x");
	ask("c", "quiet/people", 'q', "x");
	sent = is_request("w", 'a');
	answer_with("w", sent, "x");
	is_reply("c", 'a', "x");
	sent = is_request("w", 'b');
	answer_with("w", sent, "x");
	is_reply("c", 'b', "x");
	is_request("w", 'q');
}

static void more_credit_moves_the_queue(void **state)
{
	(void)state;
	offer("w", "e/people", 1);
	ask("c", "e/people", 'a', "x");
	ask("c", "e/people", 'b', "x");
	is_request("w", 'a');
	nothing_sent();
	offer("w", "e/people", 2);
	is_request("w", 'b');
}

static void a_full_pipe_keeps_the_order_until_there_is_room(void **state)
{
	(void)state;
	offer("w", "e/people", 8);
	set(stage.full, "w");
	ask("c", "e/people", 'a', "x");
	ask("c", "e/people", 'b', "x");
	nothing_sent();
	set(stage.full, "");
	ask("c", "e/people", 'd', "x"); /* not offered more before a tick, however much it says */
	heartbeat("w");
	nothing_sent();
	stage_jump(BEAT / 10);
	is_request("w", 'a');
	is_request("w", 'b');
	is_request("w", 'd');
	set(stage.full, "w");
	ask("c", "e/people", 'e', "x");
	set(stage.full, "");
	stage_jump(BEAT / 10);
	is_request("w", 'e');
	assert_int_equal(counters()->workers_lost, 0);
}

static void another_worker_takes_what_a_full_pipe_does_not(void **state)
{
	(void)state;
	offer("w1", "e/people", 8);
	offer("w2", "e/people", 8);
	set(stage.full, "w1");
	ask("c", "e/people", 'a', "x");
	ask("c", "e/people", 'b', "x");
	is_request("w2", 'a');
	is_request("w2", 'b');
}

/* ---- several in one message ---- */

static void requests_that_come_together_go_as_one_message(void **state)
{
	(void)state;
	offer("w", "e/people", 8);
	offer("w", "e/figures", 8);
	stage.hurried = true;
	ask("c1", "e/people", 'a', "x");
	ask("c2", "e/figures", 'b', "");
	ask("c1", "e/people", 'd', "x");
	nothing_sent();
	stage_flush();
	is_request("w", 'a');
	is_request("w", 'b');
	is_request("w", 'd');
	assert_int_equal(stage.bundles, 1);
}

static void many_do_not_wait_for_the_last(void **state)
{
	(void)state;
	offer("w", "e/people", 2 * UNSENT_ENOUGH);
	stage.hurried = true;
	for (int i = 1; i < UNSENT_ENOUGH; i++)
		ask("c", "e/people", 'a', "x");
	nothing_sent();
	ask("c", "e/people", 'b', "x");
	assert_int_equal(stage.bundles, 1);
}

static void a_request_too_large_for_a_bundle_goes_alone(void **state)
{
	static char body[BUNDLE_BYTES + 1];

	(void)state;
	memset(body, 'x', sizeof body - 1);
	offer("w", "e/people", 8);
	stage.hurried = true;
	ask("c", "e/people", 'a', "x");
	ask("c", "e/people", 'b', body);
	ask("c", "e/people", 'd', "x");
	stage_flush();
	is_request("w", 'a');
	assert_int_equal(is_request("w", 'b')->frames.at[5].size, sizeof body - 1);
	is_request("w", 'd');
	assert_int_equal(stage.bundles, 2);
}

static void a_foreign_worker_gets_no_bundle(void **state)
{
	(void)state;
	ready("w", "echo");
	ask("c", "echo", 'a', "x");
	is_request("w", 'a');
	assert_int_equal(stage.bundles, 0);
}

static void a_worker_that_knows_no_bundle_gets_none(void **state)
{
	(void)state;
	offer_without_bundles("w", "e/people", 8);
	stage.hurried = true;
	ask("c", "e/people", 'a', "x");
	ask("c", "e/people", 'b', "x");
	stage_flush();
	answer_with("w", is_request("w", 'a'), "1");
	is_request("w", 'b');
	is_reply("c", 'a', "1");
	assert_int_equal(stage.bundles, 0);
}

static void answers_in_a_bundle_find_their_clients(void **state)
{
	struct bundle bundle = {.count = 0};
	struct sent *a, *b;

	(void)state;
	offer("w", "e/people", 2);
	ask("c1", "e/people", 'a', "x");
	ask("c2", "e/people", 'b', "x");
	ask("c2", "e/people", 'd', "x");
	a = is_request("w", 'a');
	b = is_request("w", 'b');
	answer_in(&bundle, b, "to b");
	answer_in(&bundle, a, "to a");
	answer_in(&bundle, a, "to a again");
	send_bundle("w", &bundle);
	is_reply("c2", 'b', "to b");
	is_reply("c1", 'a', "to a");
	is_request("w", 'd');
	assert_int_equal(counters()->unknown_tickets, 1);
	assert_int_equal(counters()->malformed, 0);
}

static void a_damaged_bundle_is_good_up_to_the_damage(void **state)
{
	struct bundle bundle = {.count = 0};
	struct sent *a, *b;

	(void)state;
	offer("w", "e/people", 2);
	ask("c", "e/people", 'a', "x");
	ask("c", "e/people", 'b', "x");
	a = is_request("w", 'a');
	b = is_request("w", 'b');
	answer_in(&bundle, a, "1");
	answer_in(&bundle, b, "2");
	bundle.size--;
	send_bundle("w", &bundle);
	is_reply("c", 'a', "1");
	nothing_sent();
	assert_int_equal(counters()->malformed, 1);
}

static void what_a_full_pipe_did_not_take_comes_back_in_order(void **state)
{
	(void)state;
	offer("w1", "e/people", 8);
	offer("w1", "e/figures", 8);
	set(stage.full, "w1");
	stage.hurried = true;
	for (char id = 'a'; id <= 'd'; id++)
		ask("c", id % 2 ? "e/people" : "e/figures", id, "x");
	stage_flush();
	nothing_sent();
	assert_int_equal(broker_waiting(stage.broker), 4);
	offer("w2", "e/figures", 8);
	stage_flush();
	is_request("w2", 'b');
	is_request("w2", 'd');
	set(stage.full, "");
	stage_jump(BEAT / 10);
	is_request("w1", 'a');
	is_request("w1", 'c');
	nothing_sent();
}

static void what_was_not_sent_yet_outlives_its_worker(void **state)
{
	(void)state;
	offer("w1", "e/people", 2);
	stage.hurried = true;
	for (char id = 'a'; id <= 'd'; id++)
		ask("c", "e/people", id, "x");
	disconnect("w1");
	for (char id = 'a'; id <= 'd'; id++)
		is_told("c", id, E_NO_WORKER);
	stage_flush();
	nothing_sent();
	assert_int_equal(broker_waiting(stage.broker), 0);
}

/* ---- life ---- */

static void workers_hear_a_heartbeat_each_beat(void **state)
{
	(void)state;
	offer("w", "e/people", 1);
	for (int i = 0; i < 10; i++) {
		heartbeat("w");
		stage_wait(BEAT);
	}
	assert_in_range(stage.heartbeats, 9, 11);
	assert_int_equal(counters()->workers_lost, 0);
}

static void a_new_worker_hears_of_the_broker_at_once(void **state)
{
	(void)state;
	offer("w", "e/people", 1);
	assert_int_equal(stage.heartbeats, 1);
	offer("w", "e/figures", 1);
	assert_int_equal(stage.heartbeats, 1);
}

static void a_silent_worker_is_dead_after_three_beats(void **state)
{
	(void)state;
	offer("w1", "e/people", 8);
	ask("c", "e/people", 'a', "1");
	ask("c", "e/people", 'b', "2");
	is_request("w1", 'a');
	is_request("w1", 'b');
	stage_wait(2 * BEAT);
	offer("w2", "e/people", 8);
	nothing_sent();
	stage_wait(BEAT);
	is_request("w2", 'a');
	is_request("w2", 'b');
	assert_int_equal(counters()->workers_lost, 1);
}

static void any_message_is_a_sign_of_life(void **state)
{
	struct sent *request;

	(void)state;
	offer("w", "e/people", 8);
	ask("c", "e/people", 'a', "1");
	request = is_request("w", 'a');
	for (int i = 0; i < 4; i++) {
		stage_wait(2 * BEAT);
		partial("w", request, "more");
		next_sent();
	}
	assert_int_equal(counters()->workers_lost, 0);
}

static void with_no_other_worker_requests_go_back_to_the_client(void **state)
{
	(void)state;
	offer("w", "e/people", 1);
	ask("c", "e/people", 'a', "1");
	ask("c", "e/people", 'b', "2");
	is_request("w", 'a');
	stage_wait(3 * BEAT);
	is_told("c", 'a', E_NO_WORKER);
	is_told("c", 'b', E_NO_WORKER);
	assert_int_equal(counters()->busy, 2);
	assert_int_equal(broker_waiting(stage.broker), 0);
}

static void a_late_answer_of_the_dead_is_dropped(void **state)
{
	struct sent *late, *request;

	(void)state;
	offer("w1", "e/people", 1);
	ask("c", "e/people", 'a', "1");
	late = is_request("w1", 'a');
	stage_wait(2 * BEAT);
	offer("w2", "e/people", 1);
	stage_wait(BEAT);
	request = is_request("w2", 'a');
	answer_with("w1", late, "late");
	nothing_sent();
	assert_int_equal(counters()->unknown_tickets, 1);
	answer_with("w2", request, "in time");
	is_reply("c", 'a', "in time");
}

static void an_unreachable_worker_is_dead_at_once(void **state)
{
	(void)state;
	offer("w1", "e/people", 8);
	offer("w2", "e/people", 8);
	ask("c", "e/people", 'a', "x");
	is_request("w1", 'a');
	ask("c", "e/people", 'b', "x");
	is_request("w2", 'b');
	set(stage.gone, "w1");
	ask("c", "e/people", 'd', "x"); /* w1's turn */
	is_request("w2", 'a');
	is_request("w2", 'd');
	assert_int_equal(counters()->workers_lost, 1);
}

static void a_heartbeat_finds_the_unreachable(void **state)
{
	(void)state;
	offer("w", "e/people", 8);
	ask("c", "e/people", 'a', "x");
	is_request("w", 'a');
	set(stage.gone, "w");
	stage_wait(2 * BEAT);
	is_told("c", 'a', E_NO_WORKER);
	assert_int_equal(counters()->workers_lost, 1);
}

static void a_worker_that_leaves_gives_its_requests_back(void **state)
{
	(void)state;
	offer("w1", "e/people", 8);
	ask("c", "e/people", 'a', "x");
	is_request("w1", 'a');
	offer("w2", "e/people", 8);
	disconnect("w1");
	is_request("w2", 'a');
	disconnect("w2");
	is_told("c", 'a', E_NO_WORKER);
	assert_int_equal(counters()->workers_lost, 0);
}

static void returned_requests_go_first_and_in_order(void **state)
{
	(void)state;
	offer("w1", "e/people", 3);
	for (char id = 'a'; id <= 'f'; id++)
		ask("c", "e/people", id, "x");
	for (char id = 'a'; id <= 'c'; id++)
		is_request("w1", id);
	offer("w2", "e/people", 1);
	is_request("w2", 'd');
	disconnect("w1");
	offer("w3", "e/people", 8);
	for (const char *id = "abcef"; *id; id++)
		is_request("w3", *id);
}

static void a_request_that_outlives_four_workers_is_given_back(void **state)
{
	static const char *const workers[] = {"w1", "w2", "w3", "w4", "w5"};

	(void)state;
	offer("w1", "e/people", 1);
	ask("c", "e/people", 'a', "poison");
	for (int i = 0; i < 4; i++) {
		is_request(workers[i], 'a');
		offer(workers[i + 1], "e/people", 1);
		disconnect(workers[i]);
	}
	is_told("c", 'a', E_NO_WORKER);
	nothing_sent();
}

static void a_stranger_is_told_to_introduce_itself(void **state)
{
	(void)state;
	heartbeat("w");
	is_dismissed("w");
	heartbeat("w"); /* a row of old ones needs one answer */
	nothing_sent();
	stage_wait(BEAT);
	heartbeat("w");
	is_dismissed("w");
	disconnect("w");
	nothing_sent();
}

static void the_dead_come_back_with_ready(void **state)
{
	(void)state;
	offer("w", "e/people", 1);
	stage_wait(3 * BEAT);
	heartbeat("w");
	is_dismissed("w");
	offer("w", "e/people", 1);
	ask("c", "e/people", 'a', "x");
	is_request("w", 'a');
}

static void a_foreign_worker_that_says_ready_again_was_restarted(void **state)
{
	struct sent *old;

	(void)state;
	ready("w", "echo");
	ask("c", "echo", 'a', "x");
	old = is_request("w", 'a');
	ready("w", "echo");
	is_told("c", 'a', E_NO_WORKER);
	answer_with("w", old, "late");
	nothing_sent();
	ask("c", "echo", 'b', "x");
	is_request("w", 'b');
}

static void a_broker_that_was_stopped_blames_nobody(void **state)
{
	(void)state;
	offer("w", "e/people", 1);
	stage_wait(BEAT);
	stage_jump(100 * BEAT);
	assert_int_equal(counters()->workers_lost, 0);
	stage_wait(3 * BEAT);
	assert_int_equal(counters()->workers_lost, 1);
}

static void at_the_end_everybody_is_told(void **state)
{
	(void)state;
	offer("w1", "e/people", 1);
	offer("w2", "e/people", 1);
	ask("c", "e/people", 'a', "x");
	ask("c", "e/people", 'b', "x");
	ask("c", "e/people", 'd', "x");
	is_request("w1", 'a');
	is_request("w2", 'b');
	broker_stop(stage.broker, stage.now);
	is_dismissed("w1");
	is_dismissed("w2");
	for (int i = 0; i < 3; i++)
		assert_string_equal(next_sent()->peer, "c");
	assert_int_equal(counters()->busy, 3);
	assert_int_equal(broker_waiting(stage.broker), 0);
}

static void wrong_sequences_are_dropped_and_counted(void **state)
{
	(void)state;
	offer("w", "e/people", 1);
	stage_send(SIDE_WORKER, "w", 0);
	stage_send(SIDE_WORKER, "w", 1, TEXT("MDPW02"));
	stage_send(SIDE_WORKER, "w", 2, TEXT("MDPW02"), TEXT("\1"));
	stage_send(SIDE_WORKER, "w", 2, TEXT("MDPW02"), TEXT("\7"));
	stage_send(SIDE_WORKER, "w", 3, TEXT("MDPW02"), TEXT("\5"), TEXT("more"));
	stage_send(SIDE_WORKER, "w", 3, TEXT("MDPW02"), TEXT("\7"), TEXT("x"));
	stage_send(SIDE_WORKER, "w", 4, TEXT("MDPW02"), TEXT("\7"), TEXT("x"), TEXT("y"));
	stage_send(SIDE_WORKER, "w", 5, TEXT("MDPW02"), TEXT("\2"), TEXT("address"), TEXT(""),
		   TEXT("x"));
	stage_send(SIDE_WORKER, "w", 5, TEXT("MDPW02"), TEXT("\4"), TEXT("address"), TEXT("!"),
		   TEXT("x"));
	stage_send(SIDE_WORKER, "w", 4, TEXT("MDPW02"), TEXT("\1"), TEXT("e/people"),
		   TEXT("offer"));
	stage_send(SIDE_WORKER, "w", 4, TEXT("MDPW02"), TEXT("\1"), TEXT("e/people"),
		   TEXT("\x93\0\xc0\0"));
	ready("w", "broker");
	ready("w", "mmi.service");
	ready("w", "bell\a");
	nothing_sent();
	assert_int_equal(counters()->malformed, 14);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_foreign_worker_gets_one_request_at_a_time),
		CASE(credit_is_shared_by_a_connection),
		CASE(a_busy_service_does_not_keep_a_quiet_one_waiting),
		CASE(more_credit_moves_the_queue),
		CASE(a_full_pipe_keeps_the_order_until_there_is_room),
		CASE(another_worker_takes_what_a_full_pipe_does_not),
		CASE(requests_that_come_together_go_as_one_message),
		CASE(many_do_not_wait_for_the_last),
		CASE(a_request_too_large_for_a_bundle_goes_alone),
		CASE(a_foreign_worker_gets_no_bundle),
		CASE(a_worker_that_knows_no_bundle_gets_none),
		CASE(answers_in_a_bundle_find_their_clients),
		CASE(a_damaged_bundle_is_good_up_to_the_damage),
		CASE(what_a_full_pipe_did_not_take_comes_back_in_order),
		CASE(what_was_not_sent_yet_outlives_its_worker),
		CASE(workers_hear_a_heartbeat_each_beat),
		CASE(a_new_worker_hears_of_the_broker_at_once),
		CASE(a_silent_worker_is_dead_after_three_beats),
		CASE(any_message_is_a_sign_of_life),
		CASE(with_no_other_worker_requests_go_back_to_the_client),
		CASE(a_late_answer_of_the_dead_is_dropped),
		CASE(an_unreachable_worker_is_dead_at_once),
		CASE(a_heartbeat_finds_the_unreachable),
		CASE(a_worker_that_leaves_gives_its_requests_back),
		CASE(returned_requests_go_first_and_in_order),
		CASE(a_request_that_outlives_four_workers_is_given_back),
		CASE(a_stranger_is_told_to_introduce_itself),
		CASE(the_dead_come_back_with_ready),
		CASE(a_foreign_worker_that_says_ready_again_was_restarted),
		CASE(a_broker_that_was_stopped_blames_nobody),
		CASE(at_the_end_everybody_is_told),
		CASE(wrong_sequences_are_dropped_and_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
