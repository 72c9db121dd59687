/* Sorts requests to their events and runs the batches. */
#include "workers/writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "workers/reserve.h"
#include "workers/store.h"
#include "workers/task.h"

enum { EVENTS_PAGE = 100 };

/*
 * Pages of 4 KiB that SQLite's log gets before they are moved into the file although there is work to do: 4 MiB. What
 * comes meanwhile waits, so it is moved in steps that the disk takes in a few milliseconds.
 */
enum { LOG_PAGES_STEP = 1024 };

/* From here on it is tried after every batch, for a reader kept the log from beginning anew: 16 MiB. */
enum { LOG_PAGES_MAX = 4096 };

/* From here on nobody may keep the log from beginning anew: 40 MiB. */
enum { LOG_PAGES_HELD_MAX = 10240 };

/* What one event has waiting in this run. */
struct queue {
	struct event *event;
	struct incoming *first, **end;
	uint32_t count;
	struct batch batch;
	enum error e; /* of deciding it, or else of storing it */
	enum error tidied;
	struct queue *next;
};

/* One intake on its way through. */
struct run {
	struct writer *writer;
	struct intake *intake;
	struct arena *arena; /* the intake's, until its replies are handed out */
	struct arena own;    /* of queues */
	struct queue *queues;
	int64_t now;
	bool alone;     /* it asked for files, which then were nobody else's */
	bool is_void;   /* it was decided on what was then undone */
	bool stored;    /* all of it */
};

struct writer {
	struct writer_settings settings;
	struct folder folder;
	struct reserve reserve;
	struct tasks tasks;
	struct worker_status status;
	struct run runs[2]; /* one is decided while the other is stored */
	const struct aside *aside; /* NULL: nobody else stores */
	struct run *given;         /* to whom it is, who then has the files; NULL: we have them */
	bool rested, untidy, distrusted;
};

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
static bool spend_reserve(struct writer *writer)
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

static bool is_kept_out(const struct writer *writer, const struct operation *operation)
{
	return writer->reserve.spent && !may_use_reserve(operation);
}

/* An event that could not be opened for want of room is opened in the reserve's. */
static void scan_folder(struct writer *writer)
{
	writer->folder.full = false;
	folder_scan(&writer->folder);
	if (writer->folder.full && spend_reserve(writer))
		folder_scan(&writer->folder);
}

const struct folder_event *writer_events(const struct writer *writer)
{
	return writer->folder.events;
}

/* ---- the files, which the storing thread may have ---- */

static bool finish(struct run *run);

/* Waits for what is stored aside, and does what is left of it. False: what was decided meanwhile is void. */
static bool settle(struct writer *writer)
{
	struct run *run = writer->given;

	if (!run)
		return true;
	writer->aside->await(writer->aside->context);
	writer->given = NULL;
	writer->distrusted = !finish(run);
	if (!run->stored && !writer->distrusted)
		writer->aside->stored(writer->aside->context, run->intake);
	return run->stored && !writer->distrusted;
}

static bool ask_files(void *context)
{
	struct run *run = context;

	run->alone = true;
	run->is_void |= !settle(run->writer);
	return !run->is_void;
}

/* ---- the questions that the writer answers itself: it alone knows the folder ---- */

static enum error reply_with(struct run *run, const struct message *message, const void *result, struct text *reply)
{
	struct reply head;

	message_clear(&message_reply, &head);
	head.status = status_ok;
	head.now = run->now;
	return message_encode_two(&message_reply, &head, message, result, run->arena, reply);
}

static enum error list_events(struct run *run, struct text map, struct text *reply)
{
	const struct event *event;
	struct events_query query;
	struct events out;
	struct text last;
	enum error e = message_decode_rest(&message_events_query, map, run->arena, &query, NULL);

	message_clear(&message_events, &out);
	out.events.items = arena_alloc(run->arena, EVENTS_PAGE * sizeof(struct event_line));
	if (e || !out.events.items)
		return e ? e : E_NO_MEMORY;
	for (last = query.cursor; (event = folder_after(&run->writer->folder, last)); last = text_of(event->id)) {
		bool found;

		if (out.events.count == EVENTS_PAGE) {
			out.cursor = last;
			break;
		}
		e = event_read(event->store, INT64_MAX, run->arena, LIST_AT(out.events, event_line, out.events.count),
			       &found);
		if (e)
			return e;
		out.events.count += found;
	}
	return reply_with(run, &message_events, &out, reply);
}

