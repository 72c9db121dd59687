/* Puts bytes together to keys: UTF-8 characters, a few control keys, and nothing else. */
#include "clients/desk/keys.h"

#include <string.h>

#include "schema/utf8.h"

enum { ESCAPE_NONE, ESCAPE_BEGUN, ESCAPE_SEQUENCE, ESCAPE_ONE };

/* True while the byte belongs to an escape sequence: ESC [ ... final, ESC O final. */
static bool escape_swallows(struct key_reader *reader, unsigned char byte)
{
	switch (reader->escape) {
	case ESCAPE_BEGUN:
		reader->escape = byte == '[' ? ESCAPE_SEQUENCE : byte == 'O' ? ESCAPE_ONE : ESCAPE_NONE;
		return reader->escape != ESCAPE_NONE;
	case ESCAPE_SEQUENCE:
		if (byte >= 0x40 && byte <= 0x7E)
			reader->escape = ESCAPE_NONE;
		return byte >= 0x20 && byte <= 0x7E;
	case ESCAPE_ONE:
		reader->escape = ESCAPE_NONE;
		return byte >= 0x20 && byte <= 0x7E;
	default:
		reader->escape = byte == 0x1B ? ESCAPE_BEGUN : ESCAPE_NONE;
		return byte == 0x1B;
	}
}

static bool control_take(struct key_reader *reader, unsigned char byte, struct key *key)
{
	bool pair = reader->returned && byte == '\n'; /* CR LF is one Enter */

	reader->returned = byte == '\r';
	switch (byte) {
	case '\r': case '\n': key->kind = KEY_ENTER; return !pair;
	case 0x7F: case 0x08: key->kind = KEY_BACKSPACE; return true;
	case 0x15: key->kind = KEY_CLEAR; return true;
	case 0x03: key->kind = KEY_CANCEL; return true;
	case 0x04: key->kind = KEY_END; return true;
	default: return false;
	}
}

static uint32_t character_size(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	return lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
}

static bool text_take(struct key_reader *reader, unsigned char byte, struct key *key)
{
	bool continues = (byte & 0xC0) == 0x80;

	reader->returned = false;
	if (!continues || reader->used == 0) {
		reader->used = 0;
		reader->need = character_size(byte);
		if (reader->need == 0)
			return false;
	}
	reader->bytes[reader->used++] = (char)byte;
	if (reader->used < reader->need)
		return false;
	key->kind = KEY_TEXT;
	key->size = reader->used;
	memcpy(key->text, reader->bytes, reader->used);
	reader->used = 0;
	return utf8_check((struct text){key->text, key->size}) == UTF8_CLEAN;
}

bool key_take(struct key_reader *reader, unsigned char byte, struct key *key)
{
	*key = (struct key){0};
	if (escape_swallows(reader, byte))
		return false;
	if (byte < 0x20 || byte == 0x7F) {
		reader->used = 0;
		return control_take(reader, byte, key);
	}
	return text_take(reader, byte, key);
}
