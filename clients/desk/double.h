/* Whether two registrations may be of one person: suggested to the steward, never merged. */
#ifndef HUDUR_CLIENTS_DOUBLE_H
#define HUDUR_CLIENTS_DOUBLE_H

#include "schema/message.h"

/*
 * True for two numbers who represent the same, or one of whom states nothing, and whose names fold to the same words in
 * any order and however parts are set together (spaces, hyphens), or to the same letters. One word or run of words, of
 * 4 letters or more, may differ by one letter (replaced, added, left out) or by two neighbours exchanged. The name or
 * the Arabic form of one is held against either of the other; of a name the first 16 words count.
 */
bool double_is_probable(const struct person_line *one, const struct person_line *other);

#endif
