/* Codes that are made can be read, and no slip of a hand makes another code of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>

#include "schema/badge.h"

static const char symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
#define EVENT TEXT("oic-pesnet-4")

static void make(unsigned seed, char code[BADGE_SIZE + 1])
{
	unsigned char random[8];

	for (int i = 0; i < 8; i++) {
		seed = seed * 1103515245u + 12345u;
		random[i] = (unsigned char)(seed >> 16);
	}
	badge_make(EVENT, random, code);
}

static enum error read_as(const char *scanned, char code[BADGE_SIZE + 1])
{
	return badge_read(EVENT, text_of(scanned), code);
}

static void a_code_reads_back(void **state)
{
	char code[BADGE_SIZE + 1], read[BADGE_SIZE + 1];

	(void)state;
	for (unsigned seed = 0; seed < 1000; seed++) {
		make(seed, code);
		assert_int_equal(strlen(code), BADGE_SIZE);
		assert_int_equal(strspn(code, symbols), BADGE_SIZE);
		assert_int_equal(read_as(code, read), E_OK);
		assert_string_equal(read, code);
	}
}

static void every_random_bit_up_to_55_is_in_the_code(void **state)
{
	char code[BADGE_SIZE + 1], other[BADGE_SIZE + 1];

	(void)state;
	badge_make(EVENT, (const unsigned char[8]){0}, code);
	for (int bit = 0; bit < 55; bit++) {
		unsigned char random[8] = {0};

		random[7 - bit / 8] = (unsigned char)(1 << bit % 8);
		badge_make(EVENT, random, other);
		assert_string_not_equal(code, other);
	}
}

static void any_wrong_character_is_caught(void **state)
{
	char code[BADGE_SIZE + 1], wrong[BADGE_SIZE + 1], read[BADGE_SIZE + 1];

	(void)state;
	for (unsigned seed = 0; seed < 200; seed++) {
		make(seed, code);
		for (int i = 0; i < BADGE_SIZE; i++) {
			for (const char *s = symbols; *s; s++) {
				if (*s == code[i])
					continue;
				memcpy(wrong, code, sizeof code);
				wrong[i] = *s;
				assert_int_equal(read_as(wrong, read), E_UNKNOWN_BADGE);
				assert_string_equal(read, "");
			}
		}
	}
}

static void any_two_swapped_characters_are_caught(void **state)
{
	char code[BADGE_SIZE + 1], wrong[BADGE_SIZE + 1], read[BADGE_SIZE + 1];

	(void)state;
	for (unsigned seed = 0; seed < 500; seed++) {
		make(seed, code);
		for (int i = 0; i < BADGE_SIZE; i++) {
			for (int j = i + 1; j < BADGE_SIZE; j++) {
				if (code[i] == code[j])
					continue;
				memcpy(wrong, code, sizeof code);
				wrong[i] = code[j];
				wrong[j] = code[i];
				assert_int_equal(read_as(wrong, read), E_UNKNOWN_BADGE);
			}
		}
	}
}

static void all_pairs_of_neighbours_are_caught_in_all_places(void **state)
{
	char code[BADGE_SIZE + 1], swapped[BADGE_SIZE + 1], read[BADGE_SIZE + 1];

	(void)state;
	for (int place = 0; place + 1 < BADGE_SIZE - 1; place++) {
		for (int pair = 0; pair < 1024; pair++) {
			bool found = false;

			memset(code, '0', sizeof code);
			code[BADGE_SIZE] = '\0';
			code[place] = symbols[pair / 32];
			code[place + 1] = symbols[pair % 32];
			for (int check = 0; check < 32 && !found; check++) {
				code[BADGE_SIZE - 1] = symbols[check];
				found = read_as(code, read) != E_UNKNOWN_BADGE;
			}
			assert_true(found);
			memcpy(swapped, code, sizeof code);
			swapped[place] = code[place + 1];
			swapped[place + 1] = code[place];
			if (pair / 32 != pair % 32)
				assert_int_equal(read_as(swapped, read), E_UNKNOWN_BADGE);
		}
	}
}

static void case_spaces_hyphens_and_lookalikes_do_not_matter(void **state)
{
	char code[BADGE_SIZE + 1], read[BADGE_SIZE + 1], typed[64];
	bool seen_one = false, seen_zero = false;

	(void)state;
	for (unsigned seed = 0; seed < 300; seed++) {
		size_t size = 0;

		make(seed, code);
		for (int i = 0; i < BADGE_SIZE; i++) {
			char c = code[i];

			if (i % 4 == 0)
				typed[size++] = i % 8 ? '-' : ' ';
			seen_one |= c == '1';
			seen_zero |= c == '0';
			if (c == '1')
				c = seed % 2 ? 'l' : 'I';
			if (c == '0')
				c = 'o';
			typed[size++] = (char)(c >= 'A' && c <= 'Z' && c != 'I' ? c | 32 : c);
		}
		typed[size++] = '\r';
		typed[size] = '\0';
		assert_int_equal(read_as(typed, read), E_OK);
		assert_string_equal(read, code);
	}
	assert_true(seen_one && seen_zero);
}

static void another_events_badge_is_told_apart(void **state)
{
	char code[BADGE_SIZE + 1], read[BADGE_SIZE + 1], id[32];
	int same = 0;

	(void)state;
	make(7, code);
	assert_int_equal(badge_read(TEXT("oic-pesnet-5"), text_of(code), read), E_OTHER_EVENT);
	assert_string_equal(read, code);
	for (int i = 0; i < 4096; i++) {
		snprintf(id, sizeof id, "meeting-%d", i);
		same += badge_read(text_of(id), text_of(code), read) == E_OK;
	}
	assert_in_range(same, 0, 16); /* 4 are expected of ten bits */
}

static void anything_else_is_no_badge(void **state)
{
	static const char *const others[] = {
		"", " ", "-", "0", "0000000000000U", "000000000000000", "http://example.org/x",
		"\xff\xfe\x00", "Işık", "0000000000000\x01",
	};
	char read[BADGE_SIZE + 1], noise[300];

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		assert_int_equal(read_as(others[i], read), E_UNKNOWN_BADGE);
		assert_string_equal(read, "");
	}
	memset(noise, '0', sizeof noise);
	assert_int_equal(badge_read(EVENT, (struct text){noise, sizeof noise}, read), E_UNKNOWN_BADGE);
	assert_int_equal(badge_read(EVENT, (struct text){0}, read), E_UNKNOWN_BADGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_reads_back),
		cmocka_unit_test(every_random_bit_up_to_55_is_in_the_code),
		cmocka_unit_test(any_wrong_character_is_caught),
		cmocka_unit_test(any_two_swapped_characters_are_caught),
		cmocka_unit_test(all_pairs_of_neighbours_are_caught_in_all_places),
		cmocka_unit_test(case_spaces_hyphens_and_lookalikes_do_not_matter),
		cmocka_unit_test(another_events_badge_is_told_apart),
		cmocka_unit_test(anything_else_is_no_badge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
