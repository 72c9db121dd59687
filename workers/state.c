/* Persons and badges as the ledger has made them. Passages are in passages.c, the programme's part in state_programme.c. */
#include "workers/state.h"

#include <stdlib.h>

#include "schema/array.h"
#include "schema/lately.h"
#include "workers/passages.h"
#include "workers/store.h"

void state_init(struct state *state)
{
	*state = (struct state){.closed_at = ABSENT, .received = ABSENT};
}

void state_free(struct state *state)
{
	for (uint32_t i = 1; i <= state->person_count; i++) {
		free(state->persons[i].passages);
		free(state->persons[i].attestations);
	}
	free(state->persons);
	free(state->badges);
	free(state->badge_index);
	free(state->strays);
	free(state->schedule.sittings);
	free(state->schedule.clearings);
	free(state->schedule.days);
	free(state->sessions.items);
	free(state->rooms);
	arena_free(&state->arena);
	state_init(state);
}

int64_t fact_time(const struct fact *fact)
{
	return fact->at + (fact->clock_offset == ABSENT ? 0 : fact->clock_offset);
}

struct person *state_person(const struct state *state, int64_t number)
{
	return number >= 1 && number <= state->person_count ? &state->persons[number] : NULL;
}

int64_t state_person_number(const struct state *state, const struct person *person)
{
	return person - state->persons;
}

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint32_t hash(struct text text)
{
	uint32_t h = 2166136261u;

	for (uint32_t i = 0; i < text.size; i++)
		h = (h ^ (unsigned char)text.at[i]) * 16777619u;
	return h;
}

uint32_t state_door(struct text device)
{
	return lately_door(device);
}

struct badge *state_badge(const struct state *state, struct text code)
{
	uint32_t mask = state->badge_index_size - 1;

	if (!state->badge_index_size)
		return NULL;
	for (uint32_t i = hash(code) & mask; state->badge_index[i]; i = (i + 1) & mask) {
		struct badge *badge = &state->badges[state->badge_index[i] - 1];

		if (text_equal(badge->code, code))
			return badge;
	}
	return NULL;
}

struct badge *state_badge_in_force(const struct state *state, const struct person *person)
{
	return person->badge ? &state->badges[person->badge - 1] : NULL;
}

static void index_badge(struct state *state, uint32_t number)
{
	uint32_t mask = state->badge_index_size - 1;
	uint32_t i = hash(state->badges[number].code) & mask;

	while (state->badge_index[i])
		i = (i + 1) & mask;
	state->badge_index[i] = number + 1;
}

static bool grow_badge_index(struct state *state)
{
	uint32_t size = state->badge_index_size ? state->badge_index_size * 2 : 64;
	uint32_t *index;

	if (state->badge_count * 2 < state->badge_index_size)
		return true;
	index = calloc(size, sizeof *index);
	if (!index)
		return false;
	free(state->badge_index);
	state->badge_index = index;
	state->badge_index_size = size;
	for (uint32_t i = 0; i < state->badge_count; i++)
		index_badge(state, i);
	return true;
}

static enum error add_badge(struct state *state, const struct fact *fact, enum badge_state as)
{
	struct badge *badge;

	if (!array_grow(&state->badges, &state->badge_room, state->badge_count, sizeof *state->badges) ||
	    !grow_badge_index(state))
		return E_NO_MEMORY;
	badge = &state->badges[state->badge_count];
	*badge = (struct badge){.code = arena_text(&state->arena, fact->badge), .person = fact->person,
				.state = as, .changed = fact->seq, .dirty = true};
	if (!badge->code.at)
		return E_NO_MEMORY;
	index_badge(state, state->badge_count++);
	return E_OK;
}

static void touch_badges(struct state *state, struct person *person, int64_t seq)
{
	struct badge *badge = state_badge_in_force(state, person);

	if (badge) {
		badge->changed = seq;
		badge->dirty = true;
	}
}

/* In a replay of what had happened by a past instant, persons registered later leave gaps in the numbers. */
static enum error apply_register(struct state *state, const struct fact *fact)
{
	struct person *person;

