/* Meetings as files: the real ones are read whole, a wrong one is told in one sentence what is wrong. */
#include "tests/harness.h"

#include <unistd.h>

#include "clients/admin/event_file.h"
#include "clients/admin/reference.h"

static const struct session_plan *session_of(const struct load *plan, const char *code)
{
	for (uint32_t i = 0; i < plan->sessions.count; i++)
		if (text_is(LIST_AT(plan->sessions, session_plan, i)->session, code))
			return LIST_AT(plan->sessions, session_plan, i);
	fail_msg("there is no session %s", code);
	return NULL;
}

static void marrakech_is_read_whole(void **state)
{
	struct event_file file = {.zone = NULL};
	struct arena arena = {0};
	const struct session_plan *s;

	(void)state;
	assert_true(event_file_open(&file, "schema/data/marrakech_2024.json", &arena));
	assert_false(event_file_is_part(&file));
	if (!event_file_read(&file, NULL))
		fail_msg("%s", file.source.complaint);
	assert_true(text_is(file.plan.event, "oic-pesnet-4"));
	assert_true(text_is(file.plan.host, "MA"));
	assert_true(text_is(file.plan.zone, "Africa/Casablanca"));
	assert_true(text_is(file.plan.languages, "en ar fr"));
	assert_non_null(file.plan.name_en.at);
	assert_non_null(file.plan.name_fr.at);
	assert_non_null(file.plan.name_ar.at);
	assert_int_equal(file.plan.days.count, 2);
	assert_true(LIST_AT(file.plan.days, day_plan, 0)->starts == 1709161200000);
	assert_true(LIST_AT(file.plan.days, day_plan, 0)->ends == LIST_AT(file.plan.days, day_plan, 1)->starts);
	assert_int_equal(file.plan.sessions.count, 16);
	assert_int_equal(file.plan.roles.count, 18);
	assert_int_equal(file.plan.agenda.count, 8);
	s = session_of(&file.plan, "D1-06");
	assert_true(s->starts == 1709211600000 && s->ends == 1709217000000);
	assert_true(s->counts);
	assert_false(session_of(&file.plan, "D1-01")->counts);
	assert_false(session_of(&file.plan, "D1-07")->counts);
	assert_true(session_of(&file.plan, "D1-09")->ends == ABSENT);
	assert_true(text_is(session_of(&file.plan, "D2-03")->continues, "D2-01"));
	event_file_close(&file);
	arena_free(&arena);
}

static void printed_people_hold_roles(void **state)
{
	struct event_file file = {.zone = NULL};
	struct arena arena = {0};
	uint32_t minister = 0, organisations = 0;

	(void)state;
	assert_true(event_file_open(&file, "schema/data/marrakech_2024.json", &arena));
	assert_true(event_file_read(&file, NULL));
	for (uint32_t i = 0; i < file.plan.roles.count; i++) {
		const struct role_plan *role = LIST_AT(file.plan.roles, role_plan, i);

		if (text_is(role->key, "sekkouri")) {
			minister++;
			assert_true(text_is(role->name, "Younes SEKKOURI"));
			assert_true(text_is(role->entity, "MA"));
		}
		if (!role->key.at) {
			organisations++;
			assert_int_equal(role->role, programme_role_moderator);
			assert_true(text_equal(role->printed, role->organisation));
		}
	}
	assert_int_equal(minister, 1);
	assert_int_equal(organisations, 2);
	event_file_close(&file);
	arena_free(&arena);
}

static void a_board_without_times_is_no_error(void **state)
{
	struct event_file file = {.zone = NULL};
	struct arena arena = {0};

	(void)state;
	assert_true(event_file_open(&file, "schema/data/baku_2025.json", &arena));
	if (!event_file_read(&file, NULL))
		fail_msg("%s", file.source.complaint);
	assert_int_equal(file.plan.sessions.count, 3);
	assert_true(session_of(&file.plan, "D1-02")->day == ABSENT);
	assert_true(session_of(&file.plan, "D1-01")->starts == ABSENT);
	event_file_close(&file);
	arena_free(&arena);
}

