/* Messages as JSON, for people and for programs that read what a command prints. */
#ifndef HUDUR_SCHEMA_MESSAGE_JSON_H
#define HUDUR_SCHEMA_MESSAGE_JSON_H

#include <jansson.h>

#include "schema/message.h"

/*
 * An object of the fields that are there: words for ENUM, lowercase hexadecimal for BIN, Unix milliseconds for
 * TIME. Owned by the caller (json_decref); NULL when memory is out or a text is not UTF-8.
 */
json_t *message_to_json(const struct message *message, const void *record);

/*
 * The way back. TIME may also be an RFC 3339 string; null is absent; unknown names are skipped, as on the wire.
 * Texts are copied into the arena. E_MALFORMED with a complaint (NULL is allowed), or E_NO_MEMORY.
 */
enum error message_from_json(const struct message *message, json_t *json, struct arena *arena,
			     void *record, struct complaint *complaint);

#endif
