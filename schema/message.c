/* The tables of messages.def, and the way from a record to MessagePack. */
#include "schema/message.h"

#include <msgpack.h>
#include <stddef.h>

#include "schema/message_field.h"
#include "schema/pack.h"

#define STR(low, high) .type = TYPE_STR, .min = (low), .max = (high)
#define BIN(low, high) .type = TYPE_BIN, .min = (low), .max = (high)
#define INT(low, high) .type = TYPE_INT, .min = (low), .max = (high)
#define TIME .type = TYPE_TIME, .min = TIME_MIN, .max = TIME_MAX
#define BOOL .type = TYPE_BOOL, .max = 1
#define ENUM(vocabulary) .type = TYPE_ENUM, .words = &vocabulary_##vocabulary
#define LIST(of, high) .type = TYPE_LIST, .max = (high), .record = &message_##of

/* Ends with an empty row, since a message may have no fields. */
#define MESSAGE(name_, sentence_) static const struct field name_##_fields[] = {
#define FIELD(message, name_, need_, type_, sentence_) \
	{.name = #name_, .length = sizeof #name_ - 1, .need = (need_), .offset = offsetof(struct message, name_), \
	 .sentence = sentence_, type_},
#define END(name_) {.name = NULL}};
#include "schema/messages.def"

/* The decoder keeps a bit for each field. */
#define MESSAGE(name_, sentence_)
#define FIELD(message, name_, need_, type_, sentence_)
#define END(name_) \
	_Static_assert(sizeof name_##_fields / sizeof *name_##_fields <= 65, "over 64 fields: " #name_);
#include "schema/messages.def"

#define MESSAGE(name_, sentence_) \
	const struct message message_##name_ = {#name_, sentence_, sizeof(struct name_), name_##_fields, \
		(uint32_t)(sizeof name_##_fields / sizeof *name_##_fields) - 1};
#define FIELD(message, name_, need_, type_, sentence_)
#define END(name_)
#include "schema/messages.def"

#define MESSAGE(name_, sentence_) &message_##name_,
#define FIELD(message, name_, need_, type_, sentence_)
#define END(name_)
const struct message *const messages[] = {
#include "schema/messages.def"
	NULL
};

void message_clear(const struct message *message, void *record)
{
	memset(record, 0, message->size);
	for (uint32_t i = 0; i < message->count; i++) {
		const struct field *field = &message->fields[i];

		if (field->type == TYPE_INT || field->type == TYPE_TIME)
			*(int64_t *)field_at(field, record) = ABSENT;
	}
}

static bool is_named(const struct field *field, struct text name)
{
	return text_equal((struct text){field->name, field->length}, name);
}

const struct field *field_find(const struct message *message, struct text name, uint32_t near)
{
	if (near < message->count && is_named(&message->fields[near], name))
		return &message->fields[near];
	for (uint32_t i = 0; i < message->count; i++)
		if (is_named(&message->fields[i], name))
			return &message->fields[i];
	return NULL;
}

/* ---- encoding ---- */

struct room {
	char *at;
	size_t used, size;
};

static int write_bytes(void *data, const char *bytes, size_t size)
{
	struct room *room = data;

	if (size > room->size - room->used)
		return -1;
	if (size)
		memcpy(room->at + room->used, bytes, size);
	room->used += size;
	return 0;
}

static bool is_written(const struct field *field, const void *record)
{
	return (field->need && field->type == TYPE_BOOL) || !field_is_absent(field, field_in(field, record));
}

/* Bytes of a number, or of what stands before a string, a list or a map. */
static const size_t HEAD_MAX = 9;

/* At least the bytes that the record takes. */
static size_t size_of(const struct message *message, const void *record)
{
	size_t size = HEAD_MAX;

	for (uint32_t i = 0; i < message->count; i++) {
		const struct field *field = &message->fields[i];
		const void *value = field_in(field, record);
		const struct list *list = value;

		if (!is_written(field, record))
			continue;
		size += 2 * HEAD_MAX + field->length;
		if (field->type == TYPE_STR || field->type == TYPE_BIN)
			size += ((const struct text *)value)->size;
		else if (field->type == TYPE_ENUM)
			size += strlen(vocabulary_word(field->words, *(const unsigned *)value));
		else if (field->type == TYPE_LIST)
			for (uint32_t k = 0; k < list->count; k++)
				size += size_of(field->record,
						(const char *)list->items + k * field->record->size);
	}
	return size;
}

static uint32_t count_written(const struct message *message, const void *record)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < message->count; i++)
		count += is_written(&message->fields[i], record);
	return count;
}

