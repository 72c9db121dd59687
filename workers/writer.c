/* What a writer has, and whose turn it is: the files, the reserve, the logs, the thread aside. */
#include "workers/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Pages of 4 KiB that SQLite's log gets before they are moved into the file although there is work to do: 4 MiB. What
 * comes meanwhile waits, so it is moved in steps that the disk takes in a few milliseconds.
 */
enum { LOG_PAGES_STEP = 1024 };

/* From here on it is tried after every batch, for a reader kept the log from beginning anew: 16 MiB. */
enum { LOG_PAGES_MAX = 4096 };

struct writer *writer_new(const struct writer_settings *settings)
{
	struct writer *writer = calloc(1, sizeof *writer);

	if (!writer)
		return NULL;
	writer->settings = *settings;
	writer->folder = (struct folder){
		.path = settings->folder, .random = settings->random, .log = settings->log,
		.added = settings->event_added, .context = settings->context, .read_ahead = settings->read_ahead,
	};
	writer->reserve = (struct reserve){.folder = settings->folder, .size = settings->reserve};
	writer->tasks = (struct tasks){.folder = settings->folder};
	return writer;
}

void writer_free(struct writer *writer)
{
	if (!writer)
		return;
	for (int i = 0; i < 2; i++)
		arena_free(&writer->runs[i].own);
	tasks_free(&writer->tasks);
	folder_close(&writer->folder);
	free(writer);
}

/* ---- a full disk ---- */

static void tell_reserve(struct writer *writer)
{
	const int64_t mib = writer->reserve.size >> 20;
	char sentence[1024];

	if (writer->reserve.spent)
		snprintf(sentence, sizeof sentence, "the disk is full: only check-ins and scans are taken until %" PRId64
			 " MiB are free in %.800s; delete or move files from that disk", mib + mib / 4, writer->settings.folder);
	else
		snprintf(sentence, sizeof sentence, "there is room on the disk again, and everything is taken");
	writer->settings.log(writer->settings.context, sentence);
}

/* True when there is room now for what may use the reserve. */
bool writer_spend_reserve(struct writer *writer)
{
	bool spent = writer->reserve.spent, freed = reserve_give_up(&writer->reserve);

	if (writer->reserve.spent != spent)
		tell_reserve(writer);
	return freed;
}

/* What somebody waits for at a desk or a door. */
static bool may_use_reserve(const struct operation *operation)
{
	return strcmp(operation->service, "checkin") == 0 || strcmp(operation->service, "attendance") == 0;
}

bool writer_keeps_out(const struct writer *writer, const struct operation *operation)
{
	return writer->reserve.spent && !may_use_reserve(operation);
}

/* An event that could not be opened for want of room is opened in the reserve's. */
static void scan_folder(struct writer *writer)
{
	writer->folder.full = false;
	folder_scan(&writer->folder);
	if (writer->folder.full && writer_spend_reserve(writer))
		folder_scan(&writer->folder);
}

const struct folder_event *writer_events(const struct writer *writer)
{
	return writer->folder.events;
}

void writer_tell_storage(struct writer *writer, const struct event *event, enum error e)
{
	char sentence[1024];

	if (e == E_DISK_FULL && writer->reserve.spent)
		return; /* told once, when the reserve was given up */
	snprintf(sentence, sizeof sentence, "event %s: %s (%s)", event->id, error_sentence(e),
		 driver_error(event->store));
	writer->settings.log(writer->settings.context, sentence);
}

/* ---- the files, which the storing thread may have ---- */

/* Waits for what is stored aside, and does what is left of it. False: what was decided meanwhile is void. */
static bool settle(struct writer *writer)
{
	struct run *run = writer->given;

	if (!run)
		return true;
	writer->aside->await(writer->aside->context);
	writer->given = NULL;
	writer->distrusted = writer->distrusted || !run_finish(run);
	if (!run->stored && !writer->distrusted)
		writer->aside->stored(writer->aside->context, run->intake);
	return run->stored && !writer->distrusted;
}

bool run_ask_files(void *context)
{
	struct run *run = context;

	run->has_files = true;
	run->is_void |= !settle(run->writer);
	return !run->is_void;
}

/* ---- logs ---- */

