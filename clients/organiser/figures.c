/* Asks for a figure and prints it. */
#include "clients/organiser/figures.h"

static bool append_rows(struct figures_report *whole, const struct figures_report *page,
			struct arena *arena)
{
	size_t size = sizeof(struct figure_row);
	char *rows = arena_alloc(arena, ((size_t)whole->rows.count + page->rows.count) * size + 1);

	if (!rows)
		return false;
	if (whole->rows.count)
		memcpy(rows, whole->rows.items, whole->rows.count * size);
	if (page->rows.count)
		memcpy(rows + whole->rows.count * size, page->rows.items, page->rows.count * size);
	whole->rows = (struct list){rows, whole->rows.count + page->rows.count};
	return true;
}

int figure_ask(struct order *order, struct caller *caller, struct arena *arena,
	       struct figure *figure)
{
	struct answer answer;
	bool first = true;
	int result;

	*figure = (struct figure){.query = order->request, .arena = arena};
	do {
		result = caller_ask(caller, order->operation, order->request, arena, &answer);
		if (result != EXIT_DONE)
			return result;
		if (first)
			figure->report = *(const struct figures_report *)answer.result;
		else if (!append_rows(&figure->report, answer.result, arena)) {
			cli_complain(order->options,
				     "Memory is short; close something and try again.");
			return EXIT_NOT_DONE;
		}
		first = false;
	} while (order_next_page(order, answer.result));
	figure->zone = caller_zone(caller);
	return EXIT_DONE;
}

static int print(struct figure *figure, struct caller *caller)
{
	struct printing printing = caller_printing(caller);
	json_t *json;
	bool done = true;

	switch (printing.format) {
	case FORMAT_TABLE:
		print_clock(&printing);
		figure_table(figure, stdout);
		break;
	case FORMAT_CSV:
		figure_csv(figure, stdout);
		break;
	case FORMAT_JSON:
		json = figure_json(figure);
		done = json && print_json(&printing, json);
		json_decref(json);
		break;
	}
	if (done && fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_DONE;
	cli_complain(caller->options, "The figure could not be printed in full.");
	return EXIT_NOT_DONE;
}

int figures_run(struct options *options, const struct command *command, char **words)
{
	struct order order;
	struct caller caller = {0};
	struct arena arena = {0};
	struct figure figure;
	int result = order_read(&order, options, command, command->operation, words, NULL, NULL);

	if (result == EXIT_DONE && !order_help(&order, NULL)) {
		result = caller_open(&caller, options, false);
		if (result == EXIT_DONE)
			result = order_settle(&order, &caller);
		if (result == EXIT_DONE)
			result = figure_ask(&order, &caller, &arena, &figure);
		if (result == EXIT_DONE)
			result = print(&figure, &caller);
		caller_close(&caller);
	}
	arena_free(&arena);
	order_free(&order);
	return result;
}
