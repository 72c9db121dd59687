/* hudur: runs `hudur-X` for `hudur X`, as git does. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "schema/version.h"

enum { EXIT_UNKNOWN = 2, PATH_SIZE = 4096 };

static const struct {
	const char *name, *sentence;
} commands[] = {
	{"serve", "serve the events of a folder on this machine"},
	{"admin", "load the meeting and its nominations; open, close, amend"},
	{"desk", "the registration desk: find people, check them in, issue badges"},
	{"scan", "a session room's door: scan badges in and out, also without the network"},
	{"report", "figures and lists, at any instant, past or present"},
};

/* Nothing here needs escaping, and of the sentences all are quoted in CSV. */
static void print_csv(void)
{
	fputs("command,sentence\r\n", stdout);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		printf("%s,\"%s\"\r\n", commands[i].name, commands[i].sentence);
}

static void print_json(void)
{
	const char *before = "{\"version\": \"" HUDUR_VERSION "\", \"commands\": [";

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		printf("%s{\"command\": \"%s\", \"sentence\": \"%s\"}", before, commands[i].name,
		       commands[i].sentence);
		before = ", ";
	}
	puts("]}");
}

static void print_help(FILE *out)
{
	fputs("usage: hudur COMMAND [OPTION]...\n"
	      "Registers the participants of a meeting, records who is in which room, and answers "
	      "how many\n"
	      "they are, from how many member states, and who exactly.\n"
	      "\n",
	      out);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		fprintf(out, "  %-9s%s\n", commands[i].name, commands[i].sentence);
	fputs("\n"
	      "  --format FORMAT  table (default), json or csv: of this list, or handed to the "
	      "command\n"
	      "  --help, --version\n"
	      "\n"
	      "`hudur COMMAND --help` tells more.\n",
	      out);
}

static int print_list(const char *format)
{
	if (!format || strcmp(format, "table") == 0)
		print_help(stdout);
	else if (strcmp(format, "json") == 0)
		print_json();
	else if (strcmp(format, "csv") == 0)
		print_csv();
	else {
		fprintf(stderr, "hudur: --format %.80s: there are table, json and csv.\n", format);
		return EXIT_UNKNOWN;
	}
	return EXIT_SUCCESS;
}

static int complain_unknown(const char *command)
{
	fprintf(stderr, "hudur: there is no command %.80s; `hudur --help` lists them.\n", command);
	return EXIT_UNKNOWN;
}

/* The file of hudur-COMMAND beside our own. */
static int find_program(const char *command, char *path, size_t size)
{
	ssize_t length = readlink("/proc/self/exe", path, size - 1);
	char *slash;
	int added;

	path[length > 0 ? length : 0] = '\0';
	slash = strrchr(path, '/');
	if (!slash || command[strspn(command, "abcdefghijklmnopqrstuvwxyz0123456789-")])
		return -1;
	size -= (size_t)(slash + 1 - path);
	added = snprintf(slash + 1, size, "hudur-%s", command);
	return added > 0 && (size_t)added < size && access(path, X_OK) == 0 ? 0 : -1;
}

static int run(const char *command, char **argv)
{
	char path[PATH_SIZE];

	if (!*command || find_program(command, path, sizeof path) != 0)
		return complain_unknown(command);
	argv[0] = path;
	execv(path, argv);
	fprintf(stderr, "hudur: %.300s cannot be run: %s.\n", path, strerror(errno));
	return EXIT_FAILURE;
}

static int run_help(char *command)
{
	char option[] = "--help";
	char *argv[] = {command, option, NULL};

	return run(command, argv);
}

/* How many words --format takes up at the front. */
static int take_format(char **words, const char **format)
{
	*format = NULL;
	if (!words[0])
		return 0;
	if (strncmp(words[0], "--format=", 9) == 0) {
		*format = words[0] + 9;
		return 1;
	}
	if (strcmp(words[0], "--format") != 0 || !words[1])
		return 0;
	*format = words[1];
	return 2;
}

/* The status, unless what was printed could not be written. */
static int told(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fprintf(stderr, "hudur: what was to be printed could not be written: %s.\n", strerror(errno));
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	const char *format;
	int taken = take_format(argv + 1, &format);
	char *command = argv[1 + taken];

	if (argc < 2) {
		print_help(stderr);
		return EXIT_UNKNOWN;
	}
	if (!command)
		return told(print_list(format));
	if (strcmp(command, "--version") == 0) {
		puts("hudur " HUDUR_VERSION);
		return told(EXIT_SUCCESS);
	}
	if (strcmp(command, "help") == 0 && argv[2 + taken])
		return run_help(argv[2 + taken]);
	if (strcmp(command, "--help") == 0 || strcmp(command, "-h") == 0 ||
	    strcmp(command, "help") == 0)
		return told(print_list(format));
	/* the command reads the format behind its name */
	memmove(argv + 2, argv + 1, (size_t)taken * sizeof *argv);
	argv[1] = command;
	return run(command, argv + 1);
}
