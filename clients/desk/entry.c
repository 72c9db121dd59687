/* Edits the text of an input line, character by character. */
#include "clients/desk/entry.h"

void entry_clear(struct entry *entry)
{
	entry->size = 0;
	entry->text[0] = '\0';
}

void entry_append(struct entry *entry, struct text text)
{
	if (text.size == 0 || text.size > ENTRY_MAX - entry->size)
		return;
	memcpy(entry->text + entry->size, text.at, text.size);
	entry->size += text.size;
	entry->text[entry->size] = '\0';
}

static bool continues(char byte)
{
	return ((unsigned char)byte & 0xC0) == 0x80;
}

void entry_shorten(struct entry *entry)
{
	while (entry->size > 0 && continues(entry->text[entry->size - 1]))
		entry->size--;
	if (entry->size > 0)
		entry->size--;
	entry->text[entry->size] = '\0';
}

struct text entry_content(const struct entry *entry)
{
	struct text text = {entry->text, entry->size};

	while (text.size > 0 && text.at[0] == ' ')
		text = (struct text){text.at + 1, text.size - 1};
	while (text.size > 0 && text.at[text.size - 1] == ' ')
		text.size--;
	return text;
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

int64_t text_number(struct text text)
{
	int64_t number = 0;
	uint32_t i = text.size > 0 && text.at[0] == '#';

	if (text.size == i || text.size > 18)
		return 0;
	for (; i < text.size; i++) {
		if (!is_digit(text.at[i]))
			return 0;
		number = number * 10 + (text.at[i] - '0');
	}
	return number;
}

bool text_has_digit(struct text text)
{
	for (uint32_t i = 0; i < text.size; i++)
		if (is_digit(text.at[i]))
			return true;
	return false;
}

bool text_is_searchable(struct text text)
{
	uint32_t characters = 0;

	if (text.size == 0 || text.at[0] == '/')
		return false;
	if (text.at[0] == '#')
		return text_number(text) > 0;
	for (uint32_t i = 0; i < text.size; i++)
		characters += !continues(text.at[i]);
	return characters >= 2 && !text_has_digit(text);
}
