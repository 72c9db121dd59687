/* Nominations as authorities write them: which columns, which words, what is said of a row that cannot go in. */
#include "tests/harness.h"

#include "clients/admin/nominations.h"

static void set_row(struct csv_row *row, const char *const *fields, uint32_t count)
{
	*row = (struct csv_row){.line = 7, .count = count};
	for (uint32_t i = 0; i < count; i++)
		row->fields[i] = text_of(fields[i]);
}

#define ROW(row, ...) \
	set_row(row, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void columns_come_in_any_case_and_order(void **state)
{
	struct nomination_columns columns;
	struct nomination nomination;
	struct complaint complaint;
	struct arena arena = {0};
	char sentence[512];
	struct csv_row row;

	(void)state;
	ROW(&row, "Entity", "NAME", "remote", "category", "language");
	assert_true(nominations_header(&row, &columns, sentence));
	ROW(&row, "Türkiye", "Işık\r\nOĞUZ", "Yes", "Head", "");
	assert_true(nominations_row(&row, &columns, &arena, &nomination, &complaint));
	assert_true(text_is(nomination.entity, "Türkiye"));
	assert_true(text_is(nomination.name, "Işık OĞUZ"));
	assert_true(nomination.remote);
	assert_int_equal(nomination.category, category_head);
	assert_int_equal(nomination.language, language_none);
	assert_int_equal(nomination.line, 7);
	assert_null(nomination.given.at);
	arena_free(&arena);
}

static void expect_header(const char *part, const char *const *fields, uint32_t count)
{
	struct nomination_columns columns;
	char sentence[512];
	struct csv_row row;

	set_row(&row, fields, count);
	assert_false(nominations_header(&row, &columns, sentence));
	if (!strstr(sentence, part))
		fail_msg("\"%s\" does not say \"%s\"", sentence, part);
	assert_non_null(strstr(sentence, "name, given, family, arabic"));
	assert_non_null(strstr(sentence, "key; name is needed."));
}

static void a_wrong_header_is_told_what_is_known(void **state)
{
	(void)state;
	expect_header("\"Pays\"", (const char *const[]){"name", "Pays"}, 2);
	expect_header("name is missing", (const char *const[]){"given", "family"}, 2);
	expect_header("Name stands twice", (const char *const[]){"name", "entity", "Name"}, 3);
	expect_header("\"line\"", (const char *const[]){"name", "line"}, 2);
}

static void a_header_in_another_encoding_is_told_how_to_save(void **state)
{
	struct nomination_columns columns;
	char sentence[512];
	struct csv_row row;

	(void)state;
	ROW(&row, "name", "pr\xE9nom");
	row.fault = CSV_NOT_UTF8;
	assert_false(nominations_header(&row, &columns, sentence));
	assert_non_null(strstr(sentence, "CSV UTF-8"));
}

static void expect_bad(const char *part, const char *name, const char *category, const char *remote, uint32_t count)
{
	struct nomination_columns columns;
	struct nomination nomination;
	struct complaint complaint;
	struct arena arena = {0};
	char sentence[512];
	struct csv_row row;

	ROW(&row, "name", "category", "remote");
	assert_true(nominations_header(&row, &columns, sentence));
	ROW(&row, name, category, remote);
	row.count = count;
	assert_false(nominations_row(&row, &columns, &arena, &nomination, &complaint));
	if (!strstr(complaint.sentence, part))
		fail_msg("\"%s\" does not say \"%s\"", complaint.sentence, part);
	assert_int_equal(nomination.line, 7);
	arena_free(&arena);
}

static void a_bad_row_is_told_why(void **state)
{
	char longest[400];

	(void)state;
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	expect_bad("category: one of head, delegate", "A", "chief", "", 3);
	expect_bad("remote: yes or no", "A", "head", "maybe", 3);
	expect_bad("2 fields where the header has 3", "A", "head", "", 2);
	expect_bad("name: longer than 300", longest, "head", "", 3);
	expect_bad("name", "A\x01" "B", "head", "", 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_come_in_any_case_and_order),
		cmocka_unit_test(a_wrong_header_is_told_what_is_known),
		cmocka_unit_test(a_header_in_another_encoding_is_told_how_to_save),
		cmocka_unit_test(a_bad_row_is_told_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
