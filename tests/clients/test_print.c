/* What answers look like: aligned in any script, as JSON, as RFC 4180. */
#include "tests/harness.h"

#include <jansson.h>

#include "clients/cli/grid.h"
#include "clients/cli/moment.h"
#include "clients/cli/print.h"

/* The people of a small answer. */
static const struct person_line people[] = {
	{.person = 9, .name = {"Ada", 3}, .entity = {"MA", 2}, .checked_in = ABSENT, .low = ABSENT, .high = ABSENT},
	{.person = 10, .name = {"Şule \"X\", b", 12}, .entity = {"TR", 2}, .checked_in = 2, .low = ABSENT,
	 .high = ABSENT, .walk_in = true},
};

static struct zone *casablanca(void *context)
{
	int *asked = context;

	if (asked)
		++*asked;
	return NULL;
}

/* Prints the pages and gives back what was printed; the caller frees it. */
static char *print_pages(enum format format, const struct message *message, const void *const *pages, size_t count,
			 int *zone_asked)
{
	char *bytes = NULL;
	size_t size = 0;
	struct printing printing = {.format = format, .out = open_memstream(&bytes, &size), .zone = casablanca,
				    .context = zone_asked, .simulated = ABSENT};
	struct printer *printer = printer_new(&printing, message);

	for (size_t i = 0; i < count; i++)
		printer_page(printer, pages[i]);
	assert_true(printer_end(printer, true));
	fclose(printing.out);
	return bytes;
}

static char *print_people(enum format format)
{
	struct found first = {.people = {(void *)(uintptr_t)&people[0], 1}, .cursor = 9};
	struct found second = {.people = {(void *)(uintptr_t)&people[1], 1}, .cursor = ABSENT};

	return print_pages(format, &message_found, (const void *const[]){&first, &second}, 2, NULL);
}

static void columns_are_aligned_and_empty_ones_left_out(void **state)
{
	char *printed = print_people(FORMAT_TABLE);

	(void)state;
	assert_string_equal(printed, "person  name         entity  checked in  walk in\n"
				     "     9  Ada          MA\n"
				     "    10  Şule \"X\", b  TR               2  yes\n");
	free(printed);
}

static void pages_become_one_object(void **state)
{
	char *printed = print_people(FORMAT_JSON);
	json_t *json = json_loads(printed, 0, NULL);

	(void)state;
	assert_non_null(json);
	assert_int_equal(json_array_size(json_object_get(json, "people")), 2);
	assert_null(json_object_get(json, "cursor"));
	json_decref(json);
	free(printed);
}

static void nothing_is_an_empty_list(void **state)
{
	struct found none = {.cursor = ABSENT};
	char *json = print_pages(FORMAT_JSON, &message_found, (const void *const[]){&none}, 1, NULL);
	char *table = print_pages(FORMAT_TABLE, &message_found, (const void *const[]){&none}, 1, NULL);

	(void)state;
	assert_string_equal(json, "{\n \"people\": []\n}\n");
	assert_string_equal(table, "None.\n");
	free(json);
	free(table);
}

static void csv_has_every_field_and_quotes(void **state)
{
	char *printed = print_people(FORMAT_CSV), *second;

	(void)state;
	assert_non_null(strstr(printed, "person,name,arabic,honorific,"));
	second = strstr(printed, "\r\n9,Ada,");
	assert_non_null(second);
	assert_non_null(strstr(second, "\r\n10,\"Şule \"\"X\"\", b\","));
	free(printed);
}

static void the_zone_is_asked_for_only_when_a_time_is_shown(void **state)
{
	struct done done = {.ledger = 12, .person = ABSENT};
	struct scanned scanned = {.ledger = 5, .person = ABSENT};
	struct people_counted counted = {.at = 1709193600000, .as_of = 1709193630000, .cursor = ABSENT};
	int asked = 0;
	char *printed = print_pages(FORMAT_TABLE, &message_done, (const void *const[]){&done}, 1, &asked);

	(void)state;
	assert_string_equal(printed, "ledger  12\n");
	free(printed);
	printed = print_pages(FORMAT_CSV, &message_scanned, (const void *const[]){&scanned}, 1, &asked);
	assert_string_equal(printed, "ledger,person,entity,category,flag\r\n5,,,,\r\n");
	free(printed);
	assert_int_equal(asked, 0);
	printed = print_pages(FORMAT_TABLE, &message_people_counted, (const void *const[]){&counted}, 1, &asked);
	assert_true(asked > 0);
	assert_non_null(strstr(printed, "2024-02-29 08:00\n"));
	assert_non_null(strstr(printed, "2024-02-29 08:00:30\n"));
	free(printed);
}

