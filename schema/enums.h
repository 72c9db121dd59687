/* The closed vocabularies, from enums.def. 0 always means "not stated". */
#ifndef HUDUR_SCHEMA_ENUMS_H
#define HUDUR_SCHEMA_ENUMS_H

#include "schema/text.h"

#define ENUM(name, sentence) enum name { name##_none = 0,
#define VALUE(name, value, sentence) name##_##value,
#define END_ENUM(name) name##_count };
#include "schema/enums.def"

/* One vocabulary as a table: words[0] is NULL, words[count] is past the end. */
struct vocabulary {
	const char *name, *sentence;
	const char *const *words, *const *sentences;
	uint32_t count;
};

#define ENUM(name, sentence) extern const struct vocabulary vocabulary_##name;
#define VALUE(name, value, sentence)
#define END_ENUM(name)
#include "schema/enums.def"

/* The value's word, or NULL for 0 and for a value outside the vocabulary. */
const char *vocabulary_word(const struct vocabulary *vocabulary, uint32_t value);

/* The word's value, or 0. */
uint32_t vocabulary_value(const struct vocabulary *vocabulary, struct text word);

#endif
