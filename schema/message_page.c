/* Prints the tables as Markdown. */
#include "schema/message_page.h"

#include <inttypes.h>

#include "schema/message.h"

static void print_roles(FILE *out, unsigned roles)
{
	const char *comma = "";

	if (roles == ROLE_EVERYBODY) {
		fputs("everybody", out);
		return;
	}
	for (unsigned role = ROLE_SCANNER; role <= ROLE_ADMINISTRATOR; role *= 2)
		if (roles & role) {
			fprintf(out, "%s%s", comma, role_name((enum role)role));
			comma = ", ";
		}
}

/* A service's full name, but for the event's or worker's own. */
static const char *owner(const char *service)
{
	if (strcmp(service, "broker") == 0)
		return "";
	return strcmp(service, "events") == 0 ? "WORKER/" : "EVENT/";
}

static void print_operation(FILE *out, const struct operation *operation)
{
	fprintf(out, "| `%s` | %s | ", operation->op, operation->access == ACCESS_WRITE ? "write" : "read");
	print_roles(out, operation->roles);
	fprintf(out, " | [%s](#message-%s) | [%s](#message-%s) | %s |\n", operation->request->name,
		operation->request->name, operation->result->name, operation->result->name,
		operation->sentence);
}

static void print_operations(FILE *out)
{
	const char *service = "";

	fputs("\n## Operations\n\n"
	      "A write needs `device`, `seq` and `at` in its map; a read does not. The request's map holds the "
	      "fields of [request](#message-request) and those of the message named under *fields*; the reply's "
	      "map those of [reply](#message-reply) and, with `ok`, those under *result*.\n", out);
	for (int i = 0; i < OP_COUNT; i++) {
		if (strcmp(operations[i].service, service) != 0) {
			service = operations[i].service;
			fprintf(out, "\n### Service `%s%s`\n\n", owner(service), service);
			fputs("| op | access | roles | fields | result | what it does |\n"
			      "|---|---|---|---|---|---|\n", out);
		}
		print_operation(out, &operations[i]);
	}
}

static void print_size(FILE *out, const char *type, const struct field *field)
{
	if (field->min == field->max)
		fprintf(out, "%s, %" PRId64 " bytes", type, field->max);
	else
		fprintf(out, "%s, %" PRId64 " to %" PRId64 " bytes", type, field->min, field->max);
}

static void print_type(FILE *out, const struct field *field)
{
	switch (field->type) {
	case TYPE_STR:
		print_size(out, "string", field);
		return;
	case TYPE_BIN:
		print_size(out, "binary", field);
		return;
	case TYPE_INT:
		fprintf(out, "integer, %" PRId64, field->min);
		if (field->max == INT64_MAX)
			fputs(" or more", out);
		else
			fprintf(out, " to %" PRId64, field->max);
		return;
	case TYPE_TIME:
		fputs("time", out);
		return;
	case TYPE_BOOL:
		fputs("boolean", out);
		return;
	case TYPE_ENUM:
		fprintf(out, "word of [%s](#vocabulary-%s)", field->words->name, field->words->name);
		return;
	case TYPE_LIST:
		fprintf(out, "array, up to %" PRId64 " of [%s](#message-%s)", field->max, field->record->name,
			field->record->name);
		return;
	}
}

static void print_message(FILE *out, const struct message *message)
{
	fprintf(out, "\n### Message %s\n\n%s\n", message->name, message->sentence);
	if (message->count)
		fputs("\n| field | needed | type | meaning |\n|---|---|---|---|\n", out);
	for (uint32_t i = 0; i < message->count; i++) {
		const struct field *field = &message->fields[i];

		fprintf(out, "| `%s` | %s | ", field->name, field->need ? "yes" : "");
		print_type(out, field);
		fprintf(out, " | %s |\n", field->sentence);
	}
}

static void print_messages(FILE *out)
{
	fputs("\n## Messages\n\n"
	      "A *string* is UTF-8 without control characters; its limits count bytes. A *time* is an integer, "
	      "Unix milliseconds, UTC. A field that is not needed is left out when there is nothing to say; "
	      "a boolean that is left out is false.\n", out);
	for (const struct message *const *message = messages; *message; message++)
		print_message(out, *message);
}

static void print_vocabulary(FILE *out, const struct vocabulary *vocabulary)
{
	fprintf(out, "\n### Vocabulary %s\n\n%s\n\n| word | meaning |\n|---|---|\n", vocabulary->name,
		vocabulary->sentence);
	for (uint32_t i = 1; i < vocabulary->count; i++)
		fprintf(out, "| `%s` | %s |\n", vocabulary->words[i], vocabulary->sentences[i]);
}

static void print_vocabularies(FILE *out)
{
	fputs("\n## Vocabularies\n\n"
	      "On the wire a value is its word, a string. A client shows a word that it does not know as it "
	      "is: words are added, never renamed.\n", out);
#define ENUM(name, sentence) print_vocabulary(out, &vocabulary_##name);
#define VALUE(name, value, sentence)
#define END_ENUM(name)
#include "schema/enums.def"
}

static void print_reasons(FILE *out)
{
	fputs("\n## Reasons\n\n| reason | status | meaning |\n|---|---|---|\n", out);
	for (int e = E_OK + 1; e < E_COUNT; e++)
		fprintf(out, "| `%s` | `%s` | %s |\n", error_name((enum error)e),
			vocabulary_word(&vocabulary_status, error_status((enum error)e)),
			error_sentence((enum error)e));
}

void message_page(FILE *out)
{
	print_operations(out);
	print_messages(out);
	print_vocabularies(out);
	print_reasons(out);
}