static void a_simulated_clock_is_said_above_a_table(void **state)
{
	struct done done = {.ledger = 12, .person = ABSENT};
	char *bytes = NULL;
	size_t size = 0;
	struct printing printing = {.out = open_memstream(&bytes, &size), .simulated = 1709193600000};
	struct printer *printer = printer_new(&printing, &message_done);

	(void)state;
	printer_page(printer, &done);
	assert_true(printer_end(printer, true));
	fclose(printing.out);
	assert_string_equal(bytes, "Simulated clock: 2024-02-29 08:00\nledger  12\n");
	free(bytes);
}

static void widths_are_what_a_terminal_shows(void **state)
{
	(void)state;
	assert_int_equal(text_width(TEXT("Ilgaz")), 5);
	assert_int_equal(text_width(TEXT("Işık")), 4);
	assert_int_equal(text_width(TEXT("e\xCC\x81")), 1);
	assert_int_equal(text_width(TEXT("مُحَمَّد")), 4);
	assert_int_equal(text_width(TEXT("日本")), 4);
	assert_int_equal(text_width(TEXT("\xFF\xFE")), 2);
}

static void a_wide_cell_is_cut_between_characters(void **state)
{
	static const struct grid_column columns[] = {{"name", false, 5}, {"n", true, 0}};
	struct text cells[] = {TEXT("ÉÉÉÉÉÉ"), TEXT("1")};
	struct grid grid;
	char *bytes = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&bytes, &size);

	(void)state;
	grid_start(&grid, columns, 2);
	assert_true(grid_add(&grid, cells));
	grid_print(&grid, out);
	grid_free(&grid);
	fclose(out);
	assert_string_equal(bytes, "name   n\nÉÉÉÉ…  1\n");
	free(bytes);
}

static void moments_carry_the_zones_offset(void **state)
{
	struct zone *zone = zone_open("Africa/Casablanca");
	struct arena arena = {0};
	struct reading reading;

	(void)state;
	assert_non_null(zone);
	assert_true(text_is(moment_show(zone, 1709193600000, &arena), "2024-02-29 09:00"));
	assert_true(text_is(moment_stamp(zone, 1709193600000, &arena), "2024-02-29T09:00:00+01:00"));
	assert_true(text_is(moment_stamp(NULL, 1709193600250, &arena), "2024-02-29T08:00:00.250+00:00"));
	assert_true(text_is(moment_show(zone, 1709193600250, &arena), "2024-02-29 09:00:00.250"));
	assert_true(moment_read("2024-02-29 09:00:00.250", &reading));
	assert_int_equal(reading.milliseconds, 250);
	assert_false(moment_read("2024-02-29 09:00:00.25x", &reading));
	assert_true(moment_read("2024-02-29T09:00", &reading));
	assert_string_equal(reading.date, "2024-02-29");
	assert_string_equal(reading.time, "09:00");
	assert_true(moment_read("2024-02-29 09:00:30", &reading));
	assert_false(moment_read("2024-02-29T09:00Z", &reading));
	assert_false(moment_read("1709193600000", &reading));
	zone_close(zone);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_aligned_and_empty_ones_left_out),
		cmocka_unit_test(pages_become_one_object),
		cmocka_unit_test(nothing_is_an_empty_list),
		cmocka_unit_test(csv_has_every_field_and_quotes),
		cmocka_unit_test(the_zone_is_asked_for_only_when_a_time_is_shown),
		cmocka_unit_test(a_simulated_clock_is_said_above_a_table),
		cmocka_unit_test(widths_are_what_a_terminal_shows),
		cmocka_unit_test(a_wide_cell_is_cut_between_characters),
		cmocka_unit_test(moments_carry_the_zones_offset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
