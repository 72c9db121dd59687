/* Loads a meeting: nothing is sent unless all of the file is right. */
#include "clients/admin/load.h"

#include <inttypes.h>
#include <stdlib.h>

#include "clients/admin/event_file.h"
#include "clients/admin/reference.h"
#include "clients/cli/operation.h"
#include "clients/cli/progress.h"

struct loading {
	struct options *options;
	const char *path, *reference;
	struct caller caller;
	struct arena arena;
	struct event_file file;
	struct progress progress;
	int64_t sent;
};

static void help(const struct options *options, const struct command *command)
{
	command_help_head(options, command, "[options] FILE.json");
	printf("  --reference FOLDER      where oic_members.csv and its like are (default: beside "
	       "the file)\n\n"
	       "A file without time zone and days is a part: rooms, entities and sessions that "
	       "are\n"
	       "added to or changed in the event as it stands.\n\nOptions of every command:\n");
	cli_options_help(stdout);
}

static int read_words(struct loading *l, const struct command *command, char **words)
{
	while (*words) {
		int taken = cli_option_take(l->options, words);

		if (!taken)
			taken = cli_option_value(l->options, words, "reference", &l->reference);
		if (!taken && (**words == '-' || l->path))
			return cli_usage(l->options, "load takes one file and has no option %s.",
					 *words);
		if (!taken) {
			l->path = *words;
			taken = 1;
		}
		if (taken < 0)
			return EXIT_USAGE;
		words += taken;
	}
	if (l->options->help)
		help(l->options, command);
	else if (l->options->version)
		cli_version(l->options);
	else if (!l->path)
		return cli_usage(l->options, "load: which file?");
	return EXIT_DONE;
}

static int refuse_file(struct loading *l)
{
	cli_complain(l->options, "%s Nothing was loaded.", l->file.source.complaint);
	return EXIT_NOT_DONE;
}

static bool append(struct source *s, struct list *to, const struct message *record,
		   const struct list *more)
{
	char *items = more->count ? source_grow(s, to, record, more->count) : NULL;

	if (items)
		memcpy(items, more->items, more->count * record->size);
	return !s->wrong;
}

/* All pages of the programme as it stands, as one. An event that is not there leaves `standing`
 * NULL. */
static int ask_standing(struct loading *l, struct programme **standing)
{
	struct programme_query query;
	struct programme *whole = NULL;
	struct answer answer;
	int result;

	*standing = NULL;
	message_clear(&message_programme_query, &query);
	do {
		const struct programme *page;

		result = caller_try(&l->caller, &operations[OP_changes_programme], &query,
				    &l->arena, &answer);
		if (result != EXIT_DONE)
			return answer.reply.status == status_error ? EXIT_DONE : result;
		page = answer.result;
		if (!whole)
			whole = answer.result;
		else if (!append(&l->file.source, &whole->sessions, &message_session_line,
				 &page->sessions))
			return refuse_file(l);
		if (page->cursor != ABSENT && query.cursor != ABSENT &&
		    page->cursor <= query.cursor)
			break;
		query.cursor = page->cursor;
	} while (query.cursor != ABSENT);
	*standing = whole;
	return EXIT_DONE;
}

/* The folder of the file, unless another was named. */
static const char *reference_folder(struct loading *l)
{
	const char *slash = strrchr(l->path, '/');

	if (l->reference)
		return l->reference;
	if (!slash)
		return ".";
	return arena_printf(&l->arena, "%.*s", slash == l->path ? 1 : (int)(slash - l->path),
			    l->path)
		.at;
}

static int read_file(struct loading *l)
{
	struct event_file *file = &l->file;
	struct programme *standing = NULL;
	int result = EXIT_DONE;

	if (l->options->event && !text_is(file->plan.event, l->options->event)) {
		cli_complain(l->options, "%s is the file of %s, not of %s.", l->path,
			     file->plan.event.at, l->options->event);
		return EXIT_NOT_DONE;
	}
	l->options->event = file->plan.event.at;
	if (event_file_is_part(file))
		result = ask_standing(l, &standing);
	if (result != EXIT_DONE)
		return result;
	if (!event_file_read(file, standing))
		return refuse_file(l);
	if (!event_file_is_part(file) &&
	    !reference_read(reference_folder(l), file->zone, &l->arena, &file->plan.entities,
			    &file->plan.standings, file->source.complaint))
		return refuse_file(l);
	return EXIT_DONE;
}

/* ---- sending ---- */

