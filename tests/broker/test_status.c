/* What the broker tells of itself: its counters, what is on offer, and RFC 8. */
#include "tests/broker/stage.h"

static const char question[] = "\x81\xa2op\xa6status";

static struct broker_status status_of(const struct sent *sent)
{
	struct complaint complaint = {""};
	struct broker_status status;

	assert_int_equal(sent->frames.count, 5);
	if (message_decode(&message_broker_status, sent->frames.at[4], &stage.arena, &status,
			   &complaint))
		fail_msg("not a status: %s", complaint.sentence);
	assert_int_equal(reply_of(sent).status, status_ok);
	assert_int_equal(reply_of(sent).now, stage.now.wall);
	return status;
}

static void status_counts_and_lists(void **state)
{
	struct broker_status status;
	struct service_line *line;

	(void)state;
	offer("w1", "e/people", 1);
	offer("w2", "e/people", 1);
	offer_to_write("w1", "e/checkin", 1, 'I', 1);
	offer_to_write("w2", "e/checkin", 1, 'I', 1);
	for (char id = 'a'; id <= 'c'; id++)
		ask("c", "e/people", id, "x");
	is_request("w1", 'a');
	is_request("w2", 'b');
	ask("c", "broker", 's', question);
	status = status_of(next_sent());
	assert_int_equal(status.requests, 4);
	assert_int_equal(status.waiting, 3);
	assert_int_equal(status.services.count, 2);
	line = LIST_AT(status.services, service_line, 0);
	assert_true(text_is(line->service, "e/people"));
	assert_int_equal(line->workers, 2);
	assert_int_equal(line->waiting, 1);
	assert_false(line->closed);
	assert_true(LIST_AT(status.services, service_line, 1)->closed);
}

static void services_without_workers_are_not_listed(void **state)
{
	(void)state;
	offer("w", "e/people", 1);
	disconnect("w");
	ask("c", "broker", 's', question);
	assert_int_equal(status_of(next_sent()).services.count, 0);
}

static void a_long_list_is_cut_to_one_message(void **state)
{
	char name[SERVICE_NAME_MAX + 1];
	struct broker_status status;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		snprintf(name, sizeof name, "%0*d", SERVICE_NAME_MAX, i);
		offer("w", name, 1);
	}
	ask("c", "broker", 's', question);
	status = status_of(next_sent());
	assert_in_range(status.services.count, 100, STATUS_SERVICES_MAX);
	ask("c", name, 'a', "x");
	is_request("w", 'a');
}

static void more_services_than_fit_are_refused_and_the_worker_is_told(void **state)
{
	char name[32];

	(void)state;
	for (int i = 0; i < SERVICES_MAX; i++) {
		snprintf(name, sizeof name, "%d/people", i);
		offer("w", name, 1);
	}
	nothing_sent();
	offer("other", "one/more", 1);
	is_dismissed("other");
	disconnect("w");
	offer("other", "one/more", 1); /* takes the place of one that is only remembered */
	ask("c", "one/more", 'a', "x");
	is_request("other", 'a');
}

static void more_workers_than_fit_are_sent_away(void **state)
{
	char worker[16], service[16];

	(void)state;
	for (int i = 0; i < BACKENDS_MAX; i++) {
		snprintf(worker, sizeof worker, "w%d", i);
		snprintf(service, sizeof service, "s%d", i / SERVICE_OFFERS_MAX);
		offer(worker, service, 1);
	}
	nothing_sent();
	offer("w0", "s5", 1); /* the service has its workers */
	assert_int_equal(counters()->malformed, 1);
	offer("more", "new", 1);
	is_dismissed("more");
}

static void other_operations_and_other_bytes_are_refused(void **state)
{
	(void)state;
	ask("c", "broker", 'a', "\x81\xa2op\xa4stop");
	is_told("c", 'a', E_UNSUPPORTED);
	ask("c", "broker", 'b', "\x81\xa2op");
	is_told("c", 'b', E_MALFORMED);
	ask("c", "broker", 'd', "\x80");
	is_told("c", 'd', E_MALFORMED);
	stage_send(SIDE_CLIENT, "c", 4, TEXT("MDPC02"), TEXT("\1"), TEXT("broker"), TEXT("x"));
	assert_int_equal(reply_of(next_sent()).status, status_error);
}

static void mmi(const char *service, struct text asked, const char *code)
{
	struct sent *sent;

	stage_send(SIDE_CLIENT, "c", 4, TEXT("MDPC02"), TEXT("\1"), text_of(service), asked);
	sent = next_sent();
	assert_int_equal(sent->frames.count, 4);
	assert_true(text_is(sent->frames.at[2], service));
	assert_true(text_is(sent->frames.at[3], code));
}

static void mmi_service_answers_with_a_code(void **state)
{
	(void)state;
	ready("w", "echo");
	mmi("mmi.service", TEXT("echo"), "200");
	mmi("mmi.service", TEXT("broker"), "200");
	mmi("mmi.service", TEXT("nobody"), "404");
	mmi("mmi.service", TEXT(""), "404");
	mmi("mmi.other", TEXT("echo"), "501");
	ask("c", "mmi.service", 'a', "echo");
	is_reply("c", 'a', "200");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(status_counts_and_lists),
		CASE(services_without_workers_are_not_listed),
		CASE(a_long_list_is_cut_to_one_message),
		CASE(more_services_than_fit_are_refused_and_the_worker_is_told),
		CASE(more_workers_than_fit_are_sent_away),
		CASE(other_operations_and_other_bytes_are_refused),
		CASE(mmi_service_answers_with_a_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
