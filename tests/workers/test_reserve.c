/* A full disk: nothing half done, check-ins and scans go on in the reserve, and all goes on when there is room. */
#include "tests/harness.h"
#include "tests/workers/faulty.h"
#include "tests/workers/office.h"
#include "tests/workers/small_disk.h"

#include <sys/stat.h>
#include <unistd.h>

#include "workers/reserve.h"
#include "workers/verify.h"

enum { MIB = 1 << 20 };

struct disk_case {
	struct office *office; /* NULL: there is no small disk */
	char badge[16];
	int64_t person;
};

static bool reserve_is_there(const struct office *office)
{
	char path[128];
	struct stat about;

	snprintf(path, sizeof path, "%s/reserve", office->folder);
	return stat(path, &about) == 0 && about.st_blocks * 512 >= office->reserve;
}

static void fail_with(void *context, const char *sentence)
{
	(void)context;
	fail_msg("%s", sentence);
}

static void is_whole(const struct office *office)
{
	struct verdict verdict;
	char path[128];

	snprintf(path, sizeof path, "%s/e1.hudur", office->folder);
	assert_int_equal(verify_file(path, fail_with, NULL, &verdict), E_OK);
	assert_int_equal(verdict.ledger, office_ledger(office));
}

static struct office_request registration(struct office *office, const char *name)
{
	return office_request(office, "e1/registration", "register",
			      "'name': '%s', 'entity': 'TR', 'category': 'delegate', 'accredit': true", name);
}

static struct office_request scan(struct office *office, const char *badge)
{
	return office_request(office, "e1/attendance", "scan", "'badge': '%s', 'session': 'PLENARY', 'direction': 'in'",
			      badge);
}

static const char *ask(struct office *office, struct office_request request)
{
	struct office_answer answer = office_ask(office, &request);

	assert_true(writer_tidy(office->writer));
	return office_ending(office, &answer);
}

/* ---- on a disk of 8 MiB, 1 of them in reserve ---- */

static int disk_setup(void **state)
{
	struct disk_case *at = calloc(1, sizeof *at);
	void *office = NULL;

	*state = at;
	if (!at)
		return -1;
	if (!small_disk_mount(8 * MIB))
		return 0;
	if (office_setup(&office) != 0)
		return -1;
	at->office = office;
	at->office->reserve = MIB;
	at->person = office_admit(at->office, "Invented Guest", at->badge);
	office_restart(at->office);
	return 0;
}

static int disk_teardown(void **state)
{
	struct disk_case *at = *state;
	void *office = at->office;

	if (office) {
		small_disk_clear();
		office_teardown(&office);
		small_disk_unmount();
	}
	free(at);
	return 0;
}

static struct office *office_of(struct disk_case *at)
{
	if (!at->office)
		skip();
	return at->office;
}

/* Registers until there is no room. The last one was not stored. */
static struct office_request fill(struct office *office)
{
	small_disk_leave(0);
	for (int i = 0; i < 10000; i++) {
		struct office_request request = registration(office, "Invented Sample");
		int64_t before = office_ledger(office);

		if (strcmp(ask(office, request), "ok") == 0)
			continue;
		assert_int_equal(office_ledger(office), before);
		return request;
	}
	fail_msg("the disk never was full");
	return (struct office_request){0};
}

static void full_disk_keeps_desks_and_doors_going(void **state)
{
	struct disk_case *at = *state;
	struct office *office = office_of(at);
	struct office_request refused;
	int64_t before;

	assert_true(reserve_is_there(office));
	refused = fill(office);
	assert_string_equal(ask(office, refused), "disk_full");
	assert_false(reserve_is_there(office));
	assert_non_null(strstr(office->log, "only check-ins and scans are taken"));
	before = office_ledger(office);
	for (int i = 0; i < 300; i++)
		assert_string_equal(ask(office, scan(office, i % 2 ? at->badge : "no such code")),
				    i % 2 ? "ok" : "unknown_badge");
	office_do(office, "ok", "e1/checkin", "reissue", "'person': %lld, 'why': 'lost'", (long long)at->person);
	office_do(office, "disk_full", "main/events", "load", "'event': 'e2'");
	office_do(office, "disk_full", "main/events", "close_event", "'event': 'e1'");
	assert_in_range(office_ledger(office), before + 301, before + 303);
	is_whole(office);

	/* the disk is as full as before: nothing is taken back by itself */
	writer_scan(office->writer);
	assert_string_equal(ask(office, refused), "disk_full");

	small_disk_clear();
	writer_scan(office->writer);
	assert_true(reserve_is_there(office));
	assert_non_null(strstr(office->log, "room on the disk again"));
	before = office_ledger(office);
	assert_string_equal(ask(office, refused), "ok");
	assert_in_range(office_ledger(office), before + 1, before + 3);
	is_whole(office);
}

