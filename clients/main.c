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
	      "  --help, --version\n"
	      "\n"
	      "`hudur COMMAND --help` tells more.\n",
	      out);
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

int main(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return EXIT_UNKNOWN;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("hudur " HUDUR_VERSION);
		return EXIT_SUCCESS;
	}
	if (strcmp(argv[1], "help") == 0 && argc == 3)
		return run_help(argv[2]);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		print_help(stdout);
		return EXIT_SUCCESS;
	}
	return run(argv[1], argv + 1);
}
