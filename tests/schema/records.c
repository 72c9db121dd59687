/* Walks the table with dice. */
#include "tests/schema/records.h"

#include "schema/message_field.h"

static uint64_t dice(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Between both, they included; more often one of them than chance would have it. */
static int64_t between(int64_t min, int64_t max, uint64_t *seed)
{
	uint64_t span = (uint64_t)max - (uint64_t)min, throw = dice(seed);

	if (throw % 8 == 0)
		return min;
	if (throw % 8 == 1)
		return max;
	return (int64_t)((uint64_t)min + (span == UINT64_MAX ? dice(seed) : dice(seed) % (span + 1)));
}

static struct text random_text(uint32_t size, uint64_t *seed, struct arena *arena)
{
	static const char *const letters[] = {
		"a", "Z", " ", "-", "'", "é", "ğ", "İ", "أ", "ة", "\u0301", "漢", "\U0001F58A", "\u00a0"
	};
	char *at = arena_alloc(arena, size + 1);
	uint32_t used = 0;

	while (at && used < size) {
		struct text letter = text_of(letters[dice(seed) % (sizeof letters / sizeof *letters)]);

		if (letter.size > size - used)
			letter = TEXT("x");
		memcpy(at + used, letter.at, letter.size);
		used += letter.size;
	}
	return (struct text){at, used};
}

static struct text random_bytes(uint32_t size, uint64_t *seed, struct arena *arena)
{
	char *at = arena_alloc(arena, size + 1);

	for (uint32_t i = 0; at && i < size; i++)
		at[i] = (char)dice(seed);
	return (struct text){at, size};
}

static void random_list(const struct field *field, struct list *list, uint64_t *seed, struct arena *arena)
{
	const struct message *message = field->record;

	list->count = (uint32_t)between(1, field->max < 3 ? field->max : 3, seed);
	list->items = arena_alloc(arena, list->count * message->size);
	for (uint32_t i = 0; i < list->count; i++)
		record_random(message, (char *)list->items + i * message->size, seed, arena);
}

static void random_value(const struct field *field, void *value, uint64_t *seed, struct arena *arena)
{
	switch (field->type) {
	case TYPE_STR:
		*(struct text *)value = random_text((uint32_t)between(field->min, field->max, seed), seed, arena);
		break;
	case TYPE_BIN:
		*(struct text *)value = random_bytes((uint32_t)between(field->min, field->max, seed), seed, arena);
		break;
	case TYPE_INT:
	case TYPE_TIME:
		*(int64_t *)value = between(field->min, field->max, seed);
		break;
	case TYPE_BOOL:
		*(bool *)value = true;
		break;
	case TYPE_ENUM:
		*(unsigned *)value = (unsigned)between(1, field->words->count - 1, seed);
		break;
	case TYPE_LIST:
		random_list(field, value, seed, arena);
		break;
	}
}

void record_random(const struct message *message, void *record, uint64_t *seed, struct arena *arena)
{
	message_clear(message, record);
	for (uint32_t i = 0; i < message->count; i++) {
		const struct field *field = &message->fields[i];

		if (field->need || dice(seed) % 2)
			random_value(field, field_at(field, record), seed, arena);
	}
}

static bool value_equal(const struct field *field, const void *a, const void *b)
{
	const struct text *text_a = a, *text_b = b;
	const struct list *list_a = a, *list_b = b;
	bool equal;

	switch (field->type) {
	case TYPE_STR:
	case TYPE_BIN:
		return !text_a->at == !text_b->at && text_equal(*text_a, *text_b);
	case TYPE_INT:
	case TYPE_TIME:
		return *(const int64_t *)a == *(const int64_t *)b;
	case TYPE_BOOL:
		return *(const bool *)a == *(const bool *)b;
	case TYPE_ENUM:
		return *(const unsigned *)a == *(const unsigned *)b;
	case TYPE_LIST:
		equal = list_a->count == list_b->count;
		for (uint32_t i = 0; equal && i < list_a->count; i++)
			equal = record_equal(field->record,
					     (const char *)list_a->items + i * field->record->size,
					     (const char *)list_b->items + i * field->record->size);
		return equal;
	}
	return false;
}

bool record_equal(const struct message *message, const void *a, const void *b)
{
	for (uint32_t i = 0; i < message->count; i++) {
		const struct field *field = &message->fields[i];

		if (!value_equal(field, field_in(field, a), field_in(field, b)))
			return false;
	}
	return true;
}
