/* The bound check: what is one well-formed object is taken, what promises more than it holds is not. */
#include "tests/harness.h"

#include "schema/pack.h"

/* A copy of the exact size, so that a sanitizer sees a byte read beyond it. */
static bool is_bounded(const char *bytes, size_t size)
{
	char *copy = malloc(size ? size : 1);
	bool bounded;

	assert_non_null(copy);
	memcpy(copy, bytes, size);
	bounded = pack_is_bounded((struct text){copy, (uint32_t)size});
	free(copy);
	return bounded;
}

#define BOUNDED(literal) is_bounded(literal, sizeof(literal) - 1)

#define FORM(literal) {literal, sizeof(literal) - 1}

static void every_form_is_taken_whole_and_refused_cut(void **state)
{
	static const struct text forms[] = {
		FORM("\x00"), FORM("\x7f"), FORM("\xff"), FORM("\xc0"), FORM("\xc2"), FORM("\xc3"),
		FORM("\x82\xa1" "a" "\x01\xa1" "b\x90"), FORM("\x93\x01\x02\x03"), FORM("\xa3" "abc"),
		FORM("\xc4\x02" "ab"), FORM("\xc5\x00\x02" "ab"), FORM("\xc6\x00\x00\x00\x02" "ab"),
		FORM("\xc7\x02\x05" "ab"), FORM("\xc8\x00\x02\x05" "ab"), FORM("\xc9\x00\x00\x00\x02\x05" "ab"),
		FORM("\xca\x00\x00\x00\x00"), FORM("\xcb\x00\x00\x00\x00\x00\x00\x00\x00"),
		FORM("\xcc\xff"), FORM("\xcd\xff\xff"), FORM("\xce\xff\xff\xff\xff"),
		FORM("\xcf\xff\xff\xff\xff\xff\xff\xff\xff"),
		FORM("\xd0\x80"), FORM("\xd1\x80\x00"), FORM("\xd2\x80\x00\x00\x00"),
		FORM("\xd3\x80\x00\x00\x00\x00\x00\x00\x00"),
		FORM("\xd4\x01" "a"), FORM("\xd5\x01" "ab"), FORM("\xd6\x01" "abcd"), FORM("\xd7\x01" "abcdefgh"),
		FORM("\xd8\x01" "abcdefghabcdefgh"),
		FORM("\xd9\x02" "ab"), FORM("\xda\x00\x02" "ab"), FORM("\xdb\x00\x00\x00\x02" "ab"),
		FORM("\xdc\x00\x01\x01"), FORM("\xdd\x00\x00\x00\x01\x01"),
		FORM("\xde\x00\x01\x01\x02"), FORM("\xdf\x00\x00\x00\x01\x01\x02"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		char longer[32] = {0};

		assert_true(is_bounded(forms[i].at, forms[i].size));
		for (uint32_t cut = 0; cut < forms[i].size; cut++)
			assert_false(is_bounded(forms[i].at, cut));
		memcpy(longer, forms[i].at, forms[i].size);
		assert_false(is_bounded(longer, forms[i].size + 1));
	}
}

static void the_head_without_meaning_is_refused(void **state)
{
	(void)state;
	assert_false(BOUNDED("\xc1"));
	assert_false(BOUNDED("\x91\xc1"));
	assert_false(pack_is_bounded((struct text){0}));
}

static void five_levels_are_taken_and_six_refused(void **state)
{
	(void)state;
	assert_true(BOUNDED("\x91\x91\x91\x91\x91\x01"));
	assert_true(BOUNDED("\x91\x91\x91\x91\x90"));
	assert_false(BOUNDED("\x91\x91\x91\x91\x91\x90"));
	assert_false(BOUNDED("\x91\x91\x91\x91\x91\x91\x01"));
	assert_true(BOUNDED("\x81\x01\x81\x01\x81\x01\x81\x01\x81\x01\x02"));
	assert_false(BOUNDED("\x81\x01\x81\x01\x81\x01\x81\x01\x81\x01\x80"));
	/* a level that has ended does not count */
	assert_true(BOUNDED("\x93\x91\x91\x91\x91\x01\x91\x91\x91\x91\x01\x91\x91\x91\x90"));
}

static void counts_and_lengths_beyond_the_bytes_are_refused(void **state)
{
	(void)state;
	assert_false(BOUNDED("\xdf\xff\xff\xff\xff\x01\x02"));
	assert_false(BOUNDED("\xdd\xff\xff\xff\xff\x01\x02"));
	assert_false(BOUNDED("\xdb\xff\xff\xff\xff" "ab"));
	assert_false(BOUNDED("\xc6\xff\xff\xff\xff" "ab"));
	assert_false(BOUNDED("\xc9\xff\xff\xff\xff\x01" "ab"));
	/* two maps that would each fit alone, but not both */
	assert_false(BOUNDED("\x92\x82\x01\x01\x82\x01\x01\x01"));
	/* a map whose entries its own first value would eat */
	assert_false(BOUNDED("\x82\x01\xdc\x00\x02\x01\x01"));
}

static void a_bomb_of_nested_arrays_is_refused(void **state)
{
	char bomb[150];

	(void)state;
	for (size_t i = 0; i < sizeof bomb; i++)
		bomb[i] = i % 5 == 0 ? (char)0xdd : i % 5 == 4 ? (char)0xff : 0;
	assert_false(is_bounded(bomb, sizeof bomb));
	memset(bomb, 0x91, sizeof bomb);
	assert_false(is_bounded(bomb, sizeof bomb));
}

static void the_cursor_reads_numbers_of_every_width(void **state)
{
	struct text rest = TEXT("\x7f\xe0\xcc\xff\xcd\xff\xff\xce\xff\xff\xff\xff\xd0\x80\xd1\x80\x00"
				"\xd2\x80\x00\x00\x00\xd3\x80\x00\x00\x00\x00\x00\x00\x00"
				"\xcf\x7f\xff\xff\xff\xff\xff\xff\xff\xcf\x80\x00\x00\x00\x00\x00\x00\x00");
	const int64_t numbers[] = {127, -32, 255, 65535, 4294967295, -128, -32768, INT32_MIN, INT64_MIN,
				   INT64_MAX};
	struct pack_item item;

	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		assert_true(pack_next(&rest, &item));
		assert_int_equal(item.kind, PACK_INT);
		assert_true(item.number == numbers[i]);
	}
	assert_true(pack_next(&rest, &item));
	assert_int_equal(item.kind, PACK_HUGE);
	assert_false(pack_next(&rest, &item));
}

