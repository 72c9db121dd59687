/* A figure as programs read it: plain numbers, pairs where an assumed end could make a difference. */
#include "tests/harness.h"

#include "clients/organiser/figures.h"

static const struct figure_row rows[] = {
	{.key = {"MA", 2}, .kind = entity_kind_state, .standing = standing_member, .low = 2, .high = 3, .support = 1,
	 .also = 0, .states_low = ABSENT, .states_high = ABSENT, .in_good_standing = ABSENT},
};
static const struct figure_row certain_rows[] = {
	{.key = {"MA", 2}, .low = 3, .high = 3, .support = 1, .support_low = 1, .also = 0, .states_low = 2, .states_high = 2,
	 .in_good_standing = ABSENT},
};
static const struct unresolved_count unresolved[] = {{.flag = flag_open_interval, .count = 4}};

static void fill(struct figure *figure, const struct figures_query *query, struct arena *arena,
		 enum qualifier qualifier)
{
	*figure = (struct figure){.query = query, .arena = arena, .report = {
		.event = TEXT("e-1"), .at = 1709193600000, .as_of = 1709193600000, .ledger = 7,
		.qualifier = qualifier, .by = dimension_country, .day = ABSENT,
		.minutes = qualifier == qualifier_attended ? 45 : ABSENT, .provisional = true,
		.representatives_low = 12, .representatives_high = 15, .states_low = 5, .states_high = 6,
		.in_good_standing = 56, .total_low = 12, .total_high = 15,
		.unresolved = {(void *)(uintptr_t)unresolved, 1}, .rows = {(void *)(uintptr_t)rows, 1},
	}};
}

static const json_t *inside(const json_t *object, const char *one, const char *other)
{
	const json_t *value = json_object_get(json_object_get(object, one), other);

	assert_non_null(value);
	return value;
}

static void expect_pair(const json_t *value, int low, int high)
{
	assert_int_equal(json_array_size(value), 2);
	assert_int_equal(json_integer_value(json_array_get(value, 0)), low);
	assert_int_equal(json_integer_value(json_array_get(value, 1)), high);
}

static void attended_counts_are_pairs(void **state)
{
	struct figures_query query = {.by = dimension_none};
	struct arena arena = {0};
	struct figure figure;
	json_t *json;
	const json_t *row, *headline;

	(void)state;
	fill(&figure, &query, &arena, qualifier_attended);
	json = figure_json(&figure);
	headline = json_object_get(json, "headline");
	expect_pair(inside(json, "headline", "representatives"), 12, 15);
	expect_pair(inside(json, "headline", "support"), 0, 0);
	expect_pair(inside(headline, "member_states", "represented"), 5, 6);
	expect_pair(inside(headline, "institutions", "entities"), 0, 0);
	assert_int_equal(json_integer_value(inside(headline, "member_states", "in_good_standing")), 56);
	assert_int_equal(json_integer_value(json_object_get(json, "minutes")), 45);
	row = json_array_get(json_object_get(json, "rows"), 0);
	expect_pair(json_object_get(row, "persons"), 2, 3);
	assert_int_equal(json_integer_value(inside(json, "unresolved", "open_interval")), 4);
	json_decref(json);
	arena_free(&arena);
}

static void other_counts_are_numbers(void **state)
{
	struct figures_query query = {.by = dimension_none};
	struct arena arena = {0};
	struct figure figure;
	json_t *json;

	(void)state;
	fill(&figure, &query, &arena, qualifier_checked_in);
	figure.report.representatives_low = 15;
	figure.report.rows = (struct list){(void *)(uintptr_t)certain_rows, 1};
	figure.zone = zone_open("Africa/Casablanca");
	json = figure_json(&figure);
	assert_int_equal(json_integer_value(inside(json, "headline", "representatives")), 15);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(json_object_get(json, "rows"), 0),
							    "persons")), 3);
	assert_null(json_object_get(json, "minutes"));
	assert_string_equal(json_string_value(json_object_get(json, "at")), "2024-02-29T09:00:00+01:00");
	assert_string_equal(json_string_value(json_object_get(json, "event")), "e-1");
	assert_string_equal(json_string_value(json_object_get(json, "qualifier")), "checked_in");
	json_decref(json);
	zone_close(figure.zone);
	arena_free(&arena);
}

/* Assumed ends bear on lines by session, whatever the headline counts. */
static void lines_by_session_are_pairs(void **state)
{
	struct figures_query query = {.by = dimension_session};
	struct arena arena = {0};
	struct figure figure;
	json_t *json;
	const json_t *row;

	(void)state;
	fill(&figure, &query, &arena, qualifier_checked_in);
	figure.report.representatives_low = 15;
	figure.report.by = dimension_session;
	figure.report.rows = (struct list){(void *)(uintptr_t)certain_rows, 1};
	json = figure_json(&figure);
	assert_true(json_is_integer(inside(json, "headline", "representatives")));
	row = json_array_get(json_object_get(json, "rows"), 0);
	expect_pair(json_object_get(row, "persons"), 3, 3);
	expect_pair(json_object_get(row, "states"), 2, 2);
	expect_pair(json_object_get(row, "support"), 1, 1);
	json_decref(json);
	arena_free(&arena);
}

static void bounds_that_differ_are_both_told(void **state)
{
	struct figures_query query = {.by = dimension_none};
	struct arena arena = {0};
	struct figure figure;
	json_t *json;

	(void)state;
	fill(&figure, &query, &arena, qualifier_checked_in);
	json = figure_json(&figure);
	expect_pair(inside(json, "headline", "representatives"), 12, 15);
	expect_pair(json_object_get(json_array_get(json_object_get(json, "rows"), 0), "persons"), 2, 3);
	json_decref(json);
	arena_free(&arena);
}

static void a_table_says_what_it_counts(void **state)
{
	struct figures_query query = {.by = dimension_none};
	struct arena arena = {0};
	struct figure figure;
	char *bytes = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&bytes, &size);

	(void)state;
	fill(&figure, &query, &arena, qualifier_attended);
	figure_table(&figure, out);
	fclose(out);
	assert_non_null(strstr(bytes, "e-1: persons who attended at least 45 minutes, by country\n"));
	assert_non_null(strstr(bytes, "at 2024-02-29 08:00, as of 2024-02-29 08:00 UTC, ledger 7, provisional"));
	assert_non_null(strstr(bytes, "representatives  12–15\n"));
	assert_non_null(strstr(bytes, "member states    5–6 of 56 in good standing\n"));
	assert_non_null(strstr(bytes, "unresolved       open_interval: 4\n"));
	free(bytes);
	arena_free(&arena);
}

static void each_line_of_a_sheet_says_what_it_counts(void **state)
{
	struct figures_query query = {.by = dimension_none};
	struct arena arena = {0};
	struct figure figure;
	char *bytes = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&bytes, &size);

	(void)state;
	fill(&figure, &query, &arena, qualifier_attended);
	figure_csv(&figure, out);
	fclose(out);
	assert_non_null(strstr(bytes, "qualifier,minutes,session,day,at,as_of,provisional,unresolved\r\n"));
	assert_non_null(strstr(bytes, "attended,45,,,2024-02-29T08:00:00+00:00,2024-02-29T08:00:00+00:00,true,open_interval: 4\r\n"));
	free(bytes);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attended_counts_are_pairs),
		cmocka_unit_test(other_counts_are_numbers),
		cmocka_unit_test(lines_by_session_are_pairs),
		cmocka_unit_test(bounds_that_differ_are_both_told),
		cmocka_unit_test(a_table_says_what_it_counts),
		cmocka_unit_test(each_line_of_a_sheet_says_what_it_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
