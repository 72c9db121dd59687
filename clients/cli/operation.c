/* Asks an operation page after page and prints what came. */
#include "clients/cli/operation.h"


static struct zone *zone_of(void *caller)
{
	return caller_zone(caller);
}

struct printing caller_printing(struct caller *caller)
{
	bool simulated = clock_is_simulated(&caller->clock);

	return (struct printing){
		.format = caller->options->format,
		.out = stdout,
		.zone = zone_of,
		.context = caller,
		.simulated = simulated ? clock_now(&caller->clock) : ABSENT,
	};
}

int operation_ask(struct order *order, struct caller *caller)
{
	struct printing printing = caller_printing(caller);
	struct printer *printer = printer_new(&printing, order->operation->result);
	struct arena arena = {0};
	struct answer answer;
	bool more = true, begun = false;
	int result = EXIT_DONE;

	if (!printer) {
		cli_complain(order->options, "Memory is short; close something and try again.");
		return EXIT_NOT_DONE;
	}
	while (more) {
		result = caller_ask(caller, order->operation, order->request, &arena, &answer);
		if (result != EXIT_DONE)
			break;
		begun = true;
		printer_page(printer, answer.result);
		more = order_next_page(order, answer.result);
		arena_reset(&arena);
	}
	if (!printer_end(printer, begun) && result == EXIT_DONE) {
		cli_complain(order->options, "The answer could not be printed in full.");
		result = EXIT_NOT_DONE;
	}
	arena_free(&arena);
	return result;
}

int operation_run(struct options *options, const struct command *command, char **words)
{
	struct order order;
	struct caller caller = {0};
	int result = order_read(&order, options, command, command->operation, words, NULL, NULL);

	if (result == EXIT_DONE && !order_help(&order, NULL)) {
		result = caller_open(&caller, options, command->operation->access == ACCESS_WRITE);
		if (result == EXIT_DONE)
			result = order_settle(&order, &caller);
		if (result == EXIT_DONE)
			result = operation_ask(&order, &caller);
		caller_close(&caller);
	}
	order_free(&order);
	return result;
}
