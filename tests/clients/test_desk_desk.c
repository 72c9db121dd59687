/* A desk against a broker that the test plays: what is written, what is kept, what is told. */
#include "clients/desk/desk.h"

#include "tests/clients/fake_broker.h"
#include "tests/harness.h"

static const char event[] = "meeting-1";

struct scene {
	struct folder folder;
	struct fake_broker broker;
	struct options options;
	struct caller caller;
	struct desk desk;
	char spool[128];
};

static int open_scene(void **state)
{
	struct scene *scene = calloc(1, sizeof *scene);

	assert_non_null(scene);
	folder_make(&scene->folder);
	fake_broker_open(&scene->broker, &scene->folder, "broker");
	folder_file(&scene->folder, "spool", scene->spool, sizeof scene->spool);
	cli_options_start(&scene->options, "hudur-desk");
	scene->options.event = event;
	scene->options.endpoints = scene->broker.endpoint;
	scene->options.spool = scene->spool;
	assert_int_equal(caller_open(&scene->caller, &scene->options, true), EXIT_DONE);
	scene->desk = (struct desk){.caller = &scene->caller, .hudur = scene->caller.hudur, .event = event};
	editor_start(&scene->desk.editor, text_of(event), false);
	assert_int_equal(screen_start(&scene->desk.screen, &scene->desk.editor, false), 0);
	*state = scene;
	return 0;
}

static int close_scene(void **state)
{
	struct scene *scene = *state;

	scene->caller.backlog = 0;
	caller_close(&scene->caller);
	fake_broker_close(&scene->broker);
	folder_remove(&scene->folder);
	free(scene);
	return 0;
}

static void turn(void *scene)
{
	desk_listen(&((struct scene *)scene)->desk, 0);
}

static void taken_as(struct scene *scene, const char *service, const char *op, struct taken *taken)
{
	fake_broker_take(&scene->broker, hudur_fd(scene->desk.hudur), turn, scene, taken);
	assert_string_equal(taken->service, service);
	assert_true(text_is(taken->request.op, op));
}

static void send_two(struct scene *scene, const struct taken *taken, struct reply reply,
		     const struct message *message, const void *result)
{
	struct text map;

	reply.retry_ms = ABSENT;
	reply.now = 1709190000000;
	assert_int_equal(message_encode_two(&message_reply, &reply, message, result, &scene->broker.arena, &map),
			 E_OK);
	fake_broker_send(&scene->broker, taken, (const char *)taken->id, map, MDP_CLIENT_FINAL);
}

static void settled(struct scene *scene)
{
	for (int64_t until = clock_monotonic_ms() + 5000; hudur_backlog(scene->desk.hudur) > 0;) {
		assert_true(clock_monotonic_ms() < until);
		desk_listen(&scene->desk, 10);
	}
}

static uint32_t awaited_count(const struct desk *desk)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < AWAITED_MAX; i++)
		count += desk->awaited[i].kind != AWAITED_NOTHING;
	return count;
}

static void check_in_is_kept_and_confirmed_later(void **state)
{
	struct scene *scene = *state;
	struct checked_in result = {.ledger = 3, .person = 12, .day = 1, .badge = TEXT("CODE")};
	struct check_in fields;
	struct taken taken;

	desk_check_in(&scene->desk, 12, (struct text){0}, "#12 Sample (TR)", 0);
	scene->desk.awaited[0].deadline = 0;
	desk_listen(&scene->desk, 0);
	assert_true(scene->desk.awaited[0].told);
	assert_false(desk_is_waiting(&scene->desk));
	assert_int_equal(hudur_backlog(scene->desk.hudur), 1);
	taken_as(scene, "meeting-1/checkin", "check_in", &taken);
	assert_int_equal(message_decode(&message_check_in, (struct text){taken.map, taken.map_size},
					&scene->broker.arena, &fields, NULL), E_OK);
	assert_true(fields.person == 12 && fields.issue);
	send_two(scene, &taken, (struct reply){.status = status_ok}, &message_checked_in, &result);
	settled(scene);
	assert_int_equal(awaited_count(&scene->desk), 1); /* whether others checked the person in meanwhile */
	taken_as(scene, "meeting-1/people", "person", &taken);
	assert_int_equal(scene->desk.failures, 0);
}

