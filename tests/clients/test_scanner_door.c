/* A door against a broker that the test plays: it answers, falls silent, and comes back with another opinion. */
#include "clients/scanner/door.h"

#include "clients/scanner/snapshot_file.h"
#include "schema/clock.h"
#include "tests/clients/fake_broker.h"
#include "tests/harness.h"

static const char event[] = "meeting-1";

struct scene {
	struct folder folder;
	struct fake_broker broker;
	struct hudur *hudur;
	struct snapshot snapshot;
	struct refresh refresh;
	struct door door;
	const char *instance; /* of the event's file that answers */
	char list[128], spool[128], code[BADGE_SIZE + 1];
};

static int open_scene(void **state)
{
	struct scene *scene = calloc(1, sizeof *scene);
	unsigned char random[8] = {1, 2, 3, 4, 5, 6, 7, 8};

	assert_non_null(scene);
	folder_make(&scene->folder);
	fake_broker_open(&scene->broker, &scene->folder, "broker");
	folder_file(&scene->folder, "list", scene->list, sizeof scene->list);
	folder_file(&scene->folder, "spool", scene->spool, sizeof scene->spool);
	struct hudur_options options = {scene->broker.endpoint, scene->spool, NULL};
	assert_int_equal(hudur_new(&options, &scene->hudur), 0);
	snapshot_init(&scene->snapshot, text_of(event));
	refresh_start(&scene->refresh, scene->hudur, &scene->snapshot, scene->list);
	door_start(&scene->door, scene->hudur, &scene->snapshot, &scene->refresh, "D1-01");
	scene->door.patience_ms = 1;
	badge_make(text_of(event), random, scene->code);
	*state = scene;
	return 0;
}

static int close_scene(void **state)
{
	struct scene *scene = *state;

	refresh_end(&scene->refresh);
	snapshot_free(&scene->snapshot);
	hudur_free(scene->hudur);
	fake_broker_close(&scene->broker);
	folder_remove(&scene->folder);
	free(scene);
	return 0;
}

static void turn(void *scene)
{
	door_listen(&((struct scene *)scene)->door, 0);
}

