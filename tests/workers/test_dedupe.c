/* However often and however late a request comes, it takes effect once and is answered as the first time. */
#include "tests/harness.h"
#include "tests/workers/office.h"

#include <signal.h>
#include <sodium.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct office_request scan(struct office *office, const char *badge, const char *direction)
{
	return office_request(office, "e1/attendance", "scan",
			      "'badge': '%s', 'session': 'PLENARY', 'direction': '%s'", badge, direction);
}

static const char *hex(struct office *office, struct text id)
{
	char *text = arena_alloc(&office->arena, 2 * id.size + 1);

	assert_non_null(text);
	return sodium_bin2hex(text, 2 * id.size + 1, (const unsigned char *)id.at, id.size);
}

static struct office_request decided(struct office *office, const struct office_request *of, const char *badge,
				     bool admitted)
{
	return office_request(office, "e1/attendance", "decided", "'scan': '%s', 'badge': '%s', "
			      "'session': 'PLENARY', 'direction': 'in', 'admitted': %s",
			      hex(office, of->id), badge, admitted ? "true" : "false");
}

static void ends(struct office *office, const struct office_answer *answer, const char *how, bool repeated)
{
	assert_string_equal(office_ending(office, answer), how);
	assert_int_equal(answer->reply.repeated, repeated);
}

/* Asks again: the ledger stays as it is. */
static struct office_answer again(struct office *office, const struct office_request *request, const char *how)
{
	int64_t before = office_ledger(office);
	struct office_answer answer = office_ask(office, request);

	ends(office, &answer, how, true);
	assert_int_equal(office_ledger(office), before);
	return answer;
}

static void retry_after_success_gives_the_stored_answer(void **state)
{
	struct office *office = *state;
	struct scanned first, second;
	struct office_request request;
	struct office_answer answer;
	char badge[16];
	int64_t person = office_admit(office, "Invented Person", badge);

	request = scan(office, badge, "in");
	answer = office_ask(office, &request);
	ends(office, &answer, "ok", false);
	office_result(office, &answer, &message_scanned, &first);
	assert_int_equal(first.ledger, office_ledger(office));
	answer = again(office, &request, "ok");
	office_result(office, &answer, &message_scanned, &second);
	assert_int_equal(second.ledger, first.ledger);
	assert_int_equal(second.person, person);
	assert_true(text_is(second.entity, "TR"));
	assert_int_equal(office_person(office, person)->passage_count, 1);
}

static void retry_after_refusal_gives_the_stored_reason(void **state)
{
	struct office *office = *state;
	struct office_request request = scan(office, "no such code", "in");
	struct office_answer answer = office_ask(office, &request);
	int64_t before = office_ledger(office);

	ends(office, &answer, "unknown_badge", false);
	again(office, &request, "unknown_badge");
	assert_int_equal(office_ledger(office), before);
}

static void retry_after_a_restart(void **state)
{
	struct office *office = *state;
	struct office_request request, refused = scan(office, "no such code", "in");
	struct office_answer answer;
	char badge[16];
	int64_t person = office_admit(office, "Invented Person", badge);

	request = scan(office, badge, "in");
	answer = office_ask(office, &request);
	ends(office, &answer, "ok", false);
	office_ask(office, &refused);
	office_restart(office);
	again(office, &request, "ok");
	again(office, &refused, "unknown_badge");
	assert_int_equal(office_person(office, person)->passage_count, 1);
}

static void refused_stays_refused_although_accredited_since(void **state)
{
	struct office *office = *state;
	struct office_request check_in;
	struct office_answer answer;

	office_do(office, "ok", "e1/registration", "register", "'name': 'Invented Person', 'entity': 'TR'");
	check_in = office_request(office, "e1/checkin", "check_in", "'person': 1");
	answer = office_ask(office, &check_in);
	ends(office, &answer, "not_accredited", false);
	office_do(office, "ok", "e1/registration", "accredit", "'person': 1");
	again(office, &check_in, "not_accredited");
	assert_int_equal(office_person(office, 1)->check_in_days, 0);
	office_do(office, "ok", "e1/checkin", "check_in", "'person': 1");
}

