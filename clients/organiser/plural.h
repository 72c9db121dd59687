/* Counts in words of a language, in the form that its grammar wants for the number. */
#ifndef HUDUR_CLIENTS_PLURAL_H
#define HUDUR_CLIENTS_PLURAL_H

#include "schema/arena.h"
#include "schema/enums.h"

/* The plural categories of Unicode CLDR; zero is also our own, for "no representatives" in every
 * language. */
enum plural {
	PLURAL_ZERO, PLURAL_ONE, PLURAL_TWO, PLURAL_FEW, PLURAL_MANY, PLURAL_OTHER, PLURAL_COUNT
};

/* One noun: a form for each category, NULL where the language does as with `other`. # stands for
 * the number. */
struct forms {
	const char *of[PLURAL_COUNT];
	const char *range; /* for "1–2", where the form has no # */
};

/* What CLDR says of the number in that language (ICU); PLURAL_OTHER when it cannot be asked. */
enum plural plural_of(enum language language, int64_t number);

/* The form for low and high, which differ only where an end was assumed; a range takes the form of
 * `high`. Arena. */
struct text plural_write(enum language language, const struct forms *forms, int64_t low,
			 int64_t high, struct arena *arena);

#endif
