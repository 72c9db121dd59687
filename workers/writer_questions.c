/* What the writer answers itself, for it alone knows the folder. */
#include "workers/run.h"
#include "workers/store.h"

enum { EVENTS_PAGE = 100 };

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

void run_answer(struct run *run, struct ticket *ticket)
{
	enum error e = run_ask_files(run) ? find_answer(run, ticket) : E_STORAGE;

	if (e)
		ticket->reply = batch_refusal(run->arena, e, (struct text){0}, run->now);
}