static void accepted_stays_accepted_although_cancelled_since(void **state)
{
	struct office *office = *state;
	struct office_request request;
	struct office_answer answer;
	char badge[16];
	int64_t person = office_admit(office, "Invented Person", badge);

	request = scan(office, badge, "in");
	answer = office_ask(office, &request);
	ends(office, &answer, "ok", false);
	office_do(office, "ok", "e1/registration", "cancel", "'person': %lld, 'why': 'invented'", (long long)person);
	again(office, &request, "ok");
	office_do(office, "cancelled", "e1/attendance", "scan",
		  "'badge': '%s', 'session': 'PLENARY', 'direction': 'in'", badge);
}

static void same_id_with_other_bytes_is_a_conflict(void **state)
{
	struct office *office = *state;
	struct office_request in, out;
	struct office_answer answer;
	char badge[16];
	int64_t before, person = office_admit(office, "Invented Person", badge);

	in = scan(office, badge, "in");
	out = scan(office, badge, "out");
	out.id = in.id;
	office_ask(office, &in);
	before = office_ledger(office);
	answer = office_ask(office, &out);
	ends(office, &answer, "conflict", false);
	assert_int_equal(answer.reply.status, status_error);
	assert_int_equal(office_ledger(office), before);
	again(office, &in, "ok");
	assert_int_equal(office_person(office, person)->passage_count, 1);
}

static void error_is_not_remembered(void **state)
{
	struct office *office = *state;
	struct office_request whole, torn;
	struct office_answer answer;
	char badge[16];
	int64_t before;

	office_admit(office, "Invented Person", badge);
	whole = torn = scan(office, badge, "in");
	torn.map.size--;
	before = office_ledger(office);
	answer = office_ask(office, &torn);
	ends(office, &answer, "malformed", false);
	whole.service = "e1/checkin";
	answer = office_ask(office, &whole);
	ends(office, &answer, "unsupported", false);
	assert_int_equal(office_ledger(office), before);
	whole.service = "e1/attendance";
	answer = office_ask(office, &whole);
	ends(office, &answer, "ok", false);
}

static void role_is_asked_before_the_stored_answer(void **state)
{
	struct office *office = *state;
	struct office_request request;
	struct office_answer answer;
	char badge[16];

	office_admit(office, "Invented Person", badge);
	request = office_request(office, "e1/checkin", "reissue", "'person': 1, 'why': 'lost'");
	office->role = "scanner";
	answer = office_ask(office, &request);
	ends(office, &answer, "forbidden", false);
	office->role = "desk";
	answer = office_ask(office, &request);
	ends(office, &answer, "ok", false);
	office->role = "scanner";
	answer = office_ask(office, &request);
	ends(office, &answer, "forbidden", false);
	office->role = "desk";
	again(office, &request, "ok");
}

static void a_thousand_copies_in_one_batch_count_once(void **state)
{
	enum { COPIES = 1000 };
	static const char origins[COPIES];
	struct office *office = *state;
	struct office_request request;
	char badge[16];
	int64_t before, person = office_admit(office, "Invented Person", badge);
	int first = 0;

	request = scan(office, badge, "in");
	before = office_ledger(office);
	for (int i = 0; i < COPIES; i++)
		office_take(office, &origins[i], &request);
	assert_true(office_flush(office));
	for (int i = 0; i < COPIES; i++) {
		struct office_answer answer = office_answer_to(office, &origins[i]);

		assert_string_equal(office_ending(office, &answer), "ok");
		first += !answer.reply.repeated;
	}
	assert_int_equal(first, 1);
	assert_int_equal(office_ledger(office), before + 1);
	assert_int_equal(office_person(office, person)->passage_count, 1);
}

/* ---- batches of scans ---- */

static struct text part(struct office *office, const struct office_request *request)
{
	return arena_printf(&office->arena, "{'id': '%s', 'map': '%s'}", hex(office, request->id),
			    hex(office, request->map));
}

