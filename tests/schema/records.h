/* Random records of any message, made and compared by the table. */
#ifndef HUDUR_TESTS_SCHEMA_RECORDS_H
#define HUDUR_TESTS_SCHEMA_RECORDS_H

#include "schema/message.h"

/* Fills `record` within the limits; lists are short. The same seed makes the same record. Arena. */
void record_random(const struct message *message, void *record, uint64_t *seed, struct arena *arena);

bool record_equal(const struct message *message, const void *a, const void *b);

#endif
