/* Attendance: what the doors saw, what they decided alone, and what somebody vouches for. */
#include "workers/attempt.h"
#include "workers/store.h"

enum { PASSAGES_A_DAY = 1000 };

/* The event must run; what happened before it was closed may still arrive. */
static enum error event_runs(const struct state *state, int64_t at)
{
	bool was_open = state->stage == event_state_open ||
			(state->stage == event_state_closed && at <= state->closed_at);

	return was_open ? E_OK : E_EVENT_CLOSED;
}

/* A passage with all of the person's others of that day, in order: where it stands among them. */
struct day_of_passages {
	struct passage passages[PASSAGES_A_DAY + 1];
	enum flag flags[PASSAGES_A_DAY + 1];
	struct interval intervals[INTERVALS_MAX];
	size_t count, place;
};

static bool gather_day(const struct state *state, const struct person *person, const struct passage *passage,
		       struct day_of_passages *all)
{
	int32_t day = schedule_day(&state->schedule, passage->at);
	bool placed = false;

	all->count = 0;
	for (uint32_t i = 0; i < person->passage_count; i++) {
		const struct passage *other = &person->passages[i];

		if (schedule_day(&state->schedule, other->at) != day)
			continue;
		if (!placed && other->at > passage->at) {
			all->place = all->count;
			all->passages[all->count++] = *passage;
			placed = true;
		}
		if (all->count >= PASSAGES_A_DAY)
			return false;
		all->passages[all->count++] = *other;
	}
	if (!placed) {
		all->place = all->count;
		all->passages[all->count++] = *passage;
	}
	return true;
}

static enum error judge_flag(const struct state *state, const struct person *person, const struct passage *passage,
			     enum flag *flag)
{
	struct day_of_passages all;

	if (!gather_day(state, person, passage, &all))
		return E_TOO_MANY;
	presence_intervals(&state->schedule, all.passages, all.count, NULL, 0, all.intervals, all.flags);
	*flag = all.flags[all.place];
	if (!*flag && !person->check_in_days)
		*flag = flag_not_checked_in;
	return E_OK;
}

/* What the rules say of a scan, and what is known of it, noted in the fact. */
struct judged {
	enum error verdict;
	const struct badge *badge; /* NULL: unknown */
	uint16_t session;
	enum flag flag;
};

static enum error verdict_of(struct attempt *attempt, const struct judged *judged, enum direction direction)
{
	const struct state *state = attempt->state;
	const struct credential holder = state_credential(state, judged->badge);
	enum error e = attempt_time(attempt);
	int64_t inside = 0;

	if (e || (e = event_runs(state, attempt->happened)))
		return e;
	if (judged->session != SESSION_NONE && state->schedule.sittings[judged->session].capacity)
		inside = state_inside(state, judged->session, attempt->happened,
				      state_person(state, attempt->fact.person));
	return admission_judge(&state->schedule, judged->session, &holder, direction, attempt->happened, inside);
}

static void judge(struct attempt *attempt, struct text scanned, struct text session, enum direction direction,
		  struct judged *out)
{
	struct fact *fact = &attempt->fact;
	enum error read = attempt_find_badge(attempt, scanned, &fact->badge, &out->badge);
	const struct passage passage = {attempt->happened, state_door(fact->device),
					schedule_find(&attempt->state->schedule, session), (uint8_t)direction};

	fact->session = session;
	fact->direction = direction;
	fact->person = out->badge ? out->badge->person : ABSENT;
	out->session = passage.session;
	out->flag = flag_none;
	out->verdict = read && read != E_UNKNOWN_BADGE ? read : verdict_of(attempt, out, direction);
	if (out->verdict == E_UNKNOWN_BADGE)
		out->flag = flag_unknown_badge;
	else if (out->verdict == E_REVOKED_BADGE)
		out->flag = flag_revoked_badge;
	else if (out->badge && out->session != SESSION_NONE && !out->verdict)
		out->verdict = judge_flag(attempt->state, state_person(attempt->state, fact->person), &passage,
					  &out->flag);
}

