/* Reads what libhudur set aside in the spools: answered `error`, so sent no more, and lost to nobody. */
#include "clients/admin/rejected.h"

#include <stddef.h>
#include <unistd.h>

#include "clients/cli/operation.h"
#include "clients/cli/spool_path.h"
#include "clients/lib/spool.h"
#include "schema/utf8.h"

/* What is shown of one; it never goes over the wire, so it stands in no table of the contract. */
struct rejection {
	int64_t at;
	struct text service, op, reason, detail, spool;
};

struct rejections {
	struct list rejected;
};

#define TEXT_FIELD(name_) \
	{.name = #name_, .type = TYPE_STR, .max = MESSAGE_MAX, .offset = offsetof(struct rejection, name_)}

static const struct field rejection_fields[] = {
	{.name = "at", .type = TYPE_TIME, .min = TIME_MIN, .max = TIME_MAX,
	 .offset = offsetof(struct rejection, at)},
	TEXT_FIELD(service), TEXT_FIELD(op), TEXT_FIELD(reason), TEXT_FIELD(detail), TEXT_FIELD(spool),
};

static const struct message message_rejection = {
	.name = "rejection", .size = sizeof(struct rejection), .fields = rejection_fields,
	.count = sizeof(rejection_fields) / sizeof(*rejection_fields),
};

static const struct field rejections_fields[] = {
	{.name = "rejected", .type = TYPE_LIST, .max = UINT32_MAX, .record = &message_rejection,
	 .offset = offsetof(struct rejections, rejected)},
};

static const struct message message_rejections = {
	.name = "rejections", .size = sizeof(struct rejections), .fields = rejections_fields, .count = 1,
};

struct showing {
	struct printer *printer;
	const char *spool;
	bool any;
};

static struct text clean(struct text text)
{
	return text.at && utf8_check(text) != UTF8_CLEAN ? TEXT("?") : text;
}

/* A file may hold anything: what cannot be read of it is left blank. */
static bool show(void *context, const struct rejected *rejected)
{
	struct showing *showing = context;
	bool timed = rejected->at >= TIME_MIN && rejected->at <= TIME_MAX;
	struct rejection line = {.at = timed ? rejected->at : ABSENT,
				 .service = clean(rejected->service),
				 .spool = clean(text_of(showing->spool))};
	struct rejections page = {{&line, 1}};
	struct arena arena = {0};
	struct request request;
	struct reply reply;

	if (message_decode(&message_request, rejected->map, &arena, &request, NULL) == E_OK)
		line.op = request.op;
	if (message_decode(&message_reply, rejected->reply, &arena, &reply, NULL) == E_OK) {
		enum error e = error_from_name(reply.reason);

		line.reason = reply.reason;
		line.detail = reply.detail.at || !e ? reply.detail : text_of(error_sentence(e));
	}
	printer_page(showing->printer, &page);
	showing->any = true;
	arena_free(&arena);
	return true;
}

static int show_spool(const struct options *options, struct showing *showing, const char *path)
{
	struct complaint complaint;

	showing->spool = path;
	if (spool_each_rejected(path, show, showing, &complaint))
		return EXIT_DONE;
	cli_complain(options, "%s", complaint.sentence);
	return EXIT_NOT_DONE;
}

/* The spools of this user's programs. */
static int show_all(const struct options *options, struct showing *showing)
{
	static const char *const programs[] = {"hudur-admin", "hudur-desk", "hudur-scan"};
	int result = EXIT_DONE;

	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		for (int n = 1; n <= SPOOLS_MAX; n++) {
			char path[SPOOL_PATH_MAX];

			if (spool_path(programs[i], n, path, sizeof(path)) && access(path, F_OK) == 0 &&
			    show_spool(options, showing, path) != EXIT_DONE)
				result = EXIT_NOT_DONE;
		}
	}
	return result;
}

static int print_all(const struct options *options)
{
	struct printing printing = {.format = options->format, .out = stdout, .simulated = ABSENT};
	struct rejections none = {{NULL, 0}};
	struct showing showing = {.printer = printer_new(&printing, &message_rejections)};
	int result;

	if (!showing.printer) {
		cli_complain(options, "Memory is short; close something and try again.");
		return EXIT_NOT_DONE;
	}
	result = options->spool ? show_spool(options, &showing, options->spool)
				: show_all(options, &showing);
	if (!showing.any)
		printer_page(showing.printer, &none);
	if (printer_end(showing.printer, showing.any || result == EXIT_DONE))
		return result;
	cli_complain(options, "The list could not be printed in full.");
	return EXIT_NOT_DONE;
}

static void help(const struct options *options, const struct command *command)
{
	command_help_head(options, command, "[options]");
	puts("Lists what the service answered with an error, such as a scan of a door that may not scan.\n"
	     "It is not sent again; put right what the reason says and do it anew. Without --spool all\n"
	     "spools of this user's desk, scan and admin are read, those in use too. Times are UTC, by the\n"
	     "device's clock.\n\nOptions of every command:");
	cli_options_help(stdout);
}

int rejected_run(struct options *options, const struct command *command, char **words)
{
	while (*words) {
		int taken = cli_option_take(options, words);

		if (taken < 0)
			return EXIT_USAGE;
		if (taken == 0)
			return cli_usage(options, "rejected: what is %.80s? It takes options alone.", *words);
		words += taken;
	}
	if (options->help)
		help(options, command);
	else if (options->version)
		cli_version(options);
	else
		return print_all(options);
	return EXIT_DONE;
}