static void batch_answers_each_part_as_if_alone(void **state)
{
	struct office *office = *state;
	struct office_request known, fresh, unknown, batch;
	struct scan_batch_replies replies;
	struct office_answer answer;
	struct reply reply[4];
	char badge[16];
	int64_t before, person = office_admit(office, "Invented Person", badge);

	known = scan(office, badge, "in");
	fresh = scan(office, badge, "out");
	unknown = scan(office, "no such code", "in");
	office_ask(office, &known);
	before = office_ledger(office);
	batch = office_request(office, "e1/attendance", "scan_batch", "'requests': [%s, %s, %s, %s]",
			       part(office, &known).at, part(office, &fresh).at, part(office, &fresh).at,
			       part(office, &unknown).at);
	for (int round = 0; round < 2; round++) {
		answer = office_ask(office, &batch);
		ends(office, &answer, "ok", false);
		office_result(office, &answer, &message_scan_batch_replies, &replies);
		assert_int_equal(replies.replies.count, 4);
		for (uint32_t i = 0; i < 4; i++)
			assert_int_equal(message_decode(&message_reply, LIST_AT(replies.replies, packed, i)->map,
							&office->arena, &reply[i], NULL), E_OK);
		assert_true(reply[0].repeated && reply[2].repeated);
		assert_int_equal(reply[1].repeated, round == 1);
		assert_int_equal(reply[3].status, status_refused);
		assert_int_equal(reply[3].repeated, round == 1);
	}
	assert_true(text_equal(LIST_AT(replies.replies, packed, 3)->id, unknown.id));
	assert_int_equal(office_ledger(office), before + 2);
	assert_int_equal(office_person(office, person)->passage_count, 2);
	again(office, &fresh, "ok");
}

static void batch_takes_nothing_but_scans_and_decisions(void **state)
{
	struct office *office = *state;
	struct office_request revoke, batch;
	struct scan_batch_replies replies;
	struct office_answer answer;
	struct reply reply;
	char badge[16];

	office_admit(office, "Invented Person", badge);
	revoke = office_request(office, "e1/checkin", "revoke", "'badge': '%s', 'why': 'by the back door'", badge);
	batch = office_request(office, "e1/attendance", "scan_batch", "'requests': [%s]", part(office, &revoke).at);
	office->role = "scanner";
	answer = office_ask(office, &batch);
	office_result(office, &answer, &message_scan_batch_replies, &replies);
	assert_int_equal(message_decode(&message_reply, LIST_AT(replies.replies, packed, 0)->map, &office->arena,
					&reply, NULL), E_OK);
	assert_int_equal(reply.status, status_error);
	assert_int_equal(office_person(office, 1)->badge, 1);
}

/* ---- what a door decided alone ---- */

static void decision_and_scan_count_once_in_either_order(void **state)
{
	struct office *office = *state;

	for (int scan_first = 0; scan_first < 2; scan_first++) {
		struct office_request request, decision;
		struct office_answer answer;
		char badge[16];
		int64_t person = office_admit(office, scan_first ? "Invented Person" : "Second Person", badge);

		request = scan(office, badge, "in");
		decision = decided(office, &request, badge, true);
		answer = office_ask(office, scan_first ? &request : &decision);
		ends(office, &answer, "ok", false);
		assert_int_equal(office_person(office, person)->passage_count, 1);
		answer = office_ask(office, scan_first ? &decision : &request);
		ends(office, &answer, "ok", false);
		assert_int_equal(office_person(office, person)->passage_count, 1);
		again(office, &request, "ok");
		again(office, &decision, "ok");
		office_restart(office);
		again(office, &request, "ok");
		assert_int_equal(office_person(office, person)->passage_count, 1);
	}
}

/* One that the server agrees with is nothing for a supervisor, although its scan is there already. */
static void decision_that_the_server_shares_bears_no_flag(void **state)
{
	struct office *office = *state;

	for (int scan_first = 0; scan_first < 2; scan_first++) {
		struct office_request request, decision;
		struct office_answer answer;
		struct scanned first, second;
		char badge[16];

		office_admit(office, scan_first ? "Invented Person" : "Second Person", badge);
		request = scan(office, badge, "in");
		decision = decided(office, &request, badge, true);
		answer = office_ask(office, scan_first ? &request : &decision);
		office_result(office, &answer, &message_scanned, &first);
		answer = office_ask(office, scan_first ? &decision : &request);
		office_result(office, &answer, &message_scanned, &second);
		assert_int_equal(first.flag, flag_none);
		assert_int_equal(second.flag, flag_none);
	}
}

static void let_in_where_the_server_says_no_is_a_conflict_and_counts(void **state)
{
	struct office *office = *state;

	for (int scan_first = 0; scan_first < 2; scan_first++) {
		struct office_request request, decision;
		struct office_answer answer;
		struct scanned out;
		char badge[16];
		int64_t person = office_admit(office, scan_first ? "Invented Person" : "Second Person", badge);

		office_do(office, "ok", "e1/registration", "cancel", "'person': %lld, 'why': 'invented'",
			  (long long)person);
		request = scan(office, badge, "in");
		decision = decided(office, &request, badge, true);
		if (scan_first) {
			answer = office_ask(office, &request);
			ends(office, &answer, "cancelled", false);
		}
		answer = office_ask(office, &decision);
		ends(office, &answer, "ok", false);
		office_result(office, &answer, &message_scanned, &out);
		assert_int_equal(out.flag, flag_conflict);
		if (!scan_first) {
			answer = office_ask(office, &request);
			ends(office, &answer, "cancelled", false);
		}
		assert_int_equal(office_person(office, person)->passage_count, 1);
	}
}

