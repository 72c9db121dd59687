/* What the writer stores and answers when requests, clocks, memory or the disk are not as they should be. */
#include "tests/harness.h"
#include "tests/workers/faulty.h"
#include "tests/workers/office.h"

#include <sodium.h>
#include <sys/stat.h>

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

/* ---- a disk that fails ---- */

static struct office_request nobodys_scan(struct office *office)
{
	return office_request(office, "e1/attendance", "scan",
			      "'badge': 'no such code', 'session': 'PLENARY', 'direction': 'in'");
}

static struct worker_status status_of(struct office *office)
{
	struct office_answer answer = office_do(office, "ok", "main/events", "worker_status", "%s", "");
	struct worker_status status;

	office_result(office, &answer, &message_worker_status, &status);
	return status;
}

static off_t log_size(const struct office *office)
{
	struct stat file;
	char path[128];

	snprintf(path, sizeof path, "%s/e1.hudur-wal", office->folder);
	return stat(path, &file) == 0 ? file.st_size : -1;
}

static void a_failed_sync_is_final(void **state)
{
	static const char origin;
	struct office *office = *state;
	struct office_request request = nobodys_scan(office), second = nobodys_scan(office);

	office_take(office, &origin, &request);
	office_take(office, &origin, &second);
	faulty_syncs = 1;
	assert_false(office_flush(office));
	assert_int_equal(faulty_syncs, 0);
	assert_null(office->answers);
	assert_false(writer_rest(office->writer));
	assert_false(writer_scan(office->writer));
	office_take(office, &origin, &request);
	assert_false(office_flush(office));
	assert_null(office->answers);
}

static void a_failed_sync_of_a_checkpoint_is_final(void **state)
{
	static const char origin;
	struct office *office = *state;
	struct office_request request = nobodys_scan(office);

	faulty_syncs = 1;
	assert_false(writer_rest(office->writer));
	assert_int_equal(faulty_syncs, 0);
	office_take(office, &origin, &request);
	assert_false(office_flush(office));
	assert_null(office->answers);
}

/* Moving it on closing would sync a second time, and that one would seem to succeed. */
static void a_log_that_was_not_synced_is_left_alone_on_closing(void **state)
{
	static const char origin;
	struct office *office = *state;
	struct office_request request = nobodys_scan(office);
	off_t size;

	office_take(office, &origin, &request);
	faulty_syncs = 1;
	assert_false(office_flush(office));
	size = log_size(office);
	assert_true(size > 0);
	writer_free(office->writer);
	office->writer = NULL;
	assert_int_equal(log_size(office), size);
}

static void a_sync_that_fails_while_a_file_is_opened_is_final(void **state)
{
	struct office *office = *state;

	writer_free(office->writer);
	office->writer = NULL;
	faulty_syncs = 1;
	office_restart(office);
	assert_int_equal(faulty_syncs, 0);
	assert_false(writer_scan(office->writer));
	assert_null(writer_events(office->writer));
}

static void a_full_disk_is_asked_a_few_times_and_not_once_a_request(void **state)
{
	enum { MANY = 40 };
	static const char origins[MANY];
	struct office *office = *state;
	struct worker_status before = status_of(office), after;
	int64_t ledger = office_ledger(office);

	for (int i = 0; i < MANY; i++) {
		struct office_request request = nobodys_scan(office);

		office_take(office, &origins[i], &request);
	}
	faulty_writes = 1000000;
	assert_true(office_flush(office));
	faulty_writes = 0;
	for (int i = 0; i < MANY; i++) {
		struct office_answer answer = office_answer_to(office, &origins[i]);

		assert_string_equal(office_ending(office, &answer), "disk_full");
	}
	after = status_of(office);
	assert_true(after.undone > before.undone);
	assert_true(after.undone - before.undone <= 3);
	assert_int_equal(office_ledger(office), ledger);
}

static void one_failed_write_refuses_nobody(void **state)
{
	enum { MANY = 3 };
	static const char origins[MANY];
	struct office *office = *state;
	int64_t ledger = office_ledger(office);

	for (int i = 0; i < MANY; i++) {
		struct office_request request = nobodys_scan(office);

		office_take(office, &origins[i], &request);
	}
	faulty_writes = 1;
	assert_true(office_flush(office));
	assert_int_equal(faulty_writes, 0);
	for (int i = 0; i < MANY; i++) {
		struct office_answer answer = office_answer_to(office, &origins[i]);

		assert_string_equal(office_ending(office, &answer), "unknown_badge");
	}
	assert_int_equal(office_ledger(office), ledger + MANY);
}

static int faulty_setup(void **state)
{
	struct office *office;

	faulty_install();
	if (office_setup(state) != 0)
		return -1;
	office = *state;
	office->answers = NULL;
	return 0;
}
#define FAULTY_CASE(name) cmocka_unit_test_setup_teardown(name, faulty_setup, office_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		OFFICE_CASE(a_corrected_time_that_is_none_is_malformed_and_not_stored),
		OFFICE_CASE(a_number_that_no_device_reaches_is_malformed_and_not_stored),
		OFFICE_CASE(a_clock_that_is_no_time_stops_at_the_last_one),
		OFFICE_CASE(a_refusal_shows_what_can_be_shown_of_any_detail),
		FAULTY_CASE(a_failed_sync_is_final),
		FAULTY_CASE(a_failed_sync_of_a_checkpoint_is_final),
		FAULTY_CASE(a_log_that_was_not_synced_is_left_alone_on_closing),
		FAULTY_CASE(a_sync_that_fails_while_a_file_is_opened_is_final),
		FAULTY_CASE(a_full_disk_is_asked_a_few_times_and_not_once_a_request),
		FAULTY_CASE(one_failed_write_refuses_nobody),
	};

	return RUN_TESTS(tests);
}
