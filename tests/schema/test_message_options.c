/* The command line by the table: what is taken, what is left for another table, what is complained about. */
#include "tests/harness.h"

#include "schema/message_options.h"

static struct arena arena;
static struct complaint complaint;

static int take(const struct message *message, void *record, const char *first, const char *second)
{
	char *const args[] = {(char *)(uintptr_t)first, (char *)(uintptr_t)second, NULL};

	complaint.sentence[0] = '\0';
	return message_option(message, args, &arena, record, &complaint);
}

static void refused(const struct message *message, const char *first, const char *second, const char *sentence)
{
	void *record = arena_alloc(&arena, message->size);

	message_clear(message, record);
	assert_int_equal(take(message, record, first, second), -1);
	assert_string_equal(complaint.sentence, sentence);
}

static void every_type_is_read(void **state)
{
	struct registration person;
	struct decided decided;
	struct gavel gavel;

	(void)state;
	message_clear(&message_registration, &person);
	message_clear(&message_decided, &decided);
	message_clear(&message_gavel, &gavel);
	assert_int_equal(take(&message_registration, &person, "--name", "Ayşe Örnek"), 2);
	assert_int_equal(take(&message_registration, &person, "--family=Örnek=", NULL), 1);
	assert_int_equal(take(&message_registration, &person, "--level", "director_general"), 2);
	assert_int_equal(take(&message_registration, &person, "--walk-in", "--accredit"), 1);
	assert_true(text_is(person.name, "Ayşe Örnek"));
	assert_true(text_is(person.family, "Örnek="));
	assert_int_equal(person.level, level_director_general);
	assert_true(person.walk_in);
	assert_false(person.accredit);
	assert_int_equal(take(&message_decided, &decided, "--scan", "000102030405060708090A0b0c0d0e0f"), 2);
	assert_int_equal(decided.scan.size, 16);
	assert_int_equal(decided.scan.at[10], 10);
	assert_int_equal(take(&message_gavel, &gavel, "--time", "2024-02-29T09:00:00+01:00"), 2);
	assert_true(gavel.time == 1709193600000);
	gavel.time = ABSENT;
	assert_int_equal(take(&message_gavel, &gavel, "--time=1709193600001", NULL), 1);
	assert_true(gavel.time == 1709193600001);
}

static void what_is_no_option_of_the_message_is_left(void **state)
{
	struct import import;

	(void)state;
	message_clear(&message_import, &import);
	assert_int_equal(take(&message_import, &import, "--session", "x"), 0);
	assert_int_equal(take(&message_import, &import, "file.csv", NULL), 0);
	assert_int_equal(take(&message_import, &import, "-e", "x"), 0);
	assert_int_equal(take(&message_import, &import, "--", "x"), 0);
	assert_int_equal(take(&message_import, &import, "--rows", "x"), 0);
}

static void what_is_wrong_is_named_as_it_was_written(void **state)
{
	char longer[258] = {0};

	(void)state;
	memset(longer, 'x', 257);
	refused(&message_scan, "--badge", longer, "--badge: longer than 256 bytes");
	refused(&message_scan, "--badge", NULL, "--badge: needs a value");
	refused(&message_scan, "--badge", "--session",
		"--badge: needs a value; one that begins with two dashes is written after an =");
	refused(&message_scan, "--badge=", NULL, "--badge: empty");
	refused(&message_scan, "--badge", "caf\xe9", "--badge: not UTF-8");
	refused(&message_scan, "--direction", "up", "--direction: not one of in, out");
	refused(&message_registration, "--walk-in=yes", NULL, "--walk-in: takes no value");
	refused(&message_accredit, "--person", "12x", "--person: not a whole number");
	refused(&message_accredit, "--person", "", "--person: not a whole number");
	refused(&message_accredit, "--person", "99999999999999999999", "--person: not a whole number");
	refused(&message_accredit, "--person", "0", "--person: less than 1");
	refused(&message_decided, "--scan", "12", "--scan: not 16 bytes long");
	refused(&message_decided, "--scan", "xy", "--scan: not hexadecimal digits");
	refused(&message_gavel, "--time", "09:00", "--time: not a time; write it as 2024-02-29T09:00:00+01:00, "
		"or as Unix milliseconds");
}

static void an_option_given_twice_is_refused(void **state)
{
	struct accredit accredit;

	(void)state;
	message_clear(&message_accredit, &accredit);
	assert_int_equal(take(&message_accredit, &accredit, "--person", "1"), 2);
	assert_int_equal(take(&message_accredit, &accredit, "--person", "2"), -1);
	assert_string_equal(complaint.sentence, "--person: given twice");
}

static void what_is_missing_is_named(void **state)
{
	struct amend_session amend;
	struct entity_plan entity;

	(void)state;
	message_clear(&message_amend_session, &amend);
	assert_int_equal(message_options_check(&message_amend_session, &amend, &complaint), E_MALFORMED);
	assert_string_equal(complaint.sentence, "--session: missing");
	message_clear(&message_entity_plan, &entity);
	entity.entity = TEXT("MA");
	entity.kind = entity_kind_state;
	assert_int_equal(message_options_check(&message_entity_plan, &entity, &complaint), E_OK);
}

static void help_names_every_option_with_its_sentence(void **state)
{
	char page[4096] = {0};
	FILE *out = fmemopen(page, sizeof page - 1, "w");

	(void)state;
	assert_non_null(out);
	message_options_help(out, &message_registration);
	fclose(out);
	assert_non_null(strstr(page, "  --name TEXT              full name as printed (needed)\n"));
	assert_non_null(strstr(page, "  --gender WORD            gender: female, male\n"));
	assert_non_null(strstr(page, "  --walk-in "));
}

static int release(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_type_is_read, release),
		cmocka_unit_test_teardown(what_is_no_option_of_the_message_is_left, release),
		cmocka_unit_test_teardown(what_is_wrong_is_named_as_it_was_written, release),
		cmocka_unit_test_teardown(an_option_given_twice_is_refused, release),
		cmocka_unit_test_teardown(what_is_missing_is_named, release),
		cmocka_unit_test_teardown(help_names_every_option_with_its_sentence, release),
	};

	return RUN_TESTS(tests);
}