static void the_cursor_believes_no_count(void **state)
{
	static const struct text liars[] = {
		FORM("\xdd\xff\xff\xff\xff\x01"), FORM("\xdf\x80\x00\x00\x00\x01\x01"), FORM("\x92\x01"),
		FORM("\x82\x01\x01\x01"), FORM("\xdb\xff\xff\xff\xff" "a"), FORM("\xc9\xff\xff\xff\xff\x01"),
	};
	struct pack_item item;

	(void)state;
	for (size_t i = 0; i < sizeof liars / sizeof *liars; i++) {
		struct text rest = liars[i];

		assert_false(pack_next(&rest, &item));
	}
}

static void skipping_takes_one_object_with_all_it_holds(void **state)
{
	struct text rest = TEXT("\x82\xa1" "a\x92\x01\x81\x01\x02\xa1" "b\xc0\x2a");
	struct pack_item item;

	(void)state;
	assert_true(pack_skip(&rest));
	assert_true(pack_next(&rest, &item));
	assert_int_equal(item.number, 42);
	assert_false(pack_skip(&rest));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_is_taken_whole_and_refused_cut),
		cmocka_unit_test(the_head_without_meaning_is_refused),
		cmocka_unit_test(five_levels_are_taken_and_six_refused),
		cmocka_unit_test(counts_and_lengths_beyond_the_bytes_are_refused),
		cmocka_unit_test(a_bomb_of_nested_arrays_is_refused),
		cmocka_unit_test(the_cursor_reads_numbers_of_every_width),
		cmocka_unit_test(the_cursor_believes_no_count),
		cmocka_unit_test(skipping_takes_one_object_with_all_it_holds),
	};

	return RUN_TESTS(tests);
}
