/* Blanks: given out once, bound once, let through doors meanwhile; and a walk-in in one request. */
#include "tests/harness.h"
#include "schema/badge.h"
#include "tests/workers/office.h"

static struct list blanks_made(struct office *office, int count)
{
	struct office_answer answer = office_do(office, "ok", "e1/checkin", "issue_blanks", "'count': %d", count);
	struct blanks blanks;

	office_result(office, &answer, &message_blanks, &blanks);
	assert_int_equal(blanks.badges.count, count);
	return blanks.badges;
}

static const char *code_of(struct office *office, struct list blanks, uint32_t i)
{
	struct text code = LIST_AT(blanks, blank, i)->badge;

	return arena_printf(&office->arena, "%.*s%c", (int)code.size, code.at, 0).at;
}

static struct registered walk_in(struct office *office, const char *ends, const char *fields)
{
	struct office_answer answer = office_do(office, ends, "e1/registration", "register", "%s", fields);
	struct registered registered = {.person = 0};

	if (strcmp(ends, "ok") == 0)
		office_result(office, &answer, &message_registered, &registered);
	return registered;
}

static const char *walk_in_with(struct office *office, const char *name, const char *code)
{
	return arena_printf(&office->arena, "'name': '%s', 'walk_in': true, 'accredit': true, 'check_in': true, "
			    "'badge': '%s'%c", name, code, 0).at;
}

static int64_t registered_as(struct office *office, const char *name)
{
	return walk_in(office, "ok", arena_printf(&office->arena, "'name': '%s', 'accredit': true%c", name, 0).at).person;
}

static void nobody_is(struct office *office, int64_t number)
{
	assert_null(state_person(&writer_events(office->writer)->event->state, number));
}

/* All badges a door is told of, by its code. */
static const struct badge_line *door_knows(struct office *office, const char *code)
{
	struct office_request request = office_request(office, "e1/changes", "badges", "'since': 0, 'limit': 200");
	struct office_answer answer = office_read(office, &request);
	static struct badges_changed changed;

	office_result(office, &answer, &message_badges_changed, &changed);
	for (uint32_t i = 0; i < changed.badges.count; i++)
		if (text_is(LIST_AT(changed.badges, badge_line, i)->badge, code))
			return LIST_AT(changed.badges, badge_line, i);
	fail_msg("no door knows %s", code);
	return NULL;
}

static struct scanned passed(struct office *office, const char *ends, const char *code, const char *direction)
{
	struct office_answer answer = office_do(office, ends, "e1/attendance", "scan",
						"'badge': '%s', 'session': 'PLENARY', 'direction': '%s'", code, direction);
	struct scanned scanned = {.person = 0};

	if (strcmp(ends, "ok") == 0)
		office_result(office, &answer, &message_scanned, &scanned);
	return scanned;
}

static void blanks_are_distinct_codes_of_the_event(void **state)
{
	struct office *office = *state;
	struct list first = blanks_made(office, 200), second = blanks_made(office, 1);
	char code[BADGE_SIZE + 1];

	for (uint32_t i = 0; i < first.count; i++) {
		assert_int_equal(badge_read(TEXT("e1"), LIST_AT(first, blank, i)->badge, code), E_OK);
		for (uint32_t j = 0; j < i; j++)
			assert_string_not_equal(code, code_of(office, first, j));
	}
	assert_string_not_equal(code_of(office, second, 0), code_of(office, first, 0));
}

static void same_request_again_gives_the_same_blanks(void **state)
{
	struct office *office = *state;
	struct office_request request = office_request(office, "e1/checkin", "issue_blanks", "'count': 3");
	struct office_answer first = office_ask(office, &request), again = office_ask(office, &request);
	struct blanks one, two;

	office_result(office, &first, &message_blanks, &one);
	office_result(office, &again, &message_blanks, &two);
	assert_true(again.reply.repeated);
	for (uint32_t i = 0; i < 3; i++)
		assert_true(text_equal(LIST_AT(one.badges, blank, i)->badge, LIST_AT(two.badges, blank, i)->badge));
}

