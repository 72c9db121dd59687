/* hudur desk: the registration desk, as a line mode for a steward or one command at a time. */
#include <unistd.h>

#include "clients/cli/operation.h"
#include "clients/desk/offline.h"
#include "clients/desk/opening.h"
#include "schema/event_id.h"

static const char program[] = "hudur-desk";

/* How long the broker may be silent at the start before the desk begins alone; with a roster that is no great loss. */
enum { FIRST_ANSWER_MS = 2000, FIRST_ANSWER_KNOWN_MS = 500 };

static int check_in_prepare(const struct options *options, void *request)
{
	const struct check_in *fields = request;

	if ((fields->person == ABSENT) == !fields->badge.at)
		return cli_usage(options, "Who? Give --person N or --badge CODE, one of them.");
	return EXIT_DONE;
}

static int find_prepare(const struct options *options, void *request)
{
	const struct find *fields = request;

	if (!fields->text.at && !fields->entity.at && !fields->badge.at && fields->person == ABSENT)
		return cli_usage(options, "Whom? Give part of a name, --entity, --badge or --person.");
	return EXIT_DONE;
}

static const struct command commands[] = {
	{.name = "find", .operation = &operations[OP_people_find], .bare = "text", .prepare = find_prepare},
	{.name = "person", .operation = &operations[OP_people_person], .bare = "person"},
	{.name = "check-in", .operation = &operations[OP_checkin_check_in], .bare = "person",
	 .prepare = check_in_prepare},
	{.name = "undo-check-in", .operation = &operations[OP_checkin_undo_check_in], .bare = "person"},
	{.name = "register", .operation = &operations[OP_registration_register], .bare = "name"},
	{.name = "accredit", .operation = &operations[OP_registration_accredit], .bare = "person"},
	{.name = "amend", .operation = &operations[OP_registration_amend], .bare = "person"},
	{.name = "cancel", .operation = &operations[OP_registration_cancel], .bare = "person"},
	{.name = "replace", .operation = &operations[OP_registration_replace], .bare = "person"},
	{.name = "issue-blanks", .operation = &operations[OP_checkin_issue_blanks], .bare = "count"},
	{.name = "issue", .operation = &operations[OP_checkin_issue], .bare = "person"},
	{.name = "reissue", .operation = &operations[OP_checkin_reissue], .bare = "person"},
	{.name = "hand-over", .operation = &operations[OP_checkin_hand_over], .bare = "badge"},
	{.name = "revoke", .operation = &operations[OP_checkin_revoke], .bare = "badge"},
	{.name = NULL},
};

/* An error or a no is for somebody to look at first; that nobody is there is not. */
static bool may_begin(const struct desk *desk, const struct reply *reply)
{
	return (reply->status != status_error && reply->status != status_refused) || offline_is_absence(desk, reply);
}

/* A mistyped event is told now and not at the first participant's turn. A broker that is away is no
 * reason not to begin. */
static int event_ask(struct desk *desk)
{
	struct caller *caller = desk->caller;
	const struct options *options = caller->options;
	struct options hasty = *options;
	struct arena arena = {0};
	struct answer answer;
	struct find fields;

	int patience = offline_knows(desk) ? FIRST_ANSWER_KNOWN_MS : FIRST_ANSWER_MS;

	if (hasty.timeout_ms > patience)
		hasty.timeout_ms = patience;
	message_clear(&message_find, &fields);
	fields.limit = 1;
	caller->options = &hasty;
	int result = caller_ask(caller, &operations[OP_people_find], &fields, &arena, &answer);
	caller->options = options;
	bool begins = may_begin(desk, &answer.reply);
	arena_free(&arena);
	if (result == EXIT_DONE || !begins)
		return result;
	desk->silent = offline_knows(desk);
	desk->since = desk->roster.next;
	cli_complain(options, desk->silent
		     ? "The desk begins all the same: names are searched in its roster, and what is typed is kept."
		     : "The desk begins all the same: check-ins are kept, names are found once the broker is back.");
	return EXIT_DONE;
}

static int line_mode(const struct options *options, const char *roster, const char *key_file)
{
	static struct desk desk;
	struct caller caller;
	bool opened = false;

	if (!options->event)
		return cli_usage(options, "Which event? Give -e EVENT.");
	if (!event_id_is_valid(text_of(options->event)))
		return cli_usage(options, "An event's id has 1 to 64 of the characters a-z, 0-9 and -.");
	if (options->format != FORMAT_TABLE)
		return cli_usage(options, "The line mode is for people; --format goes with a command such as find.");
	int result = caller_open(&caller, options, true);
	if (result == EXIT_DONE)
		opened = true;
	if (opened) {
		desk.caller = &caller;
		desk.hudur = caller.hudur;
		desk.event = options->event;
		result = opening_run(&desk, roster, key_file);
	}
	if (result == EXIT_DONE) {
		offline_recall(&desk);
		result = event_ask(&desk);
	}
	if (result == EXIT_DONE) {
		fetch_start(&desk.fetch, desk.hudur, &desk.roster, &desk.vault);
		result = desk_run(&desk, isatty(STDIN_FILENO) && isatty(STDOUT_FILENO));
		caller.backlog = 0; /* its answers were told, and what is left was too */
		if (result == EXIT_DONE)
			result = cli_told(options);
	}
	if (opened)
		opening_undo(&desk);
	caller_close(&caller);
	return result;
}

/* --roster and --roster-key; as cli_option_take. */
static int own_option_take(const struct options *options, char **words, const char **roster, const char **key_file)
{
	int taken = cli_option_value(options, words, "roster", roster);

	return taken ? taken : cli_option_value(options, words, "roster-key", key_file);
}

int main(int argc, char **argv)
{
	const char *roster = NULL, *key_file = NULL;
	char **words = argv + 1;
	struct options options;

	(void)argc;
	cli_options_start(&options, program);
	while (*words && **words == '-') {
		int taken = cli_option_take(&options, words);
		if (taken == 0)
			taken = own_option_take(&options, words, &roster, &key_file);
		if (taken < 0)
			return EXIT_USAGE;
		if (taken == 0)
			return cli_usage(&options, "There is no option %s here.", *words);
		words += taken;
	}
	if (!*words && !options.help && !options.version)
		return line_mode(&options, roster, key_file);
	if (*words && (roster || key_file))
		return cli_usage(&options, "--roster and --roster-key go with the line mode, without a command.");
	return command_main(program,
			    "the registration desk. With -e EVENT and no command: a line mode, in which to type "
			    "part of a name or scan a badge; while nobody answers it searches its roster.\n"
			    "  --roster FILE      keep the roster encrypted in FILE, under a passphrase that is asked for\n"
			    "  --roster-key FILE  take the passphrase from FILE, on another disk; or HUDUR_ROSTER_KEY",
			    commands, argv);
}