/* Those that came together with what found the disk full are served at once. */
static void batch_that_meets_a_full_disk_is_parted(void **state)
{
	struct disk_case *at = *state;
	struct office *office = office_of(at);
	enum { PAIRS = 300 };
	char scans[PAIRS], others[PAIRS];
	int64_t before = 0;

	while (small_disk_leave(0), reserve_is_there(office)) {
		before = office_ledger(office);
		office->answers = NULL;
		for (int i = 0; i < PAIRS; i++) {
			struct office_request one = registration(office, "Invented Sample"), two = scan(office, at->badge);

			office_take(office, &others[i], &one);
			office_take(office, &scans[i], &two);
		}
		assert_true(office_flush(office));
	}
	for (int i = 0; i < PAIRS; i++) {
		struct office_answer one = office_answer_to(office, &others[i]), two = office_answer_to(office, &scans[i]);

		assert_string_equal(office_ending(office, &one), "disk_full");
		assert_string_equal(office_ending(office, &two), "ok");
	}
	assert_int_equal(office_ledger(office), before + PAIRS);
	is_whole(office);
}

/* Nothing is half done when the reserve is used up as well, and a checkpoint finds no room. */
static void reserve_comes_to_an_end(void **state)
{
	struct disk_case *at = *state;
	struct office *office = office_of(at);
	int64_t before = 0;
	int stored = 0;

	fill(office);
	small_disk_leave(0);
	for (const char *end = "ok"; strcmp(end, "disk_full") != 0; stored++) {
		assert_in_range(stored, 0, 100000);
		before = office_ledger(office);
		end = ask(office, scan(office, at->badge));
	}
	assert_int_equal(office_ledger(office), before);
	assert_true(writer_rest(office->writer));
	is_whole(office);
	office_restart(office); /* on a full disk, without reserve */
	small_disk_clear();
	for (int i = 0; i < 8 && !writer_events(office->writer); i++)
		writer_scan(office->writer);
	writer_scan(office->writer);
	assert_true(reserve_is_there(office));
	assert_string_equal(ask(office, scan(office, at->badge)), "ok");
	assert_string_equal(ask(office, registration(office, "Invented Sample")), "ok");
	is_whole(office);
}

/* A worker that starts on a full disk opens its events in the room of the reserve that it finds. */
static void start_on_a_full_disk_uses_the_reserve(void **state)
{
	struct disk_case *at = *state;
	struct office *office = office_of(at);

	assert_true(writer_rest(office->writer));
	writer_free(office->writer);
	office->writer = NULL;
	small_disk_leave(0);
	office_restart(office);
	assert_non_null(writer_events(office->writer));
	assert_false(reserve_is_there(office));
	assert_string_equal(ask(office, scan(office, at->badge)), "ok");
	assert_string_equal(ask(office, registration(office, "Invented Sample")), "disk_full");
}

/* ---- on any disk ---- */

static int faulty_setup(void **state)
{
	faulty_install();
	return office_setup(state);
}

static void refused_write_gives_the_reserve_up(void **state)
{
	struct office *office = *state;
	struct office_request late;
	char badge[16];

	office_admit(office, "Invented Guest", badge);
	office->reserve = MIB;
	office_restart(office);
	assert_true(reserve_is_there(office));
	late = registration(office, "Invented Late");
	faulty_writes = 1;
	assert_string_equal(ask(office, late), "disk_full");
	assert_false(reserve_is_there(office));
	assert_string_equal(ask(office, scan(office, badge)), "ok");
	assert_string_equal(ask(office, late), "disk_full");
	writer_scan(office->writer);
	assert_true(reserve_is_there(office));
	assert_string_equal(ask(office, late), "ok");
	is_whole(office);
}

