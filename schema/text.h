/* A run of bytes that somebody else owns: the one string type that crosses a function boundary. */
#ifndef HUDUR_SCHEMA_TEXT_H
#define HUDUR_SCHEMA_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A view: never owns, not NUL-terminated. `at == NULL` means absent, which is not the same as empty. */
struct text {
	const char *at;
	uint32_t size;
};

#define TEXT(literal) ((struct text){(literal), (uint32_t)sizeof(literal) - 1})

static inline struct text text_of(const char *s)
{
	return (struct text){s, s ? (uint32_t)strlen(s) : 0};
}

/* The last byte first: codes and names of one size mostly begin alike. */
static inline bool text_equal(struct text a, struct text b)
{
	return a.size == b.size &&
	       (a.size == 0 || (a.at[a.size - 1] == b.at[a.size - 1] && memcmp(a.at, b.at, a.size) == 0));
}

static inline bool text_is(struct text a, const char *s)
{
	return a.at && text_equal(a, text_of(s));
}

#endif
