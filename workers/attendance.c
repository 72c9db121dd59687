/* Attendance: what the doors saw, what they decided alone, and what somebody vouches for. */
#include <inttypes.h>

#include "schema/hex.h"
#include "schema/lately.h"
#include "workers/attempt.h"
#include "workers/missing.h"

static enum error judge_flag(const struct attempt *attempt, struct passage *passage, enum flag *flag)
{
	const struct person *person = state_person(attempt->state, attempt->fact.person);

	passage->at = state_passage_time(person, passage->door, attempt->fact.number, passage->at);
	return lately_judge(&attempt->state->schedule, person->passages, person->passage_count, passage,
			    person->check_in_days, flag);
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

	if (e || (e = attempt_event_ran(attempt)))
		return e;
	if (direction == direction_in && judged->badge && judged->session != SESSION_NONE &&
	    state->schedule.sittings[judged->session].capacity)
		inside = state_inside(state, judged->session, attempt->happened,
				      state_person(state, attempt->fact.person));
	return admission_judge(&state->schedule, judged->session, &holder, direction, attempt->happened, inside);
}

static void judge(struct attempt *attempt, struct text scanned, struct text session, enum direction direction,
		  struct judged *out)
{
	struct fact *fact = &attempt->fact;
	enum error read = attempt_find_badge(attempt, scanned, &fact->badge, &out->badge);
	struct passage passage = {attempt->happened, state_door(fact->device),
				  schedule_find(&attempt->state->schedule, session), (uint8_t)direction};

	fact->session = session;
	fact->direction = direction;
	fact->person = out->badge ? out->badge->person : ABSENT;
	bool blank = out->badge && out->badge->state == badge_state_blank;
	out->session = passage.session;
	out->flag = flag_none;
	out->verdict = read && read != E_UNKNOWN_BADGE ? read : verdict_of(attempt, out, direction);
	if (out->verdict == E_UNKNOWN_BADGE || (blank && !out->verdict)) /* its holder is let in, and looked at */
		out->flag = flag_unknown_badge;
	else if (out->verdict == E_REVOKED_BADGE)
		out->flag = flag_revoked_badge;
	else if (out->badge && out->session != SESSION_NONE && !out->verdict)
		out->verdict = judge_flag(attempt, &passage, &out->flag);
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
		? attempt->state->entities[person->stands_for.entity].plan.entity : (struct text){0};
	out->category = (enum category)person->stands_for.category;
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
	attempt->fact.door_reason = in->reason;
	server_admits = scan.seq != ABSENT ? !scan.reason.at : judged.verdict == E_OK;
	if (!server_admits)
		attempt->fact.server_reason = scan.seq != ABSENT ? scan.reason : text_of(error_name(judged.verdict));
	if (server_admits != in->admitted)
		judged.flag = flag_conflict;
	else if (attempt->fact.corrects != ABSENT)
		judged.flag = flag_none;
	attempt->fact.flag = judged.flag;
	tell(attempt, &judged, out);
	/* in a session that nobody knows nobody was; that a door let somebody in is kept for a supervisor */
	return judged.session == SESSION_NONE ? E_UNKNOWN_SESSION : E_OK;
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

/* All numbers of a device below its highest: what never came until now is known to be no loss, or written down as one. */
static enum error resolve_missing(struct attempt *attempt, const struct resolve *in, struct done *out)
{
	char id[16];
	struct settlement numbers;
	struct device_row device;
	struct list settlements;
	int64_t missing = 0;
	bool found = false;
	enum error e = hex_read(in->missing, id) ? E_OK : E_MALFORMED;

	if (e) {
		attempt->detail = TEXT("missing: a device is written as 32 hexadecimal digits, as `unresolved` tells it");
		return e;
	}
	if ((e = device_numbers(attempt->store, (struct text){id, sizeof id}, attempt->arena, &numbers, &found)) ||
	    (e = settlement_all(attempt->store, INT64_MAX, attempt->arena, &settlements)))
		return e;
	if (found) {
		device = (struct device_row){.device = numbers.device, .requests = numbers.requests,
					     .highest = numbers.number};
		e = missing_count(attempt->store, &settlements, &device, INT64_MAX, &missing);
	}
	if (e)
		return e;
	if (missing <= 0) {
		attempt->detail = TEXT("Of this device no number is missing that was not settled before.");
		return E_NO_QUESTION;
	}
	attempt->fact.corrects = numbers.entry;
	attempt->fact.flag = flag_missing_numbers;
	attempt->remark = in->why;
	out->ledger = attempt->fact.seq;
	return E_OK;
}

enum error handle_resolve(struct attempt *attempt, const struct resolve *in, struct done *out)
{
	struct question_row question;
	bool found;
	enum error e;

	if ((in->ledger == ABSENT) == !in->missing.at) {
		attempt->detail = TEXT("Say either `ledger`, the entry in question, or `missing`, the device.");
		return E_MALFORMED;
	}
	if (in->missing.at)
		return resolve_missing(attempt, in, out);
	if ((e = question_find(attempt->store, in->ledger, attempt->arena, &question, &found)))
		return e;
	attempt->fact.corrects = in->ledger;
	if (!found)
		return E_UNKNOWN_ENTRY;
	if (!question.flag)
		return E_NO_QUESTION;
	if (question.resolution != ABSENT) {
		attempt->detail = arena_printf(attempt->arena, "It was resolved before, by ledger entry %" PRId64
					       "; nothing was changed.", question.resolution);
		return E_ALREADY_DONE;
	}
	attempt->fact.person = question.person;
	attempt->remark = in->why;
	out->ledger = attempt->fact.seq;
	out->person = question.person;
	return E_OK;
}
