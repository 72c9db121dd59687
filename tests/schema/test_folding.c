/* Spellings of one name meet, other names do not, and no bytes do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

#include "schema/folding.h"

static struct arena arena;

static int release(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static void same(const char *one, const char *other)
{
	struct text a = folding_key(text_of(one), &arena), b = folding_key(text_of(other), &arena);

	assert_non_null(a.at);
	if (!text_equal(a, b) || a.size == 0)
		fail_msg("%s folds to %.*s, %s to %.*s", one, (int)a.size, a.at, other, (int)b.size,
			 b.at);
}

static void folds_to(const char *name, const char *key)
{
	struct text got = folding_key(text_of(name), &arena);

	if (!text_is(got, key))
		fail_msg("%s folds to %.*s, not to %s", name, (int)got.size, got.at, key);
}

static void turkish_i_with_and_without_dot(void **state)
{
	(void)state;
	folds_to("Işık", "isik");
	folds_to("IŞIK", "isik");
	folds_to("İŞKUR", "iskur");
	folds_to("ISIK", "isik");
	folds_to("i\u0307stanbul", "istanbul");
	folds_to("DEMİRTAŞ", "demirtas");
	same("oğlu", "oglu");
	same("Çavuşoğlu", "CAVUSOGLU");
	same("SELÇUK", "Selcuk");
}

static void letters_that_do_not_decompose(void **state)
{
	(void)state;
	folds_to("Łukasz", "lukasz");
	folds_to("Søren Ærø", "sorenaero");
	folds_to("Đorđe", "dorde");
	folds_to("Großmann", "grossmann");
	folds_to("GROẞMANN", "grossmann");
	folds_to("Þór", "thor");
	folds_to("Œuvre", "oeuvre");
	folds_to("Əliyev", "aliyev");
	folds_to("Məmmədov", "mammadov");
	folds_to("Ɓala Ɗanƙwara Ƴaro", "baladankwarayaro"); /* Hausa */
	folds_to("Ɛkua Ɔbeng Ŋgalla", "ekuaobengngalla");
}

static void apostrophes_hyphens_and_spaces(void **state)
{
	(void)state;
	same("el harrane", "ELHARRANE");
	same("El-Harrane", "El‑Harrane");
	same("Sa'id", "Saʿid");
	same("Sa’id", "Sa`id");
	same("Oʻzbekiston", "O'zbekiston");
	same("ʾAḥmad", "ahmad");
	same("Jean-Baptiste", "jean baptiste");
	same("J. P. Ndiaye", "JP NDIAYE");
	same("Ben\u00a0Ali", "BenAli");
	same("Zo\u00adhra", "Zohra");
}

static void arabic_spellings(void **state)
{
	(void)state;
	same("فاطمة", "فاطمه");
	same("أحمد", "احمد");
	same("إبراهيم", "ابراهيم");
	same("آمنة", "امنه");
	same("ٱلرحمن", "الرحمن");
	same("مصطفى", "مصطفي");
	same("مؤمن", "مومن");
	same("عائشة", "عايشه");
	same("علاء", "علا");
	same("محمـــد", "محمد");
	same("مُحَمَّد", "محمد");
	same("عبد الله", "عبدالله");
	same("ﻓﺎﻃﻤﺔ", "فاطمة"); /* presentation forms */
	same("فاطمة\u200f", "فاطمة");
}

static void persian_and_urdu_letters(void **state)
{
	(void)state;
	same("کریمی", "كريمي");
	same("علی", "علي");
	same("می\u200cخواهم", "ميخواهم");
	same("شاہ", "شاه");
}

static void digits_of_any_script(void **state)
{
	(void)state;
	folds_to("٠١٢٣٤٥٦٧٨٩", "0123456789");
	folds_to("۰۱۲۳۴۵۶۷۸۹", "0123456789");
	folds_to("০৯", "09");
	folds_to("１２", "12");
	folds_to("𝟘𝟡𝟬", "090");
}

static void other_names_stay_apart(void **state)
{
	static const char *const names[] = {
		"حسن", "حسين", "خالد", "جلد", "علي", "عالي", "Hassan", "Hasan", "Иван", "Ahmed", "Ahmad",
	};
	enum { COUNT = sizeof names / sizeof *names };
	struct text keys[COUNT];

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		keys[i] = folding_key(text_of(names[i]), &arena);
		assert_true(keys[i].size > 0);
		for (size_t j = 0; j < i; j++)
			assert_false(text_equal(keys[i], keys[j]));
	}
}