static enum error tell_status(struct run *run, struct text *reply)
{
	struct worker_status status = run->writer->status;

	status.events = 0;
	for (const struct folder_event *e = run->writer->folder.events; e; e = e->next)
		status.events += e->event->begun;
	return reply_with(run, &message_worker_status, &status, reply);
}

/* Begins a copy or a check of an event, or tells how far it is. */
static enum error answer_task(struct run *run, enum task_kind kind, struct text map, struct text *reply)
{
	struct event_task in;
	struct event *event;
	const struct task *task;
	enum error e = message_decode_rest(&message_event_task, map, run->arena, &in, NULL);
	union {
		struct backup_state backup;
		struct verify_state verify;
	} out;

	if (e)
		return e;
	event = folder_find(&run->writer->folder, in.event);
	if (!event || !event->begun)
		return E_UNKNOWN_EVENT;
	task = tasks_ask(&run->writer->tasks, kind, event, in.task, run->now);
	if (!task)
		return E_NO_MEMORY;
	if (kind == TASK_BACKUP)
		e = task_tell_backup(task, &out.backup);
	else
		e = task_tell_verify(task, run->arena, &out.verify);
	return e ? e : reply_with(run, kind == TASK_BACKUP ? &message_backup_state : &message_verify_state, &out, reply);
}

static enum error find_answer(struct run *run, struct ticket *ticket)
{
	switch (ticket->operation->id) {
	case OP_events_list_events:
		return list_events(run, ticket->map, &ticket->reply);
	case OP_events_worker_status:
		return tell_status(run, &ticket->reply);
	case OP_events_backup:
		return answer_task(run, TASK_BACKUP, ticket->map, &ticket->reply);
	case OP_events_verify:
		return answer_task(run, TASK_VERIFY, ticket->map, &ticket->reply);
	default: /* all others are a reader's, or write */
		return E_UNSUPPORTED;
	}
}

static void answer_question(struct run *run, struct ticket *ticket)
{
	enum error e = ask_files(run) ? find_answer(run, ticket) : E_STORAGE;

	if (e)
		ticket->reply = batch_refusal(run->arena, e, (struct text){0}, run->now);
}

/* ---- sorting ---- */

static struct queue *queue_of(struct run *run, struct event *event)
{
	struct queue *queue = run->queues;

	while (queue && queue->event != event)
		queue = queue->next;
	if (queue)
		return queue;
	queue = arena_alloc(&run->own, sizeof *queue);
	if (!queue)
		return NULL;
	queue->event = event;
	queue->end = &queue->first;
	queue->next = run->queues;
	run->queues = queue;
	return queue;
}

/* A load makes the event that is not there yet. Until one was stored, nothing can be for what is in the event. */
static enum error find_event(struct run *run, const struct incoming *in, struct event **event)
{
	struct folder *folder = &run->writer->folder;

	*event = folder_find(folder, in->owner);
	if (!*event && in->operation->id != OP_events_load)
		return E_UNKNOWN_EVENT;
	if (is_kept_out(run->writer, in->operation))
		return E_DISK_FULL;
	if (!*event)
		return ask_files(run) ? folder_add(folder, in->owner, event) : E_STORAGE;
	return (*event)->begun || strcmp(in->operation->service, "events") == 0 ? E_OK : E_UNKNOWN_EVENT;
}

static void sort(struct run *run, struct incoming *in)
{
	struct event *event = NULL;
	struct queue *queue = NULL;
	enum error e = find_event(run, in, &event);

	in->reply = (struct text){0}; /* what was decided before was void */
	in->answered = false;
	in->next = NULL;
	if (!e && !(queue = queue_of(run, event)))
		e = E_NO_MEMORY;
	if (e == E_DISK_FULL && ask_files(run))
		spend_reserve(run->writer);
	if (e) {
		in->reply = batch_refusal(run->arena, e, (struct text){0}, run->now);
		return;
	}
	*queue->end = in;
	queue->end = &in->next;
	queue->count++;
}

static void sort_all(struct run *run)
{
	for (struct ticket *t = run->intake->first; t && !run->is_void; t = t->next) {
		if (t->operation && t->operation->access == ACCESS_READ)
			answer_question(run, t);
		for (uint32_t i = 0; t->operation && i < t->part_count; i++)
			if (t->parts[i].operation)
				sort(run, &t->parts[i]);
	}
}

