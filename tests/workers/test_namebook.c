/* Who is found by a part of the name, also when names change. */
#include "tests/harness.h"
#include "workers/namebook.h"

#include <unistd.h>

struct scene {
	char folder[64], path[96];
	struct driver *store;
	struct namebook book;
	int64_t ledger;
};

static int setup(void **state)
{
	const char *temporary = getenv("TMPDIR");
	struct scene *scene = calloc(1, sizeof *scene);

	if (!scene)
		return -1;
	*state = scene;
	snprintf(scene->folder, sizeof scene->folder, "%.40s/names-XXXXXX", temporary ? temporary : "/tmp");
	if (!mkdtemp(scene->folder))
		return -1;
	snprintf(scene->path, sizeof scene->path, "%s/x.hudur", scene->folder);
	scene->ledger = 100;
	return driver_open(scene->path, DRIVER_WRITE, &scene->store) == E_OK ? 0 : -1;
}

static int teardown(void **state)
{
	struct scene *scene = *state;

	namebook_free(&scene->book);
	driver_free(scene->store);
	unlink(scene->path);
	rmdir(scene->folder);
	free(scene);
	return 0;
}

static void name(struct scene *scene, int64_t person, const char *folded)
{
	struct name_row row;

	message_clear(&message_name_row, &row);
	row.person = person;
	row.ledger = ++scene->ledger;
	row.folded = text_of(folded);
	assert_int_equal(name_put(scene->store, &row), E_OK);
}

static int64_t find(struct scene *scene, int64_t after, const char *word, const char *other)
{
	const struct text words[] = {text_of(word), text_of(other)};

	assert_int_equal(namebook_follow(&scene->book, scene->store), E_OK);
	return namebook_next(&scene->book, after, words, *other ? 2 : 1);
}

static void a_part_anywhere_is_found_in_order(void **state)
{
	struct scene *scene = *state;

	name(scene, 3, "amina|elharrane|");
	name(scene, 1, "karim|benharra|");
	name(scene, 2, "فاطمه||");
	assert_int_equal(find(scene, 0, "harra", ""), 1);
	assert_int_equal(find(scene, 1, "harra", ""), 3);
	assert_int_equal(find(scene, 3, "harra", ""), 0);
	assert_int_equal(find(scene, 0, "a", ""), 1);
	assert_int_equal(find(scene, 0, "طمه", ""), 2);
	assert_int_equal(find(scene, 0, "harra", "min"), 3);
	assert_int_equal(find(scene, 0, "harra", "zz"), 0);
	assert_int_equal(find(scene, 99, "harra", ""), 0);
}

static void what_came_since_is_taken_and_an_amended_name_counts_alone(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(find(scene, 0, "amina", ""), 0);
	name(scene, 1, "amina||");
	assert_int_equal(find(scene, 0, "amina", ""), 1);
	name(scene, 1, "samira||");
	name(scene, 2, "amina||");
	assert_int_equal(find(scene, 0, "amina", ""), 2);
	assert_int_equal(find(scene, 0, "samira", ""), 1);
	assert_int_equal(scene->book.ledger, scene->ledger);
}

/* Letters that the signature mixes up are told apart; nobody is found by the end of one name and the begin of another. */
static void each_name_is_looked_through_by_itself(void **state)
{
	struct scene *scene = *state;
	char letters[64];

	for (int person = 1; person <= 2000; person++) {
		snprintf(letters, sizeof letters, "invented%d|person%d", person, person * 7919 % 2003);
		name(scene, person, letters);
	}
	for (int person = 1; person <= 2000; person += 97) {
		snprintf(letters, sizeof letters, "invented%d|", person);
		assert_int_equal(find(scene, 0, letters, ""), person);
	}
	assert_int_equal(find(scene, 0, "7919invented2", ""), 0);
}

static void a_number_that_no_registration_gives_is_no_place(void **state)
{
	struct scene *scene = *state;

	name(scene, INT64_C(1) << 40, "amina||");
	assert_int_equal(namebook_follow(&scene->book, scene->store), E_BAD_DATA);
	assert_int_equal(scene->book.person_count, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_part_anywhere_is_found_in_order),
		CASE(what_came_since_is_taken_and_an_amended_name_counts_alone),
		CASE(each_name_is_looked_through_by_itself),
		CASE(a_number_that_no_registration_gives_is_no_place),
	};

	return RUN_TESTS(tests);
}
