/* Whether two registrations may be of one person: suggested to the steward, never merged. */
#ifndef HUDUR_CLIENTS_DOUBLE_H
#define HUDUR_CLIENTS_DOUBLE_H

#include "clients/desk/roster.h"

enum { DOUBLES_MAX = 5 };

/* How likely it is; a stated entity of both is the same one then. */
enum likeness {
	LIKENESS_NONE,
	LIKENESS_SLIP,          /* a slip of the pen apart, and one states no entity */
	LIKENESS_SLIP_ENTITY,   /* the same, and both state it */
	LIKENESS_WORDS,         /* the same words */
	LIKENESS_WORDS_ENTITY
};

/*
 * Not LIKENESS_NONE for two numbers who represent the same, or one of whom states nothing, and whose names fold to the same words in
 * any order and however parts are set together (spaces, hyphens), or to the same letters. One word or run of words, of
 * 4 letters or more, may differ by one letter (replaced, added, left out) or by two neighbours exchanged. The name or
 * the Arabic form of one is held against either of the other; of a name the first 16 words count.
 */
enum likeness double_likeness(const struct person_line *one, const struct person_line *other);

/* Whoever in the roster may be `one`, the likeliest first, of equals the lower number; at most DOUBLES_MAX. Views. */
uint32_t doubles_find(const struct roster *roster, const struct person_line *one,
		      const struct person_line *doubles[DOUBLES_MAX]);

#endif
