/* An array of folded names, and of each a signature that rules most of them out before they are looked through. */
#include "workers/namebook.h"

#include <stdlib.h>

#include "schema/array.h"

/* Bit for each pair of neighbouring bytes: a name holds a word only if it has all the word's bits. */
typedef uint64_t signature;

struct named {
	signature pairs;
	size_t at;
	uint32_t size;
};

static signature signature_of(struct text text)
{
	signature pairs = 0;

	for (uint32_t i = 1; i < text.size; i++) {
		uint32_t pair = (uint32_t)(uint8_t)text.at[i - 1] << 8 | (uint8_t)text.at[i];

		pairs |= UINT64_C(1) << (pair * UINT32_C(2654435769) >> 26); /* Fibonacci hashing */
	}
	return pairs;
}

static bool make_room(struct namebook *book, uint32_t size)
{
	size_t room = book->letters_room;
	char *grown;

	while (room - book->letters_size < size)
		room = room ? room + room / 2 : 4096;
	if (room == book->letters_room)
		return true;
	grown = realloc(book->letters, room);
	if (!grown)
		return false;
	book->letters = grown;
	book->letters_room = room;
	return true;
}

static enum error take_name(void *context, const void *row)
{
	struct namebook *book = context;
	const struct name_row *name = row;

	/* a registration has a row of its own, so numbers never outrun the ledger; a damaged file may say anything */
	if (name->person < 1 || name->person > name->ledger || name->person >= UINT32_MAX)
		return E_BAD_DATA;
	while (book->person_count <= name->person) {
		if (!array_grow(&book->persons, &book->person_room, book->person_count, sizeof *book->persons))
			return E_NO_MEMORY;
		book->persons[book->person_count++] = (struct named){.size = 0};
	}
	if (!make_room(book, name->folded.size))
		return E_NO_MEMORY;
	book->persons[name->person] = (struct named){signature_of(name->folded), book->letters_size, name->folded.size};
	if (name->folded.size)
		memcpy(book->letters + book->letters_size, name->folded.at, name->folded.size);
	book->letters_size += name->folded.size;
	book->ledger = name->ledger;
	return E_OK;
}

enum error namebook_follow(struct namebook *book, struct driver *store)
{
	return name_since(store, book->ledger, take_name, book);
}

static bool holds(const struct namebook *book, const struct named *named, const struct text *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!memmem(book->letters + named->at, named->size, words[i].at, words[i].size))
			return false;
	return true;
}

int64_t namebook_next(const struct namebook *book, int64_t after, const struct text *words, size_t count)
{
	signature wanted = 0;

	for (size_t i = 0; i < count; i++)
		wanted |= signature_of(words[i]);
	for (int64_t person = after + 1; person < book->person_count; person++) {
		const struct named *named = &book->persons[person];

		if ((named->pairs & wanted) == wanted && named->size && holds(book, named, words, count))
			return person;
	}
	return 0;
}

void namebook_free(struct namebook *book)
{
	free(book->persons);
	free(book->letters);
	*book = (struct namebook){.ledger = 0};
}
