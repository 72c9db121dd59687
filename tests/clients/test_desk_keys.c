/* Bytes of a terminal as keys. */
#include "clients/desk/keys.h"

#include <string.h>

#include "tests/harness.h"

/* The texts of all keys, and < for Enter. */
static const char *typed(const char *bytes, size_t size)
{
	static char text[256];
	struct key_reader reader = {0};
	struct key key;
	size_t used = 0;

	for (size_t i = 0; i < size; i++) {
		if (!key_take(&reader, (unsigned char)bytes[i], &key))
			continue;
		if (key.kind == KEY_TEXT)
			memcpy(text + used, key.text, key.size);
		else
			text[used] = key.kind == KEY_ENTER ? '<' : '?';
		used += key.kind == KEY_TEXT ? key.size : 1;
	}
	text[used] = '\0';
	return text;
}

#define TYPED(literal) typed(literal, sizeof(literal) - 1)

static void characters_of_every_size(void **state)
{
	(void)state;
	assert_string_equal(TYPED("aıع𐍈"), "aıع𐍈");
}

static void return_and_line_feed_are_one_enter(void **state)
{
	(void)state;
	assert_string_equal(TYPED("a\r\nb\nc\rd\n\n"), "a<b<c<d<<");
}

static void arrows_and_alt_are_swallowed(void **state)
{
	(void)state;
	assert_string_equal(TYPED("a\033[Ab\033[1;5Cc\033OPd\033e\te"), "abcdee");
}

static void control_keys_are_named(void **state)
{
	struct key_reader reader = {0};
	struct key key;

	(void)state;
	assert_true(key_take(&reader, 0x7F, &key) && key.kind == KEY_BACKSPACE);
	assert_true(key_take(&reader, 0x08, &key) && key.kind == KEY_BACKSPACE);
	assert_true(key_take(&reader, 0x15, &key) && key.kind == KEY_CLEAR);
	assert_true(key_take(&reader, 0x03, &key) && key.kind == KEY_CANCEL);
	assert_true(key_take(&reader, 0x04, &key) && key.kind == KEY_END);
	assert_false(key_take(&reader, 0x1A, &key));
}

static void broken_bytes_are_dropped(void **state)
{
	(void)state;
	assert_string_equal(TYPED("a\xff" "b\xc3" "c\xed\xa0\x80" "d\xc2\x85" "e\x80" "f"), "abcdef");
}

/* Any bytes: nothing may be read or written out of bounds, which the sanitizers watch. */
static void noise_does_no_harm(void **state)
{
	struct key_reader reader = {0};
	struct key key;
	uint32_t seed = 1;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		seed = seed * 1664525u + 1013904223u;
		if (key_take(&reader, (unsigned char)(seed >> 24), &key))
			assert_true(key.size <= 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_of_every_size),
		cmocka_unit_test(return_and_line_feed_are_one_enter),
		cmocka_unit_test(arrows_and_alt_are_swallowed),
		cmocka_unit_test(control_keys_are_named),
		cmocka_unit_test(broken_bytes_are_dropped),
		cmocka_unit_test(noise_does_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
