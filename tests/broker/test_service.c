/* Who is the writer of an event, and what a client hears when nobody is. */
#include "tests/broker/stage.h"

static void is_closed(void)
{
	struct reply reply = reply_of(next_sent());

	assert_int_equal(reply.status, status_busy);
	assert_true(text_is(reply.reason, "overloaded"));
	assert_memory_equal(reply.detail.at, "Two files of this event", 23);
	assert_true(reply.retry_ms >= 1000);
}

static void the_highest_epoch_is_the_writer(void **state)
{
	(void)state;
	offer_to_write("old", "e/checkin", 8, 'I', 3);
	ask("c", "e/checkin", 'a', "x");
	is_request("old", 'a');
	offer_to_write("new", "e/checkin", 8, 'I', 4);
	ask("c", "e/checkin", 'b', "x");
	is_request("new", 'b');
	offer_to_write("older", "e/checkin", 8, 'I', 2);
	ask("c", "e/checkin", 'd', "x");
	is_request("new", 'd');
}

static void the_new_writer_takes_over_what_the_old_one_had(void **state)
{
	(void)state;
	offer_to_write("old", "e/checkin", 1, 'I', 3);
	ask("c", "e/checkin", 'a', "x");
	ask("c", "e/checkin", 'b', "x");
	is_request("old", 'a');
	offer_to_write("new", "e/checkin", 8, 'I', 4);
	is_request("new", 'b');
	disconnect("old");
	is_request("new", 'a');
}

static void when_the_writer_goes_the_next_epoch_writes(void **state)
{
	(void)state;
	offer_to_write("old", "e/checkin", 8, 'I', 3);
	offer_to_write("new", "e/checkin", 8, 'I', 4);
	disconnect("new");
	ask("c", "e/checkin", 'a', "x");
	is_request("old", 'a');
}

static void a_reader_never_gets_a_writers_request(void **state)
{
	(void)state;
	offer_to_write("writer", "e/checkin", 1, 'I', 3);
	ready("foreign", "e/checkin");
	ask("c", "e/checkin", 'a', "x");
	ask("c", "e/checkin", 'b', "x");
	is_request("writer", 'a');
	nothing_sent();
}

static void equal_epochs_close_the_service_until_one_goes(void **state)
{
	(void)state;
	offer_to_write("w1", "e/checkin", 1, 'I', 3);
	ask("c", "e/checkin", 'a', "x");
	ask("c", "e/checkin", 'b', "x");
	is_request("w1", 'a');
	offer_to_write("w2", "e/checkin", 1, 'I', 3);
	is_closed();
	ask("c", "e/checkin", 'd', "x");
	is_closed();
	disconnect("w2");
	disconnect("w1");
	is_told("c", 'a', E_NO_WORKER);
	offer_to_write("w3", "e/checkin", 1, 'I', 3);
	ask("c", "e/checkin", 'e', "x");
	is_request("w3", 'e');
	offer_to_write("w4", "e/checkin", 1, 'I', 3);
	disconnect("w3");
	is_request("w4", 'e');
}

static void a_higher_epoch_opens_it_again(void **state)
{
	(void)state;
	offer_to_write("w1", "e/checkin", 1, 'I', 3);
	offer_to_write("w2", "e/checkin", 1, 'I', 3);
	offer_to_write("w1", "e/checkin", 1, 'I', 4); /* it opened its file anew */
	ask("c", "e/checkin", 'a', "x");
	is_request("w1", 'a');
}

static void what_the_writer_answers_meanwhile_still_arrives(void **state)
{
	struct sent *request;

	(void)state;
	offer_to_write("w1", "e/checkin", 1, 'I', 3);
	ask("c", "e/checkin", 'a', "x");
	request = is_request("w1", 'a');
	offer_to_write("w2", "e/checkin", 1, 'I', 3);
	answer_with("w1", request, "done");
	is_reply("c", 'a', "done");
}

static void two_files_of_one_name_close_it_whatever_their_epochs(void **state)
{
	(void)state;
	offer_to_write("w1", "e/checkin", 1, 'I', 3);
	offer_to_write("w2", "e/checkin", 1, 'J', 7);
	ask("c", "e/checkin", 'a', "x");
	is_closed();
	ask("c", "mmi.service", 'b', "e/checkin");
	is_reply("c", 'b', "404");
}

/* Whoever looks after the worker starts it again in a moment; the copy answered in between. */
static void a_copy_does_not_answer_in_place_of_a_file_that_crashed(void **state)
{
	(void)state;
	offer_to_write("main", "e/checkin", 8, 'I', 3);
	offer_to_write("copy", "e/checkin", 8, 'J', 3);
	for (int i = 0; i < 3 * DEAD_AFTER; i++) {
		stage_wait(BEAT);
		heartbeat("copy");
	}
	assert_int_equal(counters()->workers_lost, 1);
	ask("c", "e/checkin", 'a', "x");
	is_closed();
	offer_to_write("again", "e/checkin", 8, 'I', 4);
	ask("c", "e/checkin", 'b', "x");
	is_closed();
	disconnect("copy");
	ask("c", "e/checkin", 'd', "x");
	is_request("again", 'd');
}

