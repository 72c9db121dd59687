/* A desk's roster: whole at first, then whoever changed, never for a scan; every page fits into a message. */
#include "schema/folding.h"
#include "tests/harness.h"
#include "tests/workers/office.h"

static struct roster_page roster_of(struct office *office, int64_t since, int64_t cursor)
{
	struct office_request request = cursor == ABSENT
		? office_request(office, "e1/people", "roster", "'since': %d", (int)since)
		: office_request(office, "e1/people", "roster", "'since': %d, 'cursor': %d", (int)since, (int)cursor);
	struct office_answer answer = office_read(office, &request);
	struct roster_page roster;

	assert_string_equal(office_ending(office, &answer), "ok");
	office_result(office, &answer, &message_roster_page, &roster);
	return roster;
}

static int64_t registered_as(struct office *office, const char *name)
{
	struct office_answer answer = office_do(office, "ok", "e1/registration", "register",
						"'name': '%s', 'accredit': true", name);
	struct registered registered;

	office_result(office, &answer, &message_registered, &registered);
	return registered.person;
}

static void only_who_changed_comes_again(void **state)
{
	struct office *office = *state;
	int64_t one = registered_as(office, "Invented One"), two = registered_as(office, "Invented Two");
	struct roster_page first = roster_of(office, 0, ABSENT), next;

	assert_int_equal(first.people.count, 2);
	assert_int_equal(first.cursor, ABSENT);
	assert_int_equal(roster_of(office, first.next, ABSENT).people.count, 0);
	office_do(office, "ok", "e1/checkin", "check_in", "'person': %d, 'issue': true", (int)two);
	next = roster_of(office, first.next, ABSENT);
	assert_int_equal(next.people.count, 1);
	assert_int_equal(LIST_AT(next.people, person_line, 0)->person, two);
	assert_int_equal(LIST_AT(next.people, person_line, 0)->checked_in, 1);
	assert_int_equal(LIST_AT(next.people, person_line, 0)->badge.size, 14);
	office_do(office, "ok", "e1/registration", "amend", "'person': %d, 'why': 'spelling', 'name': 'Invented Eins'",
		  (int)one);
	next = roster_of(office, next.next, ABSENT);
	assert_int_equal(next.people.count, 1);
	assert_true(text_is(LIST_AT(next.people, person_line, 0)->name, "Invented Eins"));
	office_do(office, "cancelled", "e1/registration", "accredit", "'person': %d",
		  (office_do(office, "ok", "e1/registration", "cancel", "'person': %d, 'why': 'ill'", (int)one), (int)one));
	next = roster_of(office, next.next, ABSENT);
	assert_int_equal(LIST_AT(next.people, person_line, 0)->state, registration_state_cancelled);
}

static void scans_and_refusals_change_nobody(void **state)
{
	struct office *office = *state;
	char badge[16];
	int64_t person = office_admit(office, "Invented One", badge), since = roster_of(office, 0, ABSENT).next;

	office_do(office, "ok", "e1/attendance", "scan", "'badge': '%s', 'session': 'PLENARY', 'direction': 'in'", badge);
	office_do(office, "already_done", "e1/checkin", "issue", "'person': %d", (int)person);
	assert_int_equal(roster_of(office, since, ABSENT).people.count, 0);
	assert_int_equal(roster_of(office, since, ABSENT).next, since + 2);
}

/* Another file's ledger is shorter, and the desk sees it. */
static void sequence_beyond_the_ledger_is_told(void **state)
{
	struct office *office = *state;

	assert_true(roster_of(office, 1000, ABSENT).next < 1000);
}

static void long_names_are_split_into_pages(void **state)
{
	enum { PEOPLE = 250 };
	struct office *office = *state;
	int64_t cursor = ABSENT, seen = 0;
	int pages = 0;
	char name[290];

	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	for (int i = 0; i < PEOPLE; i++)
		registered_as(office, name);
	do {
		struct roster_page page = roster_of(office, 0, cursor);

		for (uint32_t i = 0; i < page.people.count; i++)
			assert_int_equal(LIST_AT(page.people, person_line, i)->person, ++seen);
		cursor = page.cursor;
		pages++;
	} while (cursor != ABSENT);
	assert_int_equal(seen, PEOPLE);
	assert_in_range(pages, 3, 6);
}

static void key_holds_all_forms_of_the_name(void **state)
{
	struct office *office = *state;

	office_do(office, "ok", "e1/registration", "register",
		  "'name': 'Işık, Fatma', 'given': 'Fatma', 'family': 'Işık', 'arabic': 'فاطمة'");
	struct text folded = LIST_AT(roster_of(office, 0, ABSENT).people, person_line, 0)->folded;
	assert_true(text_is(folded, "isikfatma|فاطمه|isikfatma"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		OFFICE_CASE(only_who_changed_comes_again),
		OFFICE_CASE(scans_and_refusals_change_nobody),
		OFFICE_CASE(sequence_beyond_the_ledger_is_told),
		OFFICE_CASE(long_names_are_split_into_pages),
		OFFICE_CASE(key_holds_all_forms_of_the_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
