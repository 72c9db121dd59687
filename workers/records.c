/* Tables of the store's rows, and what they have in common. */
#include "workers/records.h"

#include <stddef.h>

#include "schema/message_field.h"

#include "schema/message_rows.h"
#include "workers/records.def"
#include "schema/message_types_end.h"

enum error record_own(const struct message *message, void *record, struct arena *arena)
{
	for (uint32_t i = 0; i < message->count; i++) {
		const struct field *field = &message->fields[i];
		struct text *text = (void *)((char *)record + field->offset);

		if (field->type != TYPE_STR && field->type != TYPE_BIN)
			continue;
		if (text->at && !(*text = arena_text(arena, *text)).at)
			return E_NO_MEMORY;
	}
	return E_OK;
}

static size_t size_of(enum type type)
{
	switch (type) {
	case TYPE_STR:
	case TYPE_BIN:
		return sizeof(struct text);
	case TYPE_INT:
	case TYPE_TIME:
		return sizeof(int64_t);
	case TYPE_BOOL:
		return sizeof(bool);
	case TYPE_ENUM:
		return sizeof(unsigned);
	case TYPE_LIST:
		return sizeof(struct list);
	}
	return 0;
}

void record_overlay(const struct message *message, void *record, const void *given)
{
	for (uint32_t i = 0; i < message->count; i++) {
		const struct field *field = &message->fields[i];

		if (!field_is_absent(field, field_in(field, given)))
			memcpy(field_at(field, record), field_in(field, given), size_of(field->type));
	}
}

static bool same_field(const struct field *field, const void *one, const void *other)
{
	const struct text *a = one, *b = other;

	if (field->type == TYPE_STR || field->type == TYPE_BIN)
		return !a->at == !b->at && text_equal(*a, *b);
	return memcmp(one, other, size_of(field->type)) == 0;
}

const struct field *record_difference(const struct message *message, const void *one, const void *other)
{
	for (uint32_t i = 0; i < message->count; i++) {
		const struct field *field = &message->fields[i];

		if (!same_field(field, field_in(field, one), field_in(field, other)))
			return field;
	}
	return NULL;
}