static void states_and_institutions_are_read_beside_it(void **state)
{
	struct list entities = {NULL, 0}, standings = {NULL, 0};
	struct zone *zone = zone_open("Africa/Casablanca");
	uint32_t inferred = 0, members = 0, observers = 0, institutions = 0, suspended = 0;
	struct arena arena = {0};
	char complaint[512] = "";

	(void)state;
	if (!reference_read("schema/data", zone, &arena, &entities, &standings, complaint))
		fail_msg("%s", complaint);
	assert_int_equal(entities.count, 62 + 26);
	for (uint32_t i = 0; i < entities.count; i++) {
		const struct entity_plan *e = LIST_AT(entities, entity_plan, i);

		inferred += e->region_inferred;
		institutions += e->kind == entity_kind_institution;
		assert_false(text_is(e->name_ar, "unconfirmed"));
		assert_false(text_is(e->name_fr, "unconfirmed"));
		assert_false(text_is(e->entity, "CY"));
		if (text_is(e->name_en, "Turkish Cypriot State"))
			assert_true(text_is(e->entity, "OBS-TCS"));
		if (text_is(e->name_en, "Islamic Development Bank"))
			assert_true(text_is(e->entity, "I-ISDB"));
	}
	for (uint32_t i = 0; i < standings.count; i++) {
		const struct standing_plan *s = LIST_AT(standings, standing_plan, i);

		members += s->standing == standing_member && s->since == ABSENT;
		observers += s->standing == standing_observer;
		suspended += s->standing == standing_suspended;
		if (s->standing == standing_suspended) {
			assert_true(text_is(s->entity, "SY"));
			assert_true(s->since < 1709161200000 && s->until > 1709161200000);
		}
	}
	assert_int_equal(inferred, 23);
	assert_int_equal(members, 57);
	assert_int_equal(observers, 5);
	assert_int_equal(institutions, 26);
	assert_int_equal(suspended, 1);
	zone_close(zone);
	arena_free(&arena);
}

/* ---- what is wrong is said ---- */

#define HEAD "{\"event\": {\"id\": \"e\", \"timezone\": \"Africa/Casablanca\"},\n" \
	     " \"days\": [{\"day\": 1, \"date\": \"2024-02-29\"}],\n"
#define PLENARY "\"day\": 1, \"type\": \"plenary\""

static bool read_text(struct event_file *file, const char *text, const struct programme *standing, char *path,
		      struct arena *arena)
{
	const char *folder = getenv("TMPDIR");
	int fd;

	snprintf(path, 200, "%s/hudur-event-XXXXXX", folder ? folder : "/tmp");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	return event_file_open(file, path, arena) && event_file_read(file, standing);
}

static void expect_complaint(const char *text, const char *part)
{
	struct event_file file = {.zone = NULL};
	struct arena arena = {0};
	char path[200];

	assert_false(read_text(&file, text, NULL, path, &arena));
	if (!strstr(file.source.complaint, part) || strncmp(file.source.complaint, path, strlen(path)) != 0)
		fail_msg("\"%s\" does not say \"%s\"", file.source.complaint, part);
	unlink(path);
	event_file_close(&file);
	arena_free(&arena);
}

static void a_byte_order_mark_is_skipped(void **state)
{
	struct event_file file = {.zone = NULL};
	struct arena arena = {0};
	char path[200];

	(void)state;
	if (!read_text(&file, "\xEF\xBB\xBF" HEAD "\"sessions\": []}", NULL, path, &arena))
		fail_msg("%s", file.source.complaint);
	unlink(path);
	event_file_close(&file);
	arena_free(&arena);
	expect_complaint("\xEF\xBB" "{}", "line 1: not JSON");
	expect_complaint("\xEF\xBB\xBF", "line 1: not JSON");
	expect_complaint("", "line 1: not JSON");
}

static void a_folder_is_no_file(void **state)
{
	struct event_file file = {.zone = NULL};
	struct arena arena = {0};

	(void)state;
	assert_false(event_file_open(&file, "schema/data", &arena));
	assert_string_equal(file.source.complaint, "schema/data: cannot be read: Is a directory.");
	event_file_close(&file);
	arena_free(&arena);
}

