/* Brings both ways of knowing who was where into one form. */
#include "workers/roll.h"

#include "workers/store.h"

static enum error add_stay(struct arena *arena, struct stays *stays, const struct stay *stay)
{
	if (stays->count == stays->room) {
		uint32_t room = stays->room ? stays->room * 2 : 32;
		struct stay *items = arena_alloc(arena, room * sizeof *items);

		if (!items)
			return E_NO_MEMORY;
		if (stays->count)
			memcpy(items, stays->items, stays->count * sizeof *items);
		stays->items = items;
		stays->room = room;
	}
	stays->items[stays->count++] = *stay;
	return E_OK;
}

static enum error make_room(struct roll *roll, struct arena *arena, uint32_t people, uint32_t sessions)
{
	*roll = (struct roll){.count = people};
	roll->people = arena_alloc(arena, (people + 1) * sizeof *roll->people);
	roll->sessions = arena_alloc(arena, (sessions + 1) * sizeof *roll->sessions);
	return roll->people && roll->sessions ? E_OK : E_NO_MEMORY;
}

/* ---- from the projections ---- */

static struct attendee attendee_of(const struct state *state, const struct person_row *row)
{
	uint8_t first_day = row->first_day == ABSENT || row->remote ? 0 : (uint8_t)row->first_day;

	return (struct attendee){.remote = row->remote, .profile = {
		.entity = state_entity_by_code(state, row->entity),
		.also = row->also_accredited ? state_entity_by_code(state, row->also) : ENTITY_NONE,
		.category = (uint8_t)row->category, .level = (uint8_t)row->level,
		.gender = (uint8_t)row->gender, .language = (uint8_t)row->language,
		.first_day = first_day,
		.holds = profile_holds(row->state, row->walk_in, row->remote, first_day),
	}};
}

/* Rows of one session on their way into the roll. */
struct taking {
	struct roll *roll;
	struct arena *arena;
	const struct state *state;
	uint16_t session;
};

static struct visit visit_from(const struct visit_row *row, uint16_t session)
{
	return (struct visit){
		.session = session, .flags = (uint32_t)row->flags, .settled_ms = row->settled_ms,
		.since = row->since, .until = row->until, .assumed = row->assumed, .carried = row->carried,
		.entered = row->entered,
	};
}

static enum error take_visit(void *context, const void *record)
{
	const struct taking *taking = context;
	const struct visit_row *row = record;
	struct stay stay = {(uint32_t)row->person, visit_from(row, taking->session)};

	if (row->person < 1 || row->person > taking->roll->count)
		return E_BAD_DATA;
	return add_stay(taking->arena, &taking->roll->sessions[taking->session], &stay);
}

static enum error take_vouched(void *context, const void *record)
{
	const struct taking *taking = context;
	const struct fact *fact = record;
	struct stay stay = {.person = (uint32_t)fact->person,
			    .visit = {.session = schedule_find(&taking->state->schedule, fact->session)}};

	if (fact->person < 1 || fact->person > taking->roll->count)
		return E_BAD_DATA;
	return stay.visit.session == SESSION_NONE ? E_OK
						  : add_stay(taking->arena, &taking->roll->vouched, &stay);
}

static enum error call_now(struct roll *roll, struct reading *reading, const struct moment *moment,
			   const struct state *state, const bool *wanted)
{
	struct taking taking = {roll, reading->arena, state, 0};
	struct list rows;
	enum error e = person_all(reading->store, reading->arena, &rows);
	int64_t last = !e && rows.count ? LIST_AT(rows, person_row, rows.count - 1)->person : 0;

	if (e)
		return e;
	if (last > UINT32_MAX)
		return E_BAD_DATA;
	if ((e = make_room(roll, reading->arena, (uint32_t)last, state->schedule.sitting_count)))
		return e;
	for (uint32_t i = 0; i < rows.count; i++) {
		const struct person_row *row = LIST_AT(rows, person_row, i);

		roll->people[row->person] = attendee_of(state, row);
	}
	for (uint32_t s = 0; !e && s < state->schedule.sitting_count; s++) {
		taking.session = (uint16_t)s;
		if (wanted[s])
			e = visit_of_session(reading->store, state->schedule.sittings[s].code, take_visit, &taking);
	}
	return e ? e : attested_at(reading->store, moment->at, take_vouched, &taking);
}

/* ---- of those whose stay ends by assumption ---- */

/* Visits come by person, as `rows` do. */
struct sorting {
	struct roll *roll;
	struct arena *arena;
	const struct state *state;
	struct list rows;
	uint32_t person; /* whose visits come: the number in the roll, 0: none yet */
	struct visit visits[VISITS_MAX];
	size_t count;
};

