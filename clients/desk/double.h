/* Whether two registrations may be of one person: suggested to the steward, never merged. */
#ifndef HUDUR_CLIENTS_DOUBLE_H
#define HUDUR_CLIENTS_DOUBLE_H

#include "schema/message.h"

/*
 * True for two numbers whose names fold to the same words in any order, or to the same letters, or whose Arabic forms
 * do (also a name that one has as its name and the other as its Arabic form), and who represent the same or one of
 * whom states nothing.
 */
bool double_is_probable(const struct person_line *one, const struct person_line *other);

#endif