	/* a registration has a row of its own, so numbers never outrun the ledger; a damaged file may say anything */
	if (fact->person < 1 || fact->person > fact->seq || fact->person >= UINT32_MAX)
		return E_BAD_DATA;
	while (state->person_count < fact->person) {
		if (!array_grow(&state->persons, &state->person_room, state->person_count + 1, sizeof *state->persons))
			return E_NO_MEMORY;
		state->persons[++state->person_count] = (struct person){
			.state = registration_state_none, .longest = {.minutes = UNASKED},
		};
	}
	person = &state->persons[fact->person];
	*person = (struct person){
		.state = fact->accredited ? registration_state_accredited : registration_state_registered,
		.first = {
			.entity = state_entity_by_code(state, fact->entity),
			.also = state_entity_by_code(state, fact->also),
			.category = (uint8_t)fact->category, .level = (uint8_t)fact->level,
			.gender = (uint8_t)fact->gender, .language = (uint8_t)fact->language,
		},
		.walk_in = fact->walk_in, .remote = fact->remote, .renewed = true, .longest = {.minutes = UNASKED},
	};
	person->stands_for = person->first;
	return E_OK;
}

static enum error apply_amend(struct state *state, const struct fact *fact, struct person *person)
{
	if (fact->entity.at)
		person->stands_for.entity = state_entity_by_code(state, fact->entity);
	if (fact->also.at) {
		person->stands_for.also = state_entity_by_code(state, fact->also);
		person->also_accredited = false;
	}
	if (fact->category)
		person->stands_for.category = (uint8_t)fact->category;
	if (fact->level)
		person->stands_for.level = (uint8_t)fact->level;
	if (fact->gender)
		person->stands_for.gender = (uint8_t)fact->gender;
	if (fact->language)
		person->stands_for.language = (uint8_t)fact->language;
	touch_badges(state, person, fact->seq);
	return E_OK;
}

static enum error apply_accredit(struct state *state, const struct fact *fact, struct person *person)
{
	person->state = registration_state_accredited;
	person->also_accredited |= fact->accredited;
	touch_badges(state, person, fact->seq);
	return E_OK;
}

static enum error apply_cancel(struct state *state, const struct fact *fact, struct person *person)
{
	person->state = registration_state_cancelled;
	touch_badges(state, person, fact->seq);
	return E_OK;
}

static enum error apply_replace(struct state *state, const struct fact *fact, struct person *person)
{
	person->state = registration_state_replaced;
	touch_badges(state, person, fact->seq);
	return E_OK;
}

static uint64_t day_bit(int64_t day)
{
	return day >= 1 && day <= EVENT_DAYS_MAX ? UINT64_C(1) << (day - 1) : 0;
}

/* The blank that it names was not bound: what passed with it until now is nobody's who is given it later. */
static enum error apply_check_in(struct state *state, const struct fact *fact, struct person *person)
{
	const struct badge *badge = state_badge(state, fact->badge);

	if (badge && badge->state == badge_state_blank)
		passages_drop_strays(state, (uint32_t)(badge - state->badges));
	if (!person->check_in_days)
		touch_badges(state, person, fact->seq);
	person->check_in_days |= day_bit(fact->day);
	return E_OK;
}

static enum error apply_undo_check_in(struct state *state, const struct fact *fact, struct person *person)
{
	person->check_in_days &= ~day_bit(fact->day);
	if (!person->check_in_days)
		touch_badges(state, person, fact->seq);
	return E_OK;
}

static enum error set_badge(struct state *state, const struct fact *fact, enum badge_state to)
{
	struct badge *badge = state_badge(state, fact->badge);
	struct person *person;

	if (!badge)
		return E_OK;
	badge->state = to;
	badge->changed = fact->seq;
	badge->dirty = true;
	person = state_person(state, badge->person);
	if (person && to == badge_state_revoked && state_badge_in_force(state, person) == badge)
		person->badge = 0;
	return E_OK;
}

static enum error apply_hand_over(struct state *state, const struct fact *fact, struct person *person)
{
	(void)person;
	return set_badge(state, fact, badge_state_handed_over);
}

