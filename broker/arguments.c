/* Reads the command line; every mistake gets one sentence. */
#include "broker/arguments.h"

#include <getopt.h>
#include <stdio.h>

#include "schema/version.h"

enum { HEARTBEAT_LEAST = 10, HEARTBEAT_MOST = 60000, HEARTBEAT_USUAL = 1000 };

static const char help[] =
	"usage: hudur-broker [OPTION]...\n"
	"Routes requests of clients to the workers that offer their service. Keeps nothing on "
	"disk.\n"
	"\n"
	"  --listen ENDPOINT     where clients connect, repeatable; tcp on this machine or ipc\n"
	"                        (default tcp://127.0.0.1:5570; port * takes a free one)\n"
	"  --workers ENDPOINT    where workers connect, ipc://PATH (default: in a new private "
	"folder)\n"
	"  --local-role ROLE     what clients without keys may do: scanner, desk, organiser or\n"
	"                        administrator (default: nothing)\n"
	"  --heartbeat MS        how often workers are heard; silent for three, they are dead "
	"(default 1000)\n"
	"  --help, --version\n"
	"\n"
	"Prints `listening ENDPOINT` for each, `workers ENDPOINT` and `ready`.\n";

static bool wrong(int *status, const char *sentence)
{
	fprintf(stderr, "hudur-broker: %s\n", sentence);
	*status = 2;
	return false;
}

static bool add_listen(struct broker_arguments *arguments, const char *given, int *status)
{
	struct complaint complaint;

	if (arguments->listen_count == LISTEN_MAX)
		return wrong(status, "--listen was given more than 16 times; give fewer.");
	if (!endpoint_for_clients(given, &arguments->listen[arguments->listen_count], &complaint))
		return wrong(status, complaint.sentence);
	arguments->listen_count++;
	return true;
}

static bool set_role(struct broker_arguments *arguments, const char *given, int *status)
{
	arguments->role = role_from_name(text_of(given));
	if (!arguments->role)
		return wrong(status,
			     "--local-role is one of scanner, desk, organiser and administrator.");
	return true;
}

static bool set_heartbeat(struct broker_arguments *arguments, const char *given, int *status)
{
	int64_t value = 0;

	for (const char *at = given; *at && value <= HEARTBEAT_MOST; at++)
		value = *at >= '0' && *at <= '9' ? value * 10 + (*at - '0') : HEARTBEAT_MOST + 1;
	if (value < HEARTBEAT_LEAST || value > HEARTBEAT_MOST)
		return wrong(status, "--heartbeat is a number of milliseconds from 10 to 60000.");
	arguments->heartbeat_ms = value;
	return true;
}

static bool take(int option, struct broker_arguments *arguments, int *status)
{
	struct complaint complaint;

	switch (option) {
	case 'l':
		return add_listen(arguments, optarg, status);
	case 'w':
		return endpoint_for_workers(optarg, &arguments->workers, &complaint) ||
		       wrong(status, complaint.sentence);
	case 'r':
		return set_role(arguments, optarg, status);
	case 'b':
		return set_heartbeat(arguments, optarg, status);
	case 'h':
		fputs(help, stdout);
		*status = 0;
		return false;
	case 'v':
		puts("hudur-broker " HUDUR_VERSION);
		*status = 0;
		return false;
	default: /* getopt has said it */
		*status = 2;
		return false;
	}
}

bool broker_arguments_read(int argc, char **argv, struct broker_arguments *arguments, int *status)
{
	static const struct option options[] = {
		{"listen", required_argument, NULL, 'l'},
		{"workers", required_argument, NULL, 'w'},
		{"local-role", required_argument, NULL, 'r'},
		{"heartbeat", required_argument, NULL, 'b'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'v'},
		{NULL, 0, NULL, 0},
	};
	int option;

	*arguments = (struct broker_arguments){.heartbeat_ms = HEARTBEAT_USUAL};
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (!take(option, arguments, status))
			return false;
	if (optind < argc)
		return wrong(status,
			     "an argument does not begin with --; see hudur-broker --help.");
	return arguments->listen_count || add_listen(arguments, "tcp://127.0.0.1:5570", status);
}
