/* Accepts registrations. */
#include "clients/admin/accredit.h"

#include <inttypes.h>

#include "clients/cli/operation.h"
#include "clients/cli/progress.h"

struct accrediting {
	struct order order;
	bool all;
	struct caller caller;
	struct progress progress;
	int64_t accepted, seen;
};

/* --all stands for --person, which the table needs. */
static int take_all(void *context, char **words)
{
	struct accrediting *a = context;
	struct accredit *request = a->order.request;

	if (!cli_option_flag(words, "all", &a->all))
		return 0;
	if (request->person != ABSENT) {
		cli_complain(a->order.options, "Either --person or --all.");
		return -1;
	}
	request->person = 1;
	return 1;
}

static void help_all(void)
{
	printf("  --all                   everybody who is registered and not accepted yet\n");
}

static int accept_page(struct accrediting *a, const struct found *found)
{
	const struct accredit *model = a->order.request;
	struct arena arena = {0};
	struct answer answer;
	int result = EXIT_DONE;

	for (uint32_t i = 0; i < found->people.count && result == EXIT_DONE; i++) {
		const struct person_line *person = LIST_AT(found->people, person_line, i);
		struct accredit request = {.person = person->person, .also = model->also};

		a->seen++;
		if (person->state != registration_state_registered)
			continue;
		result = caller_ask(&a->caller, &operations[OP_registration_accredit], &request,
				    &arena, &answer);
		a->accepted += result == EXIT_DONE;
		arena_reset(&arena);
		progress_show(&a->progress, a->seen);
	}
	arena_free(&arena);
	return result;
}

static int accept_all(struct accrediting *a)
{
	struct arena arena = {0};
	struct answer answer;
	struct find find;
	int result;

	message_clear(&message_find, &find);
	find.limit = 100;
	progress_start(&a->progress, "people", 0);
	do {
		const struct found *found;

		result =
			caller_ask(&a->caller, &operations[OP_people_find], &find, &arena, &answer);
		if (result != EXIT_DONE)
			break;
		found = answer.result;
		result = accept_page(a, found);
		if (found->cursor != ABSENT && find.cursor != ABSENT &&
		    found->cursor <= find.cursor)
			break;
		find.cursor = found->cursor;
		arena_reset(&arena);
	} while (result == EXIT_DONE && find.cursor != ABSENT);
	progress_end(&a->progress);
	arena_free(&arena);
	return result;
}

static void print_accepted(const struct accrediting *a)
{
	switch (a->order.options->format) {
	case FORMAT_TABLE:
		printf("%" PRId64 " accepted\n", a->accepted);
		break;
	case FORMAT_JSON:
		printf("{\"accepted\": %" PRId64 "}\n", a->accepted);
		break;
	case FORMAT_CSV:
		printf("accepted\r\n%" PRId64 "\r\n", a->accepted);
		break;
	}
}

int accredit_run(struct options *options, const struct command *command, char **words)
{
	struct accrediting a = {.all = false};
	int result =
		order_read(&a.order, options, command, command->operation, words, take_all, &a);

	if (result == EXIT_DONE && !order_help(&a.order, help_all)) {
		result = caller_open(&a.caller, options, true);
		if (result == EXIT_DONE)
			result = a.all ? accept_all(&a) : operation_ask(&a.order, &a.caller);
		if (result == EXIT_DONE && a.all)
			print_accepted(&a);
		caller_close(&a.caller);
	}
	order_free(&a.order);
	return result;
}
