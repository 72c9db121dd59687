/* What may be an event's id. */
#include "schema/event_id.h"

#include "tests/harness.h"

static void ids_are_of_few_characters(void **state)
{
	static const char longest[] = "1234567890123456789012345678901234567890123456789012345678901234";
	static const char *const wrong[] = {"", "Meeting", "a b", "a/b", "a.b", "\xc3\xa9", "a_b"};

	(void)state;
	assert_true(event_id_is_valid(TEXT("oic-pesnet-4")));
	assert_true(event_id_is_valid(text_of(longest)));
	assert_false(event_id_is_valid((struct text){"12345678901234567890123456789012345678901234567890123456789012345", 65}));
	assert_false(event_id_is_valid((struct text){"a\0b", 3}));
	assert_false(event_id_is_valid((struct text){0}));
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(event_id_is_valid(text_of(wrong[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_of_few_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
