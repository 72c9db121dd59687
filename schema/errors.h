/* The closed list of outcomes, from errors.def. */
#ifndef HUDUR_SCHEMA_ERRORS_H
#define HUDUR_SCHEMA_ERRORS_H

#include "schema/enums.h"
#include "schema/text.h"

enum error {
	E_OK = 0,
#define ERROR(NAME, wire, status, sentence) E_##NAME,
#include "schema/errors.def"
	E_COUNT
};

const char *error_name(enum error error);         /* as on the wire; "ok" for E_OK */
const char *error_sentence(enum error error);     /* what happened and what to do */
enum status error_status(enum error error);       /* the reply's status */
enum error error_from_name(struct text wire);     /* E_OK when no error has that name */

#endif