static enum error apply_revoke(struct state *state, const struct fact *fact, struct person *person)
{
	(void)person;
	return set_badge(state, fact, badge_state_revoked);
}

static enum error apply_blank(struct state *state, const struct fact *fact, struct person *person)
{
	(void)person;
	return add_badge(state, fact, badge_state_blank);
}

/* A blank's passages until now turn out to have been this person's. */
static enum error apply_issue(struct state *state, const struct fact *fact, struct person *person)
{
	struct badge *blank = state_badge(state, fact->badge);
	enum error e;

	if (!blank) {
		e = add_badge(state, fact, badge_state_issued);
		person->badge = e ? person->badge : state->badge_count;
		return e;
	}
	blank->person = fact->person;
	blank->state = badge_state_issued;
	blank->changed = fact->seq;
	blank->dirty = true;
	person->badge = (uint32_t)(blank - state->badges) + 1;
	return passages_claim_strays(state, person->badge - 1, person);
}

static enum error apply_attest(struct state *state, const struct fact *fact, struct person *person)
{
	uint16_t session = schedule_find(&state->schedule, fact->session);
	struct attestation *more;

	if (session == SESSION_NONE)
		return E_OK;
	more = realloc(person->attestations, (person->attestation_count + 1) * sizeof *more);
	if (!more)
		return E_NO_MEMORY;
	person->attestations = more;
	more[person->attestation_count++] = (struct attestation){fact->since, fact->until, session};
	return E_OK;
}

static int64_t gavel_time(const struct fact *fact)
{
	return fact->since == ABSENT ? fact_time(fact) : fact->since;
}

static enum error apply_gavel(struct state *state, const struct fact *fact, struct person *person)
{
	uint16_t session = schedule_find(&state->schedule, fact->session);

	(void)person;
	if (session == SESSION_NONE)
		return E_OK;
	if (text_is(fact->op, "open_session"))
		state->schedule.sittings[session].opened = gavel_time(fact);
	else
		state->schedule.sittings[session].closed = gavel_time(fact);
	return E_OK;
}

/* By the room's code as it was when it was cleared; of a session that had none, the session itself. */
static uint16_t room_of(const struct state *state, const struct fact *fact)
{
	uint16_t session;

	if (fact->room.at)
		return state_room(state, fact->room);
	session = schedule_find(&state->schedule, fact->session);
	return session == SESSION_NONE ? SESSION_NONE : state_own_room(session);
}

static enum error apply_clear(struct state *state, const struct fact *fact, struct person *person)
{
	struct schedule *schedule = &state->schedule;
	uint16_t room = room_of(state, fact);

	(void)person;
	if (room == SESSION_NONE)
		return E_OK;
	if (!array_grow(&schedule->clearings, &state->clearing_room, schedule->clearing_count,
		  sizeof *schedule->clearings))
		return E_NO_MEMORY;
	schedule->clearings[schedule->clearing_count++] = (struct clearing){room, gavel_time(fact)};
	return E_OK;
}

static enum error apply_stage(struct state *state, const struct fact *fact, struct person *person)
{
	bool closes = text_is(fact->op, "close_event");

	(void)person;
	state->stage = closes ? event_state_closed : event_state_open;
	state->closed_at = closes ? fact_time(fact) : ABSENT;
	return E_OK;
}

/* Facts that change the state, by what they are called in the ledger. The first PASSAGES change no person's row; most
 * rows of a ledger are scans. */
enum { PASSAGES = 2 };
static const struct {
	const char *op;
	enum error (*apply)(struct state *state, const struct fact *fact, struct person *person);
	bool of_person;
} appliers[] = {
	{"scan", passages_scan, false},
	{"decided", passages_decided, false},
	{"check_in", apply_check_in, true},
	{"blank", apply_blank, false},
	{"issue", apply_issue, true},
	{"reissue", apply_issue, true},
	{"hand_over", apply_hand_over, true},
	{"revoke", apply_revoke, false},
	{"undo_check_in", apply_undo_check_in, true},
	{"amend", apply_amend, true},
	{"accredit", apply_accredit, true},
	{"cancel", apply_cancel, true},
	{"replace", apply_replace, true},
	{"attest", apply_attest, true},
	{"open_session", apply_gavel, false},
	{"close_session", apply_gavel, false},
	{"clear", apply_clear, false},
	{"open_event", apply_stage, false},
	{"close_event", apply_stage, false},
};