static void words_are_split_at_white_space(void **state)
{
	struct text words[3];

	(void)state;
	assert_int_equal(folding_words(TEXT("  El\tHarrane\u00a0Rajae - "), &arena, words, 3), 3);
	assert_true(text_is(words[0], "el"));
	assert_true(text_is(words[1], "harrane"));
	assert_true(text_is(words[2], "rajae"));
	assert_int_equal(folding_words(TEXT("a b c d"), &arena, words, 2), 2);
	assert_int_equal(folding_words(TEXT(" - ' "), &arena, words, 3), 0);
	assert_int_equal(folding_words(TEXT(""), &arena, words, 3), 0);
	assert_int_equal(folding_words((struct text){0}, &arena, words, 3), 0);
	assert_int_equal(folding_words(TEXT("a \xff b"), &arena, words, 3), 1);
}

static void what_is_not_utf8_folds_to_empty(void **state)
{
	static const struct text bad[] = {
		{"Isik\xff", 5}, {"\xc3", 1}, {"\xc0\x80", 2}, {"\xed\xa0\x80", 3}, {"\xf4\x90\x80\x80", 4},
		{"S\xf8ren", 5}, {NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct text key = folding_key(bad[i], &arena);

		assert_non_null(key.at);
		assert_int_equal(key.size, 0);
	}
	assert_true(text_equal(folding_key((struct text){"a\0b", 3}, &arena), TEXT("ab")));
	folds_to("ﷺ", "صلياللهعليهوسلم");
}

static void any_bytes_are_safe(void **state)
{
	unsigned seed = 20240229;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t size = (size_t)(round % 24);
		char *bytes = malloc(size + 1); /* exact, so that a read past it is caught */
		struct text key, words[4];

		assert_non_null(bytes);
		for (size_t i = 0; i < size; i++) {
			seed = seed * 1103515245u + 12345u;
			bytes[i] = (char)(seed >> 16);
		}
		key = folding_key((struct text){bytes, (uint32_t)size}, &arena);
		assert_non_null(key.at);
		folding_words((struct text){bytes, (uint32_t)size}, &arena, words, 4);
		free(bytes);
		arena_reset(&arena);
	}
}

/* Every letter there is: the key of a key is itself, and it is UTF-8. */
static void folding_twice_changes_nothing(void **state)
{
	(void)state;
	for (uint32_t point = 1; point < 0x110000; point++) {
		char bytes[4];
		uint32_t size = 0;
		struct text key;

		if (point >= 0xD800 && point < 0xE000)
			continue;
		if (point < 0x80) {
			bytes[size++] = (char)point;
		} else if (point < 0x800) {
			bytes[size++] = (char)(0xC0 | point >> 6);
		} else if (point < 0x10000) {
			bytes[size++] = (char)(0xE0 | point >> 12);
			bytes[size++] = (char)(0x80 | (point >> 6 & 63));
		} else {
			bytes[size++] = (char)(0xF0 | point >> 18);
			bytes[size++] = (char)(0x80 | (point >> 12 & 63));
			bytes[size++] = (char)(0x80 | (point >> 6 & 63));
		}
		if (point >= 0x80)
			bytes[size++] = (char)(0x80 | (point & 63));
		key = folding_key((struct text){bytes, size}, &arena);
		if (!text_equal(folding_key(key, &arena), key))
			fail_msg("U+%04X folds to %.*s, which folds further", point, (int)key.size, key.at);
		arena_reset(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(turkish_i_with_and_without_dot),
		cmocka_unit_test(letters_that_do_not_decompose),
		cmocka_unit_test(apostrophes_hyphens_and_spaces),
		cmocka_unit_test(arabic_spellings),
		cmocka_unit_test(persian_and_urdu_letters),
		cmocka_unit_test(digits_of_any_script),
		cmocka_unit_test(other_names_stay_apart),
		cmocka_unit_test(words_are_split_at_white_space),
		cmocka_unit_test(what_is_not_utf8_folds_to_empty),
		cmocka_unit_test(any_bytes_are_safe),
		cmocka_unit_test(folding_twice_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