static void turned_away_where_the_server_says_yes_does_not_count(void **state)
{
	struct office *office = *state;

	for (int scan_first = 0; scan_first < 2; scan_first++) {
		struct office_request request, decision;
		char badge[16];
		int64_t person = office_admit(office, scan_first ? "Invented Person" : "Second Person", badge);

		request = scan(office, badge, "in");
		decision = decided(office, &request, badge, false);
		office_ask(office, scan_first ? &request : &decision);
		office_ask(office, scan_first ? &decision : &request);
		assert_int_equal(office_person(office, person)->passage_count, 0);
	}
}

/* ---- when storing fails ---- */

static off_t log_size(const struct office *office)
{
	char path[128];
	struct stat file;

	snprintf(path, sizeof path, "%s/e1.hudur-wal", office->folder);
	return stat(path, &file) == 0 ? file.st_size : 0;
}

/* No file of this process may grow by more than that; -1: as much as it likes. */
static void leave_room(const struct office *office, off_t bytes)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes < 0 ? limit.rlim_max : (rlim_t)(log_size(office) + bytes);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	signal(SIGXFSZ, SIG_IGN);
}

static void full_disk_gives_busy_and_work_goes_on_when_there_is_room(void **state)
{
	static const char first, second;
	struct office *office = *state;
	struct office_request in, out;
	struct office_answer answer;
	char badge[16];
	int64_t before, person = office_admit(office, "Invented Person", badge);

	in = scan(office, badge, "in");
	out = scan(office, badge, "out");
	before = office_ledger(office);
	leave_room(office, 0);
	office_take(office, &first, &in);
	office_take(office, &second, &out);
	assert_true(office_flush(office));
	leave_room(office, -1);
	answer = office_answer_to(office, &first);
	assert_int_equal(answer.reply.status, status_busy);
	assert_true(answer.reply.retry_ms > 0);
	answer = office_answer_to(office, &second);
	assert_int_equal(answer.reply.status, status_busy);
	assert_int_equal(office_ledger(office), before);
	answer = office_ask(office, &out);
	ends(office, &answer, "ok", false);
	answer = office_ask(office, &in);
	ends(office, &answer, "ok", false);
	assert_int_equal(office_ledger(office), before + 2);
	assert_int_equal(office_person(office, person)->passage_count, 2);
	again(office, &in, "ok");
}

static struct office_request large_import(struct office *office)
{
	char *rows = arena_alloc(&office->arena, 65536);
	size_t used = 0;

	assert_non_null(rows);
	for (int i = 0; i < 100; i++)
		used += (size_t)snprintf(rows + used, 65536 - used, "%s{'name': 'Invented %d', 'function': '%0300d', "
					 "'organisation': '%0200d', 'entity': 'TR'}", i ? "," : "", i, i, i);
	return office_request(office, "e1/registration", "import", "'rows': [%s]", rows);
}

static void one_that_cannot_be_stored_does_not_keep_the_others_out(void **state)
{
	enum { ROOM = 80000 }; /* for two scans, not for the import */

	static const char first, large, last;
	struct office *office = *state;
	struct office_request in, out, import;
	struct office_answer answer;
	char badge[16];
	int64_t before, person = office_admit(office, "Invented Person", badge);

	in = scan(office, badge, "in");
	import = large_import(office);
	out = scan(office, badge, "out");
	before = office_ledger(office);
	leave_room(office, ROOM);
	office_take(office, &first, &in);
	office_take(office, &large, &import);
	office_take(office, &last, &out);
	assert_true(office_flush(office));
	leave_room(office, -1);
	answer = office_answer_to(office, &first);
	ends(office, &answer, "ok", false);
	answer = office_answer_to(office, &large);
	assert_int_equal(answer.reply.status, status_busy);
	answer = office_answer_to(office, &last);
	ends(office, &answer, "ok", false);
	assert_int_equal(office_ledger(office), before + 2);
	assert_int_equal(office_person(office, person)->passage_count, 2);
	office_do(office, "unknown_person", "e1/checkin", "check_in", "'person': %lld", (long long)person + 1);
	answer = office_ask(office, &import);
	ends(office, &answer, "ok", false);
	assert_int_equal(office_person(office, person + 100)->state, registration_state_registered);
}

