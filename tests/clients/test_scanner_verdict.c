/* What a door decides alone, what it reads from the server, and the words for both. */
#include "clients/scanner/verdict.h"

#include "tests/harness.h"

static const char event[] = "meeting-1";

/* One day; OPEN all day for everybody, HEADS for heads alone, PAST long over. */
enum { HOUR = 3600000 };
static struct sitting sittings[] = {
	{.code = {"OPEN", 4}, .room = 0, .continues = SESSION_NONE, .day = 1, .type = session_type_plenary,
	 .starts = 10 * HOUR, .ends = 12 * HOUR, .opened = ABSENT, .closed = ABSENT},
	{.code = {"HEADS", 5}, .room = 1, .continues = SESSION_NONE, .day = 1, .type = session_type_board,
	 .starts = 10 * HOUR, .ends = 12 * HOUR, .opened = ABSENT, .closed = ABSENT,
	 .admits = 1u << category_head},
	{.code = {"PAST", 4}, .room = 2, .continues = SESSION_NONE, .day = 1, .type = session_type_plenary,
	 .starts = 2 * HOUR, .ends = 3 * HOUR, .opened = ABSENT, .closed = ABSENT},
};
static struct event_day day = {0, 24 * HOUR};

static struct known_badge known(uint32_t number, enum badge_state state, enum registration_state registration)
{
	unsigned char random[8] = {0, 0, 0, 0, 0, 0, 0, (unsigned char)number};
	struct known_badge badge = {.person = number, .state = state, .registration = registration,
				    .category = category_delegate};

	badge_make(text_of(event), random, badge.code);
	return badge;
}

static void merge(struct snapshot *snapshot, const struct known_badge *badge)
{
	struct badge_line line = {.badge = text_of(badge->code), .person = badge->person, .state = badge->state,
				  .registration = badge->registration, .category = badge->category};
	struct badges_changed page = {.badges = {&line, 1}, .next = 1};

	assert_int_equal(snapshot_merge(snapshot, &page), E_OK);
}

static int with_list(void **state)
{
	static struct snapshot snapshot;
	struct known_badge badges[] = {
		known(1, badge_state_handed_over, registration_state_accredited),
		known(2, badge_state_revoked, registration_state_accredited),
		known(3, badge_state_issued, registration_state_cancelled),
		known(4, badge_state_issued, registration_state_registered),
	};

	snapshot_init(&snapshot, text_of(event));
	for (size_t i = 0; i < sizeof badges / sizeof *badges; i++)
		merge(&snapshot, &badges[i]);
	snapshot.plan.schedule = (struct schedule){sittings, NULL, &day, 3, 0, 1, 0};
	schedule_join_rooms(&snapshot.plan.schedule);
	snapshot.plan.complete = true;
	snapshot.as_of = 10 * HOUR;
	*state = &snapshot;
	return 0;
}

static int without_list(void **state)
{
	snapshot_free(*state);
	return 0;
}

static struct verdict judged(void **state, struct text badge, const char *session, enum direction direction)
{
	struct passing passing = {badge, text_of(session), direction, 10 * HOUR + 3 * 60000, false};
	struct verdict verdict;

	verdict_alone(*state, &passing, &verdict);
	assert_true(verdict.local);
	return verdict;
}

static struct verdict judged_number(void **state, uint32_t number, const char *session)
{
	struct known_badge badge = known(number, badge_state_issued, registration_state_accredited);

	return judged(state, text_of(badge.code), session, direction_in);
}

static void known_badge_passes(void **state)
{
	struct verdict verdict = judged_number(state, 1, "OPEN");

	assert_true(verdict.admitted);
	assert_int_equal(verdict.reason, E_OK);
	assert_int_equal(verdict.age, 3 * 60000);
}

static void revoked_cancelled_and_pending_stop(void **state)
{
	assert_int_equal(judged_number(state, 2, "OPEN").reason, E_REVOKED_BADGE);
	assert_int_equal(judged_number(state, 3, "OPEN").reason, E_CANCELLED);
	assert_int_equal(judged_number(state, 4, "OPEN").reason, E_NOT_ACCREDITED);
	assert_false(judged_number(state, 2, "OPEN").admitted);
}

