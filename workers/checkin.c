/* Check-in and badges: standing at the desk, printing, collecting and losing are four different things. */
#include "schema/badge.h"
#include "workers/attempt.h"

static enum error bound_to_nobody(struct attempt *attempt)
{
	attempt->detail = TEXT("This is a blank of a desk's stock that is bound to nobody: find the person, and issue it.");
	return E_UNKNOWN_BADGE;
}

static enum error who(struct attempt *attempt, const struct check_in *in, const struct person **person)
{
	const struct badge *badge;
	struct text code;
	enum error e;

	if (in->person != ABSENT)
		return attempt_person(attempt, in->person, person);
	if (!in->badge.at) {
		attempt->detail = TEXT("A check-in needs a person's number or a badge.");
		return E_UNKNOWN_PERSON;
	}
	e = attempt_find_badge(attempt, in->badge, &code, &badge);
	attempt->fact.badge = code;
	if (e)
		return e;
	if (badge->state == badge_state_blank)
		return bound_to_nobody(attempt);
	attempt->fact.person = badge->person;
	*person = state_person(attempt->state, badge->person);
	return badge->state == badge_state_revoked ? E_REVOKED_BADGE : E_OK;
}

static enum error derive_hand_over(struct attempt *attempt, struct text code)
{
	struct derived *handed = attempt_derive(attempt, "hand_over");

	if (!handed)
		return E_NO_MEMORY;
	handed->fact.person = attempt->fact.person;
	handed->fact.badge = code;
	return E_OK;
}

/* Whoever was given it while the desk was alone has another: the entry names it, for whoever asks what passed with it. */
static enum error note_unbound(struct attempt *attempt, struct text blank, struct checked_in *out)
{
	char code[BADGE_SIZE + 1];

	out->unbound = blank;
	if (!blank.at || attempt->fact.badge.at || badge_read(attempt->state->event, blank, code) != E_OK)
		return E_OK;
	attempt->fact.badge = arena_text(attempt->arena, text_of(code));
	return attempt->fact.badge.at ? E_OK : E_NO_MEMORY;
}

/* Issues a badge where there is none, and hands over whichever there is: a blank is then not bound. */
static enum error give_badge(struct attempt *attempt, const struct badge *badge, const struct check_in *in,
			     struct checked_in *out)
{
	enum error e;

	if (!badge)
		return attempt_issue(attempt, in->blank, &out->badge);
	out->badge = badge->code;
	if ((e = note_unbound(attempt, in->blank, out)))
		return e;
	return badge->state == badge_state_handed_over ? E_OK : derive_hand_over(attempt, badge->code);
}

enum error handle_check_in(struct attempt *attempt, const struct check_in *in, struct checked_in *out)
{
	const struct person *person;
	const struct badge *badge;
	enum error e;

	if ((e = attempt_time(attempt)) || (e = attempt_event_ran(attempt)) || (e = who(attempt, in, &person)) ||
	    (e = admission_registration(person->state)))
		return e;
	badge = state_badge_in_force(attempt->state, person);
	attempt->fact.day = attempt_day(attempt);
	attempt->fact.admitted = in->identity_seen;
	out->ledger = attempt->fact.seq;
	out->person = attempt->fact.person;
	out->day = attempt->fact.day;
	out->already = person->check_in_days >> (out->day - 1) & 1;
	if (in->issue || in->blank.at)
		return give_badge(attempt, badge, in, out);
	out->badge = badge ? badge->code : (struct text){0};
	return E_OK;
}

enum error handle_undo_check_in(struct attempt *attempt, const struct undo_check_in *in, struct done *out)
{
	const struct person *person;
	enum error e = attempt_person(attempt, in->person, &person);
	int64_t day = in->day;

	if (e)
		return e;
	if (day == ABSENT)
		day = person->check_in_days ? 64 - __builtin_clzll(person->check_in_days) : 1;
	if (day > EVENT_DAYS_MAX || !(person->check_in_days >> (day - 1) & 1))
		return E_NOT_DONE;
	attempt->fact.day = day;
	attempt->remark = in->why;
	out->ledger = attempt->fact.seq;
	out->person = in->person;
	return E_OK;
}

enum error handle_issue(struct attempt *attempt, const struct issue *in, struct issued *out)
{
	const struct person *person;
	enum error e;

	if ((e = attempt_coming(attempt, in->person, &person)))
		return e;
	if (person->badge)
		return E_ALREADY_DONE;
	if ((e = attempt_badge(attempt, in->badge, &attempt->fact.badge)))
		return e;
	out->ledger = attempt->fact.seq;
	out->person = in->person;
	out->badge = attempt->fact.badge;
	return E_OK;
}

enum error handle_reissue(struct attempt *attempt, const struct reissue *in, struct issued *out)
{
	const struct person *person;
	const struct badge *old;
	struct derived *revoked;
	enum error e;

	if ((e = attempt_coming(attempt, in->person, &person)))
		return e;
	old = state_badge_in_force(attempt->state, person);
	if (!old)
		return E_NOT_DONE;
	if ((e = attempt_badge(attempt, in->badge, &attempt->fact.badge)))
		return e;
	revoked = attempt_derive(attempt, "revoke");
	if (!revoked)
		return E_NO_MEMORY;
	revoked->fact.person = in->person;
	revoked->fact.badge = old->code;
	attempt->remark = in->why;
	out->ledger = attempt->fact.seq;
	out->person = in->person;
	out->badge = attempt->fact.badge;
	out->revoked = old->code;
	return E_OK;
}

/* Each with a row of its own, so that doors learn of them one by one. */
enum error handle_issue_blanks(struct attempt *attempt, const struct issue_blanks *in, struct blanks *out)
{
	struct blank *made = arena_alloc(attempt->arena, (size_t)in->count * sizeof *made);
	enum error e = E_OK;

	if (!made)
		return E_NO_MEMORY;
	for (int64_t i = 0; !e && i < in->count; i++) {
		struct derived *derived = attempt_derive(attempt, "blank");

		if (!derived)
			return E_NO_MEMORY;
		e = attempt_badge(attempt, (struct text){0}, &made[i].badge);
		derived->fact.badge = made[i].badge;
	}
	out->ledger = attempt->fact.seq;
	out->badges = (struct list){made, (uint32_t)in->count};
	return e;
}

/* The badge of that code, unless it is revoked; notes it and its person. */
static enum error badge_in_use(struct attempt *attempt, struct text scanned)
{
	const struct badge *badge;
	enum error e = attempt_find_badge(attempt, scanned, &attempt->fact.badge, &badge);

	if (e)
		return e;
	attempt->fact.person = badge->person;
	return badge->state == badge_state_revoked ? E_REVOKED_BADGE : E_OK;
}

enum error handle_hand_over(struct attempt *attempt, const struct hand_over *in, struct done *out)
{
	enum error e = badge_in_use(attempt, in->badge);

	if (!e && attempt->fact.person == ABSENT)
		e = bound_to_nobody(attempt);

	attempt->remark = in->to;
	out->ledger = attempt->fact.seq;
	out->person = attempt->fact.person;
	return e;
}

enum error handle_revoke(struct attempt *attempt, const struct revoke *in, struct done *out)
{
	enum error e = badge_in_use(attempt, in->badge);

	attempt->remark = in->why;
	out->ledger = attempt->fact.seq;
	out->person = attempt->fact.person;
	return e;
}
