/* The name of an event, which is part of its services' names and of its file's. */
#ifndef HUDUR_SCHEMA_EVENT_ID_H
#define HUDUR_SCHEMA_EVENT_ID_H

#include <stdbool.h>

#include "schema/text.h"

/* 1 to 64 of the characters a-z, 0-9 and -. */
bool event_id_is_valid(struct text id);

#endif