static void badge_is_checked_in_then_named(void **state)
{
	struct scene *scene = *state;
	struct checked_in result = {.ledger = 3, .person = 12, .day = 1, .already = true};
	struct find find;
	struct taken taken;

	desk_check_in(&scene->desk, 0, TEXT("ABCDEFGHJKMNPQ"), NULL, 0);
	taken_as(scene, "meeting-1/checkin", "check_in", &taken);
	send_two(scene, &taken, (struct reply){.status = status_ok}, &message_checked_in, &result);
	taken_as(scene, "meeting-1/people", "find", &taken);
	assert_int_equal(message_decode(&message_find, (struct text){taken.map, taken.map_size},
					&scene->broker.arena, &find, NULL), E_OK);
	assert_true(find.person == 12);
	assert_int_equal(scene->desk.failures, 0);
}

static void walk_in_typed(struct scene *scene)
{
	struct action action = {.kind = ACTION_REGISTER};
	struct form *form = &scene->desk.editor.form;

	snprintf(form->answers[FORM_NAME], sizeof form->answers[FORM_NAME], "Sample Person");
	snprintf(form->answers[FORM_CATEGORY], sizeof form->answers[FORM_CATEGORY], "delegate");
	desk_act(&scene->desk, &action);
}

static void walk_in_is_registered_and_checked_in_at_once(void **state)
{
	struct scene *scene = *state;
	struct registered result = {.ledger = 3, .person = 67, .replaced = ABSENT, .day = 1, .badge = TEXT("CODE")};
	struct registration fields;
	struct taken taken;

	walk_in_typed(scene);
	taken_as(scene, "meeting-1/registration", "register", &taken);
	assert_int_equal(message_decode(&message_registration, (struct text){taken.map, taken.map_size},
					&scene->broker.arena, &fields, NULL), E_OK);
	assert_true(text_is(fields.name, "Sample Person"));
	assert_null(fields.entity.at);
	assert_int_equal(fields.category, category_delegate);
	assert_true(fields.walk_in && fields.accredit && fields.check_in && fields.issue);
	assert_null(fields.badge.at);
	send_two(scene, &taken, (struct reply){.status = status_ok}, &message_registered, &result);
	settled(scene);
	assert_int_equal(awaited_count(&scene->desk), 0);
	assert_int_equal(scene->desk.failures, 0);
	assert_string_equal(scene->desk.editor.form.answers[FORM_NAME], "");
}

static void refused_walk_in_keeps_what_was_typed(void **state)
{
	struct scene *scene = *state;
	struct reply no = {.status = status_refused, .reason = TEXT("unknown_entity")};
	struct taken taken;

	walk_in_typed(scene);
	taken_as(scene, "meeting-1/registration", "register", &taken);
	send_two(scene, &taken, no, &message_nothing, &(struct nothing){0});
	settled(scene);
	assert_int_equal(scene->desk.failures, 1);
	assert_string_equal(scene->desk.editor.form.answers[FORM_NAME], "Sample Person");
}

static void search_without_answer_is_given_up(void **state)
{
	struct scene *scene = *state;
	struct key key = {.kind = KEY_TEXT, .text = "#", .size = 1};
	struct action action;

	editor_key(&scene->desk.editor, &key, 0);
	key.text[0] = '7';
	editor_key(&scene->desk.editor, &key, 0);
	action = editor_tick(&scene->desk.editor, 1000);
	assert_int_equal(action.kind, ACTION_SEARCH);
	desk_act(&scene->desk, &action);
	assert_true(desk_is_waiting(&scene->desk));
	scene->desk.awaited[0].deadline = 0;
	desk_listen(&scene->desk, 0);
	assert_int_equal(awaited_count(&scene->desk), 0);
	assert_true(scene->desk.editor.unanswered);
	key.kind = KEY_ENTER;
	action = editor_key(&scene->desk.editor, &key, 2000);
	assert_int_equal(action.kind, ACTION_CHECK_IN);
	assert_true(action.person == 7);
}

