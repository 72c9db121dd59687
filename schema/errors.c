/* Names, statuses and sentences of errors.def. */
#include "schema/errors.h"

#include <assert.h>

static const struct {
	const char *name, *sentence;
	enum status status;
} table[] = {
	[E_OK] = {"ok", "Done.", status_ok},
#define ERROR(NAME, wire, status, sentence) [E_##NAME] = {#wire, sentence, status_##status},
#include "schema/errors.def"
};

const char *error_name(enum error error)
{
	assert(error < E_COUNT);
	return table[error].name;
}

const char *error_sentence(enum error error)
{
	assert(error < E_COUNT);
	return table[error].sentence;
}

enum status error_status(enum error error)
{
	assert(error < E_COUNT);
	return table[error].status;
}

enum error error_from_name(struct text wire)
{
	for (int e = E_OK + 1; e < E_COUNT; e++)
		if (text_is(wire, table[e].name))
			return (enum error)e;
	return E_OK;
}
