/* Reads a message out of a bounded MessagePack map; texts stay where they are. */
#include "schema/message_field.h"

#include <assert.h>

#include "schema/pack.h"

struct decoder {
	struct text rest; /* bounded */
	struct arena *arena;
	struct complaint *complaint;
};

/* A message that takes its fields out of a map, and the record that they go into. */
struct taker {
	const struct message *message;
	void *record;
	uint64_t seen; /* a bit for each field */
	uint32_t near; /* the field after the one found last */
};

static enum error read_map(struct decoder *decoder, struct taker *takers, uint32_t count, const struct place *outer);

static enum pack_kind kind_of(enum type type)
{
	switch (type) {
	case TYPE_STR:
	case TYPE_ENUM:
		return PACK_STR;
	case TYPE_BIN:
		return PACK_BIN;
	case TYPE_INT:
	case TYPE_TIME:
		return PACK_INT;
	case TYPE_BOOL:
		return PACK_BOOL;
	case TYPE_LIST:
		return PACK_ARRAY;
	}
	return PACK_NIL;
}

static enum error read_list(struct decoder *decoder, const struct field *field, uint32_t count,
			    struct list *list, const struct place *outer)
{
	enum error e;

	list->count = count;
	e = field_check(field, list, outer, decoder->complaint);
	if (e || !count)
		return e;
	list->items = arena_alloc(decoder->arena, count * field->record->size);
	if (!list->items)
		return E_NO_MEMORY;
	for (uint32_t i = 0; !e && i < count; i++) {
		struct place place = {outer, field->name, i};
		struct taker taker = {.message = field->record,
				      .record = (char *)list->items + i * field->record->size};

		e = read_map(decoder, &taker, 1, &place);
	}
	return e;
}

static enum error read_value(struct decoder *decoder, const struct field *field, void *value,
			     const struct place *outer)
{
	struct pack_item item;

	if (!pack_next(&decoder->rest, &item) || item.kind != kind_of(field->type))
		return complain(decoder->complaint, outer, field->name, "%s", type_complaint(field->type));
	switch (field->type) {
	case TYPE_STR:
	case TYPE_BIN:
		*(struct text *)value = item.body;
		break;
	case TYPE_INT:
	case TYPE_TIME:
		*(int64_t *)value = item.number;
		break;
	case TYPE_BOOL:
		*(bool *)value = item.number;
		break;
	case TYPE_ENUM:
		*(unsigned *)value = vocabulary_value(field->words, item.body);
		break;
	case TYPE_LIST:
		return read_list(decoder, field, item.count, value, outer);
	}
	return field_check(field, value, outer, decoder->complaint);
}

/* Whose field the key names; NULL: nobody's. */
static struct taker *taker_of(struct taker *takers, uint32_t count, struct text key, const struct field **field)
{
	for (uint32_t t = 0; t < count; t++)
		if ((*field = field_find(takers[t].message, key, takers[t].near)))
			return &takers[t];
	return NULL;
}

static enum error read_pair(struct decoder *decoder, struct taker *takers, uint32_t count, const struct place *outer)
{
	const struct field *field;
	struct taker *taker;
	struct pack_item key;
	uint64_t bit;

	if (!pack_next(&decoder->rest, &key) || key.kind != PACK_STR)
		return complain(decoder->complaint, outer, takers->message->name, "a key is not a string");
	taker = taker_of(takers, count, key.body, &field);
	if (!taker)
		return pack_skip(&decoder->rest) ? E_OK
						 : complain(decoder->complaint, outer, takers->message->name, "cut short");
	taker->near = (uint32_t)(field - taker->message->fields) + 1;
	bit = UINT64_C(1) << (field - taker->message->fields);
	if (taker->seen & bit)
		return complain(decoder->complaint, outer, field->name, "comes twice");
	taker->seen |= bit;
	return read_value(decoder, field, field_at(field, taker->record), outer);
}

static enum error check_needed(const struct taker *taker, const struct place *outer, struct complaint *complaint)
{
	for (uint32_t i = 0; i < taker->message->count; i++) {
		const struct field *field = &taker->message->fields[i];

		if (!field->need)
			continue;
		if (!(taker->seen >> i & 1))
			return complain(complaint, outer, field->name, "missing");
		if (field->type == TYPE_LIST && field_is_absent(field, field_in(field, taker->record)))
			return complain(complaint, outer, field->name, "empty");
	}
	return E_OK;
}

static enum error read_map(struct decoder *decoder, struct taker *takers, uint32_t count, const struct place *outer)
{
	struct pack_item map;
	enum error e = E_OK;

	for (uint32_t t = 0; t < count; t++)
		message_clear(takers[t].message, takers[t].record);
	if (!pack_next(&decoder->rest, &map) || map.kind != PACK_MAP)
		return complain(decoder->complaint, outer, takers->message->name, "not a map");
	for (uint32_t i = 0; !e && i < map.count; i++)
		e = read_pair(decoder, takers, count, outer);
	for (uint32_t t = 0; !e && t < count; t++)
		e = check_needed(&takers[t], outer, decoder->complaint);
	return e;
}

static enum error decode(struct taker *takers, uint32_t count, struct text bytes, struct arena *arena,
			 struct complaint *complaint)
{
	struct decoder decoder = {bytes, arena, complaint};

	for (uint32_t t = 0; t < count; t++)
		assert(takers[t].message->count <= 64);
	if (bytes.size > MESSAGE_MAX) {
		complain(complaint, NULL, takers->message->name, "larger than %d bytes", MESSAGE_MAX);
		return E_TOO_LARGE;
	}
	if (!pack_is_bounded(bytes))
		return complain(complaint, NULL, takers->message->name,
				"not one MessagePack map, cut short, or nested more than %d deep",
				PACK_DEPTH_MAX);
	return read_map(&decoder, takers, count, NULL);
}

enum error message_decode(const struct message *message, struct text bytes, struct arena *arena,
			  void *record, struct complaint *complaint)
{
	return decode(&(struct taker){.message = message, .record = record}, 1, bytes, arena, complaint);
}

enum error message_decode_two(const struct message *first, void *first_record, const struct message *second,
			      void *second_record, struct text bytes, struct arena *arena, struct complaint *complaint)
{
	struct taker takers[] = {{.message = first, .record = first_record}, {.message = second, .record = second_record}};

	return decode(takers, 2, bytes, arena, complaint);
}

enum error message_decode_rest(const struct message *message, struct text bytes, struct arena *arena,
			       void *record, struct complaint *complaint)
{
	struct decoder decoder = {bytes, arena, complaint};

	return read_map(&decoder, &(struct taker){.message = message, .record = record}, 1, NULL);
}

struct text message_peek(struct text bytes, struct text key)
{
	struct pack_item map, item;

	if (!pack_next(&bytes, &map) || map.kind != PACK_MAP)
		return (struct text){0};
	for (uint32_t i = 0; i < map.count; i++) {
		bool found = pack_next(&bytes, &item) && item.kind == PACK_STR && text_equal(item.body, key);

		if (found)
			return pack_next(&bytes, &item) && item.kind == PACK_STR ? item.body : (struct text){0};
		if (!pack_skip(&bytes))
			break;
	}
	return (struct text){0};
}