static void taken_as(struct scene *scene, const char *service, const char *op, struct taken *taken)
{
	fake_broker_take(&scene->broker, hudur_fd(scene->hudur), turn, scene, taken);
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

static void send_badges(struct scene *scene, const struct taken *taken, const char *code,
			enum badge_state badge, int64_t next, int64_t after_ms)
{
	struct badge_line line = {.badge = text_of(code), .person = 1, .state = badge,
				  .registration = registration_state_accredited, .category = category_head};
	struct badges_changed page = {.badges = {&line, code ? 1 : 0}, .next = next, .after_ms = after_ms,
				      .instance = text_of(scene->instance)};

	send_two(scene, taken, (struct reply){.status = status_ok}, &message_badges_changed, &page);
}

static void send_programme(struct scene *scene, const struct taken *taken)
{
	struct session_line session;
	struct day_plan day = {.day = 1, .date = TEXT("2024-02-29"), .starts = 0, .ends = TIME_MAX};
	struct programme page;

	message_clear(&message_session_line, &session);
	session.session = TEXT("D1-01");
	session.type = session_type_plenary;
	message_clear(&message_programme, &page);
	page.days = (struct list){&day, 1};
	page.sessions = (struct list){&session, 1};
	page.ledger = 1;
	send_two(scene, taken, (struct reply){.status = status_ok}, &message_programme, &page);
}

/* Until the answers sent were taken: the door then asks the next or has what it needs. */
static void listed(struct scene *scene)
{
	struct taken taken;

	taken_as(scene, "meeting-1/changes", "badges", &taken);
	send_badges(scene, &taken, scene->code, badge_state_handed_over, 5, 0);
	taken_as(scene, "meeting-1/changes", "badges", &taken);
	assert_int_equal(scene->snapshot.badge_count, 0); /* not swapped in before it is whole */
	send_badges(scene, &taken, NULL, badge_state_none, 5, 3600000);
	taken_as(scene, "meeting-1/changes", "programme", &taken);
	send_programme(scene, &taken);
	for (int64_t until = clock_monotonic_ms() + 5000; !refresh_is_whole(&scene->refresh);) {
		assert_true(clock_monotonic_ms() < until);
		door_listen(&scene->door, 10);
	}
}

static void list_is_swapped_in_whole_and_kept(void **state)
{
	struct scene *scene = *state;
	struct snapshot again;
	const char *why;

	listed(scene);
	assert_non_null(snapshot_find(&scene->snapshot, scene->code));
	assert_true(scene->snapshot.as_of == 1709190000000);
	assert_true(scene->snapshot.next == 5);
	assert_false(door_session_is_unknown(&scene->door, TEXT("D1-01")));
	assert_true(door_session_is_unknown(&scene->door, TEXT("D9-99")));
	snapshot_init(&again, text_of(event));
	for (int64_t until = clock_monotonic_ms() + 5000; snapshot_load(&again, scene->list, &why) == 0;) {
		assert_true(clock_monotonic_ms() < until);
		door_listen(&scene->door, 10);
	}
	assert_non_null(snapshot_find(&again, scene->code));
	snapshot_free(&again);
}

static void scan_line(struct scene *scene)
{
	struct line line = {LINE_CODE, text_of(scene->code)};

	door_line(&scene->door, &line);
}

static void silence_makes_the_door_decide_and_say_so_later(void **state)
{
	struct scene *scene = *state;
	struct taken scan, taken;
	struct decided decided;

	listed(scene);
	scan_line(scene);
	assert_int_equal(scene->door.alone, 1);
	assert_int_equal(hudur_backlog(scene->hudur), 2);
	taken_as(scene, "meeting-1/attendance", "scan", &scan);
	taken_as(scene, "meeting-1/attendance", "decided", &taken);
	assert_int_equal(message_decode(&message_decided, (struct text){taken.map, taken.map_size},
					&scene->broker.arena, &decided, NULL), E_OK);
	assert_memory_equal(decided.scan.at, scan.id, HUDUR_ID_SIZE);
	assert_true(decided.admitted);
	assert_true(decided.snapshot == 1709190000000);
	assert_true(taken.request.at == scan.request.at);
	assert_true(memcmp(scan.id, taken.id, HUDUR_ID_SIZE) != 0);
}

static void late_answers_empty_the_spool(void **state)
{
	struct scene *scene = *state;
	struct reply no = {.status = status_refused, .reason = TEXT("revoked_badge")};
	struct scanned yes = {.ledger = 9, .person = ABSENT};
	struct taken scan, decided;

	listed(scene);
	scan_line(scene);
	assert_false(scene->door.answering);
	taken_as(scene, "meeting-1/attendance", "scan", &scan);
	taken_as(scene, "meeting-1/attendance", "decided", &decided);
	send_two(scene, &scan, no, &message_nothing, &(struct nothing){0});
	send_two(scene, &decided, (struct reply){.status = status_ok}, &message_scanned, &yes);
	for (int64_t until = clock_monotonic_ms() + 5000; hudur_backlog(scene->hudur) > 0;) {
		assert_true(clock_monotonic_ms() < until);
		door_listen(&scene->door, 10);
	}
	assert_true(scene->door.answering);
	assert_int_equal(scene->door.failed, 0);
	assert_false(scene->door.late[0].waiting);
}

static void revocation_reaches_the_list(void **state)
{
	struct scene *scene = *state;
	struct taken taken;

	listed(scene);
	scene->refresh.due = 0;
	taken_as(scene, "meeting-1/changes", "badges", &taken);
	send_badges(scene, &taken, scene->code, badge_state_revoked, 6, 3600000);
	for (int64_t until = clock_monotonic_ms() + 5000; scene->snapshot.next < 6;) {
		assert_true(clock_monotonic_ms() < until);
		door_listen(&scene->door, 10);
	}
	assert_int_equal(snapshot_find(&scene->snapshot, scene->code)->state, badge_state_revoked);
}

/* The answer was lost while other answers kept the connection alive. */
static void unanswered_question_is_asked_again(void **state)
{
	struct scene *scene = *state;
	struct taken lost, taken;

	listed(scene);
	scene->refresh.due = 0;
	taken_as(scene, "meeting-1/changes", "badges", &lost);
	assert_false(fake_broker_has(&scene->broker, turn, scene, &taken));
	scene->refresh.patient_until = 0;
	taken_as(scene, "meeting-1/changes", "badges", &taken);
	assert_memory_not_equal(lost.id, taken.id, HUDUR_ID_SIZE);
	send_badges(scene, &lost, scene->code, badge_state_handed_over, 4, 3600000); /* too late */
	send_badges(scene, &taken, scene->code, badge_state_revoked, 6, 3600000);
	for (int64_t until = clock_monotonic_ms() + 5000; scene->snapshot.next < 6;) {
		assert_true(clock_monotonic_ms() < until);
		door_listen(&scene->door, 10);
	}
	assert_int_equal(snapshot_find(&scene->snapshot, scene->code)->state, badge_state_revoked);
}

/* The event's file was set up anew: what is known of the old one must go. */
static void shorter_ledger_begins_anew(void **state)
{
	struct scene *scene = *state;
	struct changes_query query;
	struct taken taken;

	listed(scene);
	scene->refresh.due = 0;
	taken_as(scene, "meeting-1/changes", "badges", &taken);
	send_badges(scene, &taken, NULL, badge_state_none, 2, 3600000);
	taken_as(scene, "meeting-1/changes", "badges", &taken);
	assert_int_equal(message_decode(&message_changes_query, (struct text){taken.map, taken.map_size},
					&scene->broker.arena, &query, NULL), E_OK);
	assert_int_equal(query.since, 0);
}

/* A copy was restored and has grown beyond what is known of the old file. */
static void another_instance_begins_anew(void **state)
{
	struct scene *scene = *state;
	struct changes_query query;
	struct taken taken;

	scene->instance = "aaaaaaaaaaaaaaaa";
	listed(scene);
	scene->refresh.due = 0;
	taken_as(scene, "meeting-1/changes", "badges", &taken);
	scene->instance = "bbbbbbbbbbbbbbbb";
	send_badges(scene, &taken, NULL, badge_state_none, 9, 3600000);
	taken_as(scene, "meeting-1/changes", "badges", &taken);
	assert_int_equal(message_decode(&message_changes_query, (struct text){taken.map, taken.map_size},
					&scene->broker.arena, &query, NULL), E_OK);
	assert_int_equal(query.since, 0);
}

static void refusal_of_the_list_is_remembered(void **state)
{
	struct scene *scene = *state;
	struct reply no = {.status = status_error, .reason = TEXT("unknown_event")};
	struct taken taken;

	taken_as(scene, "meeting-1/changes", "badges", &taken);
	send_two(scene, &taken, no, &message_nothing, &(struct nothing){0});
	for (int64_t until = clock_monotonic_ms() + 5000; !scene->refresh.refusal;) {
		assert_true(clock_monotonic_ms() < until);
		door_listen(&scene->door, 10);
	}
	assert_int_equal(scene->refresh.refusal, E_UNKNOWN_EVENT);
	assert_false(refresh_is_whole(&scene->refresh));
}

/* The broker's own word that it has no worker for the event is not one of somebody who could answer a scan. */
static void a_broker_without_the_worker_is_not_waited_for(void **state)
{
	static const enum error absence[] = {E_UNKNOWN_EVENT, E_NO_WORKER};
	struct scene *scene = *state;
	struct taken taken;

	listed(scene);
	for (size_t i = 0; i < sizeof absence / sizeof *absence; i++) {
		scene->door.answering = true;
		scene->refresh.due = 0;
		taken_as(scene, "meeting-1/changes", "badges", &taken);
		fake_broker_refuse(&scene->broker, &taken, absence[i]);
		for (int64_t until = clock_monotonic_ms() + 5000; scene->refresh.refusal != absence[i];) {
			assert_true(clock_monotonic_ms() < until);
			door_listen(&scene->door, 10);
		}
		assert_false(scene->door.answering);
	}
	scene->refresh.due = 0;
	taken_as(scene, "meeting-1/changes", "badges", &taken);
	send_badges(scene, &taken, NULL, badge_state_none, 6, 3600000);
	for (int64_t until = clock_monotonic_ms() + 5000; !scene->door.answering;) {
		assert_true(clock_monotonic_ms() < until);
		door_listen(&scene->door, 10);
	}
}

int main(void)
{
#define SCENE(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)
	const struct CMUnitTest tests[] = {
		SCENE(list_is_swapped_in_whole_and_kept),
		SCENE(silence_makes_the_door_decide_and_say_so_later),
		SCENE(late_answers_empty_the_spool),
		SCENE(revocation_reaches_the_list),
		SCENE(unanswered_question_is_asked_again),
		SCENE(shorter_ledger_begins_anew),
		SCENE(another_instance_begins_anew),
		SCENE(refusal_of_the_list_is_remembered),
		SCENE(a_broker_without_the_worker_is_not_waited_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
