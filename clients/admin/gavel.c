/* Opens and closes events and sessions. */
#include "clients/admin/gavel.h"

#include "clients/cli/operation.h"

int gavel_prepare(const struct options *options, void *request)
{
	const struct gavel *gavel = request;

	if (gavel->session.at || gavel->room.at)
		return EXIT_DONE;
	return cli_usage(options, "Which session or room? Give --session or --room.");
}

/* Whether the words speak of a session or room; --help shows the richer form. */
static bool is_of_session(char **words)
{
	for (; *words; words++)
		if (strncmp(*words, "--session", 9) == 0 || strncmp(*words, "--room", 6) == 0 ||
		    strcmp(*words, "--help") == 0 || strcmp(*words, "-h") == 0)
			return true;
	return false;
}

static int run(struct options *options, const struct command *command, char **words,
	       enum operation_id of_session, enum operation_id of_event)
{
	bool session = is_of_session(words);
	struct command chosen = {
		.name = command->name, .sentence = command->sentence,
		.operation = &operations[session ? of_session : of_event],
		.prepare = session ? gavel_prepare : NULL,
	};

	return operation_run(options, &chosen, words);
}

int gavel_open_run(struct options *options, const struct command *command, char **words)
{
	return run(options, command, words, OP_attendance_open_session, OP_events_open_event);
}

int gavel_close_run(struct options *options, const struct command *command, char **words)
{
	return run(options, command, words, OP_attendance_close_session, OP_events_close_event);
}
