/* The text of an input line: what stands in it, and what kind of thing that looks like. */
#ifndef HUDUR_CLIENTS_DESK_ENTRY_H
#define HUDUR_CLIENTS_DESK_ENTRY_H

#include <stdbool.h>

#include "schema/text.h"

enum { ENTRY_MAX = 200 };

/* Always clean UTF-8 and NUL-terminated. Zero-initialise. */
struct entry {
	char text[ENTRY_MAX + 1];
	uint32_t size;
};

void entry_clear(struct entry *entry);

/* Nothing happens when it does not fit. */
void entry_append(struct entry *entry, struct text text);

/* Takes the last character away. */
void entry_shorten(struct entry *entry);

/* Without spaces around it; never absent. View. */
struct text entry_content(const struct entry *entry);

/* "#12" or "12": the number; 0 when it is none. */
int64_t text_number(struct text text);

bool text_has_digit(struct text text);

/* Worth a search while it is typed: two characters of a name, or "#12". Other digits are a code's. */
bool text_is_searchable(struct text text);

#endif