/* The event's own fields go into the first load: one that does not fit must not get that far. */
static void an_event_that_does_not_fit_is_refused(void **state)
{
	char text[600], city[102];

	(void)state;
	memset(city, 'x', sizeof city - 1);
	city[sizeof city - 1] = '\0';
	snprintf(text, sizeof text, "{\"event\": {\"id\": \"e\", \"city\": \"%s\"}}", city);
	expect_complaint(text, "event: city: longer than 100 bytes");
	expect_complaint("{\"event\": {\"id\": \"e\", \"names\": {\"fr\": \"a\\u0007b\"}}}",
			 "event: name_fr: contains a control character");
	expect_complaint("{\"event\": {\"id\": \"e\", \"country_code\": \"0123456789012345678901234567890123\"}}",
			 "event: host: longer");
}

static void a_wrong_file_is_told_what_is_wrong(void **state)
{
	(void)state;
	expect_complaint("{\"event\": {\n\"id\": \"e\",\n}}", "line 3");
	expect_complaint("[]", "object");
	expect_complaint("{}", "\"event\" is missing");
	expect_complaint("{\"event\": {\"id\": \"Bad Id\"}}", "event.id");
	expect_complaint("{\"event\": {\"id\": \"e\", \"timezone\": \"Mars/Olympus\"}}", "no time zone Mars/Olympus");
	expect_complaint("{\"event\": {\"id\": \"e\", \"timezone\": \"Africa/Casablanca\"}}", "days: a list");
	expect_complaint("{\"event\": {\"id\": \"e\", \"timezone\": \"Africa/Casablanca\"}, \"days\": "
			 "[{\"day\": 1, \"date\": \"2023-02-29\"}]}", "days[0]: date");
	expect_complaint("{\"event\": {\"id\": \"e\"}, \"sessions\": []}", "\"timezone\" is missing");
	expect_complaint(HEAD "\"sessions\": [{\"session_id\": \"A\", \"day\": 1, \"type\": \"party\"}]}",
			 "session A: type: registration, opening");
	expect_complaint(HEAD "\"sessions\": [{\"session_id\": \"A\", " PLENARY ", \"start\": \"25:00\"}]}",
			 "session A: start: a time such as");
	expect_complaint(HEAD "\"sessions\": [{\"session_id\": \"A\", \"type\": \"plenary\", \"start\": \"14:00\"}]}",
			 "session A: it has a start but no day");
	expect_complaint(HEAD "\"sessions\": [{\"session_id\": \"A\", \"day\": 2, \"type\": \"plenary\", "
			 "\"start\": \"14:00\"}]}", "session A: the event has no day 2");
	expect_complaint(HEAD "\"sessions\": [{\"session_id\": \"A\", " PLENARY "}, {\"session_id\": \"A\", "
			 PLENARY "}]}", "session A: it stands twice");
	expect_complaint(HEAD "\"sessions\": [{\"session_id\": \"A\", " PLENARY ", \"continues\": \"B\"}]}",
			 "session A continues B");
	expect_complaint(HEAD "\"sessions\": [{\"session_id\": \"A\", " PLENARY ", \"room\": \"HALL\"}]}",
			 "session A is in room HALL");
	expect_complaint(HEAD "\"sessions\": [{\"session_id\": \"A\", " PLENARY ", \"speakers\": "
			 "[{\"person_id\": \"x\"}]}]}", "session A: there is no person x");
	expect_complaint(HEAD "\"sessions\": [{\"session_id\": \"A\", " PLENARY ", \"admits\": "
			 "\"head heads\"}]}", "session A: admits: heads is no category");
	expect_complaint(HEAD "\"sessions\": [{\"session_id\": \"A\", " PLENARY ", \"capacity\": 0}]}",
			 "session A: capacity");
}

