/* An array of people by number; the file holds each as a message of the table, so the usual decoder guards it. */
#include "clients/desk/roster.h"

#include <stdio.h>
#include <stdlib.h>

#include "schema/folding.h"
#include "schema/little.h"

enum { HEAD_SIZE = 16, LENGTH_SIZE = 4, PEOPLE_MAX = 1000000 };

struct member {
	struct person_line line; /* its texts are in `bytes` */
	char bytes[];
};

void roster_init(struct roster *roster, struct text event)
{
	*roster = (struct roster){.as_of = ABSENT};
	memcpy(roster->event, event.at, event.size);
}

void roster_free(struct roster *roster)
{
	struct roster empty;

	for (uint32_t i = 0; i < roster->count; i++)
		free(roster->members[i]);
	free(roster->members);
	roster_init(&empty, text_of(roster->event));
	*roster = empty;
}

static struct text *text_field(struct person_line *line, const struct field *field)
{
	return field->type == TYPE_STR ? (struct text *)((char *)line + field->offset) : NULL;
}

static struct member *member_new(const struct person_line *person)
{
	const struct message *message = &message_person_line;
	struct person_line line = *person;
	struct member *member;
	size_t size = 0;

	for (uint32_t i = 0; i < message->count; i++)
		if (text_field(&line, &message->fields[i]))
			size += text_field(&line, &message->fields[i])->size;
	member = malloc(sizeof *member + size);
	if (!member)
		return NULL;
	size = 0;
	for (uint32_t i = 0; i < message->count; i++) {
		struct text *text = text_field(&line, &message->fields[i]);
		if (!text || !text->at)
			continue;
		memcpy(member->bytes + size, text->at, text->size);
		text->at = member->bytes + size;
		size += text->size;
	}
	member->line = line;
	return member;
}

