/* What is decided while the batch before it is stored holds only if that batch does. The test is the thread aside. */
#include "tests/harness.h"
#include "tests/workers/faulty.h"
#include "tests/workers/office.h"
#include "workers/run.h"

enum { EACH = 3 };

struct side {
	struct aside aside;
	struct office *office;
	struct run *run;         /* given, not stored yet */
	struct intake intakes[2];
	int given, made;         /* runs; intakes whose answers the writer made itself */
	bool fails_to_move;      /* the log */
};

static bool begin(void *context, struct run *run)
{
	struct side *side = context;

	side->run = run;
	side->given++;
	return true;
}

static void await(void *context)
{
	struct side *side = context;

	if (!side->run)
		return;
	if (run_store(side->run))
		office_hand_out(side->office, run_intake(side->run));
	faulty_syncs += side->fails_to_move;
	run_tidy(side->run);
	side->run = NULL;
}

static void stored(void *context, struct intake *intake)
{
	struct side *side = context;

	side->made++;
	office_hand_out(side->office, intake);
}

static void open_side(struct side *side, struct office *office)
{
	*side = (struct side){.aside = {begin, await, stored, side}, .office = office};
	writer_use_aside(office->writer, &side->aside);
}

/* The office ends without it. */
static void close_side(struct side *side)
{
	writer_settle(side->office->writer);
	writer_use_aside(side->office->writer, NULL);
	for (int i = 0; i < 2; i++)
		intake_free(&side->intakes[i]);
}

static struct office_request scan_of(struct office *office, const char *badge)
{
	return office_request(office, "e1/attendance", "scan", "'badge': '%s', 'session': 'PLENARY', 'direction': 'in'", badge);
}

/* Scans of that badge, answers to origins[0] and so on. */
static bool run_scans(struct side *side, int intake, const char *badge, const char *origins, int count)
{
	for (int i = 0; i < count; i++) {
		struct office_request request = scan_of(side->office, badge);

		office_take_into(side->office, &side->intakes[intake], &origins[i], &request);
	}
	return writer_run(side->office->writer, &side->intakes[intake], side->office->now);
}

static bool is_answered(const struct office *office, const void *origin)
{
	for (const struct office_answer *i = office->answers; i; i = i->next)
		if (i->origin == origin)
			return true;
	return false;
}

/* Each is in the ledger after the one before it. */
static void stand_in_order(struct office *office, const char *origins, int count, int64_t after)
{
	for (int i = 0; i < count; i++) {
		struct office_answer answer = office_answer_to(office, &origins[i]);
		struct scanned scanned;

		office_result(office, &answer, &message_scanned, &scanned);
		assert_int_equal(scanned.ledger, after + 1 + i);
	}
}

static void scans_are_decided_while_others_are_stored(void **state)
{
	static const char origins[2 * EACH];
	struct office *office = *state;
	char badge[16];
	int64_t person = office_admit(office, "Invented Visitor", badge), before = office_ledger(office);
	struct side side;

	open_side(&side, office);
	office->answers = NULL;
	assert_true(run_scans(&side, 0, badge, origins, EACH));
	assert_int_equal(office_ledger(office), before);
	assert_false(is_answered(office, &origins[0]));
	assert_true(run_scans(&side, 1, badge, origins + EACH, EACH));
	assert_int_equal(office_ledger(office), before + EACH);
	assert_true(is_answered(office, &origins[0]));
	assert_false(is_answered(office, &origins[EACH]));
	assert_true(writer_settle(office->writer));
	stand_in_order(office, origins, 2 * EACH, before);
	assert_int_equal(side.given, 2);
	assert_int_equal(side.made, 0);
	assert_int_equal(office_person(office, person)->passage_count, 2 * EACH);
	close_side(&side);
}

/* The first is undone and tried again; the second stood on it and would take its place in the ledger. */
static void what_was_decided_on_a_failed_batch_is_decided_again(void **state)
{
	static const char origins[2 * EACH];
	struct office *office = *state;
	char badge[16];
	int64_t person = office_admit(office, "Invented Visitor", badge), before = office_ledger(office);
	struct side side;

	open_side(&side, office);
	office->answers = NULL;
	assert_true(run_scans(&side, 0, badge, origins, EACH));
	faulty_writes = 1;
	assert_true(run_scans(&side, 1, badge, origins + EACH, EACH));
	assert_int_equal(faulty_writes, 0);
	assert_int_equal(side.given, 1);
	assert_int_equal(side.made, 2);
	stand_in_order(office, origins, 2 * EACH, before);
	assert_int_equal(office_ledger(office), before + 2 * EACH);
	assert_int_equal(office_person(office, person)->passage_count, 2 * EACH);
	close_side(&side);
}

/* The first cannot be stored at all: nothing of it is in what was decided meanwhile. */
static void nothing_of_a_refused_batch_is_left_in_the_next(void **state)
{
	static const char origins[2 * EACH];
	struct office *office = *state;
	char badge[16];
	int64_t person = office_admit(office, "Invented Visitor", badge), before = office_ledger(office);
	struct office_answer answer;
	struct side side;

	open_side(&side, office);
	office->answers = NULL;
	assert_true(run_scans(&side, 0, badge, origins, EACH));
	faulty_writes = 1000000;
	for (int i = 0; i < EACH; i++) {
		struct office_request request = scan_of(office, badge);

		office_take_into(office, &side.intakes[1], &origins[EACH + i], &request);
	}
	assert_true(writer_settle(office->writer));
	faulty_writes = 0;
	answer = office_answer_to(office, &origins[0]);
	assert_string_equal(office_ending(office, &answer), "disk_full");
	assert_true(writer_run(office->writer, &side.intakes[1], office->now));
	assert_true(writer_settle(office->writer));
	stand_in_order(office, origins + EACH, EACH, before);
	assert_int_equal(office_person(office, person)->passage_count, EACH);
	close_side(&side);
}