/* ---- storing ---- */

/* Nothing of it was stored: a handler's no would have been. */
static void refuse(struct run *run, struct incoming *first, uint32_t count, enum error e)
{
	if (error_status(e) == status_refused)
		e = E_STORAGE;
	for (; first && count; first = first->next, count--)
		first->reply = batch_refusal(run->arena, e, (struct text){0}, run->now);
}

static void tell_storage(struct writer *writer, const struct event *event, enum error e)
{
	char sentence[1024];

	if (e == E_DISK_FULL && writer->reserve.spent)
		return; /* told once, when the reserve was given up */
	snprintf(sentence, sizeof sentence, "event %s: %s (%s)", event->id, error_sentence(e),
		 driver_error(event->store));
	writer->settings.log(writer->settings.context, sentence);
}

static struct batch batch_of(struct run *run, struct event *event)
{
	return (struct batch){.event = event, .arena = run->arena, .random = run->writer->settings.random,
			      .now = run->now, .ask_file = ask_files, .context = run};
}

static void count_stored(struct run *run, struct event *event, uint32_t count)
{
	struct worker_status *status = &run->writer->status;

	event->begun = event->state.event.at != NULL;
	folder_tell(&run->writer->folder, event);
	status->commits++;
	status->requests += count;
	if (count > status->largest)
		status->largest = count;
}

static void undo(struct run *run, struct batch *batch, struct incoming *first, uint32_t count)
{
	batch_undo(batch, first, count);
	run->writer->status.undone++;
}

/* From the start, when what was tried before has failed. */
static enum error run_again(struct run *run, struct event *event, struct incoming *first, uint32_t count)
{
	struct batch batch = batch_of(run, event);
	enum error e = batch_decide(&batch, first, count);

	if (!e)
		e = batch_store(&batch);
	if (e)
		undo(run, &batch, first, count);
	else
		count_stored(run, event, count);
	return e;
}

/*
 * After a batch failed: each alone, so that only those that cannot be stored are refused. What fails twice is not one
 * request's fault, and after each failure the whole event is read anew: then the rest have to ask again.
 */
static enum error run_each(struct run *run, struct queue *queue)
{
	enum { FAILURES_MAX = 2 };
	struct incoming *in = queue->first;
	enum error last = E_OK;

	for (int failures = 0; in && failures < FAILURES_MAX; in = in->next) {
		enum error e = run_again(run, queue->event, in, 1);

		if (driver_sync_failed(queue->event->store))
			return e;
		if (!e)
			continue;
		refuse(run, in, 1, e);
		failures++;
		last = e;
	}
	refuse(run, in, queue->count, error_status(last) == status_busy ? last : E_STORAGE);
	return last;
}

/* Refuses what may not use the reserve. */
static void keep_out(struct run *run, struct queue *queue)
{
	struct incoming *in = queue->first, *next;

	queue->end = &queue->first;
	queue->count = 0;
	for (; in; in = next) {
		next = in->next;
		in->next = NULL;
		if (is_kept_out(run->writer, in->operation)) {
			refuse(run, in, 1, E_DISK_FULL);
			continue;
		}
		*queue->end = in;
		queue->end = &in->next;
		queue->count++;
	}
	*queue->end = NULL;
}

static enum error run_in_reserve(struct run *run, struct queue *queue)
{
	keep_out(run, queue);
	return queue->count ? run_again(run, queue->event, queue->first, queue->count) : E_OK;
}

/* What was decided and stored is counted; what was not is tried again, or refused. False when a sync failed. */
static bool finish_queue(struct run *run, struct queue *queue)
{
	struct event *event = queue->event;
	enum error e = queue->e;

	if (!queue->count)
		return true;
	if (!e) {
		count_stored(run, event, queue->count);
		if (queue->tidied && driver_sync_failed(event->store))
			tell_storage(run->writer, event, queue->tidied);
		return event_is_trusted(event);
	}
	undo(run, &queue->batch, queue->first, queue->count);
	if (e == E_DISK_FULL && !driver_sync_failed(event->store) && spend_reserve(run->writer))
		e = run_in_reserve(run, queue);
	if (e && queue->count > 1 && e != E_SUPERSEDED && !driver_sync_failed(event->store))
		e = run_each(run, queue);
	else if (e)
		refuse(run, queue->first, queue->count, e);
	if (e && !event->loss_told)
		tell_storage(run->writer, event, e);
	event->loss_told = event->superseded;
	return event_is_trusted(event);
}

