/* Lines as a keyboard-wedge scanner types them, good and bad. */
#include "clients/scanner/line.h"

#include "tests/harness.h"

static struct line one(const char *bytes, size_t size)
{
	static struct line_reader reader;
	struct line line;
	bool complete;

	reader = (struct line_reader){0};
	assert_int_equal(line_take(&reader, bytes, size, &line, &complete), size);
	assert_true(complete);
	return line;
}

#define ONE(literal) one(literal, sizeof(literal) - 1)

static void codes_and_switches_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(ONE("\n").kind, LINE_EMPTY);
	assert_int_equal(ONE(" \t \r").kind, LINE_EMPTY);
	assert_int_equal(ONE("in\n").kind, LINE_IN);
	assert_int_equal(ONE("OUT\r").kind, LINE_OUT);
	assert_int_equal(ONE("outer\n").kind, LINE_CODE);
	assert_int_equal(ONE("sessions\n").kind, LINE_CODE);
	struct line line = ONE("  7Q ABC \n");
	assert_int_equal(line.kind, LINE_CODE);
	assert_true(text_is(line.text, "7Q ABC"));
}

static void session_names_its_code(void **state)
{
	(void)state;
	struct line line = ONE("Session  D1-06 \n");
	assert_int_equal(line.kind, LINE_SESSION);
	assert_true(text_is(line.text, "D1-06"));
	line = ONE("session\n");
	assert_int_equal(line.kind, LINE_SESSION);
	assert_int_equal(line.text.size, 0);
}

static void garbage_and_long_lines_do_not_stop_the_next(void **state)
{
	struct line_reader reader = {0};
	char bytes[1000];
	struct line line;
	bool complete;

	(void)state;
	assert_int_equal(ONE("\xff\xfe\n").kind, LINE_GARBAGE);
	assert_int_equal(one("a\0b\n", 4).kind, LINE_GARBAGE);
	assert_int_equal(ONE("\xe9t\xe9\n").kind, LINE_GARBAGE);
	memset(bytes, 'A', sizeof bytes);
	assert_int_equal(line_take(&reader, bytes, sizeof bytes, &line, &complete), sizeof bytes);
	assert_false(complete);
	bytes[10] = '\n';
	assert_int_equal(line_take(&reader, bytes, 11, &line, &complete), 11);
	assert_true(complete);
	assert_int_equal(line.kind, LINE_TOO_LONG);
	assert_int_equal(line_take(&reader, "ABC\n", 4, &line, &complete), 4);
	assert_int_equal(line.kind, LINE_CODE);
	assert_true(text_is(line.text, "ABC"));
}

static void carriage_return_and_line_feed_end_one_line(void **state)
{
	struct line_reader reader = {0};
	struct line line;
	bool complete;

	(void)state;
	assert_int_equal(line_take(&reader, "A\r\nB\n", 5, &line, &complete), 2);
	assert_true(complete);
	assert_int_equal(line_take(&reader, "\nB\n", 3, &line, &complete), 3);
	assert_true(complete);
	assert_true(text_is(line.text, "B"));
	assert_false(line_last(&reader, &line));
}

static void last_line_may_have_no_end(void **state)
{
	struct line_reader reader = {0};
	struct line line;
	bool complete;

	(void)state;
	line_take(&reader, "ABC", 3, &line, &complete);
	assert_false(complete);
	assert_true(line_last(&reader, &line));
	assert_true(text_is(line.text, "ABC"));
	assert_false(line_last(&reader, &line));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_and_switches_are_told_apart),
		cmocka_unit_test(session_names_its_code),
		cmocka_unit_test(garbage_and_long_lines_do_not_stop_the_next),
		cmocka_unit_test(carriage_return_and_line_feed_end_one_line),
		cmocka_unit_test(last_line_may_have_no_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