static void session_has_its_rules_offline_too(void **state)
{
	assert_int_equal(judged_number(state, 1, "HEADS").reason, E_NOT_ADMITTED);
	assert_int_equal(judged_number(state, 1, "PAST").reason, E_OUTSIDE_HOURS);
	assert_int_equal(judged_number(state, 1, "NONE").reason, E_UNKNOWN_SESSION);
}

/* The device's battery was empty: it may be any day. */
static void by_a_doubtful_clock_nobody_is_stopped_for_the_time(void **state)
{
	const struct known_badge badge = known(1, badge_state_issued, registration_state_accredited);
	struct snapshot *snapshot = *state;
	struct passing passing = {text_of(badge.code), TEXT("OPEN"), direction_in, -20 * 24 * HOUR, true};
	struct verdict verdict;

	verdict_alone(snapshot, &passing, &verdict);
	assert_true(verdict.admitted);
	assert_int_equal(verdict.age, AGE_UNKNOWN);
	passing.session = TEXT("HEADS");
	verdict_alone(snapshot, &passing, &verdict);
	assert_int_equal(verdict.reason, E_NOT_ADMITTED);
	passing.session = TEXT("PAST");
	verdict_alone(snapshot, &passing, &verdict);
	assert_true(verdict.admitted); /* it may overrun, for all that the door knows */
	for (uint32_t i = 0; i < 3; i++)
		if (text_is(sittings[i].code, "PAST"))
			sittings[i].closed = snapshot->as_of;
	verdict_alone(snapshot, &passing, &verdict);
	assert_int_equal(verdict.reason, E_OUTSIDE_HOURS);
	for (uint32_t i = 0; i < 3; i++)
		sittings[i].closed = ABSENT;
	passing.doubtful = false;
	verdict_alone(snapshot, &passing, &verdict);
	assert_false(verdict.admitted);
}

static void not_in_my_list_is_not_invalid(void **state)
{
	struct verdict stranger = judged_number(state, 77, "OPEN");
	struct verdict garbage = judged(state, TEXT("hello"), "OPEN", direction_in);
	char text[VERDICT_TEXT_MAX];

	assert_true(stranger.admitted);
	assert_int_equal(stranger.reason, E_UNKNOWN_BADGE);
	verdict_tell(&stranger, "CODE", text);
	assert_string_equal(text, "YES CODE (not in my list: let in, a supervisor will look at it) "
				  "[offline, list 3 min old]");
	assert_false(garbage.admitted);
	assert_int_equal(garbage.reason, E_MALFORMED);
	verdict_tell(&garbage, "hello", text);
	assert_non_null(strstr(text, "NO hello malformed: This is not a badge code"));
}

static void stranger_does_not_enter_a_closed_session(void **state)
{
	assert_false(judged_number(state, 77, "HEADS").admitted);
	assert_int_equal(judged_number(state, 77, "HEADS").reason, E_NOT_ADMITTED);
	assert_int_equal(judged_number(state, 77, "PAST").reason, E_OUTSIDE_HOURS);
}

static void badge_of_another_event_stops(void **state)
{
	unsigned char random[8] = {1};
	char code[BADGE_SIZE + 1];

	badge_make(TEXT("another-event"), random, code);
	assert_int_equal(judged(state, text_of(code), "OPEN", direction_in).reason, E_OTHER_EVENT);
}

static void leaving_needs_no_opening_hours(void **state)
{
	struct known_badge badge = known(1, badge_state_issued, registration_state_accredited);

	assert_true(judged(state, text_of(badge.code), "PAST", direction_out).admitted);
}

