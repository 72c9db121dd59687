/* The programme's part of the state: days, sessions, rooms and who may be represented. */
#include <stdlib.h>

#include "schema/folding.h"
#include "workers/state.h"
#include "workers/store.h"
#include "workers/whole.h"

uint16_t state_entity_by_code(const struct state *state, struct text code)
{
	for (uint32_t i = 1; code.at && i < state->entity_count; i++)
		if (text_equal(state->entities[i].plan.entity, code))
			return (uint16_t)i;
	return ENTITY_NONE;
}

struct profile state_profile_by_words(const struct state *state, struct text entity, struct text also, struct text category,
				      struct text level, struct text gender, struct text language)
{
	return (struct profile){
		.entity = state_entity_by_code(state, entity),
		.also = state_entity_by_code(state, also),
		.category = (uint8_t)vocabulary_value(&vocabulary_category, category),
		.level = (uint8_t)vocabulary_value(&vocabulary_level, level),
		.gender = (uint8_t)vocabulary_value(&vocabulary_gender, gender),
		.language = (uint8_t)vocabulary_value(&vocabulary_language, language),
	};
}

uint16_t state_entity(const struct state *state, struct text typed, struct arena *scratch)
{
	uint16_t exact = state_entity_by_code(state, typed);
	struct text folded = folding_key(typed, scratch);

	if (exact || !folded.size)
		return exact;
	for (uint32_t i = 1; i < state->entity_count; i++)
		for (size_t n = 0; n < 4; n++)
			if (text_equal(state->entities[i].folded[n], folded))
				return (uint16_t)i;
	return ENTITY_NONE;
}

/* The standing that holds on a date: a suspension wins over the membership it suspends. */
static enum standing standing_on(const struct list *standings, struct text entity, int64_t date)
{
	enum standing standing = standing_none;

	for (uint32_t i = 0; i < standings->count; i++) {
		const struct standing_plan *plan = LIST_AT(*standings, standing_plan, i);

		if (!text_equal(plan->entity, entity) || (plan->since != ABSENT && plan->since > date) ||
		    (plan->until != ABSENT && plan->until <= date))
			continue;
		if (standing != standing_suspended)
			standing = plan->standing;
	}
	return standing;
}

/* Entities keep their index too: persons name them by it. New ones are put at the end. */
static enum error take_entities(struct state *state, const struct list *plans, const struct list *standings)
{
	int64_t date = state->days.count ? LIST_AT(state->days, day_plan, 0)->starts : 0;
	uint32_t known = state->entity_count ? state->entity_count : 1;
	struct entity *entities = arena_alloc(&state->arena, (known + plans->count) * sizeof *entities);

	if (!entities)
		return E_NO_MEMORY;
	if (state->entity_count)
		memcpy(entities, state->entities, state->entity_count * sizeof *entities);
	state->entities = entities;
	state->entity_count = known;
	for (uint32_t i = 0; i < plans->count; i++) {
		const struct entity_plan *plan = LIST_AT(*plans, entity_plan, i);
		uint16_t at = state_entity_by_code(state, plan->entity);
		struct entity *entity = &entities[at ? at : state->entity_count++];
		const struct text names[4] = {plan->entity, plan->name_en, plan->name_fr, plan->name_ar};

		entity->plan = *plan;
		entity->standing = plan->kind == entity_kind_state
			? standing_on(standings, plan->entity, date) : standing_none;
		for (size_t n = 0; n < 4; n++)
			entity->folded[n] = names[n].at ? folding_key(names[n], &state->arena) : names[n];
	}
	return E_OK;
}

enum { OWN_ROOMS = 0x8000 };

uint16_t state_own_room(uint16_t session)
{
	return (uint16_t)(OWN_ROOMS | session);
}

uint16_t state_room(const struct state *state, struct text code)
{
	for (uint32_t i = 0; i < state->room_count; i++)
		if (text_equal(state->rooms[i], code))
			return (uint16_t)i;
	return SESSION_NONE;
}

/* Rooms keep their number, as clearings name them by it. */
static enum error take_room(struct state *state, struct text code)
{
	if (!code.at || state_room(state, code) != SESSION_NONE)
		return E_OK;
	if (state->room_count == state->room_room) {
		uint32_t more = state->room_room ? state->room_room * 2 : 16;
		struct text *rooms = realloc(state->rooms, more * sizeof *rooms);

		if (!rooms)
			return E_NO_MEMORY;
		state->rooms = rooms;
		state->room_room = more;
	}
	state->rooms[state->room_count++] = code;
	return E_OK;
}