static void blank_is_bound_once(void **state)
{
	struct office *office = *state;
	struct list blanks = blanks_made(office, 3);
	const char *one = code_of(office, blanks, 0), *two = code_of(office, blanks, 1);
	int64_t first = registered_as(office, "Invented One"), second = registered_as(office, "Invented Two");
	struct checked_in result;

	office_do(office, "ok", "e1/checkin", "issue", "'person': %d, 'badge': '%s'", (int)first, one);
	office_do(office, "badge_taken", "e1/checkin", "issue", "'person': %d, 'badge': '%s'", (int)second, one);
	office_do(office, "badge_taken", "e1/checkin", "check_in", "'person': %d, 'blank': '%s'", (int)second, one);
	assert_int_equal(office_person(office, second)->check_in_days, 0);
	struct office_answer answer = office_do(office, "ok", "e1/checkin", "check_in", "'person': %d, 'blank': '%s'",
						(int)second, two);
	office_result(office, &answer, &message_checked_in, &result);
	assert_true(text_is(result.badge, two));
	assert_null(result.unbound.at);
	assert_int_equal(door_knows(office, two)->person, second);
	assert_int_equal(door_knows(office, two)->state, badge_state_handed_over);
	office_do(office, "revoked_badge", "e1/checkin", "issue", "'person': %d, 'badge': '%s'",
		  (int)registered_as(office, "Invented Three"),
		  (office_do(office, "ok", "e1/checkin", "revoke", "'badge': '%s', 'why': 'lost'",
			     code_of(office, blanks, 2)), code_of(office, blanks, 2)));
}

static void code_that_was_never_given_out_is_no_blank(void **state)
{
	struct office *office = *state;
	const unsigned char random[8] = {1, 2, 3, 4, 5, 6, 7, 8};
	char code[BADGE_SIZE + 1];

	badge_make(TEXT("e1"), random, code);
	office_do(office, "unknown_badge", "e1/checkin", "issue", "'person': %d, 'badge': '%s'",
		  (int)registered_as(office, "Invented One"), code);
	walk_in(office, "unknown_badge", walk_in_with(office, "Invented Two", code));
	nobody_is(office, 2);
}

static void who_got_a_badge_elsewhere_keeps_it_and_is_checked_in(void **state)
{
	struct office *office = *state;
	const char *blank = code_of(office, blanks_made(office, 1), 0);
	int64_t person = registered_as(office, "Invented One");
	struct checked_in result;

	office_do(office, "ok", "e1/checkin", "issue", "'person': %d", (int)person);
	struct office_answer answer = office_do(office, "ok", "e1/checkin", "check_in", "'person': %d, 'blank': '%s'",
						(int)person, blank);
	office_result(office, &answer, &message_checked_in, &result);
	assert_true(text_is(result.unbound, blank));
	assert_false(text_is(result.badge, blank));
	assert_int_equal(door_knows(office, blank)->state, badge_state_blank);
}

static void walk_in_is_one_request(void **state)
{
	struct office *office = *state;
	const char *blank = code_of(office, blanks_made(office, 1), 0);
	struct registered result = walk_in(office, "ok", walk_in_with(office, "Invented Walk", blank));
	const struct person *person = office_person(office, result.person);

	assert_int_equal(result.day, 1);
	assert_true(text_is(result.badge, blank));
	assert_true(person->walk_in && person->state == registration_state_accredited);
	assert_int_equal(person->check_in_days, 1);
	passed(office, "ok", blank, "in");
	walk_in(office, "not_accredited", "'name': 'Invented Nobody', 'check_in': true");
	nobody_is(office, result.person + 1);
	result = walk_in(office, "ok", "'name': 'Invented Next', 'accredit': true, 'check_in': true, 'issue': true");
	assert_int_equal(result.badge.size, BADGE_SIZE);
	assert_int_equal(door_knows(office, code_of(office, (struct list){&(struct blank){.badge = result.badge}, 1}, 0))->state,
			 badge_state_handed_over);
}

static void desks_bind_blanks_and_do_not_check_them_in(void **state)
{
	struct office *office = *state;
	const char *blank = code_of(office, blanks_made(office, 1), 0);

	office_do(office, "unknown_badge", "e1/checkin", "check_in", "'badge': '%s'", blank);
	office_do(office, "unknown_badge", "e1/checkin", "hand_over", "'badge': '%s', 'to': 'somebody'", blank);
	assert_int_equal(door_knows(office, blank)->state, badge_state_blank);
	assert_int_equal(door_knows(office, blank)->person, ABSENT);
}

/* The desk that gave it away is not heard yet: the holder passes, flagged, and the stay is counted afterwards. */
static void blank_passes_a_door_before_it_is_bound(void **state)
{
	struct office *office = *state;
	struct list blanks = blanks_made(office, 2);
	const char *blank = code_of(office, blanks, 0), *lost = code_of(office, blanks, 1);
	struct visit visits[VISITS_MAX];
	struct scanned scanned = passed(office, "ok", blank, "in");

	assert_int_equal(scanned.flag, flag_unknown_badge);
	assert_int_equal(scanned.person, ABSENT);
	office->now += 60000;
	assert_int_equal(passed(office, "ok", blank, "out").flag, flag_unknown_badge);
	office_do(office, "ok", "e1/checkin", "revoke", "'badge': '%s', 'why': 'lost'", lost);
	passed(office, "revoked_badge", lost, "in");
	for (int again = 0; again < 2; again++) {
		if (again)
			office_restart(office);
		else
			walk_in(office, "ok", walk_in_with(office, "Invented Walk", blank));
		office_do(office, "ok", "e1/checkin", "revoke", "'badge': '%s', 'why': 'again'",
			  code_of(office, blanks_made(office, 1), 0)); /* the state is read from the file */
		const struct person *person = office_person(office, 1);
		assert_int_equal(person->passage_count, 2);
		assert_int_equal(state_visits(&writer_events(office->writer)->event->state, person, visits), 1);
		assert_int_equal(visits[0].settled_ms, 60000);
	}
}

