/* The store's rows as structs and tables, from records.def. */
#ifndef HUDUR_WORKERS_RECORDS_H
#define HUDUR_WORKERS_RECORDS_H

#include "schema/message.h"

#include "schema/message_structs.h"
#include "workers/records.def"
#include "schema/message_types_end.h"

#define MESSAGE(name, sentence) extern const struct message message_##name;
#define FIELD(message, name, need, type, sentence)
#define END(name)
#include "workers/records.def"

/* Copies a record's texts into the arena, where they were views. E_OK or E_NO_MEMORY. */
enum error record_own(const struct message *message, void *record, struct arena *arena);

/* Takes over what `given` says; what it leaves absent stays. A BOOL says something only when it is true. */
void record_overlay(const struct message *message, void *record, const void *given);

/* The first field in which they differ; NULL: they are the same. */
const struct field *record_difference(const struct message *message, const void *one, const void *other);

#endif
