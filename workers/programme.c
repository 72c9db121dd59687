/* The event itself: loading it, amending its programme while it runs, its beginning and end, and the gavel. */
#include "workers/plan.h"
#include "workers/store.h"

/* ---- plans ---- */

static struct session_row row_of_plan(const struct session_plan *plan, int64_t ledger)
{
	return (struct session_row){
		.session = plan->session, .ledger = ledger, .position = plan->position, .day = plan->day,
		.room = plan->room, .type = plan->type, .counts = plan->counts, .title_en = plan->title_en,
		.title_fr = plan->title_fr, .title_ar = plan->title_ar, .starts = plan->starts, .ends = plan->ends,
		.continues = plan->continues, .capacity = plan->capacity, .admits = plan->admits,
		.invented = plan->invented,
	};
}

/* What the plan does not say stays as it stands: a printed programme that is loaded again takes no room away. */
static struct session_row row_after(const struct attempt *attempt, const struct session_plan *plan)
{
	struct session_row given = row_of_plan(plan, attempt->fact.seq), row;
	uint16_t known = schedule_find(&attempt->state->schedule, plan->session);

	if (known == SESSION_NONE)
		return given;
	row = *LIST_AT(attempt->state->sessions, session_row, known);
	record_overlay(&message_session_row, &row, &given);
	row.counts = given.counts;
	row.invented = given.invented;
	return row;
}

typedef enum error put_fn(struct driver *store, const void *record, int64_t ledger);

#define PUT(record) \
	static enum error put_##record(struct driver *store, const void *plan, int64_t ledger) \
	{ (void)ledger; return record(store, plan); }
#define PUT_AT(record) \
	static enum error put_##record(struct driver *store, const void *plan, int64_t ledger) \
	{ return record(store, plan, ledger); }
PUT_AT(day_put)
PUT_AT(entity_put)
PUT_AT(standing_put)
PUT(room_put)
PUT(session_put)
PUT(agenda_put)
PUT(role_put)
#undef PUT
#undef PUT_AT

static enum error put_each(struct attempt *attempt, const struct list *list, size_t size, put_fn *put)
{
	enum error e = E_OK;

	for (uint32_t i = 0; !e && i < list->count; i++)
		e = put(attempt->store, (const char *)list->items + i * size, attempt->fact.seq);
	return e;
}

/* Checked first, as a whole: what is written after that only a broken disk can stop, and then the batch is undone. */
enum error handle_load(struct attempt *attempt, const struct load *in, struct done *out)
{
	struct list rows = {arena_alloc(attempt->arena, (in->sessions.count + 1) * sizeof(struct session_row)),
			    in->sessions.count};
	enum error e;

	if (!rows.items)
		return E_NO_MEMORY;
	for (uint32_t i = 0; i < rows.count; i++)
		*LIST_AT(rows, session_row, i) = row_after(attempt, LIST_AT(in->sessions, session_plan, i));
	if ((e = plan_check_days(attempt, &in->days)) || (e = plan_check_sessions(attempt, &rows, &in->rooms, &in->days)))
		return e;
	attempt->programme_changed = true;
	out->ledger = attempt->fact.seq;
	if ((e = event_put(attempt->store, in, attempt->fact.seq)) ||
	    (e = put_each(attempt, &in->days, sizeof(struct day_plan), put_day_put)) ||
	    (e = put_each(attempt, &in->entities, sizeof(struct entity_plan), put_entity_put)) ||
	    (e = put_each(attempt, &in->standings, sizeof(struct standing_plan), put_standing_put)) ||
	    (e = put_each(attempt, &in->rooms, sizeof(struct room_plan), put_room_put)) ||
	    (e = put_each(attempt, &rows, sizeof(struct session_row), put_session_put)) ||
	    (e = put_each(attempt, &in->agenda, sizeof(struct agenda_item), put_agenda_put)))
		return e;
	return put_each(attempt, &in->roles, sizeof(struct role_plan), put_role_put);
}

static void amend_row(struct session_row *row, const struct amend_session *in)
{
	const struct session_row given = {
		.session = in->session, .ledger = row->ledger, .position = ABSENT, .day = in->day, .room = in->room,
		.type = in->type, .title_en = in->title_en, .title_fr = in->title_fr, .title_ar = in->title_ar,
		.starts = in->starts, .ends = in->ends, .continues = in->continues, .capacity = in->capacity,
		.admits = in->admits,
	};

	record_overlay(&message_session_row, row, &given);
	if (in->type)
		row->counts = session_type_counts(in->type);
}

enum error handle_amend_session(struct attempt *attempt, const struct amend_session *in, struct done *out)
{
	uint16_t known = schedule_find(&attempt->state->schedule, in->session);
	struct session_row row;
	struct list rows = {&row, 1}, none = {0};
	enum error e;

	attempt->fact.session = in->session;
	attempt->remark = in->why;
	message_clear(&message_session_row, &row);
	if (known != SESSION_NONE) {
		row = *LIST_AT(attempt->state->sessions, session_row, known);
	} else if (!in->type) {
		attempt->detail = TEXT("This session is new: say of which `type` it is.");
		return E_UNKNOWN_SESSION;
	}
	row.session = in->session;
	row.ledger = attempt->fact.seq;
	amend_row(&row, in);
	if ((e = plan_check_sessions(attempt, &rows, &none, &none)))
		return e;
	attempt->programme_changed = true;
	out->ledger = attempt->fact.seq;
	return session_put(attempt->store, &row);
}