enum error state_apply(struct state *state, const struct fact *fact)
{
	state->last = fact->seq;
	if (fact->received > state->received)
		state->received = fact->received;
	if (fact->reason.at)
		return E_OK;
	if (text_is(fact->op, "register"))
		return apply_register(state, fact);
	for (size_t i = 0; i < sizeof appliers / sizeof *appliers; i++) {
		struct person *person;

		if (!text_is(fact->op, appliers[i].op))
			continue;
		person = state_person(state, fact->person);
		if (appliers[i].of_person && !person)
			return E_OK;
		if (person && i >= PASSAGES)
			person->renewed = true;
		return appliers[i].apply(state, fact, person);
	}
	return E_OK;
}

struct credential state_credential(const struct state *state, const struct badge *badge)
{
	const struct person *person = badge ? state_person(state, badge->person) : NULL;

	if (badge && badge->person == ABSENT)
		return (struct credential){.known = true, .badge = badge->state};
	if (!person)
		return (struct credential){.known = false};
	return (struct credential){true, badge->state, person->state, (enum category)person->stands_for.category};
}

/* On which days somebody came in, the first so many passages left out. */
static uint64_t days_come(const struct state *state, const struct person *person, uint32_t first)
{
	uint64_t come = 0;

	for (uint32_t i = first; i < person->passage_count; i++)
		if (person->passages[i].direction == direction_in)
			come |= day_bit(schedule_day(&state->schedule, person->passages[i].at));
	return come;
}

static uint64_t seen_days(const struct state *state, const struct person *person)
{
	uint64_t seen = person->check_in_days | days_come(state, person, 0);

	for (uint32_t i = 0; i < person->attestation_count; i++)
		seen |= day_bit(schedule_day(&state->schedule, person->attestations[i].since));
	return seen;
}

uint16_t profile_holds(enum registration_state state, bool walk_in, bool remote, uint8_t first_day)
{
	bool accredited = state == registration_state_accredited;
	bool registered = accredited || state == registration_state_registered;

	return (uint16_t)((state != registration_state_none && !walk_in) << qualifier_nominated |
			  registered << qualifier_registered | accredited << qualifier_accredited |
			  (registered && walk_in) << qualifier_walk_in |
			  (accredited && !remote && !first_day) << qualifier_no_show);
}

struct profile state_profile(const struct state *state, const struct person *person)
{
	uint8_t first_day = person->check_in_days && !person->remote
		? (uint8_t)(__builtin_ctzll(person->check_in_days) + 1) : 0;

	return (struct profile){
		.entity = person->stands_for.entity,
		.also = person->also_accredited ? person->stands_for.also : ENTITY_NONE,
		.category = person->stands_for.category, .level = person->stands_for.level,
		.gender = person->stands_for.gender, .language = person->stands_for.language,
		.first_day = first_day,
		.holds = profile_holds(person->state, person->walk_in, person->remote, first_day),
		.seen = person->remote ? 0 : seen_days(state, person),
	};
}

struct profile state_profile_grown(const struct state *state, const struct person *person, uint32_t passage_count)
{
	struct profile profile = person->written;

	if (!person->remote)
		profile.seen |= days_come(state, person, passage_count);
	return profile;
}

size_t state_visits(const struct state *state, const struct person *person, struct visit *visits)
{
	return presence_visits(&state->schedule, person->passages, person->passage_count,
			       person->attestations, person->attestation_count, visits);
}

int64_t state_inside(const struct state *state, uint16_t session, int64_t at, const struct person *except)
{
	struct visit visits[VISITS_MAX];
	int64_t inside = 0;

	for (uint32_t i = 1; i <= state->person_count; i++) {
		const struct person *person = &state->persons[i];
		size_t count = person == except ? 0 : state_visits(state, person, visits);

		for (size_t v = 0; v < count; v++)
			inside += visits[v].session == session && visit_is_inside(&visits[v], at);
	}
	return inside;
}
