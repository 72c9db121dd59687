/* RFC 3339, right and wrong. */
#include "tests/harness.h"

#include "schema/message.h"
#include "schema/timestamp.h"

static void times_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} times[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"2024-02-29T09:00:00+01:00", 1709193600000},
		{"2024-02-29T08:00Z", 1709193600000},
		{"2024-02-29 08:00:00.5z", 1709193600500},
		{"2024-02-29T08:00:00.1239Z", 1709193600123},
		{"2024-02-28T20:30:00-11:30", 1709193600000},
		{"1969-09-25T00:00:00Z", -8467200000},
		{"0000-01-01T00:00:00Z", TIME_MIN},
		{"9999-12-31T23:59:59.999Z", TIME_MAX},
		{"2000-02-29T00:00:00Z", 951782400000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		int64_t ms = -1;

		assert_true(timestamp_read(text_of(times[i].text), &ms));
		assert_true(ms == times[i].ms);
	}
}

static void other_texts_are_refused(void **state)
{
	static const char *const texts[] = {
		"", "2024", "2024-02-29", "2024-02-29T09:00:00", "2023-02-29T09:00:00Z", "1900-02-29T09:00:00Z",
		"2024-13-01T09:00:00Z", "2024-00-01T09:00:00Z", "2024-01-32T09:00:00Z", "2024-01-01T24:00:00Z",
		"2024-01-01T09:60:00Z", "2024-01-01T09:00:61Z", "2024-01-01T09:00:00+1", "2024-01-01T09:00:00+0100",
		"2024-01-01T09:00:00Zx", "2024-01-01T09:00:00.Z", "24-01-01T09:00:00Z", "+024-01-01T09:00:00Z",
		"2024-01-01T09:00:", "2024-01-01T 9:00:00Z",
	};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_false(timestamp_read(text_of(texts[i]), &ms));
	assert_false(timestamp_read((struct text){0}, &ms));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(other_texts_are_refused),
	};

	return RUN_TESTS(tests);
}
