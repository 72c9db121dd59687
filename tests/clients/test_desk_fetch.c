/* The desk's roster kept fresh, by a broker that the test plays: whole first, then who changed, anew for another ledger. */
#include "clients/desk/fetch.h"

#include <stdlib.h>

#include "schema/clock.h"
#include "tests/clients/fake_broker.h"
#include "tests/harness.h"

struct scene {
	struct folder folder;
	struct fake_broker broker;
	struct hudur *hudur;
	struct roster live;
	struct vault vault; /* without a seal: nothing is saved */
	struct fetch fetch;
};

static struct person_line person(int64_t number, const char *name)
{
	struct person_line line;

	message_clear(&message_person_line, &line);
	line.person = number;
	line.name = text_of(name);
	return line;
}

/* The roster of an earlier run holds person 1 by an old name, and one who is gone. */
static int open_scene(void **state)
{
	struct scene *scene = calloc(1, sizeof *scene);
	struct person_line old = person(1, "Old"), gone = person(9, "Gone");

	assert_non_null(scene);
	folder_make(&scene->folder);
	fake_broker_open(&scene->broker, &scene->folder, "broker");
	const struct hudur_options options = {.endpoints = scene->broker.endpoint};
	assert_int_equal(hudur_new(&options, &scene->hudur), 0);
	roster_init(&scene->live, TEXT("e1"));
	scene->live.next = 50;
	scene->live.as_of = 1709190000000;
	assert_int_equal(roster_put(&scene->live, &old), E_OK);
	assert_int_equal(roster_put(&scene->live, &gone), E_OK);
	fetch_start(&scene->fetch, scene->hudur, &scene->live, &scene->vault);
	*state = scene;
	return 0;
}

static int close_scene(void **state)
{
	struct scene *scene = *state;

	fetch_end(&scene->fetch);
	roster_free(&scene->live);
	hudur_free(scene->hudur);
	fake_broker_close(&scene->broker);
	folder_remove(&scene->folder);
	free(scene);
	return 0;
}

static bool heard(struct scene *scene)
{
	struct hudur_reply reply;
	bool taken = false;

	while (hudur_next(scene->hudur, 0, &reply) == 1)
		taken |= fetch_take(&scene->fetch, &reply);
	return taken;
}

static void turn(void *context)
{
	struct scene *scene = context;

	heard(scene);
	fetch_run(&scene->fetch);
}

static struct roster_query asked(struct scene *scene, struct taken *taken)
{
	struct roster_query query;

	fetch_hurry(&scene->fetch);
	fake_broker_take(&scene->broker, hudur_fd(scene->hudur), turn, scene, taken);
	assert_string_equal(taken->service, "e1/people");
	assert_true(text_is(taken->request.op, "roster"));
	assert_int_equal(message_decode(&message_roster_query, (struct text){taken->map, taken->map_size},
					&scene->broker.arena, &query, NULL), E_OK);
	return query;
}

static void answer(struct scene *scene, const struct taken *taken, const struct roster_page *page)
{
	struct reply reply;
	struct text map;

	message_clear(&message_reply, &reply);
	reply.status = status_ok;
	reply.now = 1709200000000;
	assert_int_equal(message_encode_two(&message_reply, &reply, &message_roster_page, page, &scene->broker.arena,
					    &map), E_OK);
	fake_broker_send(&scene->broker, taken, (const char *)taken->id, map, MDP_CLIENT_FINAL);
	for (int64_t until = clock_monotonic_ms() + 5000; !heard(scene);)
		assert_true(clock_monotonic_ms() < until);
}

/* Two pages, between which somebody was registered: the first one's sequence is gone on from. */
static void whole_fetched(struct scene *scene)
{
	struct person_line one = person(1, "One"), two = person(2, "Two");
	struct taken taken;

	assert_true(asked(scene, &taken).since == 0);
	answer(scene, &taken, &(struct roster_page){.people = {&one, 1}, .next = 60, .after_ms = 1000, .cursor = 1});
	struct roster_query second = asked(scene, &taken);
	assert_true(second.since == 0 && second.cursor == 1);
	assert_true(text_is(roster_person(&scene->live, 1)->name, "Old")); /* searched until all is there */
	answer(scene, &taken, &(struct roster_page){.people = {&two, 1}, .next = 61, .after_ms = 1000, .cursor = ABSENT});
}

