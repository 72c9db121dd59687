/* A moment as people write it for a machine: RFC 3339. */
#ifndef HUDUR_SCHEMA_TIMESTAMP_H
#define HUDUR_SCHEMA_TIMESTAMP_H

#include <stdint.h>

#include "schema/text.h"

/*
 * Reads "2024-02-29T09:00:00+01:00", also with Z, fractions of a second and without seconds, into Unix ms.
 * The offset is needed: a time without one is nobody's. False when it is not such a time.
 */
bool timestamp_read(struct text text, int64_t *ms);

#endif
