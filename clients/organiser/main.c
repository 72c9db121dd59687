/* hudur report: figures that can be published and defended, the people behind them, and what is open. */
#include "clients/cli/command.h"
#include "clients/organiser/figures.h"
#include "clients/organiser/statement.h"

#define ASK(service, op) .operation = &operations[OP_##service##_##op]

/* Who is inside at the instant: of a session or of a room. */
static int prepare_presence(const struct options *options, void *request)
{
	struct figures_query *query = request;

	if (!query->session.at == !query->room.at)
		return cli_usage(options, "presence: where? Give --session or --room.");
	if (query->qualifier && query->qualifier != qualifier_present)
		return cli_usage(options, "presence counts those who are present; people takes any "
					  "--qualifier.");
	query->qualifier = qualifier_present;
	return EXIT_DONE;
}

static const struct command commands[] = {
	{.name = "figures", ASK(figures, figures), .run = figures_run},
	{.name = "statement",
	 .sentence = "the figure as sentences in English, French and Arabic",
	 ASK(figures, figures),
	 .run = statement_run},
	{.name = "people", ASK(figures, people)},
	{.name = "presence",
	 .sentence = "who is in a session or room at an instant",
	 ASK(figures, people),
	 .prepare = prepare_presence},
	{.name = "unresolved", ASK(figures, unresolved)},
	{.name = "programme", ASK(changes, programme)},
	{.name = "changes", ASK(changes, changes)},
	{.name = "find", ASK(people, find), .bare = "text"},
	{.name = "person", ASK(people, person), .bare = "person"},
	{.name = NULL},
};

int main(int argc, char **argv)
{
	(void)argc;
	return command_main("hudur-report", "figures of a meeting, and who is behind them",
			    commands, argv);
}
