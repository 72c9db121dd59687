/* Judges an event's id wherever it is read. */
#include "schema/event_id.h"

enum { EVENT_ID_SIZE_MAX = 64 };

bool event_id_is_valid(struct text id)
{
	if (!id.at || id.size < 1 || id.size > EVENT_ID_SIZE_MAX)
		return false;
	for (uint32_t i = 0; i < id.size; i++) {
		char c = id.at[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
			return false;
	}
	return true;
}
