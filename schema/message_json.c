/* Walks the table between a record and a JSON object. */
#include "schema/message_json.h"

#include "schema/hex.h"
#include "schema/message_field.h"
#include "schema/timestamp.h"

static json_t *hex_to_json(struct text bytes)
{
	struct arena arena = {0};
	struct text hex = hex_write(bytes, &arena);
	json_t *json = hex.at ? json_stringn(hex.at, hex.size) : NULL;

	arena_free(&arena);
	return json;
}

static json_t *list_to_json(const struct message *message, const struct list *list)
{
	json_t *array = json_array();

	for (uint32_t i = 0; array && i < list->count; i++) {
		const void *record = (const char *)list->items + i * message->size;

		if (json_array_append_new(array, message_to_json(message, record))) {
			json_decref(array);
			array = NULL;
		}
	}
	return array;
}

static json_t *value_to_json(const struct field *field, const void *value)
{
	const struct text *text = value;

	switch (field->type) {
	case TYPE_STR:
		return json_stringn(text->at, text->size);
	case TYPE_BIN:
		return hex_to_json(*text);
	case TYPE_INT:
	case TYPE_TIME:
		return json_integer(*(const int64_t *)value);
	case TYPE_BOOL:
		return json_boolean(*(const bool *)value);
	case TYPE_ENUM:
		return json_string(vocabulary_word(field->words, *(const unsigned *)value));
	case TYPE_LIST:
		return list_to_json(field->record, value);
	}
	return NULL;
}

json_t *message_to_json(const struct message *message, const void *record)
{
	json_t *object = json_object();

	for (uint32_t i = 0; object && i < message->count; i++) {
		const struct field *field = &message->fields[i];
		const void *value = field_in(field, record);

		if (field_is_absent(field, value))
			continue;
		if (json_object_set_new(object, field->name, value_to_json(field, value))) {
			json_decref(object);
			object = NULL;
		}
	}
	return object;
}

/* ---- the way back ---- */

struct reader {
	struct arena *arena;
	struct complaint *complaint;
};

static enum error read_record(struct reader *reader, const struct message *message, json_t *json,
			      void *record, const struct place *outer);

static enum error read_list(struct reader *reader, const struct field *field, json_t *json,
			    struct list *list, const struct place *outer)
{
	size_t count = json_array_size(json);
	enum error e;

	list->count = count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
	e = field_check(field, list, outer, reader->complaint);
	if (e || !count)
		return e;
	list->items = arena_alloc(reader->arena, count * field->record->size);
	if (!list->items)
		return E_NO_MEMORY;
	for (uint32_t i = 0; !e && i < list->count; i++) {
		struct place place = {outer, field->name, i};

		e = read_record(reader, field->record, json_array_get(json, i),
				(char *)list->items + i * field->record->size, &place);
	}
	return e;
}

/* A longer string than any limit keeps its first bytes, which is long enough to be refused. */
static struct text string_of(json_t *json)
{
	size_t size = json_string_length(json);

	return (struct text){json_string_value(json), (uint32_t)(size < UINT32_MAX ? size : UINT32_MAX)};
}

static enum error read_bytes(struct reader *reader, const struct field *field, json_t *json,
			     struct text *bytes, const struct place *outer)
{
	struct text hex = string_of(json);
	char *at = arena_alloc(reader->arena, hex.size / 2 + 1);

	if (!at)
		return E_NO_MEMORY;
	if (!hex_read(hex, at))
		return complain(reader->complaint, outer, field->name, "not hexadecimal digits");
	*bytes = (struct text){at, hex.size / 2};
	return E_OK;
}

static bool is_of_type(enum type type, json_t *json)
{
	switch (type) {
	case TYPE_STR:
	case TYPE_BIN:
	case TYPE_ENUM:
		return json_is_string(json);
	case TYPE_INT:
		return json_is_integer(json);
	case TYPE_TIME:
		return json_is_integer(json) || json_is_string(json);
	case TYPE_BOOL:
		return json_is_boolean(json);
	case TYPE_LIST:
		return json_is_array(json);
	}
	return false;
}

static enum error read_time(struct reader *reader, const struct field *field, json_t *json,
			    int64_t *time, const struct place *outer)
{
	if (json_is_integer(json))
		*time = json_integer_value(json);
	else if (!timestamp_read(string_of(json), time))
		return complain(reader->complaint, outer, field->name,
				"not a time such as 2024-02-29T09:00:00+01:00");
	return E_OK;
}

static enum error read_value(struct reader *reader, const struct field *field, json_t *json,
			     void *value, const struct place *outer)
{
	enum error e = E_OK;

	if (!is_of_type(field->type, json))
		return complain(reader->complaint, outer, field->name, "%s", type_complaint(field->type));
	switch (field->type) {
	case TYPE_STR:
		*(struct text *)value = arena_text(reader->arena, string_of(json));
		if (!((struct text *)value)->at)
			return E_NO_MEMORY;
		break;
	case TYPE_BIN:
		e = read_bytes(reader, field, json, value, outer);
		break;
	case TYPE_INT:
		*(int64_t *)value = json_integer_value(json);
		break;
	case TYPE_TIME:
		e = read_time(reader, field, json, value, outer);
		break;
	case TYPE_BOOL:
		*(bool *)value = json_is_true(json);
		break;
	case TYPE_ENUM:
		*(unsigned *)value = vocabulary_value(field->words, string_of(json));
		break;
	case TYPE_LIST:
		return read_list(reader, field, json, value, outer);
	}
	return e ? e : field_check(field, value, outer, reader->complaint);
}

static enum error read_record(struct reader *reader, const struct message *message, json_t *json,
			      void *record, const struct place *outer)
{
	enum error e = E_OK;

	message_clear(message, record);
	if (!json_is_object(json))
		return complain(reader->complaint, outer, message->name, "not an object");
	for (uint32_t i = 0; !e && i < message->count; i++) {
		const struct field *field = &message->fields[i];
		json_t *value = json_object_get(json, field->name);

		if (value && !json_is_null(value))
			e = read_value(reader, field, value, field_at(field, record), outer);
		else if (field->need)
			e = complain(reader->complaint, outer, field->name, "missing");
	}
	return e;
}

enum error message_from_json(const struct message *message, json_t *json, struct arena *arena,
			     void *record, struct complaint *complaint)
{
	struct reader reader = {arena, complaint};
	enum error e = read_record(&reader, message, json, record, NULL);

	/* an empty list that is needed counts as missing */
	return e ? e : message_check(message, record, complaint);
}
