/* Begins what the worker does beside its work, asks until it is over, and runs the worker's program for files. */
#include "clients/admin/copies.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clients/admin/fetch.h"
#include "clients/cli/operation.h"
#include "clients/cli/progress.h"

enum { PAUSE_MS = 50, PATH_SIZE = 4096 };

struct copying {
	struct order order;
	const char *to;    /* of a backup */
	const char *file;  /* to verify or restore */
	const char *data;
	bool replace;
	struct caller caller;
	struct arena arena;
	struct answer answer;
	struct progress progress;
};

/* ---- what is asked until it is over ---- */

/* Both results begin alike: this is what a task tells of itself. */
struct stage {
	int64_t task;
	enum task_stage stage;
	struct text problem;
	int64_t copied, pages;
};

static struct stage stage_of(const struct copying *c)
{
	const struct backup_state *backup = c->answer.result;
	const struct verify_state *verify = c->answer.result;

	if (c->order.operation->id == OP_events_backup)
		return (struct stage){backup->task, backup->stage, backup->problem, backup->copied, backup->pages};
	return (struct stage){verify->task, verify->stage, verify->problem, ABSENT, ABSENT};
}

static int ask_until_over(struct copying *c)
{
	struct event_task *request = c->order.request;
	struct stage now;
	int result;

	progress_start(&c->progress, "pages", 0);
	for (;;) {
		result = caller_ask(&c->caller, c->order.operation, request, &c->arena, &c->answer);
		if (result != EXIT_DONE)
			break;
		now = stage_of(c);
		request->task = now.task;
		if (now.stage == task_stage_done || now.stage == task_stage_failed)
			break;
		c->progress.total = now.pages == ABSENT ? 0 : now.pages;
		if (now.copied != ABSENT)
			progress_show(&c->progress, now.copied);
		poll(NULL, 0, PAUSE_MS);
		arena_reset(&c->arena);
	}
	progress_end(&c->progress);
	if (result == EXIT_DONE && now.stage == task_stage_failed) {
		cli_complain(c->order.options, "%s failed: %.*s", c->order.command->name, (int)now.problem.size,
			     now.problem.at ? now.problem.at : "");
		result = EXIT_NOT_DONE;
	}
	return result;
}

static int print_answer(struct copying *c)
{
	struct printing printing = caller_printing(&c->caller);
	struct printer *printer = printer_new(&printing, c->order.operation->result);

	if (!printer) {
		cli_complain(c->order.options, "Memory is short; close something and try again.");
		return EXIT_NOT_DONE;
	}
	printer_page(printer, c->answer.result);
	return printer_end(printer, true) ? EXIT_DONE : EXIT_NOT_DONE;
}

/* ---- backup ---- */

static int take_to(void *context, char **words)
{
	struct copying *c = context;

	return cli_option_value(c->order.options, words, "to", &c->to);
}

static void help_to(void)
{
	printf("  --to FILE               copies the finished copy there, on the worker's machine; FILE must "
	       "not\n                          be there yet\n");
}

static int fetch_copy(struct copying *c)
{
	struct backup_state *state = c->answer.result;
	char from[PATH_SIZE + 1], why[1024];

	snprintf(from, sizeof from, "%.*s", (int)state->file.size, state->file.at ? state->file.at : "");
	if (fetch(from, c->to, why, sizeof why)) {
		state->file = text_of(c->to);
		return EXIT_DONE;
	}
	cli_complain(c->order.options, "The copy is %s on the worker's machine, but %s.", from, why);
	return EXIT_NOT_DONE;
}

static int back_up(struct copying *c)
{
	int result;

	if (c->to && access(c->to, F_OK) == 0) {
		cli_complain(c->order.options, "%s is there already; give --to another name.", c->to);
		return EXIT_NOT_DONE;
	}
	result = caller_open(&c->caller, c->order.options, false);
	if (result == EXIT_DONE)
		result = ask_until_over(c);
	if (result == EXIT_DONE && c->to)
		result = fetch_copy(c);
	return result == EXIT_DONE ? print_answer(c) : result;
}

static int end(struct copying *c, int result)
{
	caller_close(&c->caller);
	arena_free(&c->arena);
	order_free(&c->order);
	return result;
}

