/* Refuses a plan before anything of it is written, with a sentence that names what is wrong. */
#include "workers/plan.h"

#include "workers/store.h"

#define DAY_MAX (INT64_C(36) * 3600 * 1000)

#define TOLD(attempt, e, ...) ((attempt)->detail = arena_printf((attempt)->arena, __VA_ARGS__), (e))
#define CODE(text) (int)(text).size, (text).at

/* ---- days ---- */

static enum error check_day(struct attempt *attempt, const struct day_plan *day)
{
	if (day->day < 1 || day->day > EVENT_DAYS_MAX)
		return TOLD(attempt, E_MALFORMED, "days: there is no day %lld; an event has at most %d days, from 1 on.",
			    (long long)day->day, EVENT_DAYS_MAX);
	if (day->ends <= day->starts || day->ends - day->starts > DAY_MAX)
		return TOLD(attempt, E_END_BEFORE_START, "Day %lld ends before it starts, or lasts longer than 36 hours.",
			    (long long)day->day);
	return E_OK;
}

static void note_days(const struct day_plan **by_number, const struct list *days)
{
	for (uint32_t i = 0; i < days->count; i++) {
		const struct day_plan *day = LIST_AT(*days, day_plan, i);

		if (day->day >= 1 && day->day <= EVENT_DAYS_MAX)
			by_number[day->day] = day;
	}
}

enum error plan_check_days(struct attempt *attempt, const struct list *days)
{
	const struct day_plan *by_number[EVENT_DAYS_MAX + 1] = {NULL};

	for (uint32_t i = 0; i < days->count; i++) {
		enum error e = check_day(attempt, LIST_AT(*days, day_plan, i));

		if (e)
			return e;
	}
	note_days(by_number, &attempt->state->days);
	note_days(by_number, days);
	for (int i = 2; i <= EVENT_DAYS_MAX; i++) {
		if (!by_number[i])
			continue;
		if (!by_number[i - 1])
			return TOLD(attempt, E_MALFORMED, "days: there is a day %d and no day %d.", i, i - 1);
		if (by_number[i]->starts < by_number[i - 1]->ends)
			return TOLD(attempt, E_MALFORMED, "days: day %d starts before day %d ends.", i, i - 1);
	}
	return E_OK;
}

/* ---- sessions ---- */

static enum error check_admits(struct attempt *attempt, const struct session_row *row)
{
	struct text unknown = {0};

	if (row->admits.at)
		schedule_admits(row->admits, &unknown);
	if (unknown.at)
		return TOLD(attempt, E_MALFORMED, "Session %.*s: admits: %.*s is no category.", CODE(row->session),
			    CODE(unknown));
	return E_OK;
}

static bool holds(const struct day_plan *day, int64_t at)
{
	return day && day->starts <= at && at < day->ends;
}

/* It starts on its day, or on any day when none is printed. Without days or a start there is nothing to be wrong. */
static enum error check_day_of(struct attempt *attempt, const struct day_plan *const *by_number,
			       const struct session_row *row)
{
	bool known = row->starts == ABSENT || !by_number[1];

	if (row->day != ABSENT && by_number[1]) {
		if (row->day > EVENT_DAYS_MAX || !by_number[row->day])
			return TOLD(attempt, E_OUTSIDE_HOURS, "Session %.*s: the event has no day %lld.", CODE(row->session),
				    (long long)row->day);
		if (row->starts != ABSENT && !holds(by_number[row->day], row->starts))
			return TOLD(attempt, E_OUTSIDE_HOURS, "Session %.*s would not start on its day %lld.",
				    CODE(row->session), (long long)row->day);
	}
	for (int i = 1; !known && i <= EVENT_DAYS_MAX; i++)
		known = holds(by_number[i], row->starts);
	if (!known)
		return TOLD(attempt, E_OUTSIDE_HOURS, "Session %.*s would start on no day of the event.", CODE(row->session));
	return E_OK;
}

static bool has_room(const struct list *rooms, struct text code)
{
	for (uint32_t i = 0; i < rooms->count; i++)
		if (text_equal(LIST_AT(*rooms, room_plan, i)->room, code))
			return true;
	return false;
}

static const struct session_row *row_of(const struct list *rows, struct text code)
{
	for (uint32_t i = 0; i < rows->count; i++)
		if (text_equal(LIST_AT(*rows, session_row, i)->session, code))
			return LIST_AT(*rows, session_row, i);
	return NULL;
}

/* The session as it would be. */
static const struct session_row *planned(const struct attempt *attempt, const struct list *rows, struct text code)
{
	const struct session_row *row = row_of(rows, code);

	return row ? row : row_of(&attempt->state->sessions, code);
}

/* Follows the parts back to the first one, which exists and is not the session itself. */
static enum error check_continues(struct attempt *attempt, const struct list *rows, const struct session_row *row)
{
	const struct session_row *part = row;

	for (uint32_t steps = attempt->state->sessions.count + rows->count; part->continues.at; steps--) {
		const struct session_row *before = planned(attempt, rows, part->continues);

		if (!before)
			return TOLD(attempt, E_UNKNOWN_SESSION, "Session %.*s would continue %.*s, which does not exist.",
				    CODE(part->session), CODE(part->continues));
		if (before == row || !steps)
			return TOLD(attempt, E_MALFORMED, "Session %.*s: continues: it would in the end continue itself.",
				    CODE(row->session));
		part = before;
	}
	return E_OK;
}

static enum error check_schedule(struct attempt *attempt, const struct list *rows)
{
	struct text one, other;
	enum error e = state_try_sessions(attempt->state, rows, &one, &other);

	if (e == E_OVERLAP)
		return TOLD(attempt, e, "Sessions %.*s and %.*s both count and would be in one room at one time.",
			    CODE(one), CODE(other));
	if (e == E_END_BEFORE_START)
		return TOLD(attempt, e, "Session %.*s would end before it starts.", CODE(one));
	return e;
}

enum error plan_check_sessions(struct attempt *attempt, const struct list *rows, const struct list *rooms,
			       const struct list *days)
{
	const struct day_plan *by_number[EVENT_DAYS_MAX + 1] = {NULL};
	struct list known = {0};
	enum error e = rows->count ? room_all(attempt->store, attempt->arena, &known) : E_OK;

	note_days(by_number, &attempt->state->days);
	note_days(by_number, days);
	for (uint32_t i = 0; !e && i < rows->count; i++) {
		const struct session_row *row = LIST_AT(*rows, session_row, i);

		if (row->room.at && !has_room(&known, row->room) && !has_room(rooms, row->room))
			return TOLD(attempt, E_UNKNOWN_ROOM, "Session %.*s: there is no room %.*s at this event.",
				    CODE(row->session), CODE(row->room));
		if (!(e = check_admits(attempt, row)) && !(e = check_day_of(attempt, by_number, row)))
			e = check_continues(attempt, rows, row);
	}
	return e ? e : check_schedule(attempt, rows);
}
