/* "61 representatives from 27 member states", in the languages of the meeting. */
#ifndef HUDUR_CLIENTS_STATEMENT_H
#define HUDUR_CLIENTS_STATEMENT_H

#include "clients/cli/command.h"
#include "schema/arena.h"

/* The sentence, then observers, institutions, other organisations; then, when there are any, those
 * whose entity is not stated, and support staff. */
enum { STATEMENT_LINES = 6 };

struct statement {
	struct text lines[STATEMENT_LINES];
	uint32_t count;
};

/* In the arena. `report` is what `figures` answered. */
void statement_write(enum language language, const struct figures_report *report,
		     struct arena *arena, struct statement *statement);

int statement_run(struct options *options, const struct command *command, char **words);

#endif