/* The first whose number is not lower. */
static uint32_t place_of(const struct roster *roster, int64_t number)
{
	uint32_t low = 0, high = roster->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (roster->members[middle]->line.person < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool room_made(struct roster *roster)
{
	uint32_t room = roster->room ? roster->room * 2 : 64;
	struct member **members;

	if (roster->count < roster->room)
		return true;
	members = roster->count < PEOPLE_MAX ? realloc(roster->members, room * sizeof(struct member *)) : NULL;
	if (!members)
		return false;
	roster->members = members;
	roster->room = room;
	return true;
}

enum error roster_put(struct roster *roster, const struct person_line *person)
{
	uint32_t at = place_of(roster, person->person);
	struct member *member = member_new(person);

	if (!member || !room_made(roster)) {
		free(member);
		return E_NO_MEMORY;
	}
	if (at < roster->count && roster->members[at]->line.person == person->person) {
		free(roster->members[at]);
	} else {
		memmove(roster->members + at + 1, roster->members + at, (roster->count - at) * sizeof(struct member *));
		roster->count++;
	}
	roster->members[at] = member;
	return E_OK;
}

const struct person_line *roster_person(const struct roster *roster, int64_t number)
{
	uint32_t at = place_of(roster, number);

	return at < roster->count && roster->members[at]->line.person == number ? &roster->members[at]->line : NULL;
}

const struct person_line *roster_badge(const struct roster *roster, const char *code)
{
	for (uint32_t i = 0; i < roster->count; i++)
		if (text_is(roster->members[i]->line.badge, code))
			return &roster->members[i]->line;
	return NULL;
}

const struct person_line *roster_at(const struct roster *roster, uint32_t i)
{
	return &roster->members[i]->line;
}

/* The store asks LIKE '%word%' of the same key for each word; both are of folding.h's making. */
static bool has_words(struct text folded, const struct text *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!folded.at || !memmem(folded.at, folded.size, words[i].at, words[i].size))
			return false;
	return true;
}

uint32_t roster_find(const struct roster *roster, const struct find *in, const struct person_line **matches,
		     uint32_t most)
{
	struct text words[FOLDING_WORDS_MAX];
	struct arena arena = {0};
	uint32_t found = 0;
	size_t count = in->text.at ? folding_words(in->text, &arena, words, FOLDING_WORDS_MAX) : 0;

	for (uint32_t i = 0; i < roster->count && found <= most && !(in->text.at && count == 0); i++) {
		const struct person_line *line = &roster->members[i]->line;
		if ((in->person != ABSENT && line->person != in->person) || !has_words(line->folded, words, count))
			continue;
		if (found < most)
			matches[found] = line;
		found++;
	}
	arena_free(&arena);
	return found;
}

/* ---- the file ---- */

static void block_put(FILE *out, struct text bytes)
{
	char length[LENGTH_SIZE];

	little_put(length, bytes.size, sizeof length);
	fwrite(length, 1, sizeof length, out);
	fwrite(bytes.at, 1, bytes.size, out);
}

static enum error body_put(FILE *out, const struct roster *roster)
{
	char head[HEAD_SIZE + ROSTER_EVENT_MAX];
	size_t size = strlen(roster->event);
	struct arena arena = {0};
	enum error e = E_OK;

	little_put(head, (uint64_t)roster->as_of, 8);
	little_put(head + 8, (uint64_t)roster->next, 8);
	memcpy(head + HEAD_SIZE, roster->event, size);
	block_put(out, (struct text){head, (uint32_t)(HEAD_SIZE + size)});
	for (uint32_t i = 0; !e && i < roster->count; i++) {
		struct text bytes;
		arena_reset(&arena);
		e = message_encode(&message_person_line, roster_at(roster, i), &arena, &bytes);
		if (!e)
			block_put(out, bytes);
	}
	arena_free(&arena);
	return e;
}

enum error roster_encode(const struct roster *roster, struct text *bytes)
{
	char *buffer = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&buffer, &size);

	if (!out)
		return E_NO_MEMORY;
	enum error e = body_put(out, roster);
	if (ferror(out) && !e)
		e = E_NO_MEMORY;
	if (fclose(out) != 0 && !e)
		e = E_NO_MEMORY;
	if (!e && size > INT32_MAX)
		e = E_TOO_LARGE;
	if (e)
		free(buffer);
	else
		*bytes = (struct text){buffer, (uint32_t)size};
	return e;
}

static bool block_take(struct text *rest, struct text *block)
{
	if (rest->size < LENGTH_SIZE)
		return false;
	uint32_t size = (uint32_t)little_get(rest->at, LENGTH_SIZE);
	if (size > rest->size - LENGTH_SIZE)
		return false;
	*block = (struct text){rest->at + LENGTH_SIZE, size};
	*rest = (struct text){block->at + size, rest->size - LENGTH_SIZE - size};
	return true;
}

static enum error head_take(struct roster *roster, struct text *rest)
{
	struct text head;

	if (!block_take(rest, &head) || head.size < HEAD_SIZE)
		return E_MALFORMED;
	if (!text_is((struct text){head.at + HEAD_SIZE, head.size - HEAD_SIZE}, roster->event))
		return E_OTHER_EVENT;
	roster->as_of = (int64_t)little_get(head.at, 8);
	roster->next = (int64_t)little_get(head.at + 8, 8);
	return roster->next >= 0 ? E_OK : E_MALFORMED;
}

enum error roster_decode(struct roster *roster, struct text rest)
{
	struct arena arena = {0};
	enum error e = head_take(roster, &rest);

	while (!e && rest.size > 0) {
		struct person_line line;
		struct text block;

		arena_reset(&arena);
		e = block_take(&rest, &block) ? message_decode(&message_person_line, block, &arena, &line, NULL)
					      : E_MALFORMED;
		if (!e)
			e = roster_put(roster, &line);
	}
	arena_free(&arena);
	if (e)
		roster_free(roster);
	return e;
}
