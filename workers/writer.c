/* Sorts requests to their events, runs the batches, hands the replies out. */
#include "workers/writer.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "workers/batch.h"
#include "workers/store.h"

enum { WHY_SIZE = 256, EVENTS_PAGE = 100 };

/* Pages of 4 KiB in SQLite's log before they are moved into the file although there is work to do: 32 MiB. */
enum { LOG_PAGES_MAX = 8192 };

/* A file that could not be opened, so that it is told once. */
struct failure {
	char id[EVENT_ID_MAX + 1];
	struct failure *next;
};

/* What one event has waiting in this batch. */
struct queue {
	struct event *event;
	struct incoming *first, **end;
	uint32_t count;
	struct queue *next;
};

/* One client's request as it is to be answered: by one incoming, or by the parts of a batch of scans. */
struct ticket {
	void *origin;
	struct text address, id;
	struct incoming *only;
	struct incoming **parts;
	uint32_t part_count;
	struct text reply; /* when it was refused before it came to any event */
	struct ticket *next;
};

struct writer {
	struct writer_settings settings;
	struct writer_event *events;
	struct failure *failures;
	struct arena arena; /* of the batch */
	struct queue *queues;
	struct ticket *tickets, **tickets_end;
	size_t pending;
	struct worker_status status;
	int64_t now;
	bool idle_checkpointed;
};

struct writer *writer_new(const struct writer_settings *settings)
{
	struct writer *writer = calloc(1, sizeof *writer);

	if (!writer)
		return NULL;
	writer->settings = *settings;
	writer->tickets_end = &writer->tickets;
	return writer;
}

void writer_free(struct writer *writer)
{
	if (!writer)
		return;
	while (writer->events) {
		struct writer_event *next = writer->events->next;

		event_close(writer->events->event);
		free(writer->events);
		writer->events = next;
	}
	while (writer->failures) {
		struct failure *next = writer->failures->next;

		free(writer->failures);
		writer->failures = next;
	}
	arena_free(&writer->arena);
	free(writer);
}

const struct writer_event *writer_events(const struct writer *writer)
{
	return writer->events;
}

size_t writer_pending(const struct writer *writer)
{
	return writer->pending;
}

/* ---- events ---- */

static struct event *find_event(const struct writer *writer, struct text id)
{
	for (const struct writer_event *e = writer->events; e; e = e->next)
		if (text_is(id, e->event->id))
			return e->event;
	return NULL;
}

static void tell_failure(struct writer *writer, struct text id, const char *why)
{
	char sentence[512];
	struct failure *failure;

	for (failure = writer->failures; failure; failure = failure->next)
		if (text_is(id, failure->id))
			return;
	failure = calloc(1, sizeof *failure);
	if (!failure)
		return;
	snprintf(failure->id, sizeof failure->id, "%.*s", (int)id.size, id.at);
	failure->next = writer->failures;
	writer->failures = failure;
	snprintf(sentence, sizeof sentence, "event %s is not offered: %s", failure->id, why);
	writer->settings.log(writer->settings.context, sentence);
}

static enum error add_event(struct writer *writer, struct text id, bool create, struct event **out)
{
	char why[WHY_SIZE] = "";
	struct writer_event *added = calloc(1, sizeof *added);
	enum error e = added ? event_open(writer->settings.folder, id, create, writer->settings.random,
					  &added->event, why) : E_NO_MEMORY;

	if (e) {
		free(added);
		tell_failure(writer, id, *why ? why : error_sentence(e));
		return e;
	}
	added->next = writer->events;
	writer->events = added;
	*out = added->event;
	writer->settings.event_added(writer->settings.context, added->event);
	return E_OK;
}

void writer_scan(struct writer *writer)
{
	static const char ending[] = ".hudur";
	DIR *folder = opendir(writer->settings.folder);
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		struct text id = text_of(entry->d_name);
		struct event *event;

		if (id.size < sizeof ending || strcmp(entry->d_name + id.size - (sizeof ending - 1), ending) != 0)
			continue;
		id.size -= (uint32_t)sizeof ending - 1;
		if (event_id_is_valid(id) && !find_event(writer, id))
			add_event(writer, id, false, &event);
	}
	if (folder)
		closedir(folder);
}