static void a_file_that_does_not_come_back_is_not_waited_for_long(void **state)
{
	(void)state;
	offer_to_write("main", "e/checkin", 8, 'I', 3);
	offer_to_write("copy", "e/checkin", 8, 'J', 3);
	for (int i = 0; i < 2 * DEAD_AFTER + BACK_AFTER; i++) {
		stage_wait(BEAT);
		heartbeat("copy");
	}
	ask("c", "e/checkin", 'a', "x");
	is_request("copy", 'a');
}

static void both_files_may_go_and_one_come_back_later(void **state)
{
	(void)state;
	offer_to_write("main", "e/checkin", 8, 'I', 3);
	offer_to_write("copy", "e/checkin", 8, 'J', 3);
	stage_wait((DEAD_AFTER + 1) * BEAT);
	assert_int_equal(counters()->workers_lost, 2);
	stage_wait((BACK_AFTER + 1) * BEAT);
	offer_to_write("again", "e/checkin", 8, 'I', 4);
	ask("c", "e/checkin", 'b', "x");
	is_request("again", 'b');
}

static void readers_of_two_files_close_it_and_of_one_do_not(void **state)
{
	(void)state;
	offer_to_write("r1", "e/people", 1, 'I', 0);
	offer_to_write("r2", "e/people", 1, 'I', 0);
	ask("c", "e/people", 'a', "x");
	is_request("r1", 'a');
	ask("c", "e/people", 'b', "x");
	is_request("r2", 'b');
	offer_to_write("r3", "e/people", 1, 'J', 0);
	ask("c", "e/people", 'd', "x");
	is_closed();
	disconnect("r3");
	offer_to_write("r4", "e/people", 1, 'I', 0);
	ask("c", "e/people", 'e', "x");
	is_request("r4", 'e');
}

static void a_service_that_never_was_is_unknown(void **state)
{
	(void)state;
	offer("w", "e/people", 1);
	stage_wait(SETTLED_AFTER * BEAT);
	ask("c", "f/people", 'a', "x");
	is_told("c", 'a', E_UNKNOWN_EVENT);
}

/* A worker's threads offer one event over connections of their own. */
static void an_event_of_which_one_service_is_known_is_no_unknown_one(void **state)
{
	(void)state;
	offer("w", "e/people", 1);
	offer("w", "main/events", 1);
	stage_wait(SETTLED_AFTER * BEAT);
	ask("c", "e/attendance", 'a', "x");
	is_told("c", 'a', E_NO_WORKER);
	ask("c", "main/attendance", 'b', "x");
	is_told("c", 'b', E_UNKNOWN_EVENT);
	ask("c", "e/nothing", 'c', "x");
	is_told("c", 'c', E_UNKNOWN_EVENT);
}

/* It was stopped for longer than a worker may be silent; another was there at once. */
static void a_worker_that_comes_long_after_the_first_finds_its_requests_with_their_clients(void **state)
{
	(void)state;
	offer("w1", "f/people", 1);
	stage_wait((DEAD_AFTER + 2) * BEAT);
	ask("c", "e/people", 'a', "x");
	is_told("c", 'a', E_NO_WORKER);
	offer("w2", "e/people", 1);
	ask("c", "e/people", 'a', "x");
	is_request("w2", 'a');
}

static void before_workers_came_back_a_request_is_kept_by_its_client(void **state)
{
	(void)state;
	ask("c", "e/people", 'a', "x");
	is_told("c", 'a', E_NO_WORKER);
	offer("w", "f/people", 1);
	ask("c", "e/people", 'a', "x");
	is_told("c", 'a', E_NO_WORKER);
	offer("w", "e/people", 1);
	ask("c", "e/people", 'a', "x");
	is_request("w", 'a');
}

static void a_service_that_was_may_come_back(void **state)
{
	(void)state;
	offer("w", "e/people", 1);
	stage_wait(2 * BEAT);
	disconnect("w");
	ask("c", "e/people", 'a', "x");
	is_told("c", 'a', E_NO_WORKER);
	ask("c", "mmi.service", 'b', "e/people");
	is_reply("c", 'b', "404");
	offer("w", "e/people", 1);
	ask("c", "e/people", 'd', "x");
	is_request("w", 'd');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_highest_epoch_is_the_writer),
		CASE(the_new_writer_takes_over_what_the_old_one_had),
		CASE(when_the_writer_goes_the_next_epoch_writes),
		CASE(a_reader_never_gets_a_writers_request),
		CASE(equal_epochs_close_the_service_until_one_goes),
		CASE(a_higher_epoch_opens_it_again),
		CASE(what_the_writer_answers_meanwhile_still_arrives),
		CASE(two_files_of_one_name_close_it_whatever_their_epochs),
		CASE(a_copy_does_not_answer_in_place_of_a_file_that_crashed),
		CASE(a_file_that_does_not_come_back_is_not_waited_for_long),
		CASE(both_files_may_go_and_one_come_back_later),
		CASE(readers_of_two_files_close_it_and_of_one_do_not),
		CASE(a_service_that_never_was_is_unknown),
		CASE(an_event_of_which_one_service_is_known_is_no_unknown_one),
		CASE(a_worker_that_comes_long_after_the_first_finds_its_requests_with_their_clients),
		CASE(before_workers_came_back_a_request_is_kept_by_its_client),
		CASE(a_service_that_was_may_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
