/* Folds names so that spellings of one name meet: for search keys and for what is typed. */
#ifndef HUDUR_SCHEMA_FOLDING_H
#define HUDUR_SCHEMA_FOLDING_H

#include "schema/arena.h"

/*
 * Lower case, without marks, spaces, hyphens, apostrophes, other punctuation and invisible signs;
 * letters that Unicode does not decompose are brought to their nearest plain one (dotless i,
 * o with stroke, sharp s, schwa; Arabic alef and yeh forms, teh marbuta, lone hamza, tatweel,
 * Persian kaf, yeh and heh; digits of any script). Işık and isik, فاطمة and فاطمه, el harrane and
 * ELHARRANE fold alike. The result lives in the arena. Absent only when memory is out; input that
 * is not UTF-8 folds to empty.
 */
struct text folding_key(struct text name, struct arena *arena);

/* A search goes by this many words; further ones are not looked at. */
enum { FOLDING_WORDS_MAX = 4 };

/*
 * The same for each word of what somebody typed; words are split at white space, those that fold
 * to nothing are left out. At most `max` words.
 */
size_t folding_words(struct text typed, struct arena *arena, struct text *words, size_t max);

#endif