static int send_part(struct loading *l, const struct load *part)
{
	struct answer answer;
	struct arena arena = {0};
	int result = caller_ask(&l->caller, &operations[OP_events_load], part, &arena, &answer);

	arena_free(&arena);
	progress_show(&l->progress, ++l->sent);
	return result;
}

/* `most` records of the largest size that the table allows stay below MESSAGE_MAX. */
static const struct { size_t offset; const struct message *record; uint32_t most; } parts[] = {
	{offsetof(struct load, days), &message_day_plan, 62},
	{offsetof(struct load, entities), &message_entity_plan, 60},
	{offsetof(struct load, standings), &message_standing_plan, 200},
	{offsetof(struct load, rooms), &message_room_plan, 100},
	{offsetof(struct load, sessions), &message_session_plan, 30},
	{offsetof(struct load, agenda), &message_agenda_item, 50},
	{offsetof(struct load, roles), &message_role_plan, 40},
};

enum { PARTS = sizeof(parts) / sizeof(*parts) };

static const struct list *list_of(const struct load *plan, size_t part)
{
	return (const struct list *)(const void *)((const char *)plan + parts[part].offset);
}

/* The event itself goes with the first days, so that an event is never without any. */
static int send_list(struct loading *l, size_t part)
{
	const struct list *all = list_of(&l->file.plan, part);
	int result = EXIT_DONE;

	for (uint32_t i = 0; i < all->count && result == EXIT_DONE; i += parts[part].most) {
		uint32_t left = all->count - i;
		struct list slice = {(char *)all->items + i * parts[part].record->size,
				     left < parts[part].most ? left : parts[part].most};
		struct load load;

		message_clear(&message_load, &load);
		if (part == 0) {
			load = l->file.plan;
			for (size_t k = 0; k < PARTS; k++)
				memset((char *)&load + parts[k].offset, 0, sizeof(struct list));
		}
		load.event = l->file.plan.event;
		memcpy((char *)&load + parts[part].offset, &slice, sizeof(slice));
		result = send_part(l, &load);
	}
	return result;
}

static int send_all(struct loading *l)
{
	int64_t total = 0;
	int result = EXIT_DONE;

	for (size_t k = 0; k < PARTS; k++)
		total += (list_of(&l->file.plan, k)->count + parts[k].most - 1) / parts[k].most;
	progress_start(&l->progress, "parts", total);
	for (size_t k = 0; k < PARTS && result == EXIT_DONE; k++)
		result = send_list(l, k);
	progress_end(&l->progress);
	return result;
}

static void print_counts(const struct loading *l)
{
	const struct load *plan = &l->file.plan;
	struct { const char *name; uint32_t count;
	} counts[] = {
		{"days", plan->days.count},           {"entities", plan->entities.count},
		{"standings", plan->standings.count}, {"rooms", plan->rooms.count},
		{"sessions", plan->sessions.count},   {"agenda", plan->agenda.count},
		{"roles", plan->roles.count},
	};
	enum format format = l->options->format;

	if (format == FORMAT_CSV)
		printf("event,days,entities,standings,rooms,sessions,agenda,roles\r\n");
	printf(format == FORMAT_JSON  ? "{\"event\": \"%s\""
	       : format == FORMAT_CSV ? "%s"
				      : "Loaded into %s:",
	       plan->event.at);
	for (size_t i = 0, named = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		if (format == FORMAT_JSON)
			printf(", \"%s\": %" PRIu32, counts[i].name, counts[i].count);
		else if (format == FORMAT_CSV)
			printf(",%" PRIu32, counts[i].count);
		else if (counts[i].count)
			printf("%s %" PRIu32 " %s", named++ ? "," : "", counts[i].count,
			       counts[i].name);
	}
	puts(format == FORMAT_JSON ? "}" : format == FORMAT_CSV ? "\r" : ".");
}

int load_run(struct options *options, const struct command *command, char **words)
{
	struct loading l = {.options = options};
	int result = read_words(&l, command, words);

	if (result != EXIT_DONE || options->help || options->version)
		return result;
	if (!event_file_open(&l.file, l.path, &l.arena))
		result = refuse_file(&l);
	if (result == EXIT_DONE)
		result = caller_open(&l.caller, options, true);
	if (result == EXIT_DONE)
		result = read_file(&l);
	if (result == EXIT_DONE)
		result = send_all(&l);
	if (result == EXIT_DONE)
		print_counts(&l);
	if (l.caller.options)
		caller_close(&l.caller);
	event_file_close(&l.file);
	arena_free(&l.arena);
	return result;
}
