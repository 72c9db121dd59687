/* Compares names as the search folds them. */
#include "clients/desk/double.h"

#include <stdlib.h>

#include "schema/folding.h"

enum { WORDS_MAX = 16 };

static int order(const void *a, const void *b)
{
	const struct text *one = a, *other = b;
	uint32_t size = one->size < other->size ? one->size : other->size;
	int before = memcmp(one->at, other->at, size);

	return before ? before : (one->size > other->size) - (one->size < other->size);
}

static bool same_words(struct text one, struct text other, struct arena *arena)
{
	struct text a[WORDS_MAX], b[WORDS_MAX];
	size_t count = folding_words(one, arena, a, WORDS_MAX);

	if (count == 0 || count != folding_words(other, arena, b, WORDS_MAX))
		return false;
	qsort(a, count, sizeof *a, order);
	qsort(b, count, sizeof *b, order);
	for (size_t i = 0; i < count; i++)
		if (!text_equal(a[i], b[i]))
			return false;
	return true;
}

static bool same_name(struct text one, struct text other, struct arena *arena)
{
	if (!one.at || !other.at)
		return false;
	struct text a = folding_key(one, arena), b = folding_key(other, arena);
	return (a.size > 0 && text_equal(a, b)) || same_words(one, other, arena);
}

bool double_is_probable(const struct person_line *one, const struct person_line *other)
{
	struct arena arena = {0};
	bool same;

	if (one->person == other->person ||
	    (one->entity.at && other->entity.at && !text_equal(one->entity, other->entity)))
		return false;
	same = same_name(one->name, other->name, &arena) || same_name(one->arabic, other->arabic, &arena) ||
	       same_name(one->name, other->arabic, &arena) || same_name(one->arabic, other->name, &arena);
	arena_free(&arena);
	return same;
}
