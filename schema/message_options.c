/* Reads the command line by the table, and prints what it may hold. */
#include "schema/message_options.h"

#include <errno.h>
#include <stdlib.h>

#include "schema/hex.h"
#include "schema/message_field.h"
#include "schema/timestamp.h"

/* "badge: too long" becomes "--badge: too long", as the person wrote it. */
static void name_option(struct complaint *complaint)
{
	struct complaint plain = *complaint;
	char *end = strchr(plain.sentence, ':');

	for (char *c = plain.sentence; end && c < end; c++)
		if (*c == '_')
			*c = '-';
	snprintf(complaint->sentence, sizeof complaint->sentence, "--%.*s",
		 (int)sizeof complaint->sentence - 3, plain.sentence);
}

/* The field that --some-name or --some-name=value names. */
static const struct field *find(const struct message *message, const char *option)
{
	char name[64];
	size_t size;

	if (strncmp(option, "--", 2) != 0)
		return NULL;
	option += 2;
	size = strcspn(option, "=");
	if (size >= sizeof name)
		return NULL;
	for (size_t i = 0; i < size; i++)
		name[i] = option[i] == '-' ? '_' : option[i];
	return field_find(message, (struct text){name, (uint32_t)size}, 0);
}

static bool read_number(const char *value, int64_t *number)
{
	char *end;

	if (*value != '-' && (*value < '0' || *value > '9'))
		return false;
	errno = 0;
	*number = strtoll(value, &end, 10);
	return !errno && end != value && !*end && *number != ABSENT;
}

static enum error read_bytes(const struct field *field, struct text hex, struct arena *arena,
			     struct text *bytes, struct complaint *complaint)
{
	char *at = arena_alloc(arena, hex.size / 2 + 1);

	if (!at || !hex_read(hex, at))
		return complain(complaint, NULL, field->name, "not hexadecimal digits");
	*bytes = (struct text){at, hex.size / 2};
	return E_OK;
}

static enum error read_value(const struct field *field, const char *value, struct arena *arena, void *to,
			     struct complaint *complaint)
{
	enum error e = E_OK;

	switch (field->type) {
	case TYPE_STR:
		*(struct text *)to = text_of(value);
		break;
	case TYPE_BIN:
		e = read_bytes(field, text_of(value), arena, to, complaint);
		break;
	case TYPE_INT:
		if (!read_number(value, to))
			e = complain(complaint, NULL, field->name, "not a whole number");
		break;
	case TYPE_TIME:
		if (!read_number(value, to) && !timestamp_read(text_of(value), to))
			e = complain(complaint, NULL, field->name, "not a time; write it as "
				     "2024-02-29T09:00:00+01:00, or as Unix milliseconds");
		break;
	case TYPE_BOOL:
		*(bool *)to = true;
		break;
	case TYPE_ENUM:
		*(unsigned *)to = vocabulary_value(field->words, text_of(value));
		break;
	case TYPE_LIST:
		break;
	}
	return e ? e : field_check(field, to, NULL, complaint);
}

/* Finds the value of a field that takes one: behind the equals sign or in the next argument. */
static enum error find_value(const struct field *field, char *const *args, const char **value, int *used,
			     struct complaint *complaint)
{
	const char *equals = strchr(args[0], '=');

	*used = 1;
	*value = equals ? equals + 1 : "";
	if (field->type == TYPE_BOOL)
		return equals ? complain(complaint, NULL, field->name, "takes no value") : E_OK;
	if (equals)
		return E_OK;
	if (!args[1])
		return complain(complaint, NULL, field->name, "needs a value");
	if (strncmp(args[1], "--", 2) == 0)
		return complain(complaint, NULL, field->name,
				"needs a value; one that begins with two dashes is written after an =");
	*used = 2;
	*value = args[1];
	return E_OK;
}

int message_option(const struct message *message, char *const *args, struct arena *arena, void *record,
		   struct complaint *complaint)
{
	const struct field *field = find(message, args[0]);
	struct complaint unused;
	const char *value;
	enum error e;
	int used;

	if (!field || field->type == TYPE_LIST)
		return 0;
	if (!complaint)
		complaint = &unused;
	e = find_value(field, args, &value, &used, complaint);
	if (!e && !field_is_absent(field, field_at(field, record)))
		e = complain(complaint, NULL, field->name, "given twice");
	if (!e)
		e = read_value(field, value, arena, field_at(field, record), complaint);
	if (!e)
		return used;
	name_option(complaint);
	return -1;
}

enum error message_options_check(const struct message *message, const void *record,
				 struct complaint *complaint)
{
	enum error e = message_check(message, record, complaint);

	if (e && complaint)
		name_option(complaint);
	return e;
}

static const char *value_name(enum type type)
{
	switch (type) {
	case TYPE_STR:
		return " TEXT";
	case TYPE_BIN:
		return " HEX";
	case TYPE_INT:
		return " NUMBER";
	case TYPE_TIME:
		return " TIME";
	case TYPE_ENUM:
		return " WORD";
	case TYPE_BOOL:
	case TYPE_LIST:
		return "";
	}
	return "";
}

static void print_words(FILE *out, const struct vocabulary *words)
{
	for (uint32_t i = 1; i < words->count; i++)
		fprintf(out, "%s %s", i > 1 ? "," : ":", words->words[i]);
}

void message_options_help(FILE *out, const struct message *message)
{
	for (uint32_t i = 0; i < message->count; i++) {
		const struct field *field = &message->fields[i];
		char option[64];

		if (field->type == TYPE_LIST || strcmp(field->name, "op") == 0)
			continue;
		snprintf(option, sizeof option, "--%s%s", field->name, value_name(field->type));
		for (char *c = option; *c && *c != ' '; c++)
			if (*c == '_')
				*c = '-';
		fprintf(out, "  %-24s %s", option, field->sentence);
		if (field->type == TYPE_ENUM)
			print_words(out, field->words);
		fprintf(out, "%s\n", field->need ? " (needed)" : "");
	}
}