static void door_without_any_list_goes_on(void **state)
{
	struct snapshot empty;
	void *pointer = &empty;
	char text[VERDICT_TEXT_MAX];

	(void)state;
	snapshot_init(&empty, text_of(event));
	struct verdict verdict = judged_number(&pointer, 1, "OPEN");
	assert_true(verdict.admitted);
	assert_int_equal(verdict.reason, E_UNKNOWN_BADGE);
	verdict_tell(&verdict, "CODE", text);
	assert_non_null(strstr(text, "[offline, no list yet]"));
	snapshot_free(&empty);
}

static struct verdict replied(struct reply reply, const struct scanned *scanned, bool *decided)
{
	struct arena arena = {0};
	struct verdict verdict;
	struct text map;

	reply.now = 1;
	reply.retry_ms = ABSENT;
	if (scanned)
		assert_int_equal(message_encode_two(&message_reply, &reply, &message_scanned, scanned, &arena, &map), E_OK);
	else
		assert_int_equal(message_encode(&message_reply, &reply, &arena, &map), E_OK);
	*decided = verdict_of_reply(map, &verdict);
	arena_free(&arena);
	return verdict;
}

static void server_says_yes_with_a_note(void **state)
{
	struct scanned scanned = {.ledger = 4, .person = 12, .entity = TEXT("TR"), .category = category_delegate,
				  .flag = flag_already_inside};
	bool decided;
	char text[VERDICT_TEXT_MAX];

	(void)state;
	struct verdict verdict = replied((struct reply){.status = status_ok}, &scanned, &decided);
	assert_true(decided && verdict.admitted && !verdict.local);
	verdict_tell(&verdict, "CODE", text);
	assert_string_equal(text, "YES CODE TR delegate (already inside)");
}

static void server_says_no_with_the_reason(void **state)
{
	bool decided;
	char text[VERDICT_TEXT_MAX];
	struct reply reply = {.status = status_refused, .reason = TEXT("session_full")};

	(void)state;
	struct verdict verdict = replied(reply, NULL, &decided);
	assert_true(decided && !verdict.admitted);
	verdict_tell(&verdict, "CODE", text);
	assert_string_equal(text, "NO CODE session_full: The session has reached its capacity.");
	reply.reason = TEXT("some_reason_of_2031");
	verdict = replied(reply, NULL, &decided);
	assert_true(decided && !verdict.admitted);
}

static void errors_decide_nothing(void **state)
{
	struct verdict verdict;
	bool decided;

	(void)state;
	replied((struct reply){.status = status_error, .reason = TEXT("forbidden")}, NULL, &decided);
	assert_false(decided);
	replied((struct reply){.status = status_busy}, NULL, &decided);
	assert_false(decided);
	assert_false(verdict_of_reply(TEXT("\xc1"), &verdict));
	assert_false(verdict_of_reply((struct text){"", 0}, &verdict));
}

static void age_is_told_for_people(void **state)
{
	char text[48];

	(void)state;
	verdict_age(30000, text, sizeof text);
	assert_string_equal(text, "list less than a minute old");
	verdict_age(2 * HOUR + 5 * 60000, text, sizeof text);
	assert_string_equal(text, "list 2 h 5 min old");
}

int main(void)
{
#define WITH_LIST(test) cmocka_unit_test_setup_teardown(test, with_list, without_list)
	const struct CMUnitTest tests[] = {
		WITH_LIST(known_badge_passes),
		WITH_LIST(revoked_cancelled_and_pending_stop),
		WITH_LIST(session_has_its_rules_offline_too),
		WITH_LIST(not_in_my_list_is_not_invalid),
		WITH_LIST(by_a_doubtful_clock_nobody_is_stopped_for_the_time),
		WITH_LIST(stranger_does_not_enter_a_closed_session),
		WITH_LIST(badge_of_another_event_stops),
		WITH_LIST(leaving_needs_no_opening_hours),
		cmocka_unit_test(door_without_any_list_goes_on),
		cmocka_unit_test(server_says_yes_with_a_note),
		cmocka_unit_test(server_says_no_with_the_reason),
		cmocka_unit_test(errors_decide_nothing),
		cmocka_unit_test(age_is_told_for_people),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