/* The id is the import's in the first pass; alone, the import cannot be stored, and then nobody has it. */
static void what_an_undone_pass_refused_is_judged_anew(void **state)
{
	enum { ROOM = 80000 };

	static const char large, last;
	struct office *office = *state;
	struct office_request import, out;
	struct office_answer answer;
	char badge[16];
	int64_t before;

	office_admit(office, "Invented Person", badge);
	import = large_import(office);
	out = scan(office, badge, "out");
	out.id = import.id;
	before = office_ledger(office);
	leave_room(office, ROOM);
	office_take(office, &large, &import);
	office_take(office, &last, &out);
	assert_true(office_flush(office));
	leave_room(office, -1);
	answer = office_answer_to(office, &large);
	assert_int_equal(answer.reply.status, status_busy);
	answer = office_answer_to(office, &last);
	ends(office, &answer, "ok", false);
	assert_int_equal(office_ledger(office), before + 1);
}

/* ---- when somebody else writes ---- */

static void second_opener_is_kept_out_by_the_lock(void **state)
{
	struct office *office = *state;
	struct event *event;
	bool distrusted = false;
	char why[256];

	assert_int_equal(event_open(office->folder, TEXT("e1"), false, randombytes_buf, &event, why, &distrusted),
			 E_SUPERSEDED);
	assert_false(distrusted);
	assert_null(event);
	assert_non_null(strstr(why, "another worker has this event"));
}

static void writer_whose_epoch_was_passed_stores_nothing_more(void **state)
{
	struct office *office = *state;
	struct office_request request;
	struct office_answer answer;
	struct identity identity;
	struct driver *other;
	char badge[16], path[128];
	int64_t before;

	office_admit(office, "Invented Person", badge);
	request = scan(office, badge, "in");
	before = office_ledger(office);
	snprintf(path, sizeof path, "%s/e1.hudur", office->folder);
	assert_int_equal(driver_open(path, DRIVER_WRITE, &other), E_OK);
	assert_int_equal(driver_begin(other), E_OK);
	assert_int_equal(store_claim(other, TEXT("0123456789abcdef"), &office->arena, &identity), E_OK);
	assert_int_equal(driver_commit(other), E_OK);
	driver_free(other);
	for (int round = 0; round < 2; round++) {
		answer = office_ask(office, &request);
		assert_int_equal(answer.reply.status, status_busy);
		assert_string_equal(office_ending(office, &answer), "superseded");
		assert_int_equal(office_ledger(office), before);
	}
	office_restart(office);
	answer = office_ask(office, &request);
	ends(office, &answer, "ok", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		OFFICE_CASE(retry_after_success_gives_the_stored_answer),
		OFFICE_CASE(retry_after_refusal_gives_the_stored_reason),
		OFFICE_CASE(retry_after_a_restart),
		OFFICE_CASE(refused_stays_refused_although_accredited_since),
		OFFICE_CASE(accepted_stays_accepted_although_cancelled_since),
		OFFICE_CASE(same_id_with_other_bytes_is_a_conflict),
		OFFICE_CASE(error_is_not_remembered),
		OFFICE_CASE(role_is_asked_before_the_stored_answer),
		OFFICE_CASE(a_thousand_copies_in_one_batch_count_once),
		OFFICE_CASE(batch_answers_each_part_as_if_alone),
		OFFICE_CASE(batch_takes_nothing_but_scans_and_decisions),
		OFFICE_CASE(decision_and_scan_count_once_in_either_order),
		OFFICE_CASE(decision_that_the_server_shares_bears_no_flag),
		OFFICE_CASE(let_in_where_the_server_says_no_is_a_conflict_and_counts),
		OFFICE_CASE(turned_away_where_the_server_says_yes_does_not_count),
		OFFICE_CASE(full_disk_gives_busy_and_work_goes_on_when_there_is_room),
		OFFICE_CASE(one_that_cannot_be_stored_does_not_keep_the_others_out),
		OFFICE_CASE(what_an_undone_pass_refused_is_judged_anew),
		OFFICE_CASE(second_opener_is_kept_out_by_the_lock),
		OFFICE_CASE(writer_whose_epoch_was_passed_stores_nothing_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
