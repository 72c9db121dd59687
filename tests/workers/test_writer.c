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

static bool is_told(void *context, const struct event *event)
{
	struct office *office = context;

	(void)event;
	office->told++;
	return true;
}

static void is_logged(void *context, const char *sentence)
{
	struct office *office = context;

	(void)sentence;
	office->seq++;
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

/* ---- events that are not there yet ---- */

#define E2 "'event': 'e2', 'name_en': 'Invented meeting', 'zone': 'UTC'"

static void a_refused_first_load_leaves_nothing_on_offer(void **state)
{
	struct office *office = *state;
	int told = office->told;
	int64_t known = status_of(office).events;

	office_do(office, "end_before_start", "main/events", "load", E2 ", 'days': [{'day': 1, 'date': '2024-02-29', "
		  "'starts': 1709251200000, 'ends': 1709164800000}]");
	assert_int_equal(office->told, told);
	assert_int_equal(status_of(office).events, known);
	office_do(office, "unknown_event", "e2/registration", "register", "'name': 'Invented Person'");
	office_do(office, "not_done", "main/events", "open_event", "'event': 'e2'");
	office_restart(office);
	told = office->told;
	office_do(office, "unknown_event", "e2/registration", "register", "'name': 'Invented Person'");
	office_do(office, "ok", "main/events", "load", E2);
	assert_int_equal(office->told, told + 1);
	assert_int_equal(status_of(office).events, known + 1);
	office_do(office, "ok", "e2/registration", "register", "'name': 'Invented Person'");
	office_do(office, "ok", "main/events", "load", E2);
	assert_int_equal(office->told, told + 1);
}

static void what_could_not_be_told_is_told_later(void **state)
{
	struct office *office = *state;
	int told = office->told;

	office->deaf = true;
	office_do(office, "ok", "main/events", "load", E2);
	assert_int_equal(office->told, told);
	office->deaf = false;
	assert_true(writer_scan(office->writer));
	assert_int_equal(office->told, told + 1);
	assert_true(writer_scan(office->writer));
	assert_int_equal(office->told, told + 1);
}

/* However long it was locked; and it is told once. */
static void a_locked_event_is_taken_over_at_the_next_scan(void **state)
{
	struct office *office = *state, other = {.now = OFFICE_NOW};
	const struct writer_settings settings = {
		.folder = office->folder, .random = randombytes_buf, .event_added = is_told, .log = is_logged,
		.context = &other,
	};
	struct writer *second = writer_new(&settings);
	int scans = 0;

	assert_non_null(second);
	for (int i = 0; i < 40; i++)
		assert_true(writer_scan(second));
	assert_int_equal(other.seq, 1);
	assert_null(writer_events(second));
	writer_free(office->writer);
	while (!other.told && scans++ < 100)
		assert_true(writer_scan(second));
	assert_int_equal(scans, 1);
	writer_free(second);
	office->writer = writer_new(&settings);
}

static void a_superseded_event_is_told_once(void **state)
{
	struct office *office = *state;
	struct identity identity;
	struct driver *thief;
	char path[128];

	snprintf(path, sizeof path, "%s/e1.hudur", office->folder);
	assert_int_equal(driver_open(path, DRIVER_WRITE, &thief), E_OK);
	assert_int_equal(driver_begin(thief), E_OK);
	assert_int_equal(store_claim(thief, TEXT("0123456789abcdef"), &office->arena, &identity), E_OK);
	assert_int_equal(driver_commit(thief), E_OK);
	driver_free(thief);
	office->log[0] = '\0';
	for (int i = 0; i < 3; i++)
		office_do(office, "superseded", "e1/registration", "register", "'name': 'Invented Person'");
	assert_non_null(strstr(office->log, "taken over"));
	assert_null(strchr(strchr(office->log, '\n') + 1, '\n'));
}

/* ---- when memory is out ---- */

static void keep_status(void *context, void *origin, struct text address, struct text id, struct text map)
{
	struct office *office = context;
	struct reply reply;

	(void)origin;
	(void)address;
	(void)id;
	assert_int_equal(message_decode(&message_reply, map, &office->arena, &reply, NULL), E_OK);
	assert_string_equal(arena_printf(&office->arena, "%.*s", (int)reply.reason.size, reply.reason.at).at,
			    "no_memory");
	assert_int_equal(reply.status, status_busy);
	assert_int_equal(reply.now, office->now);
	office->seq = -1;
}

/* What a refusal that could not be made leaves behind. */
static void a_part_without_a_reply_is_answered_busy(void **state)
{
	struct office *office = *state;
	struct incoming parts[2] = {{.id = TEXT("0123456789abcdef"), .reply = TEXT("\x80")},
				    {.id = TEXT("0123456789abcdef")}};
	struct ticket single = {.parts = parts + 1, .part_count = 1};
	struct ticket wrapping = {.parts = parts, .part_count = 2,
				  .operation = &operations[OP_attendance_scan_batch]};
	struct ticket *const tickets[] = {&single, &wrapping};

	assert_true(intake_reserve(&office->intake));
	for (int i = 0; i < 2; i++) {
		office->intake.first = office->intake.last = tickets[i];
		intake_hand_out(&office->intake, office->now, keep_status, office);
		intake_reset(&office->intake);
		assert_int_equal(office->seq, -1);
		office->seq = 0;
	}
}

static void an_intake_counts_parts(void **state)
{
	struct office *office = *state;
	struct office_request scans[3], batch;
	static const char origin;
	char hex[3][2][2048];

	for (int i = 0; i < 3; i++) {
		scans[i] = nobodys_scan(office);
		sodium_bin2hex(hex[i][0], sizeof hex[i][0], (const unsigned char *)scans[i].id.at, scans[i].id.size);
		sodium_bin2hex(hex[i][1], sizeof hex[i][1], (const unsigned char *)scans[i].map.at, scans[i].map.size);
	}
	batch = office_request(office, "e1/attendance", "scan_batch",
			       "'requests': [{'id': '%s', 'map': '%s'}, {'id': '%s', 'map': '%s'}, "
			       "{'id': '%s', 'map': '%s'}]", hex[0][0], hex[0][1], hex[1][0], hex[1][1],
			       hex[2][0], hex[2][1]);
	office_take(office, &origin, &batch);
	assert_int_equal(office->intake.count, 3);
	office_take(office, &origin, &scans[0]);
	assert_int_equal(office->intake.count, 4);
	assert_true(office_flush(office));
	assert_int_equal(office->intake.count, 0);
}

/* ---- a disk that fails ---- */

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
		OFFICE_CASE(a_refused_first_load_leaves_nothing_on_offer),
		OFFICE_CASE(what_could_not_be_told_is_told_later),
		OFFICE_CASE(a_locked_event_is_taken_over_at_the_next_scan),
		OFFICE_CASE(a_superseded_event_is_told_once),
		OFFICE_CASE(a_part_without_a_reply_is_answered_busy),
		OFFICE_CASE(an_intake_counts_parts),
		FAULTY_CASE(a_failed_sync_is_final),
		FAULTY_CASE(a_failed_sync_of_a_checkpoint_is_final),
		FAULTY_CASE(a_log_that_was_not_synced_is_left_alone_on_closing),
		FAULTY_CASE(a_sync_that_fails_while_a_file_is_opened_is_final),
		FAULTY_CASE(a_full_disk_is_asked_a_few_times_and_not_once_a_request),
		FAULTY_CASE(one_failed_write_refuses_nobody),
	};

	return RUN_TESTS(tests);
}
