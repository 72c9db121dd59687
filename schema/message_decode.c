/* Reads a message out of a bounded MessagePack map; texts stay where they are. */
#include "schema/message_field.h"

#include <assert.h>

#include "schema/pack.h"

struct decoder {
	struct text rest; /* bounded */
	struct arena *arena;
	struct complaint *complaint;
};

static enum error read_record(struct decoder *decoder, const struct message *message, void *record,
			      const struct place *outer);

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

		e = read_record(decoder, field->record, (char *)list->items + i * field->record->size,
				&place);
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

static enum error read_pair(struct decoder *decoder, const struct message *message, void *record,
			    uint64_t *seen, uint32_t *near, const struct place *outer)
{
	const struct field *field;
	struct pack_item key;
	uint64_t bit;

	if (!pack_next(&decoder->rest, &key) || key.kind != PACK_STR)
		return complain(decoder->complaint, outer, message->name, "a key is not a string");
	field = field_find(message, key.body, *near);
	if (!field && pack_skip(&decoder->rest))
		return E_OK;
	if (!field)
		return complain(decoder->complaint, outer, message->name, "cut short");
	*near = (uint32_t)(field - message->fields) + 1;
	bit = UINT64_C(1) << (field - message->fields);
	if (*seen & bit)
		return complain(decoder->complaint, outer, field->name, "comes twice");
	*seen |= bit;
	return read_value(decoder, field, field_at(field, record), outer);
}

static enum error read_record(struct decoder *decoder, const struct message *message, void *record,
			      const struct place *outer)
{
	struct pack_item map;
	uint64_t seen = 0;
	uint32_t near = 0;
	enum error e = E_OK;

	message_clear(message, record);
	if (!pack_next(&decoder->rest, &map) || map.kind != PACK_MAP)
		return complain(decoder->complaint, outer, message->name, "not a map");
	for (uint32_t i = 0; !e && i < map.count; i++)
		e = read_pair(decoder, message, record, &seen, &near, outer);
	for (uint32_t i = 0; !e && i < message->count; i++) {
		const struct field *field = &message->fields[i];

		if (!field->need)
			continue;
		if (!(seen >> i & 1))
			e = complain(decoder->complaint, outer, field->name, "missing");
		else if (field->type == TYPE_LIST && field_is_absent(field, field_in(field, record)))
			e = complain(decoder->complaint, outer, field->name, "empty");
	}
	return e;
}

enum error message_decode(const struct message *message, struct text bytes, struct arena *arena,
			  void *record, struct complaint *complaint)
{
	struct decoder decoder = {bytes, arena, complaint};

	assert(message->count <= 64);
	message_clear(message, record);
	if (bytes.size > MESSAGE_MAX) {
		complain(complaint, NULL, message->name, "larger than %d bytes", MESSAGE_MAX);
		return E_TOO_LARGE;
	}
	if (!pack_is_bounded(bytes))
		return complain(complaint, NULL, message->name,
				"not one MessagePack map, cut short, or nested more than %d deep",
				PACK_DEPTH_MAX);
	return read_record(&decoder, message, record, NULL);
}

enum error message_decode_rest(const struct message *message, struct text bytes, struct arena *arena,
			       void *record, struct complaint *complaint)
{
	struct decoder decoder = {bytes, arena, complaint};

	return read_record(&decoder, message, record, NULL);
}
