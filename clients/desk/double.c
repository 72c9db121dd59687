/* Compares names as the search folds them, word by word, with one slip of the pen allowed in one of them. */
#include "clients/desk/double.h"

#include "schema/folding.h"

/* A word with fewer letters is another word when one of them differs. */
enum { WORDS_MAX = 16, LETTERS_MIN = 4 };

struct word {
	const uint32_t *letters; /* each one's UTF-8 bytes in a number */
	size_t count;
};

/* The letters of neighbouring words follow each other in memory, so a run of words is one word as well. */
struct name {
	struct word words[WORDS_MAX];
	size_t count;
};

/* ---- folding ---- */

static size_t spell(struct text folded, uint32_t *letters)
{
	size_t count = 0;

	for (uint32_t i = 0; i < folded.size; i++) {
		uint8_t byte = (uint8_t)folded.at[i];

		if ((byte & 0xC0) == 0x80)
			letters[count - 1] = letters[count - 1] << 8 | byte;
		else
			letters[count++] = byte;
	}
	return count;
}

/* Empty for an absent text, one without letters, one that is not UTF-8, and when memory is out. */
static struct name name_fold(struct text text, struct arena *arena)
{
	struct text words[WORDS_MAX], parts = arena_text(arena, text);
	struct name name = {0};
	size_t size = 0, count;
	uint32_t *letters;

	for (char *at = (char *)parts.at; at && *at; at++)
		if (*at == '-')
			*at = ' ';
	count = folding_words(parts, arena, words, WORDS_MAX);
	for (size_t i = 0; i < count; i++)
		size += words[i].size;
	letters = arena_alloc(arena, size * sizeof *letters);
	for (; letters && name.count < count; name.count++) {
		struct word word = {letters, spell(words[name.count], letters)};

		name.words[name.count] = word;
		letters += word.count;
	}
	return name;
}

/* ---- comparing ---- */

static bool word_equal(struct word a, struct word b)
{
	return a.count == b.count && memcmp(a.letters, b.letters, a.count * sizeof *a.letters) == 0;
}

/* One letter replaced, added or left out, or two neighbours exchanged. */
static bool word_near(struct word a, struct word b)
{
	size_t least = a.count < b.count ? a.count : b.count, start = 0, end = 0;

	while (start < least && a.letters[start] == b.letters[start])
		start++;
	while (end < least - start && a.letters[a.count - 1 - end] == b.letters[b.count - 1 - end])
		end++;
	a = (struct word){a.letters + start, a.count - start - end};
	b = (struct word){b.letters + start, b.count - start - end};
	return least >= LETTERS_MIN &&
	       ((a.count <= 1 && b.count <= 1) || (a.count == 2 && b.count == 2 && a.letters[0] == b.letters[1] &&
						   a.letters[1] == b.letters[0]));
}

/* As many words from there on as are neighbours and have at most that many letters; `*from` goes past them. */
static struct word run(const struct name *name, size_t *from, size_t letters)
{
	struct word all = {name->words[*from].letters, 0};

	for (; *from < name->count; ++*from) {
		struct word next = name->words[*from];

		if (next.letters != all.letters + all.count || all.count + next.count > letters)
			break;
		all.count += next.count;
	}
	return all;
}

static void take_out(struct name *name, size_t from, size_t to)
{
	memmove(name->words + from, name->words + to, (name->count - to) * sizeof *name->words);
	name->count -= to - from;
}

/* Takes out a word of `one` and the word or run of words of `other` that is equal to it; false: there is none. */
static bool pair_up(struct name *one, struct name *other)
{
	for (size_t i = 0; i < one->count; i++)
		for (size_t from = 0; from < other->count; from++) {
			size_t to = from;

			if (!word_equal(one->words[i], run(other, &to, one->words[i].count)))
				continue;
			take_out(one, i, i + 1);
			take_out(other, from, to);
			return true;
		}
	return false;
}

static enum likeness name_likeness(struct name one, struct name other)
{
	size_t a = 0, b = 0;

	if (!one.count || !other.count)
		return LIKENESS_NONE;
	if (word_equal(run(&one, &a, SIZE_MAX), run(&other, &b, SIZE_MAX)))
		return LIKENESS_WORDS;
	while (pair_up(&one, &other) || pair_up(&other, &one))
		continue;
	if (!one.count || !other.count)
		return one.count == other.count ? LIKENESS_WORDS : LIKENESS_NONE;
	a = b = 0;
	return word_near(run(&one, &a, SIZE_MAX), run(&other, &b, SIZE_MAX)) && a == one.count && b == other.count
		       ? LIKENESS_SLIP : LIKENESS_NONE;
}

/* ---- registrations ---- */

struct registration_names {
	const struct person_line *line;
	struct name name, arabic;
};

static struct registration_names names_of(const struct person_line *line, struct arena *arena)
{
	return (struct registration_names){line, name_fold(line->name, arena), name_fold(line->arabic, arena)};
}

static enum likeness likeness_of(const struct registration_names *one, const struct person_line *other,
				 struct arena *arena)
{
	bool stated = one->line->entity.at && other->entity.at;
	enum likeness most = LIKENESS_NONE;

	if (one->line->person == other->person || (stated && !text_equal(one->line->entity, other->entity)))
		return LIKENESS_NONE;
	const struct registration_names two = names_of(other, arena);
	const struct name own[] = {one->name, one->arabic}, others[] = {two.name, two.arabic};
	for (size_t i = 0; i < 4; i++) {
		enum likeness likeness = name_likeness(own[i / 2], others[i % 2]);
		if (likeness > most)
			most = likeness;
	}
	return most && stated ? most + 1 : most;
}

enum likeness double_likeness(const struct person_line *one, const struct person_line *other)
{
	struct arena arena = {0};
	const struct registration_names names = names_of(one, &arena);
	enum likeness likeness = likeness_of(&names, other, &arena);

	arena_free(&arena);
	return likeness;
}

uint32_t doubles_find(const struct roster *roster, const struct person_line *one,
		      const struct person_line *doubles[DOUBLES_MAX])
{
	struct arena own = {0}, others = {0};
	const struct registration_names names = names_of(one, &own);
	enum likeness likeness[DOUBLES_MAX];
	uint32_t count = 0;

	for (uint32_t i = 0; i < roster->count; i++) {
		enum likeness next = likeness_of(&names, roster_at(roster, i), &others);
		uint32_t at = count;

		arena_reset(&others);
		while (at > 0 && likeness[at - 1] < next)
			at--;
		if (!next || at == DOUBLES_MAX)
			continue;
		count += count < DOUBLES_MAX;
		memmove(likeness + at + 1, likeness + at, (count - 1 - at) * sizeof *likeness);
		memmove(doubles + at + 1, doubles + at, (count - 1 - at) * sizeof *doubles);
		likeness[at] = next;
		doubles[at] = roster_at(roster, i);
	}
	arena_free(&own);
	arena_free(&others);
	return count;
}
