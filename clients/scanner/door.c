/* One badge after the other: spool, ask, wait a little, decide. */
#include "clients/scanner/door.h"

#include <inttypes.h>
#include <stdio.h>

#include "schema/clock.h"

/* Of the patience, what is still given to a server that did not answer the last scan. */
enum { PATIENCE_SHARE = 10 };

void door_start(struct door *door, struct hudur *hudur, struct snapshot *snapshot,
		struct refresh *refresh, const char *session)
{
	*door = (struct door){
		.hudur = hudur,
		.snapshot = snapshot,
		.refresh = refresh,
		.direction = direction_in,
		.patience_ms = 300,
		.answering = true,
	};
	snprintf(door->session, sizeof door->session, "%s", session);
	snprintf(door->service, sizeof door->service, "%s/attendance", snapshot->event);
}

int64_t door_now(const struct door *door)
{
	int64_t offset;
	bool measured = hudur_offset(door->hudur, &offset);

	return hudur_now(door->hudur) + (measured ? offset : 0);
}

bool door_session_is_unknown(const struct door *door, struct text code)
{
	const struct plan *plan = &door->snapshot->plan;

	return plan->complete && schedule_find(&plan->schedule, code) == SESSION_NONE;
}

/* Spools and sends. False, after a sentence, when the spool cannot keep it. */
static bool keep(struct door *door, const char *op, const struct message *message, const void *fields,
		 int64_t at, uint8_t *id)
{
	struct arena arena = {0};
	struct request request;
	struct text map;
	bool kept = false;

	message_clear(&message_request, &request);
	request.op = text_of(op);
	if (message_encode_two(&message_request, &request, message, fields, &arena, &map) == E_OK)
		kept = hudur_write(door->hudur, door->service, map.at, map.size, at, id) == 0;
	arena_free(&arena);
	if (!kept)
		fprintf(stderr, "hudur-scan: NOT RECORDED: the %s could not be kept: %s\n", op,
			hudur_error(door->hudur));
	return kept;
}

static void late_expect(struct door *door, const uint8_t *id, struct text badge, bool admitted)
{
	struct late *late = &door->late[door->late_next++ % DOOR_LATE_MAX];

	*late = (struct late){.waiting = true, .admitted = admitted};
	memcpy(late->id, id, HUDUR_ID_SIZE);
	snprintf(late->badge, sizeof late->badge, "%.*s", (int)badge.size, badge.at);
}

static struct late *late_find(struct door *door, const uint8_t *id)
{
	for (uint32_t i = 0; i < DOOR_LATE_MAX; i++)
		if (door->late[i].waiting && memcmp(door->late[i].id, id, HUDUR_ID_SIZE) == 0)
			return &door->late[i];
	return NULL;
}

/* An error is nobody's refusal: it says that the service did not take the request. */
static void failure_tell(struct door *door, struct text map)
{
	struct arena arena = {0};
	struct reply reply;

	if (message_decode(&message_reply, map, &arena, &reply, NULL) == E_OK && reply.status == status_error) {
		struct text why = reply.detail.at ? reply.detail : reply.reason;
		door->failed++;
		fprintf(stderr, "hudur-scan: the server did not take a scan: %.*s (%.*s)\n", (int)why.size,
			why.size ? why.at : "", (int)reply.reason.size, reply.reason.size ? reply.reason.at : "");
	}
	arena_free(&arena);
}

static void late_tell(struct late *late, struct text map)
{
	struct verdict verdict;

	if (!verdict_of_reply(map, &verdict))
		return;
	late->waiting = false;
	if (verdict.admitted == late->admitted)
		return;
	fprintf(stderr, "hudur-scan: late answer: %s was %s here; the server says %s%s%s\n", late->badge,
		late->admitted ? "let through" : "stopped", verdict.admitted ? "yes" : "no, ",
		verdict.admitted ? "" : error_name(verdict.reason), verdict.admitted ? "" : ".");
}

static void other_take(struct door *door, const struct hudur_reply *reply)
{
	struct text map = {reply->map, (uint32_t)reply->size};
	struct late *late;

	if (refresh_take(door->refresh, reply)) {
		door->answering = !refresh_found_nobody(door->refresh);
		return;
	}
	door->answering = true;
	late = late_find(door, reply->id);
	if (late)
		late_tell(late, map);
	failure_tell(door, map);
}

void door_listen(struct door *door, int timeout_ms)
{
	struct hudur_reply reply;

	refresh_run(door->refresh);
	while (hudur_next(door->hudur, timeout_ms, &reply) == 1) {
		other_take(door, &reply);
		refresh_run(door->refresh);
		timeout_ms = 0;
	}
}

