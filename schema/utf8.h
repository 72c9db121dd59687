/* What may stand in a text: UTF-8 that every terminal and page shows as it is. */
#ifndef HUDUR_SCHEMA_UTF8_H
#define HUDUR_SCHEMA_UTF8_H

#include "schema/text.h"

enum utf8 {
	UTF8_CLEAN,
	UTF8_BROKEN,  /* not UTF-8: Latin-1, an overlong form, a surrogate, cut in a character */
	UTF8_CONTROL  /* UTF-8 with a control character: C0, DEL or C1 */
};

enum utf8 utf8_check(struct text text);

#endif
