/* Sorts an intake's requests to their events, and runs the batches. */
#include "workers/run.h"

/* From here on nobody may keep the log from beginning anew: 40 MiB. */
enum { LOG_PAGES_HELD_MAX = 10240 };

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
	if (writer_keeps_out(run->writer, in->operation))
		return E_DISK_FULL;
	if (!*event)
		return run_ask_files(run) ? folder_add(folder, in->owner, event) : E_STORAGE;
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
	if (e == E_DISK_FULL && !run->writer->reserve.spent && run_ask_files(run))
		writer_spend_reserve(run->writer);
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
			run_answer(run, t);
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

static struct batch batch_of(struct run *run, struct event *event)
{
	return (struct batch){.event = event, .arena = run->arena, .random = run->writer->settings.random,
			      .now = run->now, .ask_file = run_ask_files, .context = run};
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
		if (writer_keeps_out(run->writer, in->operation)) {
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

/* Another event's batch may have found the disk full, and given up the reserve, since this one was decided. */
static bool may_try_in_reserve(const struct run *run, const struct queue *queue)
{
	return writer_spend_reserve(run->writer) || (run->writer->reserve.spent && !queue->in_reserve);
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
		return true;
	}
	undo(run, &queue->batch, queue->first, queue->count);
	if (e == E_DISK_FULL && may_try_in_reserve(run, queue))
		e = run_in_reserve(run, queue);
	else if (run->writer->reserve.spent)
		keep_out(run, queue);
	if (e && queue->count > 1 && e != E_SUPERSEDED && !driver_sync_failed(event->store))
		e = run_each(run, queue);
	else if (e)
		refuse(run, queue->first, queue->count, e);
	if (e && !event->loss_told)
		writer_tell_storage(run->writer, event, e);
	event->loss_told = event->superseded;
	return event_is_trusted(event);
}

/* ---- a run ---- */

static void decide_queue(struct run *run, struct queue *queue)
{
	if (run->writer->reserve.spent)
		keep_out(run, queue);
	queue->in_reserve = run->writer->reserve.spent;
	queue->batch = batch_of(run, queue->event);
	if (queue->count)
		queue->e = batch_decide(&queue->batch, queue->first, queue->count);
	run->has_files |= queue->e != E_OK; /* its state is half changed: nothing may be decided on it */
}

void run_decide(struct run *run)
{
	sort_all(run);
	for (struct queue *queue = run->queues; queue && !run->is_void; queue = queue->next)
		decide_queue(run, queue);
}

/* It was decided on what was then undone: none of that holds. */
void run_decide_again(struct run *run)
{
	for (struct queue *queue = run->queues; queue; queue = queue->next)
		queue->event->loaded = false;
	run->queues = NULL;
	run->is_void = false;
	run_decide(run);
}

bool run_store(struct run *run)
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

/* What was not all stored is finished first, and tidied by the writer. */
void run_tidy(struct run *run)
{
	struct queue *queue = run->stored ? run->queues : NULL;

	for (; queue && !queue->tidied; queue = queue->next)
		if (writer_log_is_long(run->writer, queue->event))
			queue->tidied = driver_checkpoint(queue->event->store);
	run->tidied = run->stored;
}

/* Of no event of the run anything is stored, moved or answered once a sync of one has failed. */
static bool is_trusted(const struct run *run)
{
	for (const struct queue *queue = run->queues; queue; queue = queue->next)
		if (!event_is_trusted(queue->event)) {
			writer_tell_storage(run->writer, queue->event, queue->e ? queue->e : queue->tidied);
			return false;
		}
	return true;
}

bool run_finish(struct run *run)
{
	struct writer *writer = run->writer;
	bool trusted = is_trusted(run);

	for (struct queue *queue = run->queues; trusted && queue; queue = queue->next)
		trusted = finish_queue(run, queue);
	for (struct queue *queue = run->queues; trusted && queue; queue = queue->next) {
		writer->untidy |= (!run->tidied || queue->tidied) && writer_log_is_long(writer, queue->event);
		if (driver_log_pages(queue->event->store) > LOG_PAGES_HELD_MAX)
			tasks_let_go(&writer->tasks, queue->event);
	}
	return trusted;
}

struct intake *run_intake(const struct run *run)
{
	return run->intake;
}