/* The file may grow by what is moved into it. */
static bool checkpoint(struct writer *writer, const struct event *event)
{
	enum error e = driver_checkpoint(event->store);

	if (e == E_DISK_FULL && !driver_sync_failed(event->store) && spend_reserve(writer))
		e = driver_checkpoint(event->store);
	if (e)
		tell_storage(writer, event, e);
	return event_is_trusted(event);
}

/* In the reserve's room the log must stay well below it: once moved into the file, its own room is used again. */
static bool is_long(const struct writer *writer, const struct event *event)
{
	enum { PAGE = 4096 };
	int64_t most = LOG_PAGES_MAX;

	if (writer->reserve.spent && writer->reserve.size / PAGE / 4 < most)
		most = writer->reserve.size / PAGE / 4;
	return driver_log_unmoved(event->store) > LOG_PAGES_STEP || driver_log_pages(event->store) > most;
}

/* The first time that it is not so, says why. */
static bool tasks_are_trusted(struct writer *writer)
{
	if (*writer->tasks.distrust && !writer->distrusted) {
		writer->settings.log(writer->settings.context, writer->tasks.distrust);
		writer->distrusted = true;
	}
	return !writer->distrusted;
}

/* ---- a run ---- */

static void decide_queue(struct run *run, struct queue *queue)
{
	if (run->writer->reserve.spent)
		keep_out(run, queue);
	queue->batch = batch_of(run, queue->event);
	if (queue->count)
		queue->e = batch_decide(&queue->batch, queue->first, queue->count);
}

static void decide(struct run *run)
{
	sort_all(run);
	for (struct queue *queue = run->queues; queue && !run->is_void; queue = queue->next)
		decide_queue(run, queue);
}

/* It was decided on what was then undone: none of that holds. */
static void decide_again(struct run *run)
{
	for (struct queue *queue = run->queues; queue; queue = queue->next)
		queue->event->loaded = false;
	run->queues = NULL;
	run->is_void = false;
	decide(run);
}

bool writer_store(struct run *run)
{
	bool stored = true;

	for (struct queue *queue = run->queues; queue; queue = queue->next) {
		if (!queue->e && queue->count)
			queue->e = batch_store(&queue->batch);
		stored &= !queue->e;
		if (driver_sync_failed(queue->event->store))
			break;
	}
	return run->stored = stored;
}

void writer_tidy_aside(struct run *run)
{
	for (struct queue *queue = run->queues; queue; queue = queue->next)
		if (is_long(run->writer, queue->event))
			queue->tidied = driver_checkpoint(queue->event->store);
}

/* False when the disk can no longer be trusted. */
static bool finish(struct run *run)
{
	struct writer *writer = run->writer;
	bool trusted = true;

	for (struct queue *queue = run->queues; trusted && queue; queue = queue->next)
		trusted = finish_queue(run, queue);
	for (struct queue *queue = run->queues; trusted && queue; queue = queue->next) {
		writer->untidy |= is_long(writer, queue->event);
		if (driver_log_pages(queue->event->store) > LOG_PAGES_HELD_MAX)
			tasks_let_go(&writer->tasks, queue->event);
	}
	return trusted;
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

	if (!writer->aside || run->alone || !writer->aside->begin(writer->aside->context, run))
		return false;
	writer->given = run;
	return true;
}

static bool store_here(struct run *run)
{
	struct writer *writer = run->writer;

	writer_store(run);
	writer->distrusted = !finish(run);
	if (!writer->distrusted && writer->aside)
		writer->aside->stored(writer->aside->context, run->intake);
	return !writer->distrusted;
}

bool writer_run(struct writer *writer, struct intake *intake, int64_t now)
{
	struct run *run = begin_run(writer, intake, now);

	if (writer->distrusted)
		return false;
	decide(run);
	if ((!settle(writer) || run->is_void) && !writer->distrusted)
		decide_again(run);
	return is_trusted(writer) && (store_aside(run) || store_here(run));
}

void writer_use_aside(struct writer *writer, const struct aside *aside)
{
	writer->aside = aside;
}

struct intake *run_intake(const struct run *run)
{
	return run->intake;
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
		if (is_long(writer, e->event))
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
