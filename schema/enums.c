/* Words of the vocabularies in enums.def. */
#include "schema/enums.h"

#include <stddef.h>

#define ENUM(name, sentence) static const char *const name##_words[] = {NULL,
#define VALUE(name, value, sentence) #value,
#define END_ENUM(name) };
#include "schema/enums.def"

#define ENUM(name, sentence) static const char *const name##_sentences[] = {NULL,
#define VALUE(name, value, sentence) sentence,
#define END_ENUM(name) };
#include "schema/enums.def"

#define ENUM(name, sentence) \
	const struct vocabulary vocabulary_##name = {#name, sentence, name##_words, name##_sentences, name##_count};
#define VALUE(name, value, sentence)
#define END_ENUM(name)
#include "schema/enums.def"

const char *vocabulary_word(const struct vocabulary *vocabulary, uint32_t value)
{
	return value < vocabulary->count ? vocabulary->words[value] : NULL;
}

uint32_t vocabulary_value(const struct vocabulary *vocabulary, struct text word)
{
	for (uint32_t i = 1; i < vocabulary->count; i++)
		if (text_is(word, vocabulary->words[i]))
			return i;
	return 0;
}
