/* The bytes a terminal sends, read as keys. */
#ifndef HUDUR_CLIENTS_DESK_KEYS_H
#define HUDUR_CLIENTS_DESK_KEYS_H

#include <stdbool.h>
#include <stdint.h>

enum key_kind {
	KEY_TEXT,      /* one character of UTF-8 */
	KEY_ENTER,     /* LF, CR, or both */
	KEY_BACKSPACE,
	KEY_CLEAR,     /* ctrl-U */
	KEY_CANCEL,    /* ctrl-C */
	KEY_END        /* ctrl-D */
};

struct key {
	enum key_kind kind;
	char text[4];  /* KEY_TEXT */
	uint32_t size;
};

/* Zero-initialise. */
struct key_reader {
	char bytes[4];
	uint32_t used, need;
	int escape; /* how far into an escape sequence */
	bool returned;
};

/* True when the byte completes a key. Arrows and other sequences, tabs and broken UTF-8 are swallowed. */
bool key_take(struct key_reader *reader, unsigned char byte, struct key *key);

#endif
