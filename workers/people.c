/* Finding people, and one person with history. */
#include "schema/badge.h"
#include "schema/folding.h"
#include "workers/reading.h"
#include "workers/sheet.h"
#include "workers/store.h"

enum { FIND_LIMIT = 20, HISTORY_PAGE = 100, ROSTER_PAGE = 100, ROSTER_AGAIN_MS = 1000 };

/* More than one person's line can come to. */
enum { PERSON_BYTES = 4096 };

/* What was typed, folded as names are. */
struct words {
	struct text at[FOLDING_WORDS_MAX];
	size_t count;
};

/* False when no name can hold it, such as a lone hyphen; memory being out shows so, too. */
static bool words_read(struct text typed, struct arena *arena, struct words *words)
{
	size_t count = folding_words(typed, arena, words->at, FOLDING_WORDS_MAX);

	words->count = 0;
	for (size_t i = 0; i < count; i++)
		if (words->at[i].size)
			words->at[words->count++] = words->at[i];
	return words->count > 0;
}

static struct text badge_code(const struct reading *reading, struct text scanned)
{
	char code[BADGE_SIZE + 1];

	return badge_read(reading->event, scanned, code) ? scanned : arena_text(reading->arena, text_of(code));
}

/* Among everybody (ABSENT), or this person alone. */
static void search_of(struct person_search *search, int64_t person)
{
	message_clear(&message_person_search, search);
	search->cursor = person == ABSENT ? 0 : person - 1;
	search->last = person == ABSENT ? INT64_MAX : person;
}

/* One by one, for whom else the search leaves out only the store knows. */
static enum error find_named(struct reading *reading, struct person_search *search, const struct words *words,
			     struct list *people)
{
	uint32_t limit = (uint32_t)search->limit;
	int64_t person = search->cursor, last = search->last;
	enum error e = namebook_follow(reading->names, reading->store);

	people->items = arena_alloc(reading->arena, limit * sizeof(struct person_line));
	if (!e && !people->items)
		e = E_NO_MEMORY;
	while (!e && people->count < limit && person < last &&
	       (person = namebook_next(reading->names, person, words->at, words->count))) {
		struct list found;

		if (person > last)
			break;
		search->cursor = person - 1;
		search->last = person;
		e = person_find(reading->store, search, reading->arena, &found);
		if (!e && found.count)
			*LIST_AT(*people, person_line, people->count++) = *LIST_AT(found, person_line, 0);
	}
	return e;
}

enum error read_find(struct reading *reading, const struct find *in, struct found *out)
{
	struct person_search search;
	struct words words;
	uint32_t limit = in->limit == ABSENT ? FIND_LIMIT : (uint32_t)in->limit, count;
	size_t budget = SHEET_BYTES;
	enum error e;

	search_of(&search, in->person);
	if (in->text.at && !words_read(in->text, reading->arena, &words))
		return E_OK;
	if (in->badge.at)
		search.badge = badge_code(reading, in->badge);
	search.entity = in->entity;
	if (in->cursor != ABSENT && in->cursor > search.cursor)
		search.cursor = in->cursor;
	search.limit = limit + 1;
	e = in->text.at ? find_named(reading, &search, &words, &out->people)
			: person_find(reading->store, &search, reading->arena, &out->people);
	if (e)
		return e;
	count = out->people.count;
	if ((e = sheet_trim(&message_person_line, &out->people, limit, reading->arena, &budget)))
		return e;
	if (out->people.count < count)
		out->cursor = LIST_AT(out->people, person_line, out->people.count - 1)->person;
	return E_OK;
}

enum error read_person(struct reading *reading, const struct person_ref *in, struct person_card *out)
{
	struct person_search search;
	struct page page = {.person = in->person, .cursor = in->cursor == ABSENT ? 0 : in->cursor,
			    .limit = HISTORY_PAGE + 1};
	size_t budget = SHEET_BYTES - PERSON_BYTES;
	uint32_t count;
	enum error e;

	search_of(&search, in->person);
	search.limit = 1;
	if ((e = person_find(reading->store, &search, reading->arena, &out->people)))
		return e;
	if (!out->people.count)
		return E_UNKNOWN_PERSON;
	if ((e = person_history(reading->store, &page, reading->arena, &out->history)))
		return e;
	count = out->history.count;
	if ((e = sheet_trim(&message_history_entry, &out->history, HISTORY_PAGE, reading->arena, &budget)))
		return e;
	if (out->history.count < count)
		out->cursor = LIST_AT(out->history, history_entry, out->history.count - 1)->ledger;
	return E_OK;
}

/*
 * Each page reads what stands then, so the first page's sequence is the one to go on from: what changes while the
 * others are read comes once more. Another file is told by its instance, and one whose ledger is shorter than `since`
 * also by a smaller `next`.
 */
enum error read_roster(struct reading *reading, const struct roster_query *in, struct roster_page *out)
{
	struct page page = {.person = ABSENT, .since = in->since, .cursor = in->cursor == ABSENT ? 0 : in->cursor,
			    .limit = ROSTER_PAGE + 1};
	size_t budget = SHEET_BYTES;
	uint32_t count;
	enum error e;

	out->next = 0;
	out->after_ms = ROSTER_AGAIN_MS;
	if ((e = ledger_last(reading->store, &out->next)) ||
	    (e = store_instance(reading->store, reading->arena, &out->instance)) ||
	    (e = roster_since(reading->store, &page, reading->arena, &out->people)))
		return e;
	count = out->people.count;
	if ((e = sheet_trim(&message_person_line, &out->people, ROSTER_PAGE, reading->arena, &budget)))
		return e;
	if (out->people.count < count)
		out->cursor = LIST_AT(out->people, person_line, out->people.count - 1)->person;
	return E_OK;
}
