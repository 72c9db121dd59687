/* The desk's roster: found by any spelling, put over, and read back from a file as it was. */
#include "clients/desk/roster.h"

#include <stdlib.h>

#include "schema/folding.h"
#include "tests/harness.h"

static struct arena arena;

static struct person_line person(int64_t number, const char *name, const char *arabic, const char *entity)
{
	struct person_line line;

	message_clear(&message_person_line, &line);
	line.person = number;
	line.name = text_of(name);
	line.arabic = text_of(arabic);
	line.entity = text_of(entity);
	struct text key = folding_key(line.name, &arena), second = folding_key(line.arabic, &arena);
	line.folded = arena_printf(&arena, "%.*s|%.*s|", (int)key.size, key.at, (int)second.size, second.at);
	return line;
}

static int fill(void **state)
{
	struct roster *roster = calloc(1, sizeof *roster);
	const struct person_line people[] = {
		person(3, "Rajae EL HARRANE", "رجاء الهران", "MA"),
		person(1, "Işık OĞLU", NULL, "TR"),
		person(2, "فاطمة أحمد", NULL, "EG"),
		person(11, "Isik Sample", NULL, "TR"),
	};

	assert_non_null(roster);
	roster_init(roster, TEXT("e1"));
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(roster_put(roster, &people[i]), E_OK);
	*state = roster;
	return 0;
}

static int empty(void **state)
{
	roster_free(*state);
	free(*state);
	arena_free(&arena);
	return 0;
}

/* The numbers found, in order, as "1 11". */
static const char *found(const struct roster *roster, const char *typed, uint32_t most)
{
	const struct person_line *matches[8];
	struct find fields;
	static char numbers[64];
	size_t used = 0;

	message_clear(&message_find, &fields);
	fields.text = text_of(typed);
	uint32_t count = roster_find(roster, &fields, matches, most);
	numbers[0] = '\0';
	for (uint32_t i = 0; i < count && i < most; i++)
		used += (size_t)snprintf(numbers + used, sizeof numbers - used, "%s%d", i ? " " : "",
					 (int)matches[i]->person);
	if (count > most)
		snprintf(numbers + used, sizeof numbers - used, " more");
	return numbers;
}

static void any_spelling_finds_by_number(void **state)
{
	assert_string_equal(found(*state, "isik", 8), "1 11");
	assert_string_equal(found(*state, "ışık oglu", 8), "1");
	assert_string_equal(found(*state, "فاطمه", 8), "2");
	assert_string_equal(found(*state, "elharrane", 8), "3");
	assert_string_equal(found(*state, "الهران", 8), "3");
	assert_string_equal(found(*state, "harrane raj", 8), "3");
	assert_string_equal(found(*state, "nobody", 8), "");
	assert_string_equal(found(*state, "-", 8), "");
	assert_string_equal(found(*state, "isik", 1), "1 more");
}

static void number_finds_one(void **state)
{
	const struct person_line *matches[2];
	struct find fields;

	message_clear(&message_find, &fields);
	fields.person = 11;
	assert_int_equal(roster_find(*state, &fields, matches, 2), 1);
	assert_int_equal(matches[0]->person, 11);
	assert_null(roster_person(*state, 12));
}

static void put_again_replaces(void **state)
{
	struct roster *roster = *state;
	struct person_line line = person(2, "Renamed", NULL, "EG");

	line.badge = TEXT("CODE");
	assert_int_equal(roster_put(roster, &line), E_OK);
	assert_int_equal(roster->count, 4);
	assert_string_equal(found(roster, "فاطمه", 8), "");
	assert_int_equal(roster_badge(roster, "CODE")->person, 2);
}

static void file_gives_back_what_was_known(void **state)
{
	struct roster *roster = *state, read;
	struct text bytes;

	roster->as_of = 1709190000000;
	roster->next = 77;
	assert_int_equal(roster_encode(roster, &bytes), E_OK);
	roster_init(&read, TEXT("e1"));
	assert_int_equal(roster_decode(&read, bytes), E_OK);
	assert_true(read.as_of == roster->as_of && read.next == 77 && read.count == 4);
	assert_true(text_is(roster_person(&read, 3)->arabic, "رجاء الهران"));
	assert_string_equal(found(&read, "isik", 8), "1 11");
	roster_free(&read);
	roster_init(&read, TEXT("e2"));
	assert_int_equal(roster_decode(&read, bytes), E_OTHER_EVENT);
	roster_free(&read);
	for (uint32_t size = 0; size < bytes.size; size++) {
		roster_init(&read, TEXT("e1"));
		enum error e = roster_decode(&read, (struct text){bytes.at, size});
		assert_true(e != E_OK || read.count < 4); /* cut between two people, which the seal would not have let by */
		roster_free(&read);
	}
	free((char *)bytes.at);
}

int main(void)
{
#define ROSTER(test) cmocka_unit_test_setup_teardown(test, fill, empty)
	const struct CMUnitTest tests[] = {
		ROSTER(any_spelling_finds_by_number),
		ROSTER(number_finds_one),
		ROSTER(put_again_replaces),
		ROSTER(file_gives_back_what_was_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
