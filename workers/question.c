/* Joins sessions with their parts, and finds how long one must have been there. */
#include "workers/question.h"

#include "workers/store.h"
#include "workers/whole.h"

bool question_is_of_presence(const struct question *question)
{
	return question->qualifier == qualifier_present || question->qualifier == qualifier_attended;
}

static int32_t day_of(const struct schedule *schedule, uint16_t session)
{
	const struct sitting *sitting = &schedule->sittings[session];

	if (sitting->day || sitting->starts == ABSENT)
		return sitting->day;
	return schedule_day(schedule, sitting->starts);
}

static bool has_room(const struct state *state, uint32_t session, struct text room)
{
	return text_equal(LIST_AT(state->sessions, session_row, session)->room, room);
}

/* Which sessions are in question: one with its parts, those of a room, or all that count. */
static bool is_in_question(const struct question *question, const struct state *state,
			   const struct figures_query *in, uint16_t session)
{
	const struct schedule *schedule = &state->schedule;
	uint16_t first = whole_first(schedule, session);
	bool counts = schedule->sittings[session].counts;

	if (question->session != SESSION_NONE)
		return first == question->session && (counts || !schedule->sittings[first].counts);
	if (question->day && day_of(schedule, first) != question->day)
		return false;
	if (in->room.at)
		return has_room(state, session, in->room) && (counts || question->occupancy);
	return counts;
}

static uint16_t whole_number(struct question *question, const struct state *state, uint16_t session)
{
	uint16_t first = whole_first(&state->schedule, session);

	for (uint32_t i = 0; i < question->whole_count; i++)
		if (question->wholes[i].session == first)
			return (uint16_t)i;
	question->wholes[question->whole_count] =
		(struct whole){.session = first, .day = day_of(&state->schedule, first)};
	return (uint16_t)question->whole_count++;
}

static enum error gather_wholes(struct question *question, struct reading *reading,
				const struct figures_query *in, const struct state *state)
{
	uint32_t count = state->schedule.sitting_count;
	int64_t *halves;

	question->wholes = arena_alloc(reading->arena, (count + 1) * sizeof *question->wholes);
	question->whole_of = arena_alloc(reading->arena, (count + 1) * sizeof *question->whole_of);
	halves = arena_alloc(reading->arena, (count + 1) * sizeof *halves);
	if (!question->wholes || !question->whole_of || !halves)
		return E_NO_MEMORY;
	for (uint32_t i = 0; i < count; i++)
		question->whole_of[i] = is_in_question(question, state, in, (uint16_t)i)
			? whole_number(question, state, (uint16_t)i) : SESSION_NONE;
	whole_halves(&state->schedule, question->whole_of, question->whole_count, halves);
	for (uint32_t i = 0; i < question->whole_count; i++)
		question->wholes[i].need = in->minutes != ABSENT ? in->minutes * WHOLE_MINUTE : halves[i];
	return E_OK;
}

static enum error find_session(struct question *question, struct reading *reading, struct text code,
			       const struct state *state)
{
	uint16_t session = schedule_find(&state->schedule, code);

	if (session == SESSION_NONE) {
		reading->detail = arena_printf(reading->arena, "There is no session %.*s at this event; `hudur report "
					       "programme` lists those there are.", (int)code.size, code.at);
		return E_UNKNOWN_SESSION;
	}
	question->session = whole_first(&state->schedule, session);
	return E_OK;
}

static enum error find_room(struct reading *reading, struct text code, const struct state *state)
{
	struct list rooms;
	enum error e;

	for (uint32_t i = 0; i < state->sessions.count; i++)
		if (has_room(state, i, code))
			return E_OK;
	if ((e = room_all(reading->store, reading->arena, &rooms)))
		return e;
	for (uint32_t i = 0; i < rooms.count; i++)
		if (text_equal(LIST_AT(rooms, room_plan, i)->room, code))
			return E_OK;
	reading->detail = arena_printf(reading->arena, "There is no room %.*s at this event.", (int)code.size,
				       code.at);
	return E_UNKNOWN_ROOM;
}

static enum error find_day(struct question *question, struct reading *reading, int64_t day,
			   const struct state *state)
{
	if (day < 1 || day > state->schedule.day_count) {
		reading->detail = arena_printf(reading->arena, "day: there is no day %d at this event, which has %u.",
					       (int)day, state->schedule.day_count);
		return E_MALFORMED;
	}
	question->day = (int32_t)day;
	return E_OK;
}

/* Otherwise the figure would carry the name of a session and count the whole event. */
static enum error check_narrowing(struct reading *reading, const struct question *question,
				  const struct figures_query *in)
{
	const char *wrong = NULL;

	if (in->minutes != ABSENT && question->qualifier != qualifier_attended)
		wrong = "minutes: a time to stay goes with the qualifier attended alone.";
	if (in->room.at && !question_is_of_presence(question))
		wrong = "room: a room is asked about with the qualifier present or attended.";
	if (in->session.at && !question_is_of_presence(question))
		wrong = "session: a session is asked about with the qualifier present or attended.";
	if (!wrong)
		return E_OK;
	reading->detail = text_of(wrong);
	return E_MALFORMED;
}

enum error question_ask(struct question *question, struct reading *reading, const struct figures_query *in,
			const struct state *state)
{
	enum error e;

	*question = (struct question){
		.qualifier = in->qualifier ? in->qualifier : qualifier_checked_in,
		.by = in->by ? in->by : dimension_country, .session = SESSION_NONE, .minutes = ABSENT,
	};
	question->occupancy = in->room.at && !in->session.at && question->qualifier == qualifier_present;
	e = check_narrowing(reading, question, in);
	if (!e && in->session.at)
		e = find_session(question, reading, in->session, state);
	if (!e && in->room.at)
		e = find_room(reading, in->room, state);
	if (!e && in->day != ABSENT)
		e = find_day(question, reading, in->day, state);
	if (!e)
		e = gather_wholes(question, reading, in, state);
	if (e || question->qualifier != qualifier_attended)
		return e;
	question->minutes = in->minutes;
	question->anywhere = !in->session.at && !in->room.at && in->day == ABSENT;
	if (question->session != SESSION_NONE && question->whole_count && question->wholes[0].need != ABSENT)
		question->minutes = question->wholes[0].need / WHOLE_MINUTE;
	return E_OK;
}

void question_narrow(struct question *question, const struct state *state, uint32_t whole)
{
	for (uint32_t i = 0; i < state->schedule.sitting_count; i++)
		question->whole_of[i] = question->whole_of[i] == whole ? 0 : SESSION_NONE;
	question->wholes[0] = question->wholes[whole];
	question->whole_count = 1;
}
