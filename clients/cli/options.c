/* Reads the options that every program understands. */
#include "clients/cli/options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "schema/event_id.h"
#include "schema/version.h"

void cli_options_start(struct options *options, const char *program)
{
	*options = (struct options){.program = program, .worker = "main", .timeout_ms = 10000};
}

int cli_option_value(const struct options *options, char **argv, const char *name,
		     const char **value)
{
	size_t size = strlen(name);
	const char *word = argv[0];

	if (strncmp(word, "--", 2) != 0 || strncmp(word + 2, name, size) != 0)
		return 0;
	if (word[2 + size] == '=') {
		*value = word + 3 + size;
		return 1;
	}
	if (word[2 + size])
		return 0;
	if (!argv[1]) {
		cli_complain(options, "--%s needs a value.", name);
		return -1;
	}
	*value = argv[1];
	return 2;
}

int cli_option_flag(char **argv, const char *name, bool *flag)
{
	if (strncmp(argv[0], "--", 2) != 0 || strcmp(argv[0] + 2, name) != 0)
		return 0;
	*flag = true;
	return 1;
}

int cli_option_format(struct options *options, const char *word)
{
	static const char *const words[] = {
		[FORMAT_TABLE] = "table", [FORMAT_JSON] = "json", [FORMAT_CSV] = "csv",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcmp(word, words[i]) == 0) {
			options->format = (enum format)i;
			return 0;
		}
	}
	cli_complain(options, "--format %s: there are table, json and csv.", word);
	return -1;
}

static int take_timeout(struct options *options, const char *word)
{
	char *end;
	double seconds = strtod(word, &end);

	if (end == word || *end || !(seconds >= 0.001 && seconds <= 86400)) {
		cli_complain(options, "--timeout %s: give a number of seconds, at most 86400.",
			     word);
		return -1;
	}
	options->timeout_ms = (int)(seconds * 1000);
	return 0;
}

/* The event's id becomes part of service names, so it is checked here, for all clients. */
static int check_event(const struct options *options)
{
	if (event_id_is_valid(text_of(options->event)))
		return 0;
	cli_complain(options,
		     "--event %.80s: an event's id has 1 to 64 of the characters a-z, 0-9 and -.",
		     options->event);
	return -1;
}

static int take_with_value(struct options *options, char **argv)
{
	struct { const char *name; const char **place; } plain[] = {
		{"worker", &options->worker}, {"endpoint", &options->endpoints},
		{"spool", &options->spool}, {"actor", &options->actor},
	};
	const char *word = NULL;
	int taken;

	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++) {
		taken = cli_option_value(options, argv, plain[i].name, plain[i].place);
		if (taken)
			return taken;
	}
	taken = cli_option_value(options, argv, "event", &options->event);
	if (taken)
		return taken < 0 || check_event(options) ? -1 : taken;
	taken = cli_option_value(options, argv, "format", &word);
	if (taken)
		return taken < 0 || cli_option_format(options, word) ? -1 : taken;
	taken = cli_option_value(options, argv, "timeout", &word);
	if (taken)
		return taken < 0 || take_timeout(options, word) ? -1 : taken;
	return 0;
}

int cli_option_take(struct options *options, char **argv)
{
	if (strcmp(argv[0], "-e") == 0) {
		if (!argv[1]) {
			cli_complain(options, "-e needs an event's id.");
			return -1;
		}
		options->event = argv[1];
		return check_event(options) ? -1 : 2;
	}
	if (strcmp(argv[0], "-h") == 0) {
		options->help = true;
		return 1;
	}
	if (cli_option_flag(argv, "help", &options->help) ||
	    cli_option_flag(argv, "version", &options->version))
		return 1;
	return take_with_value(options, argv);
}

void cli_options_help(FILE *out)
{
	fputs("  -e, --event EVENT       the event's id, such as oic-pesnet-4\n"
	      "  --format FORMAT         table (default), json or csv\n"
	      "  --endpoint E[,E...]     the broker; else HUDUR_ENDPOINT, else tcp://127.0.0.1:5570\n"
	      "  --timeout SECONDS       how long to wait for an answer (default 10)\n"
	      "  --spool FILE            keeps what was not answered yet\n"
	      "                          (default ${XDG_STATE_HOME:-~/.local/state}/hudur/PROGRAM.spool)\n"
	      "  --actor NAME            who acts, for the record\n"
	      "  --worker NAME           whose events service, for load, open, close and events (default main)\n"
	      "  -h, --help              this text\n"
	      "  --version               the version\n", out);
}

int cli_told(const struct options *options)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_DONE;
	cli_complain(options, "What was to be printed could not be written in full: %s.", strerror(errno));
	return EXIT_NOT_DONE;
}

void cli_version(const struct options *options)
{
	printf("%s %s\n", options->program, HUDUR_VERSION);
}

void cli_complain(const struct options *options, const char *format, ...)
{
	va_list list;

	fprintf(stderr, "%s: ", options->program);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputc('\n', stderr);
}

int cli_usage(const struct options *options, const char *format, ...)
{
	va_list list;

	fprintf(stderr, "%s: ", options->program);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fprintf(stderr, " Try %s --help.\n", options->program);
	return EXIT_USAGE;
}
