/* Writes single fields for tables and for CSV. */
#include "clients/cli/cell.h"

#include <inttypes.h>

#include "clients/cli/moment.h"
#include "schema/hex.h"
#include "schema/message_field.h"

static struct text write_bool(bool value, enum cell_style style)
{
	if (style == CELL_EXACT)
		return value ? TEXT("true") : TEXT("false");
	return value ? TEXT("yes") : TEXT("");
}

static struct text write_number(int64_t value, struct arena *arena)
{
	return arena_printf(arena, "%" PRId64, value);
}

struct text cell_write(const struct field *field, const void *record, enum cell_style style,
		       struct zone *zone, struct arena *arena)
{
	const void *value = field_in(field, record);

	if (field->type == TYPE_BOOL)
		return write_bool(*(const bool *)value, style);
	if (field_is_absent(field, value))
		return TEXT("");
	switch (field->type) {
	case TYPE_STR:
		return *(const struct text *)value;
	case TYPE_BIN:
		return hex_write(*(const struct text *)value, arena);
	case TYPE_INT:
		return write_number(*(const int64_t *)value, arena);
	case TYPE_TIME:
		return style == CELL_EXACT ? moment_stamp(zone, *(const int64_t *)value, arena)
					   : moment_show(zone, *(const int64_t *)value, arena);
	case TYPE_ENUM:
		return text_of(vocabulary_word(field->words, *(const unsigned *)value));
	case TYPE_LIST:
		return write_number(((const struct list *)value)->count, arena);
	case TYPE_BOOL:
		break;
	}
	return TEXT("");
}

const char *cell_title(const struct field *field, struct arena *arena)
{
	struct text name = text_of(field->name);
	char *title = arena_alloc(arena, name.size + 1);

	if (!title)
		return field->name;
	for (uint32_t i = 0; i < name.size; i++)
		title[i] = name.at[i] == '_' ? ' ' : name.at[i];
	return title;
}

static bool needs_quotes(struct text cell)
{
	for (uint32_t i = 0; i < cell.size; i++)
		if (strchr(",;\"\r\n\t", cell.at[i]))
			return true;
	return cell.size && (cell.at[0] == ' ' || cell.at[cell.size - 1] == ' ');
}

void cell_csv(FILE *out, struct text cell, bool last)
{
	bool quoted = needs_quotes(cell);

	if (quoted)
		fputc('"', out);
	for (uint32_t i = 0; i < cell.size; i++) {
		if (cell.at[i] == '"')
			fputc('"', out);
		fputc(cell.at[i], out);
	}
	if (quoted)
		fputc('"', out);
	fputs(last ? "\r\n" : ",", out);
}