static void tell_longest(struct sorting *sorting)
{
	if (sorting->person)
		sorting->roll->longest[sorting->person] = longest_of(
			sorting->state, sorting->roll->people[sorting->person].remote, sorting->visits, sorting->count);
	sorting->count = 0;
}

static bool says_nothing(const struct visit_row *row)
{
	return !row->settled_ms && row->since == ABSENT && !row->assumed;
}

static enum error sort_visit(void *context, const void *record)
{
	struct sorting *sorting = context;
	const struct visit_row *row = record;
	uint16_t session = schedule_find(&sorting->state->schedule, row->session);
	uint32_t person = sorting->person;

	while (!person || LIST_AT(sorting->rows, person_row, person - 1)->person < row->person)
		if (person++ == sorting->rows.count)
			return E_BAD_DATA;
	if (person != sorting->person)
		tell_longest(sorting);
	sorting->person = person;
	if (says_nothing(row))
		return E_OK;
	if (session == SESSION_NONE || sorting->count == VISITS_MAX)
		return E_BAD_DATA;
	sorting->visits[sorting->count++] = visit_from(row, session);
	return add_stay(sorting->arena, &sorting->roll->sessions[session],
			&(struct stay){person, visit_from(row, session)});
}

enum error roll_call_assumed(struct roll *roll, struct reading *reading, const struct state *state)
{
	struct sorting sorting = {.roll = roll, .arena = reading->arena, .state = state};
	enum error e = assumed_person(reading->store, reading->arena, &sorting.rows);
	uint32_t count = sorting.rows.count;

	if (e || (e = make_room(roll, reading->arena, count, state->schedule.sitting_count)))
		return e;
	roll->longest = arena_alloc(reading->arena, (count + 1) * sizeof *roll->longest);
	if (!roll->longest)
		return E_NO_MEMORY;
	for (uint32_t i = 0; i < count; i++) {
		roll->people[i + 1] = attendee_of(state, LIST_AT(sorting.rows, person_row, i));
		roll->longest[i + 1] = (struct longest){.minutes = NOWHERE};
	}
	e = assumed_visit(reading->store, sort_visit, &sorting);
	tell_longest(&sorting);
	return e;
}

/* ---- from a replayed state ---- */

/* What is attested beyond the moment has not happened by then. */
static enum error attested_by(const struct person *person, const struct moment *moment, struct arena *arena,
			      struct attestation **out)
{
	struct attestation *copy = arena_alloc(arena, (person->attestation_count + 1) * sizeof *copy);

	*out = copy;
	if (!copy)
		return E_NO_MEMORY;
	for (uint32_t i = 0; i < person->attestation_count; i++) {
		copy[i] = person->attestations[i];
		if (copy[i].until > moment->happened)
			copy[i].until = moment->happened;
	}
	return E_OK;
}

static enum error take_person(struct roll *roll, struct reading *reading, const struct moment *moment,
			      const struct state *state, uint32_t number)
{
	const struct person *person = &state->persons[number];
	struct visit visits[VISITS_MAX];
	struct attestation *attestations;
	size_t count;
	enum error e = attested_by(person, moment, reading->arena, &attestations);

	if (e)
		return e;
	roll->people[number] = (struct attendee){state_profile(state, person), person->remote};
	count = presence_visits(&state->schedule, person->passages, person->passage_count, attestations,
				person->attestation_count, visits);
	for (size_t i = 0; !e && i < count; i++)
		e = add_stay(reading->arena, &roll->sessions[visits[i].session], &(struct stay){number, visits[i]});
	for (uint32_t i = 0; !e && i < person->attestation_count; i++) {
		const struct attestation *one = &person->attestations[i];

		if (one->since <= moment->at && moment->at < one->until)
			e = add_stay(reading->arena, &roll->vouched,
				     &(struct stay){number, {.session = one->session}});
	}
	return e;
}

static enum error call_past(struct roll *roll, struct reading *reading, const struct moment *moment,
			    const struct state *state)
{
	enum error e = make_room(roll, reading->arena, state->person_count, state->schedule.sitting_count);

	for (uint32_t i = 1; !e && i <= state->person_count; i++)
		e = take_person(roll, reading, moment, state, i);
	return e;
}

enum error roll_call(struct roll *roll, struct reading *reading, const struct moment *moment,
		     const struct state *state, const bool *wanted)
{
	return moment->past ? call_past(roll, reading, moment, state)
			    : call_now(roll, reading, moment, state, wanted);
}