static void times_that_cannot_be_are_told_by_session(void **state)
{
	(void)state;
	expect_complaint(HEAD "\"sessions\": [{\"session_id\": \"A\", " PLENARY ", \"start\": \"14:00\", "
			 "\"end\": \"13:00\"}]}", "session A ends before it starts");
	expect_complaint(HEAD "\"rooms\": [{\"room\": \"HALL\"}], \"sessions\": ["
			 "{\"session_id\": \"A\", " PLENARY ", \"start\": \"14:00\", \"end\": \"15:00\", "
			 "\"room\": \"HALL\"}, "
			 "{\"session_id\": \"B\", " PLENARY ", \"start\": \"14:59\", \"end\": \"16:00\", "
			 "\"room\": \"HALL\"}]}", "sessions A and B, which both count, overlap");
}

static void a_part_changes_what_stands(void **state)
{
	struct event_line line = {.event = TEXT("e"), .state = event_state_open, .zone = TEXT("Africa/Casablanca")};
	struct day_plan day = {.day = 1, .date = TEXT("2024-02-29"), .starts = 1709161200000, .ends = 1709247600000};
	struct session_line sessions[2];
	struct programme standing = {.event = {&line, 1}, .days = {&day, 1}, .sessions = {sessions, 2}};
	struct event_file file = {.zone = NULL};
	struct arena arena = {0};
	const struct session_plan *s;
	char path[200];

	(void)state;
	message_clear(&message_session_line, &sessions[0]);
	sessions[0].session = TEXT("A");
	sessions[0].day = 1;
	sessions[0].type = session_type_panel;
	sessions[0].title_fr = TEXT("Panel");
	sessions[0].starts = 1709211600000;
	sessions[0].ends = 1709217000000;
	sessions[1] = sessions[0];
	sessions[1].session = TEXT("B");
	assert_true(read_text(&file, "{\"event\": {\"id\": \"e\"}, \"rooms\": [{\"room\": \"HALL\", \"invented\": true}],"
			      "\"sessions\": [{\"session_id\": \"B\", \"room\": \"HALL\", \"start\": \"14:30\"}, "
			      "{\"session_id\": \"X\", \"day\": 1, \"type\": \"workshop\", \"room\": \"HALL\", "
			      "\"start\": \"15:30\", \"end\": \"16:00\", \"invented\": true}]}",
			      &standing, path, &arena));
	s = session_of(&file.plan, "B");
	assert_int_equal(s->type, session_type_panel);
	assert_true(s->counts);
	assert_int_equal(s->position, 2);
	assert_true(text_is(s->title_fr, "Panel"));
	assert_true(text_is(s->room, "HALL"));
	assert_true(s->starts == 1709213400000 && s->ends == 1709217000000);
	assert_true(session_of(&file.plan, "X")->invented);
	assert_true(LIST_AT(file.plan.rooms, room_plan, 0)->invented);
	unlink(path);
	event_file_close(&file);
	file = (struct event_file){.zone = NULL};
	assert_false(read_text(&file, "{\"event\": {\"id\": \"e\"}, \"rooms\": [{\"room\": \"HALL\"}],"
			       "\"sessions\": [{\"session_id\": \"B\", \"room\": \"HALL\"}, "
			       "{\"session_id\": \"X\", \"day\": 1, \"type\": \"workshop\", \"room\": \"HALL\", "
			       "\"start\": \"15:00\", \"end\": \"16:00\"}]}", &standing, path, &arena));
	assert_non_null(strstr(file.source.complaint, "sessions B and X"));
	unlink(path);
	event_file_close(&file);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marrakech_is_read_whole),
		cmocka_unit_test(printed_people_hold_roles),
		cmocka_unit_test(a_board_without_times_is_no_error),
		cmocka_unit_test(states_and_institutions_are_read_beside_it),
		cmocka_unit_test(a_byte_order_mark_is_skipped),
		cmocka_unit_test(a_folder_is_no_file),
		cmocka_unit_test(an_event_that_does_not_fit_is_refused),
		cmocka_unit_test(a_wrong_file_is_told_what_is_wrong),
		cmocka_unit_test(times_that_cannot_be_are_told_by_session),
		cmocka_unit_test(a_part_changes_what_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
