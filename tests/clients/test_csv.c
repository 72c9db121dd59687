/* Files of rows as people really save them: separators, quotes, marks, other encodings, endless fields. */
#include "tests/harness.h"

#include <unistd.h>

#include "clients/admin/csv.h"

/* A file being read; the bytes are the test's. */
struct stage {
	FILE *file;
	struct csv *csv;
	struct csv_row *row;
};

static void open_bytes(struct stage *s, const char *bytes, size_t size)
{
	s->file = fmemopen((void *)(uintptr_t)bytes, size, "r");
	s->csv = malloc(sizeof *s->csv);
	s->row = malloc(sizeof *s->row);
	assert_non_null(s->file);
	csv_start(s->csv, s->file);
}

static void open_text(struct stage *s, const char *text)
{
	open_bytes(s, text, strlen(text));
}

static void close_stage(struct stage *s)
{
	fclose(s->file);
	free(s->csv);
	free(s->row);
}

static void expect_row(struct stage *s, int64_t line, const char *const *fields, uint32_t count)
{
	assert_int_equal(csv_next(s->csv, s->row), 1);
	assert_int_equal(s->row->fault, CSV_FINE);
	assert_int_equal(s->row->line, line);
	assert_int_equal(s->row->count, count);
	for (uint32_t i = 0; i < count; i++)
		if (!text_is(s->row->fields[i], fields[i]))
			fail_msg("field %u is %.*s, not %s", i, (int)s->row->fields[i].size, s->row->fields[i].at,
				 fields[i]);
}

#define EXPECT(s, line, ...) \
	expect_row(s, line, (const char *const[]){__VA_ARGS__}, \
		   sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void expect_fault(struct stage *s, int64_t line, enum csv_fault fault)
{
	assert_int_equal(csv_next(s->csv, s->row), 1);
	assert_int_equal(s->row->line, line);
	assert_int_equal(s->row->fault, fault);
}

static void expect_end(struct stage *s)
{
	assert_int_equal(csv_next(s->csv, s->row), 0);
	close_stage(s);
}

static void quotes_follow_rfc_4180(void **state)
{
	struct stage s;

	(void)state;
	open_text(&s, "name,note\r\n\"El Idrissi, Zineb\",\"said \"\"yes\"\"\"\r\n\"two\nlines\", x \r\nlast,");
	EXPECT(&s, 1, "name", "note");
	EXPECT(&s, 2, "El Idrissi, Zineb", "said \"yes\"");
	EXPECT(&s, 3, "two\nlines", "x");
	EXPECT(&s, 5, "last", "");
	expect_end(&s);
}

static void semicolons_and_tabs_are_found_in_the_header(void **state)
{
	struct stage s;

	(void)state;
	open_text(&s, "name;entity\nA, B;MA\n");
	EXPECT(&s, 1, "name", "entity");
	EXPECT(&s, 2, "A, B", "MA");
	expect_end(&s);
	open_text(&s, "name\tentity\nA;B\tMA\n");
	EXPECT(&s, 1, "name", "entity");
	EXPECT(&s, 2, "A;B", "MA");
	expect_end(&s);
	open_text(&s, "\"a;b;c\",entity\nx,y\n");
	EXPECT(&s, 1, "a;b;c", "entity");
	EXPECT(&s, 2, "x", "y");
	expect_end(&s);
}

static void a_byte_order_mark_and_empty_rows_are_skipped(void **state)
{
	struct stage s;

	(void)state;
	open_text(&s, "\xEF\xBB\xBFname,entity\r\n\r\n,,\r\rIşık,TR\n\n");
	EXPECT(&s, 1, "name", "entity");
	EXPECT(&s, 5, "Işık", "TR");
	expect_end(&s);
}

static void a_bad_row_does_not_spoil_the_next(void **state)
{
	struct stage s;

	(void)state;
	open_text(&s, "name,entity\nJos\xE9,ML\n\"a\"b,ML\nok,ML\n\"open,ML\nnever closed\n");
	EXPECT(&s, 1, "name", "entity");
	expect_fault(&s, 2, CSV_NOT_UTF8);
	expect_fault(&s, 3, CSV_AFTER_QUOTE);
	EXPECT(&s, 4, "ok", "ML");
	expect_fault(&s, 5, CSV_OPEN_QUOTE);
	expect_end(&s);
}

static void ten_megabytes_in_one_field_are_a_bad_row(void **state)
{
	static const char head[] = "name,entity\n\"", tail[] = "\",MA\nok,MA\n";
	size_t middle = 10 * 1024 * 1024, size = sizeof head - 1 + middle + sizeof tail - 1;
	char *bytes = malloc(size);
	struct stage s;

	(void)state;
	assert_non_null(bytes);
	memcpy(bytes, head, sizeof head - 1);
	memset(bytes + sizeof head - 1, 'x', middle);
	memcpy(bytes + sizeof head - 1 + middle, tail, sizeof tail - 1);
	open_bytes(&s, bytes, size);
	EXPECT(&s, 1, "name", "entity");
	expect_fault(&s, 2, CSV_FIELD_TOO_LONG);
	EXPECT(&s, 3, "ok", "MA");
	expect_end(&s);
	bytes[sizeof head - 2] = 'y'; /* the same without its opening quote */
	open_bytes(&s, bytes, size);
	EXPECT(&s, 1, "name", "entity");
	expect_fault(&s, 2, CSV_FIELD_TOO_LONG);
	EXPECT(&s, 3, "ok", "MA");
	expect_end(&s);
	free(bytes);
}

static void many_fields_and_long_lines_are_bounded(void **state)
{
	char line[70000];
	struct stage s;

	(void)state;
	memset(line, ',', sizeof line);
	line[sizeof line - 1] = '\0';
	open_text(&s, line);
	expect_fault(&s, 1, CSV_TOO_MANY);
	expect_end(&s);
	for (size_t i = 0; i < sizeof line - 1; i++)
		line[i] = i % 4000 ? 'x' : ',';
	open_text(&s, line);
	expect_fault(&s, 1, CSV_LINE_TOO_LONG);
	expect_end(&s);
}

static void a_pipe_can_be_read(void **state)
{
	struct stage s;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "a;b\n1;2\n", 8), 8);
	close(ends[1]);
	open_text(&s, "-");
	fclose(s.file);
	s.file = fdopen(ends[0], "r");
	csv_start(s.csv, s.file);
	EXPECT(&s, 1, "a", "b");
	EXPECT(&s, 2, "1", "2");
	expect_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes_follow_rfc_4180),
		cmocka_unit_test(semicolons_and_tabs_are_found_in_the_header),
		cmocka_unit_test(a_byte_order_mark_and_empty_rows_are_skipped),
		cmocka_unit_test(a_bad_row_does_not_spoil_the_next),
		cmocka_unit_test(ten_megabytes_in_one_field_are_a_bad_row),
		cmocka_unit_test(many_fields_and_long_lines_are_bounded),
		cmocka_unit_test(a_pipe_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
