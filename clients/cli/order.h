/* A request as the words of a command line give it. */
#ifndef HUDUR_CLIENTS_ORDER_H
#define HUDUR_CLIENTS_ORDER_H

#include "clients/cli/caller.h"
#include "clients/cli/command.h"

/* A TIME option given as a clock's reading, which needs the event's zone. */
enum { READINGS_MAX = 8 };
struct local_time {
	const struct field *field;
	const char *value;
};

/* A request while its options are read. */
struct order {
	struct options *options;
	const struct command *command;
	const struct operation *operation;
	void *request; /* arena */
	struct arena arena;
	struct local_time locals[READINGS_MAX];
	uint32_t local_count;
	bool limited; /* --limit or --cursor was given: one page is what was asked */
};

/*
 * Reads all words as options common to every program, options that `own` takes (as cli_option_take
 * does; NULL: none), fields of the request, and the bare word. EXIT_DONE; EXIT_USAGE after a
 * complaint. order_free in any case. When options->help or ->version came to be set, nothing is
 * checked.
 */
int order_read(struct order *order, struct options *options, const struct command *command,
	       const struct operation *operation, char **words,
	       int (*own)(void *context, char **words), void *context);
void order_free(struct order *order);

/* Prints --help, with the program's own lines unless NULL, or --version when they were asked for:
 * true. */
bool order_help(const struct order *order, void (*own_help)(void));

/* Puts the readings of clocks into the request, by the event's zone. Before the first page is asked
 * for. */
int order_settle(struct order *order, struct caller *caller);

/* Moves the request to the page after `result`: false when there is none, or when one page was
 * asked for. */
bool order_next_page(struct order *order, const void *result);

#endif