static void a_repeated_scan_waits_for_the_first(void **state)
{
	static const char origins[2];
	struct office *office = *state;
	struct office_request request;
	struct side side;
	char badge[16];
	int64_t before;

	office_admit(office, "Invented Visitor", badge);
	before = office_ledger(office);
	open_side(&side, office);
	request = scan_of(office, badge);
	office->answers = NULL;
	for (int i = 0; i < 2; i++) {
		office_take_into(office, &side.intakes[i], &origins[i], &request);
		assert_true(writer_run(office->writer, &side.intakes[i], office->now));
	}
	assert_int_equal(side.given, 1);
	assert_int_equal(side.made, 1);
	assert_false(office_answer_to(office, &origins[0]).reply.repeated);
	assert_true(office_answer_to(office, &origins[1]).reply.repeated);
	assert_int_equal(office_ledger(office), before + 1);
	close_side(&side);
}

static void whatever_needs_the_file_waits(void **state)
{
	static const char origins[EACH], registration, question;
	struct office *office = *state;
	struct office_request request;
	struct worker_status status;
	struct registered registered;
	struct office_answer answer;
	struct side side;
	int64_t before = office_ledger(office), stored_before;

	open_side(&side, office);
	office->answers = NULL;
	request = office_request(office, "main/events", "worker_status", " ");
	answer = office_ask(office, &request);
	office_result(office, &answer, &message_worker_status, &status);
	stored_before = status.requests;
	assert_true(run_scans(&side, 0, "ABCDEFGHJKMNPQ", origins, EACH));
	request = office_request(office, "e1/registration", "register", "'name': 'Invented Late', 'entity': 'TR'");
	office_take_into(office, &side.intakes[1], &registration, &request);
	request = office_request(office, "main/events", "worker_status", " ");
	office_take_into(office, &side.intakes[1], &question, &request);
	assert_true(writer_run(office->writer, &side.intakes[1], office->now));
	assert_int_equal(side.given, 1);
	answer = office_answer_to(office, &registration);
	office_result(office, &answer, &message_registered, &registered);
	assert_int_equal(registered.ledger, before + EACH + 1);
	answer = office_answer_to(office, &question);
	office_result(office, &answer, &message_worker_status, &status);
	assert_int_equal(status.requests, stored_before + EACH);
	close_side(&side);
}

static void nothing_is_answered_after_a_failed_sync(void **state)
{
	static const char origins[2 * EACH];
	struct office *office = *state;
	struct side side;

	open_side(&side, office);
	office->answers = NULL;
	assert_true(run_scans(&side, 0, "ABCDEFGHJKMNPQ", origins, EACH));
	faulty_syncs = 1;
	assert_false(run_scans(&side, 1, "ABCDEFGHJKMNPQ", origins + EACH, EACH));
	assert_int_equal(faulty_syncs, 0);
	assert_null(office->answers);
	assert_false(writer_settle(office->writer));
	assert_false(writer_scan(office->writer));
	close_side(&side);
}

/* A sync of a copy's failed meanwhile: that the run was stored all the same makes no good disk of it. */
static void distrust_outlives_a_run_that_was_stored(void **state)
{
	static const char origins[EACH];
	struct office *office = *state;
	struct side side;

	open_side(&side, office);
	assert_true(run_scans(&side, 0, "ABCDEFGHJKMNPQ", origins, EACH));
	snprintf(office->writer->tasks.distrust, sizeof office->writer->tasks.distrust, "a copy could not be synced");
	assert_false(writer_go_on(office->writer));
	assert_false(writer_settle(office->writer));
	assert_false(writer_rest(office->writer));
	assert_false(writer_scan(office->writer));
	close_side(&side);
}

static void moving_the_log_aside_that_fails_ends_it_too(void **state)
{
	enum { AT_ONCE = 200, RUNS = 1000 };
	static const char origins[AT_ONCE];
	struct office *office = *state;
	struct side side;
	bool trusted = true;
	int runs = 0;

	open_side(&side, office);
	side.fails_to_move = true;
	for (; trusted && runs < RUNS; runs++) {
		trusted = run_scans(&side, runs % 2, "ABCDEFGHJKMNPQ", origins, AT_ONCE) &&
			  writer_settle(office->writer);
		assert_true(!trusted || faulty_syncs == 1);
		faulty_syncs = 0;
	}
	assert_false(trusted);
	assert_in_range(runs, 2, RUNS - 1);
	assert_non_null(strstr(office->log, "e1"));
	close_side(&side);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		OFFICE_CASE(scans_are_decided_while_others_are_stored),
		OFFICE_CASE(what_was_decided_on_a_failed_batch_is_decided_again),
		OFFICE_CASE(nothing_of_a_refused_batch_is_left_in_the_next),
		OFFICE_CASE(a_repeated_scan_waits_for_the_first),
		OFFICE_CASE(whatever_needs_the_file_waits),
		OFFICE_CASE(nothing_is_answered_after_a_failed_sync),
		OFFICE_CASE(distrust_outlives_a_run_that_was_stored),
		OFFICE_CASE(moving_the_log_aside_that_fails_ends_it_too),
	};

	faulty_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
