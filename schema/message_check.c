/* The one place where a value is held against its row of the table, and what is said when it does not fit. */
#include "schema/message_field.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "schema/utf8.h"

/* Appends to the sentence; what does not fit is cut. */
static void append(struct complaint *complaint, const char *format, va_list args)
{
	size_t used = strlen(complaint->sentence);

	vsnprintf(complaint->sentence + used, sizeof complaint->sentence - used, format, args);
}

__attribute__((format(printf, 2, 3)))
static void add(struct complaint *complaint, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	append(complaint, format, args);
	va_end(args);
}

/* As deep as lists nest in the table. */
static void add_place(struct complaint *complaint, const struct place *place)
{
	if (!place)
		return;
	add_place(complaint, place->outer);
	add(complaint, "%s[%" PRIu32 "].", place->list, place->index);
}

enum error complain(struct complaint *complaint, const struct place *outer, const char *name,
		    const char *format, ...)
{
	va_list args;

	if (!complaint)
		return E_MALFORMED;
	complaint->sentence[0] = '\0';
	add_place(complaint, outer);
	add(complaint, "%s: ", name);
	va_start(args, format);
	append(complaint, format, args);
	va_end(args);
	return E_MALFORMED;
}

const char *type_complaint(enum type type)
{
	switch (type) {
	case TYPE_STR:
		return "not a string";
	case TYPE_BIN:
		return "not binary";
	case TYPE_INT:
		return "not an integer of 64 bits";
	case TYPE_TIME:
		return "not a time, an integer of milliseconds";
	case TYPE_BOOL:
		return "not true or false";
	case TYPE_ENUM:
		return "not a string, one of the vocabulary's words";
	case TYPE_LIST:
		return "not an array";
	}
	return "of an unknown type";
}

static enum error check_size(const struct field *field, struct text text, const struct place *outer,
			     struct complaint *complaint)
{
	const char *s = field->min == 1 || field->max == 1 ? "" : "s";

	if (field->min == field->max && text.size != field->min)
		return complain(complaint, outer, field->name, "not %" PRId64 " byte%s long", field->min, s);
	if (text.size > field->max)
		return complain(complaint, outer, field->name, "longer than %" PRId64 " bytes", field->max);
	if (!text.size && field->min > 0)
		return complain(complaint, outer, field->name, "empty");
	if (text.size < field->min)
		return complain(complaint, outer, field->name, "shorter than %" PRId64 " bytes", field->min);
	return E_OK;
}

static enum error check_text(const struct field *field, struct text text, const struct place *outer,
			     struct complaint *complaint)
{
	enum error e = check_size(field, text, outer, complaint);

	if (e)
		return e;
	switch (utf8_check(text)) {
	case UTF8_CLEAN:
		return E_OK;
	case UTF8_BROKEN:
		return complain(complaint, outer, field->name, "not UTF-8");
	case UTF8_CONTROL:
		return complain(complaint, outer, field->name, "contains a control character");
	}
	return E_OK;
}

static enum error check_number(const struct field *field, int64_t number, const struct place *outer,
			       struct complaint *complaint)
{
	if (field->type == TYPE_TIME && (number < field->min || number > field->max))
		return complain(complaint, outer, field->name, "not a time between the years 0 and 9999");
	if (number < field->min)
		return complain(complaint, outer, field->name, "less than %" PRId64, field->min);
	if (number > field->max)
		return complain(complaint, outer, field->name, "more than %" PRId64, field->max);
	return E_OK;
}

static enum error check_word(const struct field *field, unsigned value, const struct place *outer,
			     struct complaint *complaint)
{
	if (vocabulary_word(field->words, value))
		return E_OK;
	complain(complaint, outer, field->name, "not one of");
	for (uint32_t i = 1; complaint && i < field->words->count; i++)
		add(complaint, "%s %s", i > 1 ? "," : "", field->words->words[i]);
	return E_MALFORMED;
}

enum error field_check(const struct field *field, const void *value, const struct place *outer,
		       struct complaint *complaint)
{
	switch (field->type) {
	case TYPE_STR:
		return check_text(field, *(const struct text *)value, outer, complaint);
	case TYPE_BIN:
		return check_size(field, *(const struct text *)value, outer, complaint);
	case TYPE_INT:
	case TYPE_TIME:
		return check_number(field, *(const int64_t *)value, outer, complaint);
	case TYPE_ENUM:
		return check_word(field, *(const unsigned *)value, outer, complaint);
	case TYPE_BOOL:
		return E_OK;
	case TYPE_LIST:
		if (((const struct list *)value)->count > field->max)
			return complain(complaint, outer, field->name, "more than %" PRId64 " entries",
					field->max);
		return E_OK;
	}
	return E_OK;
}

static enum error check_record(const struct message *message, const void *record,
			       const struct place *outer, struct complaint *complaint);

static enum error check_list(const struct field *field, const struct list *list,
			     const struct place *outer, struct complaint *complaint)
{
	enum error e = field_check(field, list, outer, complaint);

	for (uint32_t i = 0; !e && i < list->count; i++) {
		struct place place = {outer, field->name, i};

		e = check_record(field->record, (const char *)list->items + i * field->record->size,
				 &place, complaint);
	}
	return e;
}

static enum error check_record(const struct message *message, const void *record,
			       const struct place *outer, struct complaint *complaint)
{
	enum error e = E_OK;

	for (uint32_t i = 0; !e && i < message->count; i++) {
		const struct field *field = &message->fields[i];
		const void *value = field_in(field, record);

		if (field->type != TYPE_BOOL && field_is_absent(field, value))
			e = field->need ? complain(complaint, outer, field->name, "missing") : E_OK;
		else if (field->type == TYPE_LIST)
			e = check_list(field, value, outer, complaint);
		else
			e = field_check(field, value, outer, complaint);
	}
	return e;
}

enum error message_check(const struct message *message, const void *record, struct complaint *complaint)
{
	return check_record(message, record, NULL, complaint);
}
