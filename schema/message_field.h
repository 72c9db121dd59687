/* One field of a record: where it lies, whether it is there, whether its value may be. For the interpreters. */
#ifndef HUDUR_SCHEMA_MESSAGE_FIELD_H
#define HUDUR_SCHEMA_MESSAGE_FIELD_H

#include "schema/message.h"

/* The record of a list that is being looked at, for complaints: rows[3]. */
struct place {
	const struct place *outer;
	const char *list;
	uint32_t index;
};

static inline void *field_at(const struct field *field, void *record)
{
	return (char *)record + field->offset;
}

static inline const void *field_in(const struct field *field, const void *record)
{
	return (const char *)record + field->offset;
}

/* The field of that name, or NULL. `near` is where it probably is: after the field found before. */
const struct field *field_find(const struct message *message, struct text name, uint32_t near);

/* `value` is what field_at or field_in gave. */
static inline bool field_is_absent(const struct field *field, const void *value)
{
	switch (field->type) {
	case TYPE_STR:
	case TYPE_BIN:
		return !((const struct text *)value)->at;
	case TYPE_INT:
	case TYPE_TIME:
		return *(const int64_t *)value == ABSENT;
	case TYPE_BOOL:
		return !*(const bool *)value;
	case TYPE_ENUM:
		return *(const unsigned *)value == 0;
	case TYPE_LIST:
		return ((const struct list *)value)->count == 0;
	}
	return true;
}

/*
 * Checks a value that is there against the field's limits; of a LIST only the count. E_MALFORMED with a
 * complaint, or E_OK.
 */
enum error field_check(const struct field *field, const void *value, const struct place *outer,
		       struct complaint *complaint);

/* What to say of a value of another type: "not a string". */
const char *type_complaint(enum type type);

/* Writes "rows[3].name: " and the rest. Never give it bytes from outside. Returns E_MALFORMED. */
enum error complain(struct complaint *complaint, const struct place *outer, const char *name,
		    const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
