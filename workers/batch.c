/* From a request to its answer, in memory, and then into the file, in one transaction. */
#include "workers/batch.h"

#include <stdlib.h>

#include "schema/utf8.h"
#include "workers/store.h"

enum { RETRY_MS = 100, RETRY_FULL_MS = 2000, DETAIL_MAX = 512 };

/* ---- replies ---- */

static struct text encode_reply(struct arena *arena, const struct reply *reply, struct text result)
{
	struct text head, whole;

	if (message_encode(&message_reply, reply, arena, &head))
		return (struct text){0};
	if (!result.at)
		return head;
	return message_join(head, result, arena, &whole) ? (struct text){0} : whole;
}

int64_t batch_time(int64_t now)
{
	return now < 0 ? 0 : now > TIME_MAX ? TIME_MAX : now;
}

static bool goes_on(char byte)
{
	return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Cut between characters; when it is no text even so, only its ASCII is kept. */
static struct text presentable(struct arena *arena, struct text text)
{
	char *copy;

	if (text.size > DETAIL_MAX)
		for (text.size = DETAIL_MAX; text.size && goes_on(text.at[text.size]); text.size--)
			;
	if (!text.size || utf8_check(text) == UTF8_CLEAN)
		return text.size ? text : (struct text){0};
	copy = arena_alloc(arena, text.size);
	for (uint32_t i = 0; copy && i < text.size; i++)
		copy[i] = text.at[i] >= ' ' && text.at[i] <= '~' ? text.at[i] : '?';
	return copy ? (struct text){copy, text.size} : (struct text){0};
}

static struct reply reply_for(struct arena *arena, enum error e, struct text detail, int64_t now)
{
	struct reply reply;

	message_clear(&message_reply, &reply);
	reply.status = error_status(e);
	reply.now = now;
	if (e) {
		reply.reason = text_of(error_name(e));
		reply.detail = presentable(arena, detail);
		if (!reply.detail.at)
			reply.detail = text_of(error_sentence(e));
	}
	if (reply.status == status_busy)
		reply.retry_ms = e == E_DISK_FULL ? RETRY_FULL_MS : RETRY_MS;
	return reply;
}

struct text batch_refusal(struct arena *arena, enum error e, struct text detail, int64_t now)
{
	struct reply reply = reply_for(arena, e, detail, now);

	return encode_reply(arena, &reply, (struct text){0});
}

/* ---- handlers by operation ---- */

typedef enum error handler_fn(struct attempt *attempt, const void *in, void *out);

#define CALL_WRITE(op, request, result) \
	static enum error call_##op(struct attempt *attempt, const void *in, void *out) \
	{ return handle_##op(attempt, in, out); }
#define CALL_WRAP(op, request, result)
#define CALL_READ(op, request, result)
#define CALL_WRITER_READ(op, request, result)
#define CALL_BROKER_READ(op, request, result)
#define OPERATION(service, op, request, result, access, roles, sentence) CALL_##access(op, request, result)
#include "schema/operations.def"

static handler_fn *const handlers[OP_COUNT] = {
#define ROW_WRITE(service, op) [OP_##service##_##op] = call_##op,
#define ROW_WRAP(service, op)
#define ROW_READ(service, op)
#define ROW_WRITER_READ(service, op)
#define ROW_BROKER_READ(service, op)
#define OPERATION(service, op, request, result, access, roles, sentence) ROW_##access(service, op)
#include "schema/operations.def"
};

/* Bytes are made from it by whoever hands it out. */
static void answer_with(struct incoming *in, const struct reply *head, struct text result)
{
	in->answered = true;
	in->head = *head;
	in->result = result;
}

struct text batch_reply(struct arena *arena, const struct incoming *in)
{
	if (in->reply.at || !in->answered)
		return in->reply;
	return encode_reply(arena, &in->head, in->result);
}

/* ---- the file ---- */

static enum error need_file(struct batch *batch)
{
	struct event *event = batch->event;
	enum error e = E_OK;

	if (batch->begun)
		return E_OK;
	if (!batch->ask_file(batch->context))
		return E_STORAGE;
	if (event->superseded)
		return E_SUPERSEDED;
	if (!event->loaded)
		e = event_reload(event);
	if (!e)
		e = event_begin(event);
	batch->begun = !e;
	return e;
}

/* What was decided before this is in the ledger, too. */
static enum error need_ledger(struct batch *batch)
{
	enum error e = need_file(batch);

	return e ? e : tail_store(&batch->tail, batch->event->store);
}

/* ---- dedupe ---- */

struct dedupe {
	struct fact first;  /* what was stored under this id before: the first answer stands */
	bool repeated;
	int64_t decision;   /* ledger row of a door's decision about it that came first; ABSENT: none */
};

static enum error find_first(struct batch *batch, const struct incoming *in, struct dedupe *out)
{
	struct driver *store = batch->event->store;
	struct announced announced;
	bool found;
	enum error e = need_ledger(batch);

	if (!e)
		e = ledger_by_id(store, in->id, batch->arena, &out->first, &out->repeated);
	if (e)
		return e;
	if (out->repeated)
		return text_equal(out->first.digest, in->digest) ? E_OK : E_CONFLICT;
	e = announced_find(store, in->id, batch->arena, &announced, &found);
	if (!e && found)
		out->decision = announced.ledger;
	return e;
}

static enum error dedupe(struct batch *batch, const struct incoming *in, struct dedupe *out)
{
	*out = (struct dedupe){.decision = ABSENT};
	if (idset_may_have(&batch->event->ids, in->id))
		return find_first(batch, in, out);
	return idset_add(&batch->event->ids, in->id) ? E_OK : E_NO_MEMORY;
}

static enum error answer_again(struct batch *batch, struct incoming *in, const struct fact *first)
{
	struct reply reply = reply_for(batch->arena, error_from_name(first->reason), (struct text){0}, batch->now);

	reply.repeated = true;
	answer_with(in, &reply, first->answer);
	return E_OK;
}

/* ---- storing ---- */

static enum error store_gavel(struct batch *batch, const struct fact *fact)
{
	const struct gavel_row row = {.ledger = fact->seq, .op = fact->op, .session = fact->session,
				      .at = fact->since == ABSENT ? fact_time(fact) : fact->since};

	return gavel_put(batch->event->store, &row);
}

static enum error store_fact(struct batch *batch, const struct fact *fact)
{
	bool scan = text_is(fact->op, "scan");
	const struct operation *operation = scan ? NULL : operation_find(TEXT("attendance"), fact->op);
	bool gavel = operation && operation->request == &message_gavel && !fact->reason.at;
	struct state *state = &batch->event->state;
	enum error e = E_OK;

	if (!fact->reason.at && fact->person != ABSENT)
		e = scan ? projection_touch_by_scan(&batch->projection, fact)
			 : projection_touch(&batch->projection, fact->person);
	if (!e && !fact->reason.at && fact->badge.at)
		e = projection_touch_badge(&batch->projection, fact->badge);
	if (!e && gavel && !(e = projection_touch_attendance(&batch->projection)))
		e = store_gavel(batch, fact);
	if (!e)
		e = scan ? tail_append(&batch->tail, fact) : ledger_append(batch->event->store, fact);
	return e ? e : state_apply(state, fact);
}

static enum error store_derived(struct batch *batch, const struct derived *derived)
{
	enum error e = E_OK;

	for (; !e && derived; derived = derived->next) {
		e = store_fact(batch, &derived->fact);
		if (!e && derived->name.person != ABSENT)
			e = name_put(batch->event->store, &derived->name);
	}
	return e;
}

static enum error store_programme(struct batch *batch)
{
	struct state *state = &batch->event->state;
	enum error e = projection_touch_attendance(&batch->projection);

	return e ? e : state_read_programme(state, batch->event->store, INT64_MAX);
}

static enum error store_attempt(struct batch *batch, struct attempt *attempt)
{
	struct driver *store = batch->event->store;
	const struct announced announced = {.scan = attempt->announced, .ledger = attempt->fact.seq};
	enum error e = store_fact(batch, &attempt->fact);

	if (!e && attempt->remark.at)
		e = remark_put(store, attempt->fact.seq, attempt->remark);
	if (e || attempt->fact.reason.at)
		return e;
	if (attempt->announced.at && !(e = announced_put(store, &announced)))
		e = idset_add(&batch->event->ids, attempt->announced) ? E_OK : E_NO_MEMORY;
	if (!e)
		e = store_derived(batch, attempt->derived);
	if (!e && attempt->programme_changed)
		e = store_programme(batch);
	return e;
}

static bool is_of_door(const struct operation *operation)
{
	return operation->id == OP_attendance_scan || operation->id == OP_attendance_decided;
}

static enum error tally_device(struct batch *batch, const struct incoming *in, int64_t received)
{
	const struct request *request = &in->request;
	struct device_tally **devices = &batch->devices[state_door(request->device) % DEVICE_BUCKETS];
	struct device_tally *tally = *devices;

	while (tally && !text_equal(tally->row.device, request->device))
		tally = tally->next;
	if (!tally) {
		tally = arena_alloc(batch->arena, sizeof *tally);
		if (!tally)
			return E_NO_MEMORY;
		tally->row = (struct device_row){.device = request->device};
		tally->next = *devices;
		*devices = tally;
		batch->device_count++;
	}
	tally->row.requests++;
	tally->row.scans += is_of_door(in->operation);
	if (request->seq > tally->row.highest)
		tally->row.highest = request->seq;
	tally->row.heard = received;
	tally->row.backlog = request->backlog == ABSENT ? 0 : request->backlog;
	return E_OK;
}

/* ---- one request ---- */

/*
 * The ledger's time never goes back, whatever is done to the server's clock: what was received by an instant that has
 * been told stays what it was. So no two batches share a millisecond; while the clock is behind, or slower than the
 * disk, each is a millisecond later than the one before.
 */
static int64_t ledger_time(const struct batch *batch, int64_t received)
{
	int64_t latest = batch->event->state.received;

	if (received <= batch->before)
		received = batch_time(batch->before + 1);
	return received < latest ? latest : received;
}

static void begin_fact(struct fact *fact, const struct incoming *in, int64_t seq, int64_t received)
{
	const struct request *request = &in->request;

	message_clear(&message_fact, fact);
	fact->seq = seq;
	fact->id = in->id;
	fact->op = text_of(in->operation->op);
	fact->principal = in->caller.principal;
	fact->role = text_of(role_name(in->caller.role));
	fact->actor = request->actor;
	fact->device = request->device;
	fact->number = request->seq;
	fact->at = request->at;
	fact->clock_offset = request->offset;
	fact->received = received;
}

static enum error answer_unstored(struct batch *batch, struct incoming *in, enum error e, struct text detail)
{
	in->reply = batch_refusal(batch->arena, e, detail, batch->now);
	return in->reply.at ? E_OK : E_NO_MEMORY;
}

/*
 * Runs the handler and stores what came of it. A refusal is stored as the attempt alone. Anything else that is no
 * success is not stored; when the handler has written by then, or the transaction may be broken, all is undone.
 */
static enum error attempt_and_answer(struct batch *batch, struct incoming *in, const struct dedupe *known)
{
	struct state *state = &batch->event->state;
	struct attempt attempt = {
		.state = state, .store = batch->event->store, .arena = batch->arena,
		.received = in->received, .random = batch->random,
		.next_seq = state->last + 2, .next_person = (int64_t)state->person_count + 1,
	};
	void *result = arena_alloc(batch->arena, in->operation->result->size);
	struct text answer = {0};
	struct reply reply;
	enum error verdict, e;
	bool scan = in->operation->id == OP_attendance_scan;
	int64_t written = 0;

	if (!result)
		return E_NO_MEMORY;
	message_clear(in->operation->result, result);
	begin_fact(&attempt.fact, in, state->last + 1, ledger_time(batch, in->received));
	attempt.fact.corrects = known->decision;
	attempt.fact.digest = in->digest;
	attempt.derived_end = &attempt.derived;
	attempt.happened = fact_time(&attempt.fact);
	if (!scan) { /* a handler may read the file, and another kind of entry is written into the ledger */
		if ((e = need_ledger(batch)))
			return e;
		written = driver_changes(attempt.store);
	}
	verdict = handlers[in->operation->id](&attempt, in->fields, result);
	if (verdict && (error_status(verdict) == status_busy || (!scan && driver_changes(attempt.store) != written)))
		return verdict;
	if (error_status(verdict) == status_error)
		return answer_unstored(batch, in, verdict, attempt.detail);
	if (verdict)
		attempt.fact.reason = text_of(error_name(verdict));
	else if ((e = message_encode(in->operation->result, result, batch->arena, &answer)))
		return e;
	attempt.fact.answer = answer;
	if ((e = store_attempt(batch, &attempt)) || (e = tally_device(batch, in, attempt.fact.received)))
		return e;
	reply = reply_for(batch->arena, verdict, attempt.detail, batch->now);
	answer_with(in, &reply, answer);
	return E_OK;
}

static enum error run_one(struct batch *batch, struct incoming *in)
{
	struct dedupe known;
	enum error e = dedupe(batch, in, &known);

	if (e == E_CONFLICT)
		return answer_unstored(batch, in, e, (struct text){0});
	if (e)
		return e;
	return known.repeated ? answer_again(batch, in, &known.first) : attempt_and_answer(batch, in, &known);
}

static enum error write_devices(struct batch *batch)
{
	struct device_row *rows = arena_alloc(batch->arena, batch->device_count * sizeof *rows);
	size_t count = 0;

	if (!rows)
		return E_NO_MEMORY;
	for (int i = 0; i < DEVICE_BUCKETS; i++)
		for (struct device_tally *d = batch->devices[i]; d; d = d->next)
			rows[count++] = d->row;
	return device_put(batch->event->store, rows, count);
}

enum error batch_decide(struct batch *batch, struct incoming *first, uint32_t count)
{
	struct event *event = batch->event;
	enum error e = event->loaded ? E_OK : need_file(batch);

	if (e)
		return e;
	batch->before = event->state.received;
	batch->tail = (struct tail){.arena = batch->arena};
	batch->projection = (struct projection){.state = &event->state, .arena = batch->arena};
	for (; !e && first && count; first = first->next, count--)
		e = run_one(batch, first);
	return e ? e : projection_gather(&batch->projection);
}

static enum error write_all(struct batch *batch)
{
	struct driver *store = batch->event->store;
	enum error e = tail_store(&batch->tail, store);

	if (!e)
		e = projection_write(&batch->projection, store);
	return e ? e : write_devices(batch);
}

enum error batch_store(struct batch *batch)
{
	struct driver *store = batch->event->store;
	enum error e = batch->begun ? E_OK : event_begin(batch->event);

	if (e)
		return e;
	batch->begun = false;
	if (!(e = write_all(batch)))
		return driver_commit(store);
	driver_rollback(store);
	return e;
}

/* Should memory be out for a refusal later, nothing at all is handed out. */
static void take_answers_back(struct incoming *first, uint32_t count)
{
	for (; first && count; first = first->next, count--) {
		first->answered = false;
		first->reply = (struct text){0};
	}
}

void batch_undo(struct batch *batch, struct incoming *first, uint32_t count)
{
	if (batch->begun)
		driver_rollback(batch->event->store);
	batch->begun = false;
	batch->event->loaded = false;
	take_answers_back(first, count);
}