/* True when the server decided within the door's patience. */
static bool answered(struct door *door, const uint8_t *id, struct verdict *verdict)
{
	int patience = door->answering ? door->patience_ms : door->patience_ms / PATIENCE_SHARE;
	int64_t until = clock_monotonic_ms() + patience;
	struct hudur_reply reply;

	for (;;) {
		int64_t left = until - clock_monotonic_ms();
		if (hudur_next(door->hudur, left > 0 ? (int)left : 0, &reply) != 1) {
			door->answering = false;
			return false;
		}
		if (memcmp(reply.id, id, HUDUR_ID_SIZE) != 0) {
			other_take(door, &reply);
			continue;
		}
		struct text map = {reply.map, (uint32_t)reply.size};
		door->answering = true;
		if (verdict_of_reply(map, verdict))
			return true;
		failure_tell(door, map);
		return false;
	}
}

static bool decided_keep(struct door *door, const struct passing *passing, const uint8_t *scan,
			 const struct verdict *verdict, int64_t at)
{
	uint8_t id[HUDUR_ID_SIZE];
	struct decided fields;

	message_clear(&message_decided, &fields);
	fields.scan = (struct text){(const char *)scan, HUDUR_ID_SIZE};
	fields.badge = passing->badge;
	fields.session = passing->session;
	fields.direction = passing->direction;
	fields.admitted = verdict->admitted;
	if (verdict->reason)
		fields.reason = text_of(error_name(verdict->reason));
	fields.snapshot = door->snapshot->as_of;
	if (door->name)
		fields.door = text_of(door->name);
	return keep(door, "decided", &message_decided, &fields, at, id);
}

/* So that the next time the door knows it without asking anybody. */
static void remember(struct door *door, const struct passing *passing, const struct verdict *verdict,
		     const struct hudur_stamp *stamp)
{
	struct seen *seen = door->snapshot->seen;

	if (!seen || !verdict->admitted || verdict->person == ABSENT)
		return;
	if (seen_own(seen, verdict->person, passing->session, passing->direction, stamp->number, stamp->at,
		     verdict->ledger) != E_OK)
		fprintf(stderr, "hudur-scan: memory is short: the door does not remember who passed.\n");
}

static void badge_take(struct door *door, struct text badge)
{
	int64_t at = hudur_now(door->hudur);
	struct passing passing = {badge, text_of(door->session), door->direction, door_now(door),
				  !hudur_is_compared(door->hudur)};
	struct scan fields;
	struct verdict verdict;
	struct hudur_stamp stamp;
	uint8_t id[HUDUR_ID_SIZE];

	message_clear(&message_scan, &fields);
	fields.badge = badge;
	fields.session = passing.session;
	fields.direction = passing.direction;
	if (door->name)
		fields.door = text_of(door->name);
	door->scans++;
	bool kept = keep(door, "scan", &message_scan, &fields, at, id), recorded = kept;
	hudur_stamped(door->hudur, &stamp);
	if (!kept || !answered(door, id, &verdict)) {
		verdict_alone(door->snapshot, &passing, &verdict);
		door->alone++;
		if (kept) {
			recorded = decided_keep(door, &passing, id, &verdict, at);
			late_expect(door, id, badge, verdict.admitted);
		}
	}
	if (kept)
		remember(door, &passing, &verdict, &stamp);
	door->unrecorded += !recorded;
	tell_verdict(&door->teller, &passing, &verdict, recorded);
}

static void session_take(struct door *door, struct text code)
{
	char shown[DOOR_CODE_MAX + 16];

	snprintf(shown, sizeof shown, "session %.*s", code.size > DOOR_CODE_MAX ? 0 : (int)code.size, code.at);
	if (code.size == 0 || code.size > DOOR_CODE_MAX || door_session_is_unknown(door, code)) {
		tell_no(&door->teller, shown, error_name(E_UNKNOWN_SESSION), error_sentence(E_UNKNOWN_SESSION));
		return;
	}
	snprintf(door->session, sizeof door->session, "%.*s", (int)code.size, code.at);
	tell_place(&door->teller, door->session, door->direction);
}

void door_line(struct door *door, const struct line *line)
{
	switch (line->kind) {
	case LINE_EMPTY:
		return;
	case LINE_IN:
	case LINE_OUT:
		door->direction = line->kind == LINE_IN ? direction_in : direction_out;
		tell_place(&door->teller, door->session, door->direction);
		return;
	case LINE_SESSION:
		session_take(door, line->text);
		return;
	case LINE_CODE:
		badge_take(door, line->text);
		return;
	case LINE_TOO_LONG:
		tell_no(&door->teller, "(unreadable)", error_name(E_MALFORMED),
			"The line is longer than 256 bytes and no badge code; scan again.");
		return;
	case LINE_GARBAGE:
		tell_no(&door->teller, "(unreadable)", error_name(E_MALFORMED),
			"The line is not text; scan again, and check the scanner's settings.");
		return;
	}
}
