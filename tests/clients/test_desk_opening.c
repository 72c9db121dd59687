/* What a desk's files and secrets come to when it begins: a desk whose key is of no use must not begin at all. */
#include "clients/desk/opening.h"

#include <stdlib.h>
#include <unistd.h>

#include "tests/clients/fake_broker.h"
#include "tests/harness.h"

struct desk_begun {
	struct options options;
	struct caller caller;
	struct desk desk;
};

struct scene {
	struct folder folder;
	char roster[128], stock[128], key[128];
	struct desk_begun one, other;
};

static int make(void **state)
{
	struct scene *scene = calloc(1, sizeof *scene);

	assert_non_null(scene);
	folder_make(&scene->folder);
	folder_file(&scene->folder, "roster", scene->roster, sizeof scene->roster);
	folder_file(&scene->folder, "roster.stock", scene->stock, sizeof scene->stock);
	folder_file(&scene->folder, "key", scene->key, sizeof scene->key);
	unsetenv("HUDUR_ROSTER_KEY");
	*state = scene;
	return 0;
}

static int unmake(void **state)
{
	struct scene *scene = *state;

	folder_remove(&scene->folder);
	free(scene);
	return 0;
}

static const char *key_of(const struct scene *scene, const char *secret)
{
	FILE *file = fopen(scene->key, "w");

	assert_non_null(file);
	assert_true(fputs(secret, file) >= 0 && fclose(file) == 0);
	return scene->key;
}

/* A desk far from any broker, with a spool of its own. */
static int begin(struct scene *scene, struct desk_begun *begun, const char *spool, const char *key)
{
	static char path[128];

	memset(begun, 0, sizeof *begun);
	cli_options_start(&begun->options, "hudur-desk");
	begun->options.event = "e1";
	begun->options.endpoints = "ipc:///nonexistent/broker";
	begun->options.spool = folder_file(&scene->folder, spool, path, sizeof path);
	assert_int_equal(caller_open(&begun->caller, &begun->options, true), EXIT_DONE);
	begun->desk.caller = &begun->caller;
	begun->desk.hudur = begun->caller.hudur;
	begun->desk.event = "e1";
	return opening_run(&begun->desk, scene->roster, key);
}

static void end(struct desk_begun *begun)
{
	opening_undo(&begun->desk);
	caller_close(&begun->caller);
}

/* The roster is lost or was never whole, and the blanks are there still. */
static void leave_a_stock_alone(struct scene *scene)
{
	char code[BADGE_SIZE + 1];
	struct blank row = {.badge = {code, BADGE_SIZE}};
	struct blanks blanks = {.badges = {&row, 1}};

	badge_make(TEXT("e1"), (unsigned char[8]){1}, code);
	assert_int_equal(begin(scene, &scene->one, "spool", key_of(scene, "sunflower")), EXIT_DONE);
	assert_int_equal(stock_add(&scene->one.desk.stock, &blanks), 0);
	end(&scene->one);
	assert_int_equal(unlink(scene->roster), 0);
}

static void wrong_key_begins_no_roster_beside_an_old_stock(void **state)
{
	struct scene *scene = *state;

	leave_a_stock_alone(scene);
	assert_int_equal(begin(scene, &scene->one, "spool", key_of(scene, "moonflower")), EXIT_NOT_DONE);
	end(&scene->one);
	assert_int_not_equal(access(scene->roster, F_OK), 0);
	assert_int_equal(begin(scene, &scene->one, "spool", key_of(scene, "sunflower")), EXIT_DONE);
	assert_int_equal(access(scene->roster, F_OK), 0);
	assert_int_equal(stock_left(&scene->one.desk.stock), 1);
	end(&scene->one);
}

static void wrong_key_begins_no_desk_beside_an_old_roster(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(begin(scene, &scene->one, "spool", key_of(scene, "sunflower")), EXIT_DONE);
	end(&scene->one);
	assert_int_equal(begin(scene, &scene->one, "spool", key_of(scene, "moonflower")), EXIT_NOT_DONE);
	end(&scene->one);
	assert_int_equal(begin(scene, &scene->one, "spool", key_of(scene, "sunflower")), EXIT_DONE);
	end(&scene->one);
}

static void key_that_cannot_be_had_begins_no_desk(void **state)
{
	static char longer[SEAL_SECRET_MAX + 2];
	struct scene *scene = *state;

	memset(longer, 'k', SEAL_SECRET_MAX + 1);
	assert_int_equal(begin(scene, &scene->one, "spool", "/nonexistent/key"), EXIT_NOT_DONE);
	end(&scene->one);
	assert_int_equal(begin(scene, &scene->one, "spool", key_of(scene, "\n")), EXIT_NOT_DONE);
	end(&scene->one);
	setenv("HUDUR_ROSTER_KEY", longer, 1);
	assert_int_equal(begin(scene, &scene->one, "spool", NULL), EXIT_NOT_DONE);
	end(&scene->one);
	setenv("HUDUR_ROSTER_KEY", "", 1); /* such as the output of a command that failed */
	assert_int_equal(begin(scene, &scene->one, "spool", NULL), EXIT_NOT_DONE);
	end(&scene->one);
	unsetenv("HUDUR_ROSTER_KEY");
	assert_int_not_equal(access(scene->roster, F_OK), 0);
}

static void roster_and_stock_belong_to_one_desk(void **state)
{
	struct scene *scene = *state;
	const char *key = key_of(scene, "sunflower");

	assert_int_equal(begin(scene, &scene->one, "spool", key), EXIT_DONE);
	assert_int_equal(begin(scene, &scene->other, "other spool", key), EXIT_NOT_DONE);
	end(&scene->other);
	end(&scene->one);
	assert_int_equal(begin(scene, &scene->other, "other spool", key), EXIT_DONE);
	end(&scene->other);
}

/* What was not opened is not held: the right desk may come. */
static void desk_without_its_roster_holds_none(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(begin(scene, &scene->one, "spool", NULL), EXIT_DONE); /* no terminal to ask on */
	assert_int_equal(begin(scene, &scene->other, "other spool", key_of(scene, "sunflower")), EXIT_DONE);
	end(&scene->other);
	end(&scene->one);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(wrong_key_begins_no_roster_beside_an_old_stock),
		CASE(wrong_key_begins_no_desk_beside_an_old_roster),
		CASE(key_that_cannot_be_had_begins_no_desk),
		CASE(roster_and_stock_belong_to_one_desk),
		CASE(desk_without_its_roster_holds_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