static void whole_roster_takes_the_old_ones_place(void **state)
{
	struct scene *scene = *state;

	whole_fetched(scene);
	assert_true(scene->live.next == 60 && scene->live.as_of == 1709200000000);
	assert_int_equal(scene->live.count, 2);
	assert_true(text_is(roster_person(&scene->live, 1)->name, "One"));
	assert_null(roster_person(&scene->live, 9));
}

static void afterwards_only_changes_are_asked_for(void **state)
{
	struct scene *scene = *state;
	struct person_line two = person(2, "Renamed");
	struct taken taken;

	whole_fetched(scene);
	struct roster_query query = asked(scene, &taken);
	assert_true(query.since == 60 && query.cursor == ABSENT);
	answer(scene, &taken, &(struct roster_page){.people = {&two, 1}, .next = 62, .after_ms = 1000, .cursor = ABSENT});
	assert_int_equal(scene->live.count, 2);
	assert_true(text_is(roster_person(&scene->live, 2)->name, "Renamed"));
	assert_true(asked(scene, &taken).since == 62);
}

static void shorter_ledger_is_another_one(void **state)
{
	struct scene *scene = *state;
	struct taken taken;

	whole_fetched(scene);
	asked(scene, &taken);
	answer(scene, &taken, &(struct roster_page){.next = 20, .after_ms = 1000, .cursor = ABSENT});
	assert_int_equal(scene->live.count, 2);
	assert_true(asked(scene, &taken).since == 0);
	answer(scene, &taken, &(struct roster_page){.next = 20, .after_ms = 1000, .cursor = ABSENT});
	assert_int_equal(scene->live.count, 0);
	assert_true(scene->live.next == 20);
}

/* However far it has grown since the copy was restored. */
static void ledger_of_another_instance_is_another_one(void **state)
{
	const struct text old = TEXT("aaaaaaaaaaaaaaaa"), new = TEXT("bbbbbbbbbbbbbbbb");
	struct scene *scene = *state;
	struct taken taken;

	whole_fetched(scene);
	asked(scene, &taken);
	answer(scene, &taken, &(struct roster_page){.next = 61, .after_ms = 1000, .cursor = ABSENT, .instance = old});
	assert_true(asked(scene, &taken).since == 61);
	answer(scene, &taken, &(struct roster_page){.next = 80, .after_ms = 1000, .cursor = ABSENT, .instance = new});
	assert_int_equal(scene->live.count, 2);
	assert_true(asked(scene, &taken).since == 0);
	answer(scene, &taken, &(struct roster_page){.next = 80, .after_ms = 1000, .cursor = ABSENT, .instance = new});
	assert_int_equal(scene->live.count, 0);
	assert_true(asked(scene, &taken).since == 80);
}

static void unanswered_question_is_silence(void **state)
{
	struct scene *scene = *state;
	struct taken taken;

	asked(scene, &taken);
	assert_false(fetch_is_silent(&scene->fetch));
	for (int64_t until = clock_monotonic_ms() + 5000; !fetch_is_silent(&scene->fetch);) {
		assert_true(clock_monotonic_ms() < until);
		fetch_run(&scene->fetch);
	}
	answer(scene, &taken, &(struct roster_page){.next = 1, .after_ms = 1000, .cursor = ABSENT});
	assert_false(fetch_is_silent(&scene->fetch));
}

int main(void)
{
#define SCENE(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)
	const struct CMUnitTest tests[] = {
		SCENE(whole_roster_takes_the_old_ones_place),
		SCENE(afterwards_only_changes_are_asked_for),
		SCENE(shorter_ledger_is_another_one),
		SCENE(ledger_of_another_instance_is_another_one),
		SCENE(unanswered_question_is_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