static void tell(const struct attempt *attempt, const struct judged *judged, struct scanned *out)
{
	const struct person *person = judged->badge ? state_person(attempt->state, judged->badge->person) : NULL;

	out->ledger = attempt->fact.seq;
	out->flag = judged->flag;
	if (!person)
		return;
	out->person = judged->badge->person;
	out->entity = attempt->state->entity_count
		? attempt->state->entities[person->entity].plan.entity : (struct text){0};
	out->category = (enum category)person->category;
}

/* When a door had decided it before it came, the fact already names that decision, and that is what counts. */
enum error handle_scan(struct attempt *attempt, const struct scan *in, struct scanned *out)
{
	struct judged judged;

	judge(attempt, in->badge, in->session, in->direction, &judged);
	if (attempt->fact.corrects != ABSENT && !judged.verdict)
		judged.flag = flag_none; /* of the two the first bears it: this passage stands there already */
	attempt->fact.room = in->door;
	attempt->fact.flag = judged.flag;
	tell(attempt, &judged, out);
	return judged.verdict;
}

/* The row that a decision is about: the scan's own, or that of an earlier decision about it. ABSENT: neither came. */
static enum error decided_before(struct attempt *attempt, struct text id, struct fact *scan, int64_t *row)
{
	struct announced announced;
	bool found;
	enum error e = ledger_by_id(attempt->store, id, attempt->arena, scan, &found);

	*row = ABSENT;
	if (!e && found && text_is(scan->op, "scan"))
		*row = scan->seq;
	else
		message_clear(&message_fact, scan);
	if (e || found)
		return e;
	e = announced_find(attempt->store, id, attempt->arena, &announced, &found);
	if (!e && found)
		*row = announced.ledger;
	else
		attempt->announced = id;
	return e;
}

enum error handle_decided(struct attempt *attempt, const struct decided *in, struct scanned *out)
{
	struct judged judged;
	struct fact scan;
	bool server_admits;
	enum error e = decided_before(attempt, in->scan, &scan, &attempt->fact.corrects);

	if (e)
		return e;
	judge(attempt, in->badge, in->session, in->direction, &judged);
	attempt->fact.room = in->door;
	attempt->fact.admitted = in->admitted;
	attempt->fact.since = in->snapshot;
	server_admits = scan.seq != ABSENT ? !scan.reason.at : judged.verdict == E_OK;
	if (server_admits != in->admitted)
		judged.flag = flag_conflict;
	else if (attempt->fact.corrects != ABSENT)
		judged.flag = flag_none;
	attempt->fact.flag = judged.flag;
	tell(attempt, &judged, out);
	return E_OK;
}

enum error handle_attest(struct attempt *attempt, const struct attest *in, struct done *out)
{
	const struct schedule *schedule = &attempt->state->schedule;
	uint16_t session = schedule_find(schedule, in->session);
	const struct person *person;
	int64_t since, until;
	bool assumed;
	enum error e = attempt_person(attempt, in->person, &person);

	if (e)
		return e;
	attempt->fact.session = in->session;
	if (session == SESSION_NONE)
		return E_UNKNOWN_SESSION;
	since = in->since != ABSENT ? in->since : schedule_start(schedule, session);
	if (since == ABSENT) {
		attempt->detail = TEXT("This session has no planned start: say since when with `since`.");
		return E_OUTSIDE_HOURS;
	}
	until = in->until != ABSENT ? in->until : schedule_end(schedule, session, since, &assumed);
	if (until <= since)
		return E_END_BEFORE_START;
	if (schedule_day(schedule, since) == 0 || schedule_day(schedule, since) != schedule_day(schedule, until - 1))
		return E_OUTSIDE_HOURS;
	attempt->fact.since = since;
	attempt->fact.until = until;
	attempt->fact.source = in->source;
	attempt->remark = arena_printf(attempt->arena, "%.*s: %.*s", (int)in->witness.size, in->witness.at,
				       (int)in->why.size, in->why.at);
	out->ledger = attempt->fact.seq;
	out->person = in->person;
	return E_OK;
}
