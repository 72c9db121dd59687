/* Reads nominations as authorities write them. */
#include "clients/admin/nominations.h"

#include <stdio.h>
#include <strings.h>

#include "schema/message_field.h"
#include "schema/utf8.h"

static bool is_column(const struct field *field)
{
	return field->type != TYPE_LIST && strcmp(field->name, "line") != 0;
}

static bool same_word(struct text a, const char *b)
{
	return a.size == strlen(b) && strncasecmp(a.at, b, a.size) == 0;
}

static const struct field *column_of(struct text title)
{
	for (uint32_t i = 0; i < message_nomination.count; i++)
		if (is_column(&message_nomination.fields[i]) &&
		    same_word(title, message_nomination.fields[i].name))
			return &message_nomination.fields[i];
	return NULL;
}

static bool blame_header(char complaint[512], const char *what, struct text title)
{
	size_t used;

	snprintf(complaint, 512, what, (int)(title.size < 60 ? title.size : 60),
		 title.size ? title.at : "");
	used = strlen(complaint);
	snprintf(complaint + used, 512 - used, " The columns are");
	for (uint32_t i = 0; i < message_nomination.count; i++) {
		used = strlen(complaint);
		if (is_column(&message_nomination.fields[i]))
			snprintf(complaint + used, 512 - used, " %s%s",
				 message_nomination.fields[i].name,
				 i + 1 < message_nomination.count ? "," : "; name is needed.");
	}
	return false;
}

bool nominations_header(const struct csv_row *row, struct nomination_columns *columns,
			char complaint[512])
{
	const struct text none = {NULL, 0};
	bool named = false;

	*columns = (struct nomination_columns){.count = row->count};
	if (row->fault == CSV_NOT_UTF8) {
		snprintf(complaint, 512,
			 "line %d: the header is not UTF-8; save the file as \"CSV UTF-8\".",
			 (int)row->line);
		return false;
	}
	if (row->fault != CSV_FINE) {
		snprintf(complaint, 512, "line %d: %s.", (int)row->line,
			 csv_fault_sentence(row->fault));
		return false;
	}
	for (uint32_t i = 0; i < row->count; i++) {
		columns->fields[i] = column_of(row->fields[i]);
		if (!columns->fields[i] && utf8_check(row->fields[i]) != UTF8_CLEAN)
			return blame_header(complaint,
					    "a column's title has control characters.%.*s", none);
		if (!columns->fields[i])
			return blame_header(complaint, "there is no column \"%.*s\".",
					    row->fields[i]);
		for (uint32_t k = 0; k < i; k++)
			if (columns->fields[k] == columns->fields[i])
				return blame_header(complaint, "the column %.*s stands twice.",
						    row->fields[i]);
		named = named || strcmp(columns->fields[i]->name, "name") == 0;
	}
	return named || blame_header(complaint, "the column name is missing.%.*s", none);
}

/* Line breaks and tabs inside a cell are how spreadsheets wrap; a name has none. */
static struct text flatten(struct text cell, struct arena *arena)
{
	struct text copy = arena_text(arena, cell);
	char *to = copy.at ? arena_alloc(arena, copy.size + 1) : NULL;
	uint32_t used = 0;

	for (uint32_t i = 0; to && i < copy.size; i++) {
		bool blank = strchr("\r\n\t", copy.at[i]) && copy.at[i];

		if (!blank)
			to[used++] = copy.at[i];
		else if (used && to[used - 1] != ' ')
			to[used++] = ' ';
	}
	return (struct text){to, used};
}

static bool read_bool(struct text cell, bool *value)
{
	static const char *const yes[] = {"yes", "true", "1", "x"}, *const no[] = {"no", "false",
										   "0"};

	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		if (same_word(cell, yes[i]))
			return *value = true;
	*value = false;
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		if (same_word(cell, no[i]))
			return true;
	return false;
}

static bool read_word(const struct field *field, struct text cell, unsigned *value)
{
	for (uint32_t i = 1; i < field->words->count; i++) {
		if (same_word(cell, field->words->words[i])) {
			*value = i;
			return true;
		}
	}
	return false;
}

static bool blame_word(const struct field *field, struct complaint *complaint)
{
	size_t used;

	snprintf(complaint->sentence, sizeof(complaint->sentence), "%s: one of", field->name);
	for (uint32_t i = 1; i < field->words->count; i++) {
		used = strlen(complaint->sentence);
		snprintf(complaint->sentence + used, sizeof(complaint->sentence) - used, "%s %s",
			 i > 1 ? "," : "", field->words->words[i]);
	}
	used = strlen(complaint->sentence);
	snprintf(complaint->sentence + used, sizeof(complaint->sentence) - used,
		 " is expected, or nothing");
	return false;
}

static bool read_cell(const struct field *field, struct text cell, struct arena *arena,
		      struct nomination *nomination, struct complaint *complaint)
{
	void *to = field_at(field, nomination);

	if (field->type == TYPE_BOOL && !read_bool(cell, to)) {
		snprintf(complaint->sentence, sizeof(complaint->sentence),
			 "%s: yes or no is expected, or nothing", field->name);
		return false;
	}
	if (field->type == TYPE_ENUM && !read_word(field, cell, to))
		return blame_word(field, complaint);
	if (field->type == TYPE_STR)
		*(struct text *)to = flatten(cell, arena);
	return true;
}

bool nominations_row(const struct csv_row *row, const struct nomination_columns *columns,
		     struct arena *arena, struct nomination *nomination,
		     struct complaint *complaint)
{
	message_clear(&message_nomination, nomination);
	nomination->line = row->line;
	if (row->fault) {
		snprintf(complaint->sentence, sizeof(complaint->sentence), "%s",
			 csv_fault_sentence(row->fault));
		return false;
	}
	if (row->count != columns->count) {
		snprintf(complaint->sentence, sizeof(complaint->sentence),
			 "it has %u fields where the header has %u", row->count, columns->count);
		return false;
	}
	for (uint32_t i = 0; i < row->count; i++)
		if (row->fields[i].size &&
		    !read_cell(columns->fields[i], row->fields[i], arena, nomination, complaint))
			return false;
	return message_check(&message_nomination, nomination, complaint) == E_OK;
}
