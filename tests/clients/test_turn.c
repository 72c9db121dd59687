/* What becomes of an answer: it is handed out, kept from whoever asked, or waited for once more. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "schema/clock.h"
#include "tests/clients/talk.h"
#include "tests/harness.h"

static void error_is_handed_out_and_not_sent_again(void **state)
{
	uint8_t id[HUDUR_ID_SIZE];
	struct taken taken;

	(void)state;
	client = open_client(spool);
	write_scan(id);
	taken = take();
	fake_broker_answer(&broker, &taken, status_error, ABSENT);
	await_handed(1);
	hudur_free(client);
	client = open_client(spool);
	assert_int_equal(hudur_backlog(client), 0);
}

static void busy_write_is_kept_and_sent_again(void **state)
{
	uint8_t id[HUDUR_ID_SIZE];
	struct taken taken;
	int64_t asked;

	(void)state;
	client = open_client(spool);
	write_scan(id);
	taken = take();
	asked = clock_monotonic_ms();
	fake_broker_answer(&broker, &taken, status_busy, 100);
	taken = take();
	assert_true(clock_monotonic_ms() - asked >= 99);
	assert_memory_equal(taken.id, id, sizeof id);
	assert_int_equal(handed, 0);
	fake_broker_answer(&broker, &taken, status_ok, ABSENT);
	await_handed(1);
}

static void event_that_answered_before_is_not_given_up(void **state)
{
	uint8_t id[HUDUR_ID_SIZE];
	struct taken taken;

	(void)state;
	client = open_client(spool);
	write_scan(id);
	taken = take();
	fake_broker_answer(&broker, &taken, status_ok, ABSENT);
	await_handed(1);
	hudur_free(client);
	client = open_client(spool);
	write_scan(id);
	taken = take();
	fake_broker_refuse(&broker, &taken, E_UNKNOWN_EVENT);
	taken = take();
	assert_memory_equal(taken.id, id, sizeof id);
	assert_int_equal(handed, 1);
	assert_int_equal(hudur_backlog(client), 1);
	fake_broker_answer(&broker, &taken, status_ok, ABSENT);
	await_handed(2);
}

static void event_that_never_answered_is_unknown(void **state)
{
	uint8_t id[HUDUR_ID_SIZE];
	struct taken taken;

	(void)state;
	client = open_client(spool);
	write_scan(id);
	taken = take();
	fake_broker_refuse(&broker, &taken, E_UNKNOWN_EVENT);
	await_handed(1);
	assert_int_equal(hudur_backlog(client), 0);
}

static void event_that_answered_a_question_is_not_given_up(void **state)
{
	uint8_t id[HUDUR_ID_SIZE];
	struct taken taken;

	(void)state;
	client = open_client(spool);
	assert_int_equal(hudur_read(client, "e/people", scan_map.at, scan_map.size, id), 0);
	taken = take();
	fake_broker_answer(&broker, &taken, status_ok, ABSENT);
	await_handed(1);
	write_scan(id);
	taken = take();
	fake_broker_refuse(&broker, &taken, E_UNKNOWN_EVENT);
	assert_memory_equal(take().id, id, sizeof id);
	assert_int_equal(hudur_backlog(client), 1);
}

/* Known from elsewhere, such as a list on the disk. */
static void event_that_is_expected_is_not_given_up(void **state)
{
	uint8_t id[HUDUR_ID_SIZE];
	struct taken taken;

	(void)state;
	client = open_client(spool);
	hudur_expect(client, "e");
	write_scan(id);
	taken = take();
	fake_broker_refuse(&broker, &taken, E_UNKNOWN_EVENT);
	assert_memory_equal(take().id, id, sizeof id);
	assert_int_equal(hudur_backlog(client), 1);
}

static void busy_read_is_handed_out(void **state)
{
	uint8_t id[HUDUR_ID_SIZE];
	struct taken taken;

	(void)state;
	client = open_client(NULL);
	assert_int_equal(hudur_read(client, "e/people", scan_map.at, scan_map.size, id), 0);
	taken = take();
	assert_int_equal(taken.request.seq, ABSENT);
	fake_broker_answer(&broker, &taken, status_busy, 100);
	await_handed(1);
	assert_memory_equal(reply.id, id, sizeof id);
}

static void stay(void *unused)
{
	(void)unused;
}

static void forgotten_read_is_not_handed_out(void **state)
{
	uint8_t id[HUDUR_ID_SIZE], other[HUDUR_ID_SIZE];
	struct taken taken, second;

	(void)state;
	client = open_client(NULL);
	assert_int_equal(hudur_read(client, "e/people", scan_map.at, scan_map.size, id), 0);
	assert_int_equal(hudur_read(client, "e/people", scan_map.at, scan_map.size, other), 0);
	taken = take();
	second = take();
	hudur_forget(client, id);
	fake_broker_answer(&broker, &taken, status_ok, ABSENT);
	fake_broker_answer(&broker, &second, status_ok, ABSENT);
	await_handed(1);
	assert_memory_equal(reply.id, other, sizeof other);
	write_scan(id);
	hudur_forget(client, id);
	assert_int_equal(hudur_backlog(client), 1);
}

/* Takes two writes and puts both off, the one to e/people first. */
static void play_busy(int ready)
{
	struct fake_broker other;
	struct taken taken[2];

	fake_broker_open(&other, &folder, "other");
	if (write(ready, "r", 1) != 1)
		return;
	for (unsigned got = 0; got < 2; got++)
		fake_broker_take(&other, ready, stay, NULL, &taken[got]);
	bool second = strcmp(taken[1].service, "e/people") == 0;
	fake_broker_answer(&other, &taken[second], status_busy, 60000);
	fake_broker_answer(&other, &taken[!second], status_busy, 60000);
	fake_broker_take(&other, ready, stay, NULL, &taken[0]);
}

/* In a process of its own, since hudur_call waits. Ends with the test, or by the alarm. */
static pid_t put_two_off(void)
{
	int told[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe(told), 0);
	child = fork();
	if (child == 0) {
		alarm(4); /* before fake_broker_take loses patience and the child would go on as a test */
		play_busy(told[1]);
		_exit(1);
	}
	assert_int_equal(read(told[0], &byte, 1), 1);
	close(told[0]);
	close(told[1]);
	return child;
}

static void call_learns_what_put_it_off_and_not_what_put_off_another(void **state)
{
	uint8_t id[HUDUR_ID_SIZE];
	char endpoint[128];
	struct hudur_options options = {.endpoints = endpoint, .spool = spool};
	pid_t child = put_two_off();

	(void)state;
	snprintf(endpoint, sizeof endpoint, "ipc://%s/other", folder.path);
	assert_int_equal(hudur_new(&options, &client), 0);
	write_scan(id);
	assert_int_equal(hudur_call(client, "e/people", scan_map.at, scan_map.size, true, 700, &reply), 0);
	assert_true(reply.size > 0);
	assert_string_equal(reply.service, "e/people");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(error_is_handed_out_and_not_sent_again),
		CASE(busy_write_is_kept_and_sent_again),
		CASE(event_that_answered_before_is_not_given_up),
		CASE(event_that_never_answered_is_unknown),
		CASE(event_that_answered_a_question_is_not_given_up),
		CASE(event_that_is_expected_is_not_given_up),
		CASE(busy_read_is_handed_out),
		CASE(forgotten_read_is_not_handed_out),
		CASE(call_learns_what_put_it_off_and_not_what_put_off_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