int backup_run(struct options *options, const struct command *command, char **words)
{
	struct copying c = {.to = NULL};
	int result = order_read(&c.order, options, command, command->operation, words, take_to, &c);

	if (result == EXIT_DONE && !order_help(&c.order, help_to))
		result = back_up(&c);
	return end(&c, result);
}

/* ---- files: the worker's program knows them ---- */

/* Does not return when it succeeds. */
static int run_worker(const struct options *options, char **arguments)
{
	char path[PATH_SIZE];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 32);
	char *slash;

	path[length > 0 ? length : 0] = '\0';
	slash = strrchr(path, '/');
	snprintf(slash ? slash + 1 : path, 32, "hudur-worker");
	arguments[0] = path;
	fflush(stdout);
	execv(path, arguments);
	cli_complain(options, "%s cannot be run: %s; it belongs beside this program.", path, strerror(errno));
	return EXIT_NOT_DONE;
}

static int take_file(void *context, char **words)
{
	struct copying *c = context;

	if (**words == '-' || c->file)
		return 0;
	c->file = *words;
	return 1;
}

static void help_file(void)
{
	printf("  FILE                    check this file or copy instead, on this machine\n");
}

static int verify_event(struct copying *c)
{
	int result = caller_open(&c->caller, c->order.options, false);

	if (result == EXIT_DONE)
		result = ask_until_over(c);
	if (result == EXIT_DONE)
		result = print_answer(c);
	if (result == EXIT_DONE && ((const struct verify_state *)c->answer.result)->differences != 0)
		result = EXIT_NOT_DONE;
	return result;
}

/* A file alone needs no event: the words are looked at before the request asks for one. */
static char *lone_file(struct options *options, char **words)
{
	char *file = NULL;

	while (*words) {
		int taken = cli_option_take(options, words);

		if (!taken && **words != '-' && !file) {
			file = *words;
			taken = 1;
		}
		if (taken <= 0)
			return NULL;
		words += taken;
	}
	return options->help || options->version ? NULL : file;
}

int verify_run(struct options *options, const struct command *command, char **words)
{
	struct copying c = {.file = NULL};
	char option[] = "--verify", *file = lone_file(options, words);
	char *arguments[] = {NULL, option, file, NULL};
	int result;

	if (file && !options->event)
		return run_worker(options, arguments);
	result = order_read(&c.order, options, command, command->operation, words, take_file, &c);
	if (result == EXIT_DONE && c.file)
		result = cli_usage(options, "verify: either a file or --event.");
	else if (result == EXIT_DONE && !order_help(&c.order, help_file))
		result = verify_event(&c);
	return end(&c, result);
}

static int read_restore(struct copying *c, struct options *options, char **words, char **file)
{
	while (*words) {
		int taken = cli_option_take(options, words);

		if (!taken)
			taken = cli_option_value(options, words, "data", &c->data);
		if (!taken)
			taken = cli_option_flag(words, "replace", &c->replace);
		if (!taken && **words != '-' && !*file) {
			*file = *words;
			taken = 1;
		}
		if (!taken)
			return cli_usage(options, "restore takes one file and has no option %s.", *words);
		if (taken < 0)
			return EXIT_USAGE;
		words += taken;
	}
	if (options->help || options->version || (*file && c->data))
		return EXIT_DONE;
	return cli_usage(options, "restore: which file, and into which folder? Give FILE and --data DIR.");
}

static void help_restore(const struct options *options, const struct command *command)
{
	command_help_head(options, command, "FILE --data DIR [--replace]");
	printf("  --data DIR              the worker's folder; the worker must not be running on it\n"
	       "  --replace               also when the event is there already: its file is kept aside\n");
}

int restore_run(struct options *options, const struct command *command, char **words)
{
	struct copying c = {.file = NULL};
	char restore[] = "--restore", data[] = "--data", replace[] = "--replace", *file = NULL;
	char folder[PATH_SIZE];
	int result = read_restore(&c, options, words, &file);

	if (result == EXIT_DONE && options->help)
		help_restore(options, command);
	else if (result == EXIT_DONE && options->version)
		cli_version(options);
	else if (result == EXIT_DONE) {
		char *arguments[] = {NULL, restore, file, data, folder, c.replace ? replace : NULL, NULL};

		snprintf(folder, sizeof folder, "%s", c.data);
		result = run_worker(options, arguments);
	}
	return result;
}
