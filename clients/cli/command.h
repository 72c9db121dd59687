/* A program's commands: a table of names, each asking an operation or doing something else. */
#ifndef HUDUR_CLIENTS_COMMAND_H
#define HUDUR_CLIENTS_COMMAND_H

#include "clients/cli/options.h"
#include "schema/message.h"

struct command {
	const char *name;
	const char *sentence;              /* NULL: the operation's */
	const struct operation *operation; /* NULL: `run` does it all */
	const char *bare;                  /* the field that a word without dashes fills, or NULL */

	/* After the options were read: sets what is implied and judges the rest; EXIT_DONE or what
	 * a complaint returned. NULL: nothing to do. */
	int (*prepare)(const struct options *options, void *request);

	/* Instead of the above. `words` are the arguments behind the command, ending with NULL. */
	int (*run)(struct options *options, const struct command *command, char **words);
};

/* Runs `program [options] command [options]`: finds the command in the table, which ends with an
 * empty row. */
int command_main(const char *program, const char *sentence, const struct command *table,
		 char **argv);

/* The head of a command's --help: its name and sentence. */
void command_help_head(const struct options *options, const struct command *command,
		       const char *usage);

#endif
