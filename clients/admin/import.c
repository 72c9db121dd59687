/* Imports nominations in chunks: good rows go in, bad ones come back with line and reason. */
#include "clients/admin/import.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "clients/admin/nominations.h"
#include "clients/cli/operation.h"
#include "clients/cli/progress.h"

/* A chunk's map stays well below MESSAGE_MAX together with what the library adds. */
enum { CHUNK_ROWS = 50, CHUNK_BYTES = 60000 };

struct importing {
	struct options *options;
	const char *path;
	bool accredit;
	struct caller caller;
	struct csv *csv;
	struct csv_row *row;
	struct nomination_columns columns;
	struct arena chunk; /* rows not sent yet */
	struct nomination rows[CHUNK_ROWS];
	uint32_t count;
	size_t bytes;
	struct import_row *bad; /* owned; their texts are kept */
	size_t bad_count, bad_room;
	struct arena kept;
	int64_t added, unchanged, read;
	struct progress progress;
};

static void help(const struct options *options, const struct command *command)
{
	command_help_head(options, command, "[options] FILE.csv");
	printf("  --accredit              accept the good rows at once\n\n"
	       "The file is UTF-8, its first line names the columns:\n ");
	for (uint32_t i = 1; i < message_nomination.count; i++)
		printf(" %s", message_nomination.fields[i].name);
	printf("\nSeparators may be commas, semicolons or tabs. The same file again changes "
	       "nothing.\n\n"
	       "Options of every command:\n");
	cli_options_help(stdout);
}

static int read_words(struct importing *im, const struct command *command, char **words)
{
	while (*words) {
		int taken = cli_option_take(im->options, words);

		if (!taken)
			taken = cli_option_flag(words, "accredit", &im->accredit);
		if (!taken && ((**words == '-' && (*words)[1]) || *im->path))
			return cli_usage(im->options, "import takes one file and has no option %s.",
					 *words);
		if (!taken) {
			im->path = *words;
			taken = 1;
		}
		if (taken < 0)
			return EXIT_USAGE;
		words += taken;
	}
	if (im->options->help)
		help(im->options, command);
	else if (im->options->version)
		cli_version(im->options);
	else if (!*im->path)
		return cli_usage(im->options, "import: which file?");
	else if (!im->options->event)
		return cli_usage(im->options, "import: into which event? Give --event.");
	return EXIT_DONE;
}

static bool keep_bad(struct importing *im, const struct import_row *row)
{
	struct import_row *bad;

	if (im->bad_count == im->bad_room) {
		size_t room = im->bad_room ? im->bad_room * 2 : 64;

		bad = realloc(im->bad, room * sizeof(*bad));
		if (!bad)
			return false;
		im->bad = bad;
		im->bad_room = room;
	}
	bad = &im->bad[im->bad_count++];
	*bad = *row;
	bad->reason = arena_text(&im->kept, row->reason);
	bad->detail = arena_text(&im->kept, row->detail);
	return true;
}