static struct office_request scan_elsewhere(struct office *office)
{
	return office_request(office, "e2/attendance", "scan",
			      "'badge': 'ABCDEFGHJKMNPQ', 'session': 'PLENARY', 'direction': 'in'");
}

/* The first gives the reserve up; the second was decided before, and goes by its rules all the same. */
static void two_events_meet_a_full_disk_in_one_intake(void **state)
{
	enum { ELSEWHERE, OTHERS, SCAN, ALL = SCAN + 2 };
	static const char origins[ALL];
	struct office *office = *state;
	struct office_request requests[ALL];
	char badge[16];

	office_admit(office, "Invented Guest", badge);
	office_load(office, "e2");
	office->reserve = MIB;
	office_restart(office);
	office->answers = NULL;
	requests[ELSEWHERE] = scan_elsewhere(office);
	requests[OTHERS] = registration(office, "Invented First");
	requests[SCAN] = scan(office, badge);
	requests[SCAN + 1] = registration(office, "Invented Second");
	for (int i = ALL; i-- > 0;)
		office_take(office, &origins[i], &requests[i]);
	faulty_writes = 2;
	assert_true(office_flush(office));
	assert_int_equal(faulty_writes, 0);
	assert_false(reserve_is_there(office));
	for (int i = 0; i < ALL; i++) {
		static const char *const ends[ALL] = {"unknown_badge", "disk_full", "ok", "disk_full"};
		struct office_answer answer = office_answer_to(office, &origins[i]);

		assert_string_equal(office_ending(office, &answer), ends[i]);
	}
	is_whole(office);
}

static void nothing_of_another_event_is_stored_after_a_failed_sync(void **state)
{
	static const char origins[3];
	struct office *office = *state;
	struct office_request request;
	int64_t before;

	office_load(office, "e2");
	before = office_ledger_of(office, "e2");
	request = registration(office, "Invented First");
	office_take(office, &origins[0], &request);
	for (int i = 1; i < 3; i++) {
		request = scan_elsewhere(office);
		office_take(office, &origins[i], &request);
	}
	faulty_writes = faulty_syncs = 1; /* of the one that is stored first, and of the other */
	assert_false(office_flush(office));
	assert_int_equal(faulty_writes + faulty_syncs, 0);
	assert_int_equal(office_ledger_of(office, "e2"), before);
	assert_non_null(strstr(office->log, "event e1"));
}

static void file_with_holes_is_no_reserve(void **state)
{
	struct office *office = *state;
	struct reserve reserve = {.folder = office->folder, .size = MIB};
	char path[128];

	snprintf(path, sizeof path, "%s/reserve", office->folder);
	fclose(fopen(path, "w"));
	assert_int_equal(truncate(path, MIB), 0);
	office->reserve = MIB;
	assert_false(reserve_is_there(office));
	reserve_keep(&reserve);
	assert_true(reserve.held);
	assert_true(reserve_is_there(office));
	assert_true(reserve_give_up(&reserve));
	assert_false(reserve_give_up(&reserve));
	assert_true(reserve.spent);
}

#define DISK_CASE(name) cmocka_unit_test_setup_teardown(name, disk_setup, disk_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DISK_CASE(full_disk_keeps_desks_and_doors_going),
		DISK_CASE(batch_that_meets_a_full_disk_is_parted),
		DISK_CASE(reserve_comes_to_an_end),
		DISK_CASE(start_on_a_full_disk_uses_the_reserve),
		cmocka_unit_test_setup_teardown(two_events_meet_a_full_disk_in_one_intake, faulty_setup, office_teardown),
		cmocka_unit_test_setup_teardown(nothing_of_another_event_is_stored_after_a_failed_sync, faulty_setup, office_teardown),
		cmocka_unit_test_setup_teardown(refused_write_gives_the_reserve_up, faulty_setup, office_teardown),
		OFFICE_CASE(file_with_holes_is_no_reserve),
	};

	return RUN_TESTS(tests);
}
