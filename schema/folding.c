/* Folds code point by code point: Unicode's plain form and case, then what it leaves apart. */
#include "schema/folding.h"

#include <stdlib.h>
#include <utf8proc.h>

/* Unicode's longest decomposition has 18. */
enum { PARTS_MAX = 32 };

struct replacement {
	int32_t letter;
	const char *by; /* UTF-8; "" drops it */
};

/* In order. Only what is left after decomposition, case folding and the stripping of marks. */
static const struct replacement replacements[] = {
	{0x00E6, "ae"}, {0x00F0, "d"}, {0x00F8, "o"}, {0x00FE, "th"}, {0x0111, "d"},
	{0x0127, "h"}, {0x0131, "i"}, {0x0138, "k"}, {0x0142, "l"}, {0x014B, "n"},
	{0x0153, "oe"}, {0x0167, "t"}, {0x0180, "b"}, {0x0199, "k"}, {0x01A3, "g"},
	{0x01A5, "p"}, {0x01AD, "t"}, {0x01B4, "y"}, {0x01B6, "z"}, {0x01DD, "a"},
	{0x01E5, "g"}, {0x0237, "j"}, {0x0253, "b"}, {0x0254, "o"}, {0x0256, "d"},
	{0x0257, "d"}, {0x0259, "a"}, {0x025B, "e"}, {0x0260, "g"}, {0x0268, "i"},
	{0x0272, "n"}, {0x0289, "u"}, {0x02B9, ""}, {0x02BA, ""}, {0x02BB, ""},
	{0x02BC, ""}, {0x02BD, ""}, {0x02BE, ""}, {0x02BF, ""}, {0x02C8, ""},
	{0x02CA, ""}, {0x02CB, ""}, {0x0621, ""}, {0x0629, "\u0647"}, {0x0640, ""},
	{0x0649, "\u064A"}, {0x066E, "\u0628"}, {0x0671, "\u0627"}, {0x0672, "\u0627"},
	{0x0673, "\u0627"}, {0x06A9, "\u0643"}, {0x06AA, "\u0643"}, {0x06BE, "\u0647"},
	{0x06C1, "\u0647"}, {0x06C3, "\u0647"}, {0x06CC, "\u064A"}, {0x06CD, "\u064A"},
	{0x06D2, "\u064A"}, {0x06D5, "\u0647"}, {0xA78B, ""}, {0xA78C, ""},
};

static int compare_letters(const void *key, const void *row)
{
	int32_t letter = *(const int32_t *)key, other = ((const struct replacement *)row)->letter;

	return (letter > other) - (letter < other);
}

static const char *replacement_of(int32_t letter)
{
	const struct replacement *row =
		bsearch(&letter, replacements, sizeof replacements / sizeof *replacements,
			sizeof *replacements, compare_letters);

	return row ? row->by : NULL;
}

/* Decimal digits come in runs of ten that begin with zero. */
static int32_t plain_digit(int32_t digit)
{
	int32_t zero = digit;

	while (zero > 0 && utf8proc_category(zero - 1) == UTF8PROC_CATEGORY_ND)
		zero--;
	return '0' + (digit - zero) % 10;
}

static bool is_dropped(utf8proc_category_t category)
{
	switch (category) {
	case UTF8PROC_CATEGORY_LU: case UTF8PROC_CATEGORY_LL: case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM: case UTF8PROC_CATEGORY_LO: case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL: case UTF8PROC_CATEGORY_NO: case UTF8PROC_CATEGORY_SM:
	case UTF8PROC_CATEGORY_SC: case UTF8PROC_CATEGORY_SO:
		return false;
	case UTF8PROC_CATEGORY_CN: case UTF8PROC_CATEGORY_MN: case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME: case UTF8PROC_CATEGORY_PC: case UTF8PROC_CATEGORY_PD:
	case UTF8PROC_CATEGORY_PS: case UTF8PROC_CATEGORY_PE: case UTF8PROC_CATEGORY_PI:
	case UTF8PROC_CATEGORY_PF: case UTF8PROC_CATEGORY_PO: case UTF8PROC_CATEGORY_SK:
	case UTF8PROC_CATEGORY_ZS: case UTF8PROC_CATEGORY_ZL: case UTF8PROC_CATEGORY_ZP:
	case UTF8PROC_CATEGORY_CC: case UTF8PROC_CATEGORY_CF: case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
		break;
	}
	return true;
}