/* ---- taking ---- */

static struct queue *queue_of(struct writer *writer, struct event *event)
{
	struct queue *queue = writer->queues;

	while (queue && queue->event != event)
		queue = queue->next;
	if (queue)
		return queue;
	queue = arena_alloc(&writer->arena, sizeof *queue);
	if (!queue)
		return NULL;
	queue->event = event;
	queue->end = &queue->first;
	queue->next = writer->queues;
	writer->queues = queue;
	return queue;
}

/* The events' list is the one question that the writer answers itself: it alone knows the folder. */
static enum error list_events(struct writer *writer, struct text map, struct text *reply)
{
	struct events_query query;
	struct reply head;
	struct events out;
	enum error e = message_decode(&message_events_query, map, &writer->arena, &query, NULL);

	message_clear(&message_events, &out);
	message_clear(&message_reply, &head);
	head.status = status_ok;
	head.now = writer->now;
	out.events.items = arena_alloc(&writer->arena, EVENTS_PAGE * sizeof(struct event_line));
	if (e || !out.events.items)
		return e ? e : E_NO_MEMORY;
	while (out.events.count < EVENTS_PAGE) {
		struct text last = out.cursor.at ? out.cursor : query.cursor;
		const struct event *next = NULL;
		struct event_line *line = LIST_AT(out.events, event_line, out.events.count);
		bool found;

		for (const struct writer_event *i = writer->events; i; i = i->next)
			if ((!last.at || strncmp(i->event->id, last.at, last.size) > 0 ||
			     (strncmp(i->event->id, last.at, last.size) == 0 && i->event->id[last.size])) &&
			    (!next || strcmp(i->event->id, next->id) < 0))
				next = i->event;
		if (!next) {
			out.cursor = (struct text){0};
			break;
		}
		e = event_read(next->store, &writer->arena, line, &found);
		if (e)
			return e;
		out.cursor = text_of(next->id);
		out.events.count += found;
	}
	return message_encode_two(&message_reply, &head, &message_events, &out, &writer->arena, reply);
}

static enum error tell_status(struct writer *writer, struct text *reply)
{
	struct reply head;

	message_clear(&message_reply, &head);
	head.status = status_ok;
	head.now = writer->now;
	writer->status.events = 0;
	for (const struct writer_event *e = writer->events; e; e = e->next)
		writer->status.events++;
	return message_encode_two(&message_reply, &head, &message_worker_status, &writer->status, &writer->arena,
				  reply);
}

struct target {
	struct request request;
	const struct operation *operation;
	struct event *event;
	struct caller caller;
};

static enum error event_of_events_service(struct writer *writer, struct text map, struct target *target)
{
	struct event_ref ref;
	bool loads = target->operation->id == OP_events_load;
	enum error e = message_decode(&message_event_ref, map, &writer->arena, &ref, NULL);

	if (e)
		return e;
	if (!event_id_is_valid(ref.event))
		return E_MALFORMED;
	target->event = find_event(writer, ref.event);
	if (target->event)
		return E_OK;
	return loads ? add_event(writer, ref.event, true, &target->event) : E_UNKNOWN_EVENT;
}

/* From the service's full name and the map's op to the handler's row, and whether this role may use it. */
static enum error find_target(struct writer *writer, const struct mdp_address *address, struct text map,
			      struct target *target, struct complaint *complaint)
{
	const char *slash = address->service.at ? memrchr(address->service.at, '/', address->service.size) : NULL;
	struct text owner, service;
	enum error e = message_decode(&message_request, map, &writer->arena, &target->request, complaint);

	if (e)
		return e;
	if (!slash)
		return E_UNSUPPORTED;
	owner = (struct text){address->service.at, (uint32_t)(slash - address->service.at)};
	service = (struct text){slash + 1, address->service.size - owner.size - 1};
	target->operation = operation_find(service, target->request.op);
	target->caller = (struct caller){address->principal, role_from_name(address->role)};
	if (!target->operation)
		return E_UNSUPPORTED;
	if (!(target->operation->roles & target->caller.role))
		return E_FORBIDDEN;
	if (text_is(service, "events"))
		return target->operation->access == ACCESS_READ ? E_OK
								: event_of_events_service(writer, map, target);
	if (target->operation->access == ACCESS_READ)
		return E_UNSUPPORTED;
	target->event = find_event(writer, owner);
	return target->event ? E_OK : E_UNKNOWN_EVENT;
}

