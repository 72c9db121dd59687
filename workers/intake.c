/* From a request's bytes to an operation with its fields, and back to the reply's bytes. */
#include "workers/intake.h"

#include <sodium.h>
#include <stdio.h>

#include "schema/mdp.h"
#include "workers/call.h"

/* No device counts so far: one that says so would only hide the numbers that are really missing. */
static const int64_t NUMBER_MAX = 1000000000;

static bool is_events_service(const struct operation *operation)
{
	return strcmp(operation->service, "events") == 0;
}

static enum error event_in_map(struct intake *intake, struct text map, struct text *event)
{
	struct event_ref ref;
	enum error e = message_decode_rest(&message_event_ref, map, &intake->arena, &ref, NULL);

	if (e)
		return e;
	*event = ref.event;
	return event_id_is_valid(ref.event) ? E_OK : E_MALFORMED;
}

/* What it is, by whom and to which event; whether this role may do it, and whether the writer is who does it. */
static enum error identify(struct intake *intake, struct text address, struct text map, struct incoming *in,
			   struct complaint *complaint)
{
	struct call call = {.operation = NULL};
	enum error e = call_read(address, map, &intake->arena, &call, complaint);

	if (e)
		return e;
	in->caller = call.caller;
	in->owner = call.owner;
	in->operation = call.operation;
	in->request = call.request;
	in->fields = call.fields;
	if (!is_events_service(in->operation))
		return in->operation->access == ACCESS_READ ? E_UNSUPPORTED : E_OK;
	return in->operation->access == ACCESS_READ ? E_OK : event_in_map(intake, map, &in->owner);
}

static enum error complain(struct complaint *complaint, const char *sentence)
{
	snprintf(complaint->sentence, sizeof complaint->sentence, "%s", sentence);
	return E_MALFORMED;
}

/* What every write must carry. Its time, corrected, is told in replies for as long as the event is kept. */
static enum error check_request(const struct request *request, struct complaint *complaint)
{
	int64_t offset = request->offset == ABSENT ? 0 : request->offset;

	if (!request->device.at || request->seq == ABSENT || request->at == ABSENT)
		return complain(complaint, "device, seq and at are needed to write.");
	if (request->seq > NUMBER_MAX)
		return complain(complaint, "seq: no device has sent so many requests");
	if (request->at + offset < TIME_MIN || request->at + offset > TIME_MAX)
		return complain(complaint, "at and offset together are not a time between the years 0 and 9999");
	return E_OK;
}

static enum error digest_map(struct intake *intake, struct incoming *in)
{
	unsigned char *digest = arena_alloc(&intake->arena, DIGEST_SIZE);

	if (!digest)
		return E_NO_MEMORY;
	crypto_generichash(digest, DIGEST_SIZE, (const unsigned char *)in->map.at, in->map.size, NULL, 0);
	in->digest = (struct text){(char *)digest, DIGEST_SIZE};
	return E_OK;
}

/* Whatever needs no event is done here, beside the thread that decides. */
static enum error make_ready(struct intake *intake, struct incoming *in, struct complaint *complaint)
{
	enum error e = check_request(&in->request, complaint);

	return e ? e : digest_map(intake, in);
}

static struct text refusal(struct intake *intake, enum error e, const struct complaint *complaint, int64_t now)
{
	struct text detail = {0};

	if (*complaint->sentence)
		detail = arena_text(&intake->arena, text_of(complaint->sentence));
	return batch_refusal(&intake->arena, e, detail, now);
}

/* Each part is what it would be if it had come alone; only scans and decisions may come so. */
static void take_part(struct intake *intake, const struct incoming *batch, const struct packed *packed,
		      struct incoming *part)
{
	struct complaint complaint = {{0}};
	struct call call = {.operation = NULL};
	const struct operation *operation = call_operation(TEXT("attendance"), packed->map);
	enum error e = E_UNSUPPORTED;

	if (!operation || operation->id == OP_attendance_scan || operation->id == OP_attendance_decided)
		e = call_decode(operation, packed->map, &intake->arena, &call, &complaint);
	*part = (struct incoming){.id = packed->id, .map = packed->map, .caller = batch->caller,
				  .owner = batch->owner, .received = batch->received, .operation = call.operation,
				  .request = call.request, .fields = call.fields};
	if (!e)
		e = make_ready(intake, part, &complaint);
	if (e) {
		part->operation = NULL;
		part->reply = refusal(intake, e, &complaint, batch->received);
	}
}

static enum error take_parts(struct intake *intake, struct ticket *ticket, const struct incoming *batch)
{
	const struct scan_batch *in = batch->fields;