static void searched_with_no_such_event(struct scene *scene)
{
	struct key key = {.kind = KEY_TEXT, .text = "sa", .size = 2};
	struct action action;
	struct taken taken;

	editor_key(&scene->desk.editor, &key, 0);
	action = editor_tick(&scene->desk.editor, 1000);
	desk_act(&scene->desk, &action);
	taken_as(scene, "meeting-1/people", "find", &taken);
	fake_broker_refuse(&scene->broker, &taken, E_UNKNOWN_EVENT);
	for (int64_t until = clock_monotonic_ms() + 5000; awaited_count(&scene->desk) > 0;) {
		assert_true(clock_monotonic_ms() < until);
		desk_listen(&scene->desk, 10);
	}
}

/* A broker that has begun without the worker knows no event: the roster does. */
static void event_of_the_roster_is_absent_and_not_unknown(void **state)
{
	struct scene *scene = *state;
	struct person_line person;

	message_clear(&message_person_line, &person);
	person.person = 12;
	person.name = TEXT("Sample Person");
	person.folded = TEXT("sample person|");
	roster_init(&scene->desk.roster, text_of(event));
	assert_int_equal(roster_put(&scene->desk.roster, &person), E_OK);
	scene->desk.roster.as_of = 1709190000000;
	searched_with_no_such_event(scene);
	assert_true(scene->desk.silent);
	assert_int_equal(scene->desk.editor.match_count, 1);
	assert_int_equal(scene->desk.editor.matches[0], 12);
	assert_int_equal(scene->desk.failures, 0);
	roster_free(&scene->desk.roster);
}

static void event_without_a_roster_is_unknown(void **state)
{
	struct scene *scene = *state;

	searched_with_no_such_event(scene);
	assert_false(scene->desk.silent);
	assert_int_equal(scene->desk.failures, 1);
}

static void commands_write_what_they_say(void **state)
{
	struct scene *scene = *state;
	struct undo_check_in undo;
	struct reissue reissue;
	struct taken taken;

	desk_command(&scene->desk, TEXT("undo #12 wrong  person"));
	taken_as(scene, "meeting-1/checkin", "undo_check_in", &taken);
	assert_int_equal(message_decode(&message_undo_check_in, (struct text){taken.map, taken.map_size},
					&scene->broker.arena, &undo, NULL), E_OK);
	assert_true(undo.person == 12 && text_is(undo.why, "wrong  person"));
	desk_command(&scene->desk, TEXT("badge 12 lost"));
	taken_as(scene, "meeting-1/checkin", "reissue", &taken);
	assert_int_equal(message_decode(&message_reissue, (struct text){taken.map, taken.map_size},
					&scene->broker.arena, &reissue, NULL), E_OK);
	assert_true(reissue.person == 12 && text_is(reissue.why, "lost"));
	int64_t written = hudur_backlog(scene->desk.hudur);
	desk_command(&scene->desk, TEXT("undo 12"));
	desk_command(&scene->desk, TEXT("hand x"));
	desk_command(&scene->desk, TEXT("hand x y"));
	desk_command(&scene->desk, TEXT("nonsense"));
	desk_command(&scene->desk, (struct text){"", 0});
	assert_true(hudur_backlog(scene->desk.hudur) == written);
}

int main(void)
{
#define SCENE(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)
	const struct CMUnitTest tests[] = {
		SCENE(check_in_is_kept_and_confirmed_later),
		SCENE(badge_is_checked_in_then_named),
		SCENE(walk_in_is_registered_and_checked_in_at_once),
		SCENE(refused_walk_in_keeps_what_was_typed),
		SCENE(search_without_answer_is_given_up),
		SCENE(event_of_the_roster_is_absent_and_not_unknown),
		SCENE(event_without_a_roster_is_unknown),
		SCENE(commands_write_what_they_say),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
