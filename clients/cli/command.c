/* Finds a program's command and runs it. */
#include "clients/cli/command.h"

#include <string.h>

#include "clients/cli/operation.h"

static const char *sentence_of(const struct command *command)
{
	return command->sentence ? command->sentence : command->operation->sentence;
}

static void help(const struct options *options, const char *sentence, const struct command *table)
{
	printf("%s: %s\n\nUsage: %s [options] COMMAND [options]\n\nCommands:\n", options->program,
	       sentence, options->program);
	for (; table->name; table++)
		printf("  %-15s %s\n", table->name, sentence_of(table));
	printf("\nOptions of every command:\n");
	cli_options_help(stdout);
	printf("\n%s COMMAND --help tells the options of one.\n", options->program);
}

void command_help_head(const struct options *options, const struct command *command,
		       const char *usage)
{
	printf("%s %s: %s.\n\nUsage: %s %s %s\n\n", options->program, command->name,
	       sentence_of(command), options->program, command->name, usage);
}

static const struct command *find(const struct command *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

int command_main(const char *program, const char *sentence, const struct command *table,
		 char **argv)
{
	const struct command *command;
	struct options options;
	int result;

	cli_options_start(&options, program);
	for (argv++; *argv && **argv == '-';) {
		int taken = cli_option_take(&options, argv);

		if (taken == 0)
			return cli_usage(&options, "There is no option %s here.", *argv);
		if (taken < 0)
			return EXIT_USAGE;
		argv += taken;
	}
	if (options.version) {
		cli_version(&options);
		return cli_told(&options);
	}
	if (!*argv && options.help) {
		help(&options, sentence, table);
		return cli_told(&options);
	}
	if (!*argv)
		return cli_usage(&options, "Which command?");
	command = find(table, *argv);
	if (!command)
		return cli_usage(&options, "There is no command %s.", *argv);
	result = command->run ? command->run(&options, command, argv + 1)
			      : operation_run(&options, command, argv + 1);
	return result == EXIT_DONE ? cli_told(&options) : result;
}