/* The file may grow by what is moved into it. */
static bool checkpoint(struct writer *writer, const struct event *event)
{
	enum error e = driver_checkpoint(event->store);

	if (e == E_DISK_FULL && !driver_sync_failed(event->store) && writer_spend_reserve(writer))
		e = driver_checkpoint(event->store);
	if (e)
		writer_tell_storage(writer, event, e);
	return event_is_trusted(event);
}

/* In the reserve's room the log must stay well below it: once moved into the file, its own room is used again. */
bool writer_log_is_long(const struct writer *writer, const struct event *event)
{
	enum { PAGE = 4096 };
	int64_t most = LOG_PAGES_MAX;

	if (writer->reserve.spent && writer->reserve.size / PAGE / 4 < most)
		most = writer->reserve.size / PAGE / 4;
	return driver_log_unmoved(event->store) > LOG_PAGES_STEP || driver_log_pages(event->store) > most;
}

/* ---- intakes ---- */

/* The first time that it is not so, says why. */
static bool tasks_are_trusted(struct writer *writer)
{
	if (*writer->tasks.distrust && !writer->distrusted) {
		writer->settings.log(writer->settings.context, writer->tasks.distrust);
		writer->distrusted = true;
	}
	return !writer->distrusted;
}

static struct run *begin_run(struct writer *writer, struct intake *intake, int64_t now)
{
	struct run *run = &writer->runs[writer->given == &writer->runs[0]];

	arena_reset(&run->own);
	*run = (struct run){.writer = writer, .intake = intake, .arena = &intake->arena, .own = run->own,
			    .now = batch_time(now)};
	writer->rested = false;
	return run;
}

static bool is_trusted(struct writer *writer)
{
	writer->distrusted |= writer->folder.distrusted;
	return tasks_are_trusted(writer);
}

static bool store_aside(struct run *run)
{
	struct writer *writer = run->writer;

	if (!writer->aside || run->has_files || !writer->aside->begin(writer->aside->context, run))
		return false;
	writer->given = run;
	return true;
}

static bool store_here(struct run *run)
{
	struct writer *writer = run->writer;

	run_store(run);
	writer->distrusted = !run_finish(run);
	if (!writer->distrusted && writer->aside)
		writer->aside->stored(writer->aside->context, run->intake);
	return !writer->distrusted;
}

bool writer_run(struct writer *writer, struct intake *intake, int64_t now)
{
	struct run *run = begin_run(writer, intake, now);

	if (writer->distrusted)
		return false;
	run_decide(run);
	if ((!settle(writer) || run->is_void) && !writer->distrusted)
		run_decide_again(run);
	return is_trusted(writer) && (store_aside(run) || store_here(run));
}

void writer_use_aside(struct writer *writer, const struct aside *aside)
{
	writer->aside = aside;
}

bool writer_settle(struct writer *writer)
{
	settle(writer);
	return !writer->distrusted;
}

bool writer_tidy(struct writer *writer)
{
	const struct folder_event *e;

	if (!writer->untidy)
		return !writer->distrusted;
	settle(writer);
	for (e = writer->folder.events; e && !writer->distrusted; e = e->next)
		if (writer_log_is_long(writer, e->event))
			writer->distrusted = !checkpoint(writer, e->event);
	writer->untidy = false;
	return !writer->distrusted;
}

bool writer_rest(struct writer *writer)
{
	const struct folder_event *e;

	settle(writer);
	for (e = writer->rested ? NULL : writer->folder.events; e && !writer->distrusted; e = e->next)
		writer->distrusted = !checkpoint(writer, e->event);
	writer->rested = true;
	return !writer->distrusted;
}

bool writer_go_on(struct writer *writer)
{
	bool more;

	if (tasks_are_copying(&writer->tasks))
		settle(writer);
	more = !writer->distrusted && tasks_go_on(&writer->tasks, writer->reserve.spent);
	return tasks_are_trusted(writer) && more;
}

bool writer_scan(struct writer *writer)
{
	settle(writer);
	if (reserve_keep(&writer->reserve))
		tell_reserve(writer);
	if (!writer->distrusted)
		scan_folder(writer);
	writer->distrusted |= writer->folder.distrusted;
	return !writer->distrusted;
}