/* ---- the event's own beginning and end ---- */

static enum error set_stage(struct attempt *attempt, enum event_state stage, struct done *out)
{
	if (!attempt->state->event.at) {
		attempt->detail = TEXT("This event was never loaded.");
		return E_NOT_DONE;
	}
	if (attempt->state->stage == stage)
		return E_ALREADY_DONE;
	out->ledger = attempt->fact.seq;
	return event_set_state(attempt->store, stage);
}

enum error handle_open_event(struct attempt *attempt, const struct event_ref *in, struct done *out)
{
	(void)in;
	return set_stage(attempt, event_state_open, out);
}

enum error handle_close_event(struct attempt *attempt, const struct event_ref *in, struct done *out)
{
	(void)in;
	return set_stage(attempt, event_state_closed, out);
}

/* ---- the gavel ---- */

static int64_t gavel_falls(const struct attempt *attempt)
{
	return attempt->fact.since == ABSENT ? attempt->happened : attempt->fact.since;
}

/* Days end at midnight; what goes on then is of the day before. Without days anything may be. */
static enum error check_gavel_time(struct attempt *attempt, const struct gavel *in)
{
	const struct schedule *schedule = &attempt->state->schedule;

	if (in->time == ABSENT || !schedule->day_count || schedule_day(schedule, in->time) ||
	    schedule_day(schedule, in->time - SCHEDULE_NIGHT))
		return E_OK;
	attempt->detail = TEXT("time: the gavel would fall on no day of this event; the day's date and the zone count.");
	return E_OUTSIDE_HOURS;
}

/* The session that sits in the room then, or is to start within `early`: the last of them to start. */
static uint16_t session_in_room(const struct state *state, struct text code, int64_t at, int64_t early)
{
	const struct schedule *schedule = &state->schedule;
	uint16_t room = state_room(state, code), found = SESSION_NONE;
	int64_t latest = INT64_MIN;

	for (uint32_t i = 0; room != SESSION_NONE && i < schedule->sitting_count; i++) {
		int64_t start = schedule_start(schedule, (uint16_t)i);

		if (schedule->sittings[i].room != room || start == ABSENT || start > at + early || start < latest ||
		    schedule_day(schedule, start) != schedule_day(schedule, at))
			continue;
		latest = start;
		found = (uint16_t)i;
	}
	return found;
}

static enum error session_of_gavel(struct attempt *attempt, const struct gavel *in, int64_t early, uint16_t *session)
{
	const struct state *state = attempt->state;

	enum error e = check_gavel_time(attempt, in);

	attempt->remark = in->why;
	attempt->fact.session = in->session;
	attempt->fact.since = in->time;
	if (e)
		return e;
	if (in->session.at) {
		*session = schedule_find(&state->schedule, in->session);
		return *session == SESSION_NONE ? E_UNKNOWN_SESSION : E_OK;
	}
	*session = session_in_room(state, in->room, gavel_falls(attempt), early);
	if (*session == SESSION_NONE) {
		attempt->detail = TEXT("No session sits in this room at that time: name the session.");
		return E_UNKNOWN_SESSION;
	}
	attempt->fact.session = state->schedule.sittings[*session].code;
	return E_OK;
}

enum error handle_open_session(struct attempt *attempt, const struct gavel *in, struct done *out)
{
	uint16_t session;
	enum error e = session_of_gavel(attempt, in, ADMISSION_EARLY, &session);

	out->ledger = attempt->fact.seq;
	if (!e && attempt->state->schedule.sittings[session].closed != ABSENT &&
	    attempt->state->schedule.sittings[session].closed <= gavel_falls(attempt))
		return E_END_BEFORE_START;
	return e;
}

enum error handle_close_session(struct attempt *attempt, const struct gavel *in, struct done *out)
{
	uint16_t session;
	int64_t start;
	enum error e = session_of_gavel(attempt, in, 0, &session);

	if (e)
		return e;
	start = schedule_start(&attempt->state->schedule, session);
	out->ledger = attempt->fact.seq;
	return start != ABSENT && gavel_falls(attempt) <= start ? E_END_BEFORE_START : E_OK;
}

enum error handle_clear(struct attempt *attempt, const struct gavel *in, struct done *out)
{
	uint16_t session;
	enum error e;

	out->ledger = attempt->fact.seq;
	if (in->session.at) {
		e = session_of_gavel(attempt, in, 0, &session);
		if (!e) /* its room of now: it may be moved to another */
			attempt->fact.room = LIST_AT(attempt->state->sessions, session_row, session)->room;
		return e;
	}
	attempt->remark = in->why;
	attempt->fact.room = in->room;
	attempt->fact.since = in->time;
	if ((e = check_gavel_time(attempt, in)))
		return e;
	for (uint32_t i = 0; in->room.at && i < attempt->state->sessions.count; i++)
		if (text_equal(LIST_AT(attempt->state->sessions, session_row, i)->room, in->room))
			return E_OK;
	return E_UNKNOWN_ROOM;
}
