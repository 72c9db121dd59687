/* Both ways between bytes and hexadecimal digits. */
#include "schema/hex.h"

struct text hex_write(struct text bytes, struct arena *arena)
{
	static const char digits[] = "0123456789abcdef";
	char *at = arena_alloc(arena, (size_t)bytes.size * 2 + 1);

	if (!at)
		return (struct text){0};
	for (size_t i = 0; i < bytes.size; i++) {
		at[2 * i] = digits[(uint8_t)bytes.at[i] >> 4];
		at[2 * i + 1] = digits[(uint8_t)bytes.at[i] & 15];
	}
	return (struct text){at, bytes.size * 2};
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_read(struct text text, char *bytes)
{
	if (text.size % 2)
		return false;
	for (uint32_t i = 0; i < text.size; i += 2) {
		int high = digit(text.at[i]), low = digit(text.at[i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i / 2] = (char)(high << 4 | low);
	}
	return true;
}