static const struct list *history_of(struct office *office, int64_t person)
{
	struct office_request request = office_request(office, "e1/people", "person", "'person': %d", (int)person);
	struct office_answer answer = office_read(office, &request);
	static struct person_card card;

	office_result(office, &answer, &message_person_card, &card);
	return &card.history;
}

/* A desk that asks where somebody was sees what the counters count, and nobody else's. */
static void what_it_passed_before_stands_in_its_holders_history(void **state)
{
	struct office *office = *state;
	struct list blanks = blanks_made(office, 2);
	const char *blank = code_of(office, blanks, 0), *other = code_of(office, blanks, 1);
	const char *expected[] = {"scan", "scan", "register", "check_in", "scan"};
	const struct list *history;
	int64_t person, last = 0;

	passed(office, "ok", blank, "in");
	passed(office, "ok", other, "in");
	office->now += 60000;
	passed(office, "ok", blank, "out");
	passed(office, "unknown_badge", "NOBODYS", "in");
	person = walk_in(office, "ok", walk_in_with(office, "Invented Walk", blank)).person;
	passed(office, "ok", blank, "in");
	history = history_of(office, person);
	for (uint32_t i = 0, n = 0; i < history->count; i++) {
		const struct history_entry *entry = LIST_AT(*history, history_entry, i);

		assert_true(entry->ledger > last);
		last = entry->ledger;
		if (text_is(entry->op, "scan"))
			assert_true(text_is(entry->badge, blank));
		n += n < 5 && text_is(entry->op, expected[n]);
		if (i + 1 == history->count)
			assert_int_equal(n, 5);
	}
	assert_true(last > 0);
}

/* The desk gave it away while it was alone, and the person had been given another badge meanwhile. */
static void what_passed_with_a_blank_taken_back_is_not_its_next_holders(void **state)
{
	struct office *office = *state;
	const char *blank = code_of(office, blanks_made(office, 1), 0);
	int64_t first = registered_as(office, "Invented One"), second = registered_as(office, "Invented Two");
	const struct list *history;
	struct checked_in result;
	bool named = false;

	office_do(office, "ok", "e1/checkin", "issue", "'person': %d", (int)first);
	passed(office, "ok", blank, "in");
	struct office_answer answer = office_do(office, "ok", "e1/checkin", "check_in", "'person': %d, 'blank': '%s'",
						(int)first, blank);
	office_result(office, &answer, &message_checked_in, &result);
	assert_true(text_is(result.unbound, blank));
	history = history_of(office, first);
	for (uint32_t i = 0; i < history->count; i++)
		named |= text_is(LIST_AT(*history, history_entry, i)->op, "check_in") &&
			 text_is(LIST_AT(*history, history_entry, i)->badge, blank);
	assert_true(named);
	office_do(office, "ok", "e1/checkin", "check_in", "'person': %d, 'blank': '%s'", (int)second, blank);
	assert_int_equal(door_knows(office, blank)->person, second);
	assert_int_equal(office_person(office, second)->passage_count, 0);
	passed(office, "ok", blank, "in");
	assert_int_equal(office_person(office, second)->passage_count, 1);
	office_restart(office);
	passed(office, "ok", blank, "out");
	assert_int_equal(office_person(office, second)->passage_count, 2);
}

static void blank_passes_no_session_that_is_over(void **state)
{
	struct office *office = *state;
	const char *blank = code_of(office, blanks_made(office, 1), 0);

	office->now += 10 * INT64_C(3600000);
	passed(office, "outside_hours", blank, "in");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		OFFICE_CASE(blanks_are_distinct_codes_of_the_event),
		OFFICE_CASE(same_request_again_gives_the_same_blanks),
		OFFICE_CASE(blank_is_bound_once),
		OFFICE_CASE(code_that_was_never_given_out_is_no_blank),
		OFFICE_CASE(who_got_a_badge_elsewhere_keeps_it_and_is_checked_in),
		OFFICE_CASE(walk_in_is_one_request),
		OFFICE_CASE(desks_bind_blanks_and_do_not_check_them_in),
		OFFICE_CASE(blank_passes_a_door_before_it_is_bound),
		OFFICE_CASE(what_it_passed_before_stands_in_its_holders_history),
		OFFICE_CASE(what_passed_with_a_blank_taken_back_is_not_its_next_holders),
		OFFICE_CASE(blank_passes_no_session_that_is_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
