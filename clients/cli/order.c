/* Reads a request from the words of a command line. */
#include "clients/cli/order.h"

#include "clients/cli/moment.h"
#include "schema/message_field.h"
#include "schema/message_options.h"

/* --at 2024-02-29T10:00: a TIME without an offset means the event's clocks. Takes 0, 1 or 2 words,
 * -1: too many. */
static int take_local(struct order *order, char **words)
{
	const struct message *message = order->operation->request;
	struct reading reading;

	for (uint32_t i = 0; i < message->count; i++) {
		const struct field *field = &message->fields[i];
		const char *value = NULL;
		char name[64];
		int taken;

		if (field->type != TYPE_TIME || order->local_count == READINGS_MAX)
			continue;
		snprintf(name, sizeof(name), "%s", field->name);
		for (char *c = name; *c; c++)
			if (*c == '_')
				*c = '-';
		if (!words[1] && !strchr(words[0], '='))
			return 0;
		taken = cli_option_value(order->options, words, name, &value);
		if (taken <= 0 || !moment_read(value, &reading))
			continue;
		order->locals[order->local_count++] = (struct local_time){field, value};
		/* stands in until the zone is known, so that a needed field counts as given */
		*(int64_t *)field_at(field, order->request) = 0;
		return taken;
	}
	return 0;
}

static int take_bare(struct order *order, char *word)
{
	struct complaint complaint;
	char option[512];
	char *words[] = {option, word, NULL};
	const char *name = order->command->bare;

	if (*word == '-')
		return cli_usage(order->options, "%s has no option %s.", order->command->name,
				 word);
	if (!name)
		return cli_usage(order->options, "%s takes no word such as %s.",
				 order->command->name, word);
	snprintf(option, sizeof(option), "--%s", name);
	if (message_option(order->operation->request, words, &order->arena, order->request,
			   &complaint) > 0)
		return EXIT_DONE;
	return cli_usage(order->options, "%s: %s.", order->command->name, complaint.sentence);
}

static int take(struct order *order, char **words, int (*own)(void *, char **), void *context)
{
	struct complaint complaint = {""};
	int taken = cli_option_take(order->options, words);

	if (!taken && own)
		taken = own(context, words);
	if (!taken)
		taken = take_local(order, words);
	if (taken)
		return taken;
	taken = message_option(order->operation->request, words, &order->arena, order->request,
			       &complaint);
	if (taken < 0)
		cli_complain(order->options, "%s: %s.", order->command->name, complaint.sentence);
	if (taken > 0)
		order->limited = order->limited || strncmp(words[0], "--limit", 7) == 0 ||
				 strncmp(words[0], "--cursor", 8) == 0;
	if (taken)
		return taken;
	return take_bare(order, words[0]) == EXIT_DONE ? 1 : -1;
}

static int check(struct order *order)
{
	const struct field *event = field_find(order->operation->request, TEXT("event"), 0);
	const struct field *since = field_find(order->operation->request, TEXT("since"), 0);
	struct complaint complaint;
	int result;

	if (event && order->options->event)
		*(struct text *)field_at(event, order->request) = text_of(order->options->event);
	/* changes are asked from the start unless somebody says since when */
	if (since && since->type == TYPE_INT &&
	    field_is_absent(since, field_in(since, order->request)))
		*(int64_t *)field_at(since, order->request) = 0;
	if (order->command->prepare) {
		result = order->command->prepare(order->options, order->request);
		if (result != EXIT_DONE)
			return result;
	}
	if (!order->options->event && strcmp(order->operation->service, "events") != 0 &&
	    strcmp(order->operation->service, "broker") != 0)
		return cli_usage(order->options, "%s: of which event? Give --event.",
				 order->command->name);
	if (message_options_check(order->operation->request, order->request, &complaint) == E_OK)
		return EXIT_DONE;
	return cli_usage(order->options, "%s: %s.", order->command->name, complaint.sentence);
}

int order_read(struct order *order, struct options *options, const struct command *command,
	       const struct operation *operation, char **words,
	       int (*own)(void *context, char **words), void *context)
{
	*order = (struct order){.options = options, .command = command, .operation = operation};
	order->request = arena_alloc(&order->arena, operation->request->size);
	if (!order->request)
		return cli_usage(options, "Memory is short; close something and try again.");
	message_clear(operation->request, order->request);
	while (*words) {
		int taken = take(order, words, own, context);

		if (taken < 0)
			return EXIT_USAGE;
		words += taken;
	}
	return options->help || options->version ? EXIT_DONE : check(order);
}

void order_free(struct order *order)
{
	arena_free(&order->arena);
}

bool order_help(const struct order *order, void (*own_help)(void))
{
	char usage[128];

	if (order->options->version)
		cli_version(order->options);
	if (order->options->version || !order->options->help)
		return order->options->version;
	snprintf(usage, sizeof(usage), "[options]%s%s%s", order->command->bare ? " [" : "",
		 order->command->bare ? order->command->bare : "", order->command->bare ? "]" : "");
	command_help_head(order->options, order->command, usage);
	if (own_help)
		own_help();
	message_options_help(stdout, order->operation->request);
	printf("\nA TIME without an offset is read by the event's clocks.\n\nOptions of every "
	       "command:\n");
	cli_options_help(stdout);
	return true;
}

int order_settle(struct order *order, struct caller *caller)
{
	for (uint32_t i = 0; i < order->local_count; i++) {
		const struct local_time *local = &order->locals[i];
		struct zone *zone = caller_zone(caller);
		struct reading reading;
		int64_t *ms = field_at(local->field, order->request);

		if (!zone) {
			cli_complain(order->options,
				     "--%s %s needs the event's time zone, which is not to be had; "
				     "add an offset, such as %s+01:00.",
				     local->field->name, local->value, local->value);
			return EXIT_NOT_DONE;
		}
		if (!moment_read(local->value, &reading) ||
		    zone_to_utc(zone, reading.date, reading.time, ms))
			return cli_usage(order->options, "--%s %s: there is no such time.",
					 local->field->name, local->value);
		*ms += reading.milliseconds;
	}
	return EXIT_DONE;
}

static const struct field *field_named(const struct message *message, const char *name)
{
	return field_find(message, text_of(name), 0);
}

/* The result's `from` as the request's `to`. False when it is not there or does not move on. */
static bool move(struct order *order, const void *result, const char *from, const char *to)
{
	const struct field *source = field_named(order->operation->result, from);
	const struct field *target = field_named(order->operation->request, to);
	int64_t *number;

	if (!source || !target || source->type != target->type ||
	    field_is_absent(source, field_in(source, result)))
		return false;
	if (source->type == TYPE_STR) {
		struct text *text = field_at(target, order->request);

		if (text->at && text_equal(*text, *(const struct text *)field_in(source, result)))
			return false;
		*text = arena_text(&order->arena, *(const struct text *)field_in(source, result));
		return true;
	}
	number = field_at(target, order->request);
	if (*number != ABSENT && *(const int64_t *)field_in(source, result) <= *number)
		return false;
	*number = *(const int64_t *)field_in(source, result);
	return true;
}

bool order_next_page(struct order *order, const void *result)
{
	const struct field *after = field_named(order->operation->result, "after_ms");

	if (order->limited)
		return false;
	if (after)
		return *(const int64_t *)field_in(after, result) == 0 &&
		       move(order, result, "next", "since");
	return move(order, result, "cursor", "cursor");
}
