/* What the writer stores and answers when requests, clocks, memory or the disk are not as they should be. */
#include "tests/harness.h"
#include "tests/workers/office.h"

#include <dirent.h>
#include <sodium.h>
#include <unistd.h>

/* A request as a hostile client writes it: the fields that office_request fills in are given by the test. */
static struct office_request hostile(struct office *office, struct request head, const char *badge)
{
	struct office_request made = {.service = "e1/attendance"};
	char *id = arena_alloc(&office->arena, ID_SIZE);
	struct scan scan;

	assert_non_null(id);
	randombytes_buf(id, ID_SIZE);
	made.id = (struct text){id, ID_SIZE};
	message_clear(&message_scan, &scan);
	scan.badge = text_of(badge);
	scan.session = TEXT("PLENARY");
	scan.direction = direction_in;
	assert_int_equal(message_encode_two(&message_request, &head, &message_scan, &scan, &office->arena,
					    &made.map), E_OK);
	return made;
}

static struct request head_of(struct office *office)
{
	struct request head;

	message_clear(&message_request, &head);
	head.op = TEXT("scan");
	head.device = TEXT("0123456789abcdef");
	head.seq = ++office->seq;
	head.at = office->now;
	return head;
}

/* ---- times and numbers ---- */

static void a_corrected_time_that_is_none_is_malformed_and_not_stored(void **state)
{
	const struct {
		int64_t at, offset;
	} cases[] = {{TIME_MAX, 1000000000000}, {TIME_MAX, 1}, {TIME_MIN, -1}, {TIME_MIN, -1000000000000}};
	struct office *office = *state;
	int64_t before = office_ledger(office);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct request head = head_of(office);
		struct office_request request;
		struct office_answer answer;

		head.at = cases[i].at;
		head.offset = cases[i].offset;
		request = hostile(office, head, "no such code");
		answer = office_ask(office, &request);
		assert_string_equal(office_ending(office, &answer), "malformed");
		assert_non_null(memmem(answer.reply.detail.at, answer.reply.detail.size, "offset", 6));
	}
	assert_int_equal(office_ledger(office), before);
}

static void a_number_that_no_device_reaches_is_malformed_and_not_stored(void **state)
{
	struct office *office = *state;
	struct request head = head_of(office);
	struct office_request request;
	struct office_answer answer;
	int64_t before = office_ledger(office);

	head.seq = INT64_MAX;
	request = hostile(office, head, "no such code");
	answer = office_ask(office, &request);
	assert_string_equal(office_ending(office, &answer), "malformed");
	assert_int_equal(office_ledger(office), before);
}

static void a_clock_that_is_no_time_stops_at_the_last_one(void **state)
{
	struct office *office = *state;
	struct office_request request = office_request(office, "e1/attendance", "scan",
		"'badge': 'no such code', 'session': 'PLENARY', 'direction': 'in'");
	struct office_answer answer;

	office->now = INT64_MAX / 2;
	answer = office_ask(office, &request);
	assert_string_equal(office_ending(office, &answer), "unknown_badge");
	assert_int_equal(answer.reply.now, TIME_MAX);
	request = office_request(office, "e1/changes", "programme", "%s", "");
	office->now = -5;
	answer = office_read(office, &request);
	assert_string_equal(office_ending(office, &answer), "ok");
	assert_int_equal(answer.reply.now, 0);
}

/* ---- words from outside ---- */

static void a_refusal_shows_what_can_be_shown_of_any_detail(void **state)
{
	static const char latin[] = "Jos\xE9 cannot be opened";
	struct office *office = *state;
	char lengthy[600];
	struct reply reply;
	struct text map;

	map = batch_refusal(&office->arena, E_STORAGE, TEXT(latin), office->now);
	assert_int_equal(message_decode(&message_reply, map, &office->arena, &reply, NULL), E_OK);
	assert_true(text_is(reply.detail, "Jos? cannot be opened"));
	memset(lengthy, 'a', sizeof lengthy);
	memcpy(lengthy + 511, "\xC3\xA9", 2);
	map = batch_refusal(&office->arena, E_STORAGE, (struct text){lengthy, sizeof lengthy}, office->now);
	assert_int_equal(message_decode(&message_reply, map, &office->arena, &reply, NULL), E_OK);
	assert_int_equal(reply.detail.size, 511);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		OFFICE_CASE(a_corrected_time_that_is_none_is_malformed_and_not_stored),
		OFFICE_CASE(a_number_that_no_device_reaches_is_malformed_and_not_stored),
		OFFICE_CASE(a_clock_that_is_no_time_stops_at_the_last_one),
		OFFICE_CASE(a_refusal_shows_what_can_be_shown_of_any_detail),
	};

	return RUN_TESTS(tests);
}
