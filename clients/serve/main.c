/* hudur-serve: a broker and a worker on this machine, until it is told to end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/options.h"
#include "clients/serve/supervise.h"

static const char help[] =
	"usage: hudur serve [OPTION]...\n"
	"Serves the events of a folder on this machine: starts a broker and a worker, starts "
	"again\n"
	"whichever dies, and kills one that has been stopped for 10 s. Ends with Ctrl-C or "
	"SIGTERM.\n"
	"\n"
	"  --data DIR              folder of event files, made when it is not there\n"
	"                          (default hudur-data)\n"
	"  --listen ENDPOINT       where clients connect, repeatable; tcp on this machine or ipc\n"
	"                          (default tcp://127.0.0.1:5570; port * takes a free one)\n"
	"  --name NAME             the worker's; NAME/events loads and opens events (default "
	"main)\n"
	"  --local-role ROLE       what clients without keys may do: scanner, desk, organiser or\n"
	"                          administrator (default administrator)\n"
	"  --heartbeat MS          how often broker and worker hear each other (default 1000)\n"
	"  --reserve MIB           of the disk, kept back for check-ins and scans when it is full\n"
	"                          (default 64; 0: none)\n"
	"  --format FORMAT         of what it prints: table (default: plain words), json or csv\n"
	"  -h, --help              this text\n"
	"  --version               the version\n"
	"\n"
	"Prints `listening ENDPOINT` for each and `ready` when clients may come; as JSON\n"
	"{\"listening\": \"ENDPOINT\"} and {\"ready\": true}, one a line.\n";

struct arguments {
	struct options options;
	struct serving serving;
	const char *data, *format;
};

static int add_listen(struct arguments *arguments, const char *endpoint)
{
	if (arguments->serving.listen_count == SERVE_LISTEN_MAX)
		return cli_usage(&arguments->options, "--listen was given more than %d times.",
				 SERVE_LISTEN_MAX);
	arguments->serving.listen[arguments->serving.listen_count++] = endpoint;
	return EXIT_DONE;
}

/* How many words the option took, 0 when there is no such option, -1 when its value is missing. */
static int take_option(struct arguments *arguments, char **argv, const char **endpoint)
{
	struct {
		const char *name;
		const char **place;
	} known[] = {
		{"data", &arguments->data},
		{"listen", endpoint},
		{"name", &arguments->serving.name},
		{"local-role", &arguments->serving.role},
		{"heartbeat", &arguments->serving.heartbeat},
		{"reserve", &arguments->serving.reserve},
		{"format", &arguments->format},
	};

	if (strcmp(argv[0], "-h") == 0) {
		arguments->options.help = true;
		return 1;
	}
	if (cli_option_flag(argv, "help", &arguments->options.help) ||
	    cli_option_flag(argv, "version", &arguments->options.version))
		return 1;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		int taken =
			cli_option_value(&arguments->options, argv, known[i].name, known[i].place);

		if (taken)
			return taken;
	}
	return 0;
}

static int take_format(struct arguments *arguments)
{
	if (arguments->format && cli_option_format(&arguments->options, arguments->format))
		return EXIT_USAGE;
	arguments->serving.format = arguments->options.format;
	return EXIT_DONE;
}

static int read_arguments(struct arguments *arguments, char **argv)
{
	while (*++argv) {
		const char *endpoint = NULL;
		int taken = take_option(arguments, argv, &endpoint);

		if (taken < 0)
			return EXIT_USAGE;
		if (taken == 0)
			return cli_usage(&arguments->options, "%.80s: there is no such option.",
					 *argv);
		if (endpoint && add_listen(arguments, endpoint))
			return EXIT_USAGE;
		argv += taken - 1;
	}
	if (arguments->serving.listen_count == 0)
		add_listen(arguments, "tcp://127.0.0.1:5570");
	return take_format(arguments);
}

int main(int argc, char **argv)
{
	struct arguments arguments = {
		.serving = {.name = "main", .role = "administrator"},
		.data = "hudur-data",
	};
	struct site site;
	int status;

	(void)argc;
	cli_options_start(&arguments.options, "hudur-serve");
	status = read_arguments(&arguments, argv);
	if (status)
		return status;
	if (arguments.options.help) {
		fputs(help, stdout);
		return cli_told(&arguments.options);
	}
	if (arguments.options.version) {
		cli_version(&arguments.options);
		return cli_told(&arguments.options);
	}
	status = EXIT_NOT_DONE;
	if (site_open(&site, arguments.data))
		status = supervise(&arguments.serving, &site);
	site_close(&site);
	return status;
}