static struct incoming *enqueue(struct writer *writer, const struct target *target, struct text id, struct text map)
{
	struct queue *queue = queue_of(writer, target->event);
	struct incoming *incoming = arena_alloc(&writer->arena, sizeof *incoming);

	if (!queue || !incoming)
		return NULL;
	*incoming = (struct incoming){.id = id, .map = map, .caller = target->caller,
				      .operation = target->operation, .request = target->request,
				      .event = target->event,
				      .received = writer->now};
	*queue->end = incoming;
	queue->end = &incoming->next;
	queue->count++;
	return incoming;
}

/* Each part is what it would be if it had come alone; only scans and decisions may come so. */
static enum error enqueue_parts(struct writer *writer, const struct target *batch, struct text map,
				struct ticket *ticket, struct complaint *complaint)
{
	struct scan_batch in;
	enum error e = message_decode(&message_scan_batch, map, &writer->arena, &in, complaint);

	if (e)
		return e;
	ticket->parts = arena_alloc(&writer->arena, (in.requests.count + 1) * sizeof(struct incoming *));
	if (!ticket->parts)
		return E_NO_MEMORY;
	for (uint32_t i = 0; i < in.requests.count; i++) {
		const struct packed *part = LIST_AT(in.requests, packed, i);
		struct target target = *batch;
		struct incoming *incoming = NULL;

		e = message_decode(&message_request, part->map, &writer->arena, &target.request, complaint);
		if (!e)
			target.operation = operation_find(TEXT("attendance"), target.request.op);
		if (!e && target.operation && (target.operation->id == OP_attendance_scan ||
					       target.operation->id == OP_attendance_decided)) {
			incoming = enqueue(writer, &target, part->id, part->map);
		} else {
			incoming = arena_alloc(&writer->arena, sizeof *incoming);
			if (incoming)
				*incoming = (struct incoming){.id = part->id, .reply = batch_refusal(&writer->arena,
					e ? e : E_UNSUPPORTED, (struct text){0}, writer->now)};
		}
		if (!incoming)
			return E_NO_MEMORY;
		ticket->parts[ticket->part_count++] = incoming;
	}
	return E_OK;
}

void writer_take(struct writer *writer, void *origin, struct text address, struct text id, struct text map,
		 int64_t now)
{
	struct ticket *ticket = arena_alloc(&writer->arena, sizeof *ticket);
	struct mdp_address from;
	struct target target = {0};
	struct complaint complaint = {{0}};
	enum error e = E_OK;

	if (!ticket)
		return; /* the broker asks again after its own time */
	writer->now = now;
	ticket->origin = origin;
	ticket->address = arena_text(&writer->arena, address);
	ticket->id = arena_text(&writer->arena, id);
	map = arena_text(&writer->arena, map);
	*writer->tickets_end = ticket;
	writer->tickets_end = &ticket->next;
	writer->pending++;
	if (!ticket->address.at || !ticket->id.at || !map.at || !mdp_unpack_address(ticket->address, &from) ||
	    id.size != ID_SIZE)
		e = E_MALFORMED;
	if (!e)
		e = find_target(writer, &from, map, &target, &complaint);
	if (!e && target.operation->id == OP_events_list_events)
		e = list_events(writer, map, &ticket->reply);
	else if (!e && target.operation->id == OP_events_worker_status)
		e = tell_status(writer, &ticket->reply);
	else if (!e && target.operation->id == OP_attendance_scan_batch)
		e = enqueue_parts(writer, &target, map, ticket, &complaint);
	else if (!e && !(ticket->only = enqueue(writer, &target, ticket->id, map)))
		e = E_NO_MEMORY;
	if (e)
		ticket->reply = batch_refusal(&writer->arena, e,
			*complaint.sentence ? arena_text(&writer->arena, text_of(complaint.sentence))
					    : (struct text){0}, now);
}