static int write_fields(msgpack_packer *packer, const struct message *message, const void *record);

static int write_list(msgpack_packer *packer, const struct message *message, const struct list *list)
{
	int e = msgpack_pack_array(packer, list->count);

	for (uint32_t i = 0; !e && i < list->count; i++) {
		const void *record = (const char *)list->items + i * message->size;

		e = msgpack_pack_map(packer, count_written(message, record));
		if (!e)
			e = write_fields(packer, message, record);
	}
	return e;
}

static int write_value(msgpack_packer *packer, const struct field *field, const void *value)
{
	const struct text *text = value;
	const char *word;

	switch (field->type) {
	case TYPE_STR:
		return msgpack_pack_str_with_body(packer, text->at, text->size);
	case TYPE_BIN:
		return msgpack_pack_bin_with_body(packer, text->at, text->size);
	case TYPE_INT:
	case TYPE_TIME:
		return msgpack_pack_int64(packer, *(const int64_t *)value);
	case TYPE_BOOL:
		return *(const bool *)value ? msgpack_pack_true(packer) : msgpack_pack_false(packer);
	case TYPE_ENUM:
		word = vocabulary_word(field->words, *(const unsigned *)value);
		return msgpack_pack_str_with_body(packer, word, strlen(word));
	case TYPE_LIST:
		return write_list(packer, field->record, value);
	}
	return -1;
}

static int write_fields(msgpack_packer *packer, const struct message *message, const void *record)
{
	int e = 0;

	for (uint32_t i = 0; !e && i < message->count; i++) {
		const struct field *field = &message->fields[i];

		if (!is_written(field, record))
			continue;
		e = msgpack_pack_str_with_body(packer, field->name, field->length);
		if (!e)
			e = write_value(packer, field, field_in(field, record));
	}
	return e;
}

/* Room in the arena for `size` bytes, but never for more than a message. */
static bool room_make(struct room *room, struct arena *arena, size_t size)
{
	*room = (struct room){.size = size < MESSAGE_MAX ? size : MESSAGE_MAX};
	room->at = arena_alloc(arena, room->size);
	return room->at != NULL;
}

enum error message_encode_two(const struct message *first, const void *first_record,
			      const struct message *second, const void *second_record,
			      struct arena *arena, struct text *bytes)
{
	msgpack_packer packer;
	struct room room;
	int e;

	if (message_check(first, first_record, NULL) || message_check(second, second_record, NULL))
		return E_BAD_DATA;
	if (!room_make(&room, arena, size_of(first, first_record) + size_of(second, second_record)))
		return E_NO_MEMORY;
	msgpack_packer_init(&packer, &room, write_bytes);
	e = msgpack_pack_map(&packer, count_written(first, first_record) +
			     count_written(second, second_record));
	if (!e)
		e = write_fields(&packer, first, first_record);
	if (!e)
		e = write_fields(&packer, second, second_record);
	*bytes = (struct text){room.at, (uint32_t)room.used};
	return e ? E_TOO_LARGE : E_OK;
}

enum error message_encode(const struct message *message, const void *record, struct arena *arena,
			  struct text *bytes)
{
	static const struct nothing nothing;

	return message_encode_two(message, record, &message_nothing, &nothing, arena, bytes);
}

/* Takes the head off a map. */
static bool open_map(struct text *map, uint32_t *count)
{
	struct pack_item item;

	if (!pack_next(map, &item) || item.kind != PACK_MAP)
		return false;
	*count = item.count;
	return true;
}

enum error message_join(struct text first, struct text second, struct arena *arena, struct text *bytes)
{
	uint32_t first_count, second_count;
	msgpack_packer packer;
	struct room room;

	if (!open_map(&first, &first_count) || !open_map(&second, &second_count))
		return E_MALFORMED;
	if (!room_make(&room, arena, (size_t)first.size + second.size + HEAD_MAX))
		return E_NO_MEMORY;
	msgpack_packer_init(&packer, &room, write_bytes);
	if (msgpack_pack_map(&packer, (size_t)first_count + second_count) ||
	    write_bytes(&room, first.at, first.size) || write_bytes(&room, second.at, second.size))
		return E_TOO_LARGE;
	*bytes = (struct text){room.at, (uint32_t)room.used};
	return E_OK;
}
