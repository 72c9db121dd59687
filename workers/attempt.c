/* What several handlers need of an attempt. */
#include "workers/attempt.h"

#include "schema/badge.h"

struct derived *attempt_derive(struct attempt *attempt, const char *op)
{
	struct derived *derived = arena_alloc(attempt->arena, sizeof *derived);
	const struct fact *own = &attempt->fact;

	if (!derived)
		return NULL;
	message_clear(&message_fact, &derived->fact);
	message_clear(&message_name_row, &derived->name);
	derived->fact.seq = attempt->next_seq++;
	derived->fact.cause = own->seq;
	derived->fact.op = text_of(op);
	derived->fact.principal = own->principal;
	derived->fact.role = own->role;
	derived->fact.actor = own->actor;
	derived->fact.at = own->at;
	derived->fact.clock_offset = own->clock_offset;
	derived->fact.received = own->received;
	*attempt->derived_end = derived;
	attempt->derived_end = &derived->next;
	return derived;
}

enum error attempt_person(struct attempt *attempt, int64_t number, const struct person **person)
{
	*person = state_person(attempt->state, number);
	if (!*person)
		return E_UNKNOWN_PERSON;
	attempt->fact.person = number;
	return E_OK;
}

enum error attempt_coming(struct attempt *attempt, int64_t number, const struct person **person)
{
	enum error e = attempt_person(attempt, number, person);

	if (e)
		return e;
	return (*person)->state == registration_state_cancelled || (*person)->state == registration_state_replaced
		? E_CANCELLED : E_OK;
}

enum error attempt_event_ran(const struct attempt *attempt)
{
	return admission_event(attempt->state->stage, attempt->state->closed_at, attempt->happened);
}

enum error attempt_time(const struct attempt *attempt)
{
	return admission_time(&attempt->state->schedule, attempt->happened, attempt->received);
}

static enum error judge_blank(struct attempt *attempt, const struct badge *blank)
{
	if (!blank) {
		attempt->detail = TEXT("This code was never given out as a blank; take one that was made with "
				       "issue_blanks.");
		return E_UNKNOWN_BADGE;
	}
	if (blank->state == badge_state_blank)
		return E_OK;
	return blank->state == badge_state_revoked ? E_REVOKED_BADGE : E_BADGE_TAKEN;
}

enum error attempt_badge(struct attempt *attempt, struct text blank, struct text *code)
{
	char made[BADGE_SIZE + 1];
	unsigned char random[8];
	enum error e;

	if (blank.at) {
		if ((e = badge_read(attempt->state->event, blank, made)) ||
		    (e = judge_blank(attempt, state_badge(attempt->state, text_of(made)))))
			return e;
	} else {
		do {
			attempt->random(random, sizeof random);
			badge_make(attempt->state->event, random, made);
		} while (state_badge(attempt->state, text_of(made)));
	}
	*code = arena_text(attempt->arena, text_of(made));
	return code->at ? E_OK : E_NO_MEMORY;
}

enum error attempt_issue(struct attempt *attempt, struct text blank, struct text *code)
{
	enum error e = attempt_badge(attempt, blank, code);
	struct derived *issued = e ? NULL : attempt_derive(attempt, "issue");
	struct derived *handed = issued ? attempt_derive(attempt, "hand_over") : NULL;

	if (e)
		return e;
	if (!handed)
		return E_NO_MEMORY;
	issued->fact.person = handed->fact.person = attempt->fact.person;
	issued->fact.badge = handed->fact.badge = *code;
	return E_OK;
}

/* Whoever checks in before the first day or after the last counts for that one. */
int64_t attempt_day(const struct attempt *attempt)
{
	const struct schedule *schedule = &attempt->state->schedule;
	int32_t day = schedule_day(schedule, attempt->happened);

	if (day || !schedule->day_count)
		return day ? day : 1;
	return attempt->happened < schedule->days[0].starts ? 1 : schedule->day_count;
}

enum error attempt_find_badge(struct attempt *attempt, struct text scanned, struct text *code,
			      const struct badge **badge)
{
	char read[BADGE_SIZE + 1];
	enum error e = badge_read(attempt->state->event, scanned, read);

	*badge = NULL;
	*code = scanned;
	if (e)
		return e;
	*code = arena_text(attempt->arena, text_of(read));
	if (!code->at)
		return E_NO_MEMORY;
	*badge = state_badge(attempt->state, *code);
	return *badge ? E_OK : E_UNKNOWN_BADGE;
}