/* ---- storing ---- */

static void refuse_all(struct writer *writer, struct incoming *first, uint32_t count, enum error e)
{
	for (; first && count; first = first->next, count--)
		first->reply = batch_refusal(&writer->arena, e, (struct text){0}, writer->now);
}

static void tell_storage(struct writer *writer, const struct event *event, enum error e)
{
	char sentence[1024];

	snprintf(sentence, sizeof sentence, "event %s: %s (%s)", event->id, error_sentence(e),
		 driver_error(event->store));
	writer->settings.log(writer->settings.context, sentence);
}

static enum error run_counted(struct writer *writer, struct batch *batch, struct incoming *first, uint32_t count)
{
	enum error e = batch_run(batch, first, count);

	if (e) {
		writer->status.undone++;
		return e;
	}
	writer->status.commits++;
	writer->status.requests += count;
	if (count > writer->status.largest)
		writer->status.largest = count;
	return E_OK;
}

/* False when a sync failed: nothing of it may be answered. */
static bool run_queue(struct writer *writer, struct queue *queue)
{
	struct batch batch = {.event = queue->event, .arena = &writer->arena, .random = writer->settings.random,
			      .now = writer->now};
	enum error e = run_counted(writer, &batch, queue->first, queue->count);
	bool alone = e && e != E_SUPERSEDED && queue->count > 1;

	if (driver_sync_failed(queue->event->store)) {
		tell_storage(writer, queue->event, e);
		return false;
	}
	for (struct incoming *in = queue->first; alone && in; in = in->next) {
		e = run_counted(writer, &batch, in, 1);
		if (driver_sync_failed(queue->event->store))
			return false;
		if (e)
			refuse_all(writer, in, 1, e);
	}
	if (e)
		tell_storage(writer, queue->event, e);
	if (e && !alone)
		refuse_all(writer, queue->first, queue->count, error_status(e) == status_busy ? e : E_STORAGE);
	return true;
}

static struct text join_parts(struct writer *writer, const struct ticket *ticket)
{
	struct reply head;
	struct scan_batch_replies out;
	struct text whole;

	message_clear(&message_reply, &head);
	message_clear(&message_scan_batch_replies, &out);
	head.status = status_ok;
	head.now = writer->now;
	out.replies.items = arena_alloc(&writer->arena, (ticket->part_count + 1) * sizeof(struct packed));
	if (!out.replies.items)
		return (struct text){0};
	for (uint32_t i = 0; i < ticket->part_count; i++)
		*LIST_AT(out.replies, packed, out.replies.count++) =
			(struct packed){.id = ticket->parts[i]->id, .map = ticket->parts[i]->reply};
	if (message_encode_two(&message_reply, &head, &message_scan_batch_replies, &out, &writer->arena, &whole))
		return (struct text){0};
	return whole;
}

static void hand_out(struct writer *writer)
{
	for (const struct ticket *t = writer->tickets; t; t = t->next) {
		struct text reply = t->only ? t->only->reply : t->reply;

		if (!reply.at && t->parts)
			reply = join_parts(writer, t);
		if (reply.at)
			writer->settings.reply(writer->settings.context, t->origin, t->address, t->id, reply);
	}
}

bool writer_flush(struct writer *writer, int64_t now)
{
	bool trusted = true;

	writer->now = now;
	for (struct queue *queue = writer->queues; trusted && queue; queue = queue->next)
		trusted = run_queue(writer, queue);
	if (trusted)
		hand_out(writer);
	for (struct queue *queue = writer->queues; trusted && queue; queue = queue->next)
		if (driver_log_pages(queue->event->store) > LOG_PAGES_MAX)
			driver_checkpoint(queue->event->store);
	writer->queues = NULL;
	writer->tickets = NULL;
	writer->tickets_end = &writer->tickets;
	writer->pending = 0;
	writer->idle_checkpointed = false;
	arena_reset(&writer->arena);
	return trusted;
}

void writer_rest(struct writer *writer)
{
	if (writer->idle_checkpointed)
		return;
	for (const struct writer_event *e = writer->events; e; e = e->next)
		driver_checkpoint(e->event->store);
	writer->idle_checkpointed = true;
}
