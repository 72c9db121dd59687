/* hudur report statement: asks for the figure and prints its sentences. */
#include "clients/cli/cell.h"
#include "clients/cli/moment.h"
#include "clients/organiser/figures.h"
#include "clients/organiser/statement.h"

struct stating {
	struct order order;
	struct caller caller;
	struct figure figure;
	enum language first, last; /* of en, fr, ar */
};

static int take_language(void *context, char **words)
{
	struct stating *s = context;
	const char *word = NULL;
	int taken = cli_option_value(s->order.options, words, "language", &word);

	if (taken <= 0 || strcmp(word, "all") == 0)
		return taken;
	s->first = s->last = vocabulary_value(&vocabulary_language, text_of(word));
	if (s->first)
		return taken;
	cli_complain(s->order.options, "--language %s: there are en, fr, ar and all.", word);
	return -1;
}

static void help_language(void)
{
	printf("  --language WORD         en, fr, ar or all (default)\n");
}

static void print_table(struct stating *s, const struct printing *printing)
{
	struct statement statement;

	print_clock(printing);
	figure_heading(&s->figure, stdout);
	for (enum language l = s->first; l <= s->last; l++) {
		statement_write(l, &s->figure.report, s->figure.arena, &statement);
		putchar('\n');
		for (uint32_t i = 0; i < statement.count; i++)
			printf("%.*s\n", (int)statement.lines[i].size, statement.lines[i].at);
	}
}

static void print_csv(struct stating *s)
{
	struct statement statement;

	printf("language,line,text\r\n");
	for (enum language l = s->first; l <= s->last; l++) {
		statement_write(l, &s->figure.report, s->figure.arena, &statement);
		for (uint32_t i = 0; i < statement.count; i++) {
			printf("%s,%u,", vocabulary_word(&vocabulary_language, l), i + 1);
			cell_csv(stdout, statement.lines[i], true);
		}
	}
}

static bool print_statements(struct stating *s, const struct printing *printing)
{
	const struct figures_report *r = &s->figure.report;
	struct text at = moment_stamp(s->figure.zone, r->at, s->figure.arena);
	struct text as_of = moment_stamp(s->figure.zone, r->as_of, s->figure.arena);
	json_t *languages = json_object(), *whole;
	struct statement statement;
	bool done;

	for (enum language l = s->first; l <= s->last; l++) {
		json_t *lines = json_array();

		statement_write(l, r, s->figure.arena, &statement);
		for (uint32_t i = 0; i < statement.count; i++)
			json_array_append_new(lines, json_stringn(statement.lines[i].at,
								  statement.lines[i].size));
		json_object_set_new(languages, vocabulary_word(&vocabulary_language, l), lines);
	}
	whole = json_pack("{s:s%, s:s%, s:s%, s:s, s:b, s:o}", "event", r->event.at,
			  (size_t)r->event.size, "at", at.at, (size_t)at.size, "as_of", as_of.at,
			  (size_t)as_of.size, "qualifier",
			  vocabulary_word(&vocabulary_qualifier, r->qualifier), "provisional",
			  (int)r->provisional, "statements", languages);
	done = whole && print_json(printing, whole);
	json_decref(whole);
	return done;
}

static int print(struct stating *s)
{
	struct printing printing = caller_printing(&s->caller);
	bool done = true;

	switch (printing.format) {
	case FORMAT_TABLE:
		print_table(s, &printing);
		break;
	case FORMAT_CSV:
		print_csv(s);
		break;
	case FORMAT_JSON:
		done = print_statements(s, &printing);
		break;
	}
	if (done && fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_DONE;
	cli_complain(s->order.options, "The statement could not be printed in full.");
	return EXIT_NOT_DONE;
}

int statement_run(struct options *options, const struct command *command, char **words)
{
	struct stating s = {.first = language_en, .last = language_ar};
	struct arena arena = {0};
	int result = order_read(&s.order, options, command, command->operation, words,
				take_language, &s);

	if (result == EXIT_DONE && !order_help(&s.order, help_language)) {
		result = caller_open(&s.caller, options, false);
		if (result == EXIT_DONE)
			result = order_settle(&s.order, &s.caller);
		if (result == EXIT_DONE)
			result = figure_ask(&s.order, &s.caller, &arena, &s.figure);
		if (result == EXIT_DONE)
			result = print(&s);
		caller_close(&s.caller);
	}
	arena_free(&arena);
	order_free(&s.order);
	return result;
}
