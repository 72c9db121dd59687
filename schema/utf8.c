/* Judges texts that come from outside. */
#include "schema/utf8.h"

#include <utf8proc.h>

enum utf8 utf8_check(struct text text)
{
	const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text.at;
	utf8proc_ssize_t size = text.size;

	while (size > 0) {
		utf8proc_int32_t code = *at;
		utf8proc_ssize_t step = 1;

		if (code >= 0x80)
			step = utf8proc_iterate(at, size, &code);
		if (step <= 0)
			return UTF8_BROKEN;
		if (code < 0x20 || (code >= 0x7f && code <= 0x9f))
			return UTF8_CONTROL;
		at += step;
		size -= step;
	}
	return UTF8_CLEAN;
}