static void fill_sitting(struct state *state, uint32_t i)
{
	const struct session_row *row = LIST_AT(state->sessions, session_row, i);
	struct sitting *sitting = &state->schedule.sittings[i];

	sitting->code = row->session;
	sitting->room = row->room.at ? state_room(state, row->room) : state_own_room((uint16_t)i);
	sitting->day = row->day == ABSENT ? 0 : (int32_t)row->day;
	sitting->type = row->type;
	sitting->counts = row->counts;
	sitting->starts = row->starts;
	sitting->ends = row->ends;
	sitting->capacity = row->capacity == ABSENT ? 0 : row->capacity;
	sitting->admits = row->admits.at ? schedule_admits(row->admits, NULL) : 0;
	sitting->continues = row->continues.at ? schedule_find(&state->schedule, row->continues) : SESSION_NONE;
}

static enum error take_sessions(struct state *state, const struct list *rows)
{
	struct schedule *schedule = &state->schedule;
	size_t most = schedule->sitting_count + rows->count;
	struct sitting *sittings = realloc(schedule->sittings, (most + 1) * sizeof *sittings);
	struct session_row *known;
	enum error e;

	if (!sittings)
		return E_NO_MEMORY;
	schedule->sittings = sittings;
	known = realloc(state->sessions.items, (most + 1) * sizeof *known);
	if (!known)
		return E_NO_MEMORY;
	state->sessions.items = known;
	for (uint32_t i = 0; i < rows->count; i++) {
		const struct session_row *row = LIST_AT(*rows, session_row, i);
		uint16_t at = schedule_find(schedule, row->session);

		if (at == SESSION_NONE) {
			at = (uint16_t)schedule->sitting_count++;
			state->sessions.count = schedule->sitting_count;
			sittings[at] = (struct sitting){.code = row->session, .opened = ABSENT, .closed = ABSENT};
		}
		known[at] = *row;
		if ((e = take_room(state, row->room)))
			return e;
	}
	for (uint32_t i = 0; i < schedule->sitting_count; i++)
		fill_sitting(state, i);
	schedule_join_rooms(schedule);
	return E_OK;
}

static enum error join_parts(struct state *state)
{
	const struct schedule *schedule = &state->schedule;
	uint32_t count = schedule->sitting_count;

	state->whole_of = arena_alloc(&state->arena, (count + 1) * sizeof *state->whole_of);
	state->halves = arena_alloc(&state->arena, (count + 1) * sizeof *state->halves);
	if (!state->whole_of || !state->halves)
		return E_NO_MEMORY;
	for (uint32_t i = 0; i < count; i++)
		state->whole_of[i] = schedule->sittings[i].counts ? whole_first(schedule, (uint16_t)i) : SESSION_NONE;
	whole_halves(schedule, state->whole_of, count, state->halves);
	return E_OK;
}

static enum error take_days(struct state *state)
{
	struct event_day *days = realloc(state->schedule.days, (state->days.count + 1) * sizeof *days);

	if (!days)
		return E_NO_MEMORY;
	state->schedule.days = days;
	state->schedule.day_count = state->days.count;
	for (uint32_t i = 0; i < state->days.count; i++) {
		const struct day_plan *day = LIST_AT(state->days, day_plan, i);

		days[i] = (struct event_day){day->starts, day->ends};
	}
	return E_OK;
}

enum error state_read_programme(struct state *state, struct driver *store, int64_t ledger)
{
	struct list entities, standings, sessions;
	struct event_line event;
	bool found;
	enum error e;

	if ((e = event_read(store, ledger, &state->arena, &event, &found)) ||
	    (e = day_all(store, ledger, &state->arena, &state->days)) ||
	    (e = entity_all(store, ledger, &state->arena, &entities)) ||
	    (e = standing_all(store, ledger, &state->arena, &standings)) ||
	    (e = session_all(store, ledger, &state->arena, &sessions)))
		return e;
	if (found) {
		state->event = event.event;
		state->host = event.host;
	}
	if (state->stage == event_state_none)
		state->stage = event_state_draft;
	if ((e = take_days(state)) || (e = take_entities(state, &entities, &standings)))
		return e;
	e = take_sessions(state, &sessions);
	return e ? e : join_parts(state);
}

enum error state_try_sessions(const struct state *state, const struct list *rows, struct text *one,
			      struct text *other)
{
	struct state trial;
	uint16_t first, second;
	enum error e;

	state_init(&trial);
	if (!(e = take_sessions(&trial, &state->sessions)) && !(e = take_sessions(&trial, rows)) &&
	    (e = schedule_check(&trial.schedule, &first, &second))) {
		*one = trial.schedule.sittings[first].code;
		*other = trial.schedule.sittings[second].code;
	}
	state_free(&trial);
	return e;
}
