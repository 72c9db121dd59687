/* Makes and reads badge codes; the check character is a sum over the field of 32 elements. */
#include "schema/badge.h"

#include <stddef.h>

enum { EVENT_SIZE = 2, CHECKED = BADGE_SIZE - 1, BITS = 5 };

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* One more than the value of a character as typed: 0 is for those that are no digit. */
#define BOTH(upper, lower, value) [upper] = (value) + 1, [lower] = (value) + 1
static const unsigned char values[256] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5,
	['5'] = 6, ['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10,
	BOTH('A', 'a', 10), BOTH('B', 'b', 11), BOTH('C', 'c', 12), BOTH('D', 'd', 13), BOTH('E', 'e', 14),
	BOTH('F', 'f', 15), BOTH('G', 'g', 16), BOTH('H', 'h', 17), BOTH('J', 'j', 18), BOTH('K', 'k', 19),
	BOTH('M', 'm', 20), BOTH('N', 'n', 21), BOTH('P', 'p', 22), BOTH('Q', 'q', 23), BOTH('R', 'r', 24),
	BOTH('S', 's', 25), BOTH('T', 't', 26), BOTH('V', 'v', 27), BOTH('W', 'w', 28), BOTH('X', 'x', 29),
	BOTH('Y', 'y', 30), BOTH('Z', 'z', 31), BOTH('O', 'o', 0), BOTH('I', 'i', 1), BOTH('L', 'l', 1),
};
#undef BOTH

/* Its value, or -1. */
static int value_of(char c)
{
	return values[(unsigned char)c] - 1;
}

/* Times x, modulo x^5 + x^2 + 1: x is of order 31, so the weights of all places differ. */
static unsigned times_x(unsigned value)
{
	value <<= 1;
	return value & 32 ? value ^ 37 : value;
}

/* Horner's rule: each place weighs x times the next, the check character 1. */
static char check_of(const char *code)
{
	unsigned sum = 0;

	for (int i = 0; i < CHECKED; i++)
		sum = times_x(sum ^ (unsigned)value_of(code[i]));
	return digits[sum];
}

/* Ten bits of FNV-1a, folded so that each bit of it matters. */
static void put_event(struct text event, char *code)
{
	uint32_t hash = 2166136261u;

	for (uint32_t i = 0; i < event.size; i++)
		hash = (hash ^ (unsigned char)event.at[i]) * 16777619u;
	hash ^= hash >> 20 ^ hash >> 10;
	code[0] = digits[hash >> BITS & 31];
	code[1] = digits[hash & 31];
}

void badge_make(struct text event, const unsigned char random[8], char code[BADGE_SIZE + 1])
{
	uint64_t bits = 0;

	for (int i = 0; i < 8; i++)
		bits = bits << 8 | random[i];
	put_event(event, code);
	for (int i = EVENT_SIZE; i < CHECKED; i++, bits >>= BITS)
		code[i] = digits[bits & 31];
	code[CHECKED] = check_of(code);
	code[BADGE_SIZE] = '\0';
}

static bool is_ignored(char c)
{
	return c == ' ' || c == '-' || c == '\t' || c == '\r' || c == '\n';
}

static bool normalise(struct text scanned, char code[BADGE_SIZE + 1])
{
	int size = 0;

	for (uint32_t i = 0; i < scanned.size; i++) {
		int value = value_of(scanned.at[i]);

		if (is_ignored(scanned.at[i]))
			continue;
		if (value < 0 || size == BADGE_SIZE)
			return false;
		code[size++] = digits[value];
	}
	code[size] = '\0';
	return size == BADGE_SIZE;
}

enum error badge_read(struct text event, struct text scanned, char code[BADGE_SIZE + 1])
{
	char tag[EVENT_SIZE];

	if (!normalise(scanned, code) || code[CHECKED] != check_of(code)) {
		code[0] = '\0';
		return E_UNKNOWN_BADGE;
	}
	put_event(event, tag);
	return memcmp(tag, code, EVENT_SIZE) == 0 ? E_OK : E_OTHER_EVENT;
}
