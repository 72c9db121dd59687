/* Sorts requests to their events and runs the batches. */
#include "workers/writer.h"

#include <stdio.h>
#include <stdlib.h>

#include "workers/store.h"

enum { EVENTS_PAGE = 100 };

/* Pages of 4 KiB in SQLite's log before they are moved into the file although there is work to do: 16 MiB. */
enum { LOG_PAGES_MAX = 4096 };

/* What one event has waiting in this batch. */
struct queue {
	struct event *event;
	struct incoming *first, **end;
	uint32_t count;
	struct queue *next;
};

struct writer {
	struct writer_settings settings;
	struct folder folder;
	struct worker_status status;
	bool rested, untidy, distrusted;
};

/* One intake on its way through. */
struct run {
	struct writer *writer;
	struct arena *arena;
	struct queue *queues;
	int64_t now;
};

struct writer *writer_new(const struct writer_settings *settings)
{
	struct writer *writer = calloc(1, sizeof *writer);

	if (!writer)
		return NULL;
	writer->settings = *settings;
	writer->folder = (struct folder){
		.path = settings->folder, .random = settings->random, .log = settings->log,
		.added = settings->event_added, .context = settings->context,
	};
	return writer;
}

void writer_free(struct writer *writer)
{
	if (!writer)
		return;
	folder_close(&writer->folder);
	free(writer);
}

bool writer_scan(struct writer *writer)
{
	if (!writer->distrusted)
		folder_scan(&writer->folder);
	writer->distrusted |= writer->folder.distrusted;
	return !writer->distrusted;
}

const struct folder_event *writer_events(const struct writer *writer)
{
	return writer->folder.events;
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

static void answer_question(struct run *run, struct ticket *ticket)
{
	enum error e = ticket->operation->id == OP_events_list_events ? list_events(run, ticket->map, &ticket->reply)
								      : tell_status(run, &ticket->reply);

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
	queue = arena_alloc(run->arena, sizeof *queue);
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
	if (!*event)
		return in->operation->id == OP_events_load ? folder_add(folder, in->owner, event) : E_UNKNOWN_EVENT;
	return (*event)->begun || strcmp(in->operation->service, "events") == 0 ? E_OK : E_UNKNOWN_EVENT;
}

static void sort(struct run *run, struct incoming *in)
{
	struct event *event = NULL;
	struct queue *queue = NULL;
	enum error e = find_event(run, in, &event);

	if (!e && !(queue = queue_of(run, event)))
		e = E_NO_MEMORY;
	if (e) {
		in->reply = batch_refusal(run->arena, e, (struct text){0}, run->now);
		return;
	}
	*queue->end = in;
	queue->end = &in->next;
	queue->count++;
}

static void sort_all(struct run *run, struct intake *intake)
{
	for (struct ticket *t = intake->first; t; t = t->next) {
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

	snprintf(sentence, sizeof sentence, "event %s: %s (%s)", event->id, error_sentence(e),
		 driver_error(event->store));
	writer->settings.log(writer->settings.context, sentence);
}

static enum error run_counted(struct run *run, struct event *event, struct incoming *first, uint32_t count)
{
	struct worker_status *status = &run->writer->status;
	struct batch batch = {.event = event, .arena = run->arena, .random = run->writer->settings.random,
			      .now = run->now};
	enum error e = batch_run(&batch, first, count);

	if (e) {
		status->undone++;
		return e;
	}
	event->begun = event->state.event.at != NULL;
	folder_tell(&run->writer->folder, event);
	status->commits++;
	status->requests += count;
	if (count > status->largest)
		status->largest = count;
	return E_OK;
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
		enum error e = run_counted(run, queue->event, in, 1);

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

/* False when a sync failed: nothing of it may be answered. */
static bool run_queue(struct run *run, struct queue *queue)
{
	struct event *event = queue->event;
	bool known = event->superseded;
	enum error e = run_counted(run, event, queue->first, queue->count);

	if (e && queue->count > 1 && e != E_SUPERSEDED && !driver_sync_failed(event->store))
		e = run_each(run, queue);
	else if (e)
		refuse(run, queue->first, queue->count, e);
	if (e && !known)
		tell_storage(run->writer, event, e);
	return !driver_sync_failed(event->store);
}

static bool checkpoint(struct writer *writer, const struct event *event)
{
	enum error e = driver_checkpoint(event->store);

	if (e)
		tell_storage(writer, event, e);
	return !driver_sync_failed(event->store);
}

bool writer_run(struct writer *writer, struct intake *intake, int64_t now)
{
	struct run run = {.writer = writer, .arena = &intake->arena, .now = batch_time(now)};
	bool trusted = !writer->distrusted;

	if (trusted) {
		sort_all(&run, intake);
		trusted = !writer->folder.distrusted;
	}
	for (struct queue *queue = run.queues; trusted && queue; queue = queue->next)
		trusted = run_queue(&run, queue);
	for (struct queue *queue = run.queues; trusted && queue; queue = queue->next)
		writer->untidy |= driver_log_pages(queue->event->store) > LOG_PAGES_MAX;
	writer->rested = false;
	writer->distrusted = !trusted;
	return trusted;
}

bool writer_tidy(struct writer *writer)
{
	const struct folder_event *e = writer->untidy ? writer->folder.events : NULL;

	for (; e && !writer->distrusted; e = e->next)
		if (driver_log_pages(e->event->store) > LOG_PAGES_MAX)
			writer->distrusted = !checkpoint(writer, e->event);
	writer->untidy = false;
	return !writer->distrusted;
}

bool writer_rest(struct writer *writer)
{
	const struct folder_event *e = writer->rested ? NULL : writer->folder.events;

	for (; e && !writer->distrusted; e = e->next)
		writer->distrusted = !checkpoint(writer, e->event);
	writer->rested = true;
	return !writer->distrusted;
}
