/* Badge codes: what is printed, scanned and typed. */
#ifndef HUDUR_SCHEMA_BADGE_H
#define HUDUR_SCHEMA_BADGE_H

#include "schema/errors.h"
#include "schema/text.h"

/*
 * A code is 14 characters of Crockford's base 32 (0-9, A-Z without I, L, O, U): 2 that tell the event, 11 random
 * (55 bits), 1 check character over the others. Case, spaces and hyphens are ignored when reading, I and L read as
 * 1, O as 0. A check character catches one wrong character and two swapped neighbours.
 */
enum { BADGE_SIZE = 14 };

/* Makes the code for `random` (8 bytes, from the system's generator). `code` gets BADGE_SIZE characters and a NUL. */
void badge_make(struct text event, const unsigned char random[8], char code[BADGE_SIZE + 1]);

/*
 * Brings what was scanned into the printed form. E_OK; E_OTHER_EVENT when it is well formed but of another event;
 * E_UNKNOWN_BADGE when it is not a badge code at all (`code` then is empty).
 */
enum error badge_read(struct text event, struct text scanned, char code[BADGE_SIZE + 1]);

#endif