static int by_line(const void *a, const void *b)
{
	int64_t one = ((const struct import_row *)a)->line,
		other = ((const struct import_row *)b)->line;

	return (one > other) - (one < other);
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* What the service said no to did not go in; without its answer nobody knows. */
static void tell_unsent(const struct importing *im, const struct reply *reply)
{
	int64_t first = im->rows[0].line, last = im->rows[im->count - 1].line;

	if (reply->status == status_error || reply->status == status_refused)
		cli_complain(im->options,
			     "Lines %" PRId64 " to %" PRId64 " did not go in, nor what follows them.",
			     first, last);
	else
		cli_complain(im->options,
			     "It is not known whether lines %" PRId64 " to %" PRId64 " went in; import "
			     "the file again, what is there already stays as it is.",
			     first, last);
}

static int send_chunk(struct importing *im)
{
	struct arena arena = {0};
	struct answer answer;
	const struct imported *result;
	struct import import;
	int done;

	if (!im->count)
		return EXIT_DONE;
	message_clear(&message_import, &import);
	import.rows = (struct list){im->rows, im->count};
	import.accredit = im->accredit;
	import.source = text_of(file_name(im->path));
	if (message_check(&message_import, &import, NULL))
		import.source = (struct text){NULL, 0};
	done = caller_ask(&im->caller, &operations[OP_registration_import], &import, &arena,
			  &answer);
	if (done == EXIT_DONE) {
		result = answer.result;
		im->added += result->added;
		im->unchanged += result->unchanged;
		for (uint32_t i = 0; i < result->rows.count; i++)
			if (!keep_bad(im, LIST_AT(result->rows, import_row, i)))
				done = EXIT_NOT_DONE;
	} else {
		tell_unsent(im, &answer.reply);
	}
	im->count = 0;
	im->bytes = 0;
	arena_reset(&im->chunk);
	arena_free(&arena);
	return done;
}

static int take_good(struct importing *im, const struct nomination *nomination)
{
	struct text bytes = {NULL, 0};
	int result = EXIT_DONE;

	if (message_encode(&message_nomination, nomination, &im->chunk, &bytes))
		return EXIT_NOT_DONE;
	im->rows[im->count++] = *nomination;
	im->bytes += bytes.size;
	/* the next row may be as large as the largest there is */
	if (im->count == CHUNK_ROWS || im->bytes + 4096 > CHUNK_BYTES)
		result = send_chunk(im);
	progress_show(&im->progress, im->read);
	return result;
}

static int take_row(struct importing *im)
{
	struct nomination nomination;
	struct complaint complaint = {""};
	struct import_row bad;

	im->read++;
	if (nominations_row(im->row, &im->columns, &im->chunk, &nomination, &complaint))
		return take_good(im, &nomination);
	message_clear(&message_import_row, &bad);
	bad.line = im->row->line;
	bad.reason = TEXT("malformed");
	bad.detail = text_of(complaint.sentence);
	return keep_bad(im, &bad) ? EXIT_DONE : EXIT_NOT_DONE;
}

static int refuse(struct importing *im, const char *what)
{
	cli_complain(im->options, "%s: %s", im->path, what);
	return EXIT_NOT_DONE;
}

static int read_header(struct importing *im)
{
	char complaint[512];
	int got = csv_next(im->csv, im->row);

	if (got < 0)
		return refuse(im, strerror(errno));
	if (got == 0)
		return refuse(im, "the file is empty.");
	if (!nominations_header(im->row, &im->columns, complaint))
		return refuse(im, complaint);
	return EXIT_DONE;
}

static int read_rows(struct importing *im)
{
	int result = EXIT_DONE, got = 0;

	progress_start(&im->progress, "rows", 0);
	while (result == EXIT_DONE && (got = csv_next(im->csv, im->row)) == 1)
		result = take_row(im);
	if (result == EXIT_DONE)
		result = send_chunk(im);
	progress_end(&im->progress);
	if (got < 0)
		result = refuse(im, strerror(errno));
	return result;
}

static void print_summary(const struct importing *im, FILE *out)
{
	fprintf(out, "%" PRId64 " added, %" PRId64 " unchanged, %zu bad\n", im->added,
		im->unchanged, im->bad_count);
}

/* The bad rows and the summary, also when the import was cut short: what went in is then known. */
static void print_result(struct importing *im)
{
	struct printing printing = caller_printing(&im->caller);
	struct list rows = {im->bad, (uint32_t)im->bad_count};
	struct imported summary = {.added = im->added,
				   .unchanged = im->unchanged,
				   .bad = (int64_t)im->bad_count,
				   .rows = rows};
	struct printer *printer;

	/* those found here and those that came back from the service stand in the order of their
	 * lines */
	if (im->bad_count)
		qsort(im->bad, im->bad_count, sizeof(*im->bad), by_line);
	if (printing.format == FORMAT_TABLE) {
		print_list(&printing, &message_import_row, &rows);
		print_summary(im, stdout);
		return;
	}
	printer = printer_new(&printing, &message_imported);
	if (!printer)
		return;
	printer_page(printer, &summary);
	printer_end(printer, true);
	print_summary(im, stderr);
}

static int import_file(struct importing *im, FILE *file)
{
	int result;

	csv_start(im->csv, file);
	result = read_header(im);
	if (result != EXIT_DONE)
		return result;
	result = caller_open(&im->caller, im->options, true);
	if (result == EXIT_DONE) {
		result = read_rows(im);
		print_result(im);
	}
	caller_close(&im->caller);
	return result == EXIT_DONE && im->bad_count ? EXIT_NOT_DONE : result;
}

int import_run(struct options *options, const struct command *command, char **words)
{
	struct importing *im = calloc(1, sizeof(*im));
	FILE *file = NULL;
	int result;

	if (!im)
		return cli_usage(options, "Memory is short.");
	im->options = options;
	im->path = "";
	result = read_words(im, command, words);
	if (result == EXIT_DONE && !options->help && !options->version) {
		im->csv = malloc(sizeof(*im->csv));
		im->row = malloc(sizeof(*im->row));
		file = strcmp(im->path, "-") == 0 ? stdin : fopen(im->path, "r");
		if (!file || !im->csv || !im->row)
			result = refuse(im, strerror(errno));
		else
			result = import_file(im, file);
	}
	if (file && file != stdin)
		fclose(file);
	free(im->csv);
	free(im->row);
	arena_free(&im->chunk);
	arena_free(&im->kept);
	free(im->bad);
	free(im);
	return result;
}
