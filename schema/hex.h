/* Bytes as people and JSON write them: lowercase hexadecimal. */
#ifndef HUDUR_SCHEMA_HEX_H
#define HUDUR_SCHEMA_HEX_H

#include "schema/arena.h"

/* In the arena, NUL-terminated; absent when memory is out. */
struct text hex_write(struct text bytes, struct arena *arena);

/* Either case, an even number of digits. `bytes` (at least text.size / 2) receives them; false otherwise. */
bool hex_read(struct text text, char *bytes);

#endif
