/* The options that every program understands, and the words to complain about the rest. */
#ifndef HUDUR_CLIENTS_OPTIONS_H
#define HUDUR_CLIENTS_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

enum { EXIT_DONE = 0, EXIT_NOT_DONE = 1, EXIT_USAGE = 2 };

enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_CSV };

/* Views into argv. Zero-initialise, set `program` and `timeout_ms` with cli_options_start. */
struct options {
	const char *program;   /* "hudur-admin" */
	const char *event;     /* NULL: not given */
	const char *worker;    /* whose events service; "main" */
	const char *endpoints; /* NULL: as libhudur chooses */
	const char *spool;     /* NULL: the program's own, see caller.h */
	const char *actor;
	enum format format;
	int timeout_ms;
	bool help, version;
};

void cli_options_start(struct options *options, const char *program);

/*
 * Takes the option at argv[0] if it is one of those above: how many arguments it took, 0 when it is
 * none of them, -1 when its value is missing or wrong, which is then said on standard error. argv
 * ends with NULL.
 */
int cli_option_take(struct options *options, char **argv);

/*
 * The same for one option of a program's own: "--name VALUE" or "--name=VALUE"; `name` is without
 * dashes. cli_option_flag takes "--name" alone.
 */
int cli_option_value(const struct options *options, char **argv, const char *name,
		     const char **value);
int cli_option_flag(char **argv, const char *name, bool *flag);

/* Sets the format from the value of --format; -1 after a sentence when there is no such. */
int cli_option_format(struct options *options, const char *word);

/* The lines of --help for the options above. */
void cli_options_help(FILE *out);

/* EXIT_DONE when all that was printed could be written, else EXIT_NOT_DONE after a sentence. */
int cli_told(const struct options *options);

/* "hudur-admin 0.1.0" */
void cli_version(const struct options *options);

/* "hudur-admin: what happened" on standard error; a newline is added. */
void cli_complain(const struct options *options, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same, followed by where to look; returns EXIT_USAGE. */
int cli_usage(const struct options *options, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