/* Writes one decomposed letter, at most 4 bytes; returns how many. */
static size_t put_letter(int32_t letter, char *out)
{
	utf8proc_category_t category = utf8proc_category(letter);
	const char *by = replacement_of(letter);

	if (by) {
		size_t size = strlen(by);

		memcpy(out, by, size);
		return size;
	}
	if (is_dropped(category))
		return 0;
	if (category == UTF8PROC_CATEGORY_ND)
		letter = plain_digit(letter);
	return (size_t)utf8proc_encode_char(letter, (utf8proc_uint8_t *)out);
}

static size_t put_folded(int32_t point, char out[4 * PARTS_MAX])
{
	const utf8proc_option_t options = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD;
	utf8proc_int32_t parts[PARTS_MAX];
	int boundary = 0;
	utf8proc_ssize_t count =
		utf8proc_decompose_char(point, parts, PARTS_MAX, options, &boundary);
	size_t size = 0;

	if (count > PARTS_MAX)
		count = PARTS_MAX;
	for (utf8proc_ssize_t i = 0; i < count; i++)
		size += put_letter(parts[i], out + size);
	return size;
}

/* The next code point from `*from` on, or -1 when what stands there is not UTF-8. */
static int32_t next_point(struct text text, uint32_t *from)
{
	utf8proc_int32_t point;
	utf8proc_ssize_t step = utf8proc_iterate((const utf8proc_uint8_t *)text.at + *from,
						 (utf8proc_ssize_t)(text.size - *from), &point);

	if (step <= 0)
		return -1;
	*from += (uint32_t)step;
	return point;
}

/* Folds into `out`, or only measures when it is NULL. Not UTF-8: 0. */
static size_t fold(struct text name, char *out)
{
	size_t size = 0;

	for (uint32_t from = 0; from < name.size;) {
		char folded[4 * PARTS_MAX];
		int32_t point = next_point(name, &from);
		size_t added;

		if (point < 0)
			return 0;
		added = put_folded(point, folded);
		if (out)
			memcpy(out + size, folded, added);
		size += added;
	}
	return size;
}

struct text folding_key(struct text name, struct arena *arena)
{
	size_t size = fold(name, NULL);
	char *key = size < UINT32_MAX ? arena_alloc(arena, size + 1) : NULL;

	if (!key)
		return (struct text){0};
	if (size)
		fold(name, key);
	return (struct text){key, (uint32_t)size};
}

static bool is_space(int32_t point)
{
	utf8proc_category_t category = utf8proc_category(point);

	return (point >= '\t' && point <= '\r') || category == UTF8PROC_CATEGORY_ZS ||
	       category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

/* The word that begins at or after `*from`, empty at the end; `*from` goes past it. */
static struct text next_word(struct text typed, uint32_t *from)
{
	uint32_t start = *from, end = *from, next = *from;

	while (next < typed.size) {
		int32_t point = next_point(typed, &next);

		if (point < 0) {
			next = typed.size;
			break;
		}
		if (!is_space(point))
			end = next;
		else if (end > start)
			break;
		else
			start = end = next;
	}
	*from = next;
	return (struct text){typed.at + start, end - start};
}

size_t folding_words(struct text typed, struct arena *arena, struct text *words, size_t max)
{
	size_t count = 0;
	uint32_t from = 0;

	while (from < typed.size && count < max) {
		struct text word = next_word(typed, &from);

		words[count] = folding_key(word, arena);
		if (words[count].size)
			count++;
	}
	return count;
}