	ticket->parts = arena_alloc(&intake->arena, in->requests.count * sizeof *ticket->parts);
	if (!ticket->parts)
		return E_NO_MEMORY;
	for (; ticket->part_count < in->requests.count; ticket->part_count++)
		take_part(intake, batch, LIST_AT(in->requests, packed, ticket->part_count),
			  &ticket->parts[ticket->part_count]);
	return E_OK;
}

static enum error take_one(struct intake *intake, struct ticket *ticket, const struct incoming *in,
			   struct complaint *complaint)
{
	ticket->parts = arena_alloc(&intake->arena, sizeof *ticket->parts);
	if (!ticket->parts)
		return E_NO_MEMORY;
	*ticket->parts = *in;
	ticket->part_count = 1;
	return make_ready(intake, ticket->parts, complaint);
}

static enum error read_ticket(struct intake *intake, struct ticket *ticket, int64_t now, struct complaint *complaint)
{
	struct incoming in = {.id = ticket->id, .map = ticket->map, .received = now};
	enum error e;

	if (!ticket->address.at || !ticket->map.at || ticket->id.size != ID_SIZE)
		return E_MALFORMED;
	if ((e = identify(intake, ticket->address, ticket->map, &in, complaint)))
		return e;
	ticket->operation = in.operation;
	if (in.operation->access == ACCESS_READ)
		return E_OK; /* the writer answers it itself */
	return in.operation->id == OP_attendance_scan_batch ? take_parts(intake, ticket, &in)
							    : take_one(intake, ticket, &in, complaint);
}

bool intake_reserve(struct intake *intake)
{
	bool reserved = arena_alloc(&intake->reserve, 1) != NULL;

	arena_reset(&intake->reserve); /* which keeps the block */
	return reserved;
}

struct text intake_busy(struct intake *intake, int64_t now)
{
	arena_reset(&intake->reserve);
	return batch_refusal(&intake->reserve, E_NO_MEMORY, (struct text){0}, batch_time(now));
}

static bool copy(struct intake *intake, struct text from, struct text *to)
{
	*to = arena_text(&intake->arena, from);
	return !from.at || to->at;
}

bool intake_take(struct intake *intake, void *origin, struct text address, struct text id, struct text map,
		 int64_t now)
{
	struct ticket *ticket = arena_alloc(&intake->arena, sizeof *ticket);
	struct complaint complaint = {{0}};
	enum error e;

	now = batch_time(now);
	if (!ticket || !copy(intake, address, &ticket->address) || !copy(intake, id, &ticket->id) ||
	    !copy(intake, map, &ticket->map))
		return false;
	ticket->origin = origin;
	if (intake->last)
		intake->last->next = ticket;
	else
		intake->first = ticket;
	intake->last = ticket;
	e = read_ticket(intake, ticket, now, &complaint);
	if (e) {
		ticket->operation = NULL;
		ticket->part_count = 0;
		ticket->reply = refusal(intake, e, &complaint, now);
	}
	intake->count += ticket->part_count ? ticket->part_count : 1;
	return true;
}

static struct text join_parts(struct intake *intake, const struct ticket *ticket, int64_t now)
{
	struct reply head;
	struct scan_batch_replies out;
	struct text whole, map;

	message_clear(&message_reply, &head);
	message_clear(&message_scan_batch_replies, &out);
	head.status = status_ok;
	head.now = batch_time(now);
	out.replies.items = arena_alloc(&intake->arena, ticket->part_count * sizeof(struct packed));
	if (!out.replies.items)
		return (struct text){0};
	for (uint32_t i = 0; i < ticket->part_count; i++) {
		if (!(map = batch_reply(&intake->arena, &ticket->parts[i])).at)
			return (struct text){0};
		*LIST_AT(out.replies, packed, out.replies.count++) =
			(struct packed){.id = ticket->parts[i].id, .map = map};
	}
	if (message_encode_two(&message_reply, &head, &message_scan_batch_replies, &out, &intake->arena, &whole))
		return (struct text){0};
	return whole;
}

static bool is_wrapping(const struct ticket *ticket)
{
	return ticket->operation && ticket->operation->id == OP_attendance_scan_batch;
}

void intake_hand_out(struct intake *intake, int64_t now, reply_fn *reply, void *context)
{
	for (const struct ticket *t = intake->first; t; t = t->next) {
		struct text map = t->reply;

		if (!map.at && t->part_count)
			map = is_wrapping(t) ? join_parts(intake, t, now)
				      : batch_reply(&intake->arena, t->parts);
		if (!map.at)
			map = intake_busy(intake, now);
		if (map.at)
			reply(context, t->origin, t->address, t->id, map);
	}
}

void intake_reset(struct intake *intake)
{
	arena_reset(&intake->arena);
	*intake = (struct intake){.arena = intake->arena, .reserve = intake->reserve};
}

void intake_free(struct intake *intake)
{
	arena_free(&intake->arena);
	arena_free(&intake->reserve);
	*intake = (struct intake){.count = 0};
}
