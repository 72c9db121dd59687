/* Tables of the store's rows, and what they have in common. */
#include "workers/records.h"

#include <stddef.h>

#include "schema/message_rows.h"
#include "workers/records.def"
#include "schema/message_types_end.h"

enum error record_own(const struct message *message, void *record, struct arena *arena)
{
	for (uint32_t i = 0; i < message->count; i++) {
		const struct field *field = &message->fields[i];
		struct text *text = (void *)((char *)record + field->offset);

		if (field->type != TYPE_STR && field->type != TYPE_BIN)
			continue;
		if (text->at && !(*text = arena_text(arena, *text)).at)
			return E_NO_MEMORY;
	}
	return E_OK;
}
