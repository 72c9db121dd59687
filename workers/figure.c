/* From counts of persons alike, or from persons and their visits, to a table. */
#include "workers/figure.h"

#include "workers/store.h"

enum { CERTAIN = REPRESENTED_LOW | REPRESENTED_HIGH };

/* ---- opening ---- */

static void name_sessions(struct figure *figure)
{
	const struct question *question = &figure->question;

	for (uint32_t i = 0; i < question->whole_count; i++) {
		const struct whole *whole = &question->wholes[i];
		const struct session_row *row = LIST_AT(figure->state.sessions, session_row, whole->session);
		struct table_line *line = &figure->table.lines[i];

		line->key = row->session;
		line->name_en = row->title_en;
		line->name_fr = row->title_fr;
		line->name_ar = row->title_ar;
		line->not_applicable = question->qualifier == qualifier_attended && whole->need == ABSENT;
	}
}

static enum error name_days(struct figure *figure)
{
	for (uint32_t i = 0; i < figure->state.days.count; i++) {
		struct table_line *line = &figure->table.lines[i];

		line->key = arena_printf(figure->reading->arena, "%u", i + 1);
		line->name_en = LIST_AT(figure->state.days, day_plan, i)->date;
		if (!line->key.at)
			return E_NO_MEMORY;
	}
	return E_OK;
}

static enum error open_table(struct figure *figure, bool without_host)
{
	enum dimension by = figure->question.by;
	uint32_t lines = by == dimension_session ? figure->question.whole_count : figure->state.days.count;
	enum error e = table_init(&figure->table, &figure->state, figure->reading->arena, by, lines, without_host);

	if (e)
		return e;
	if (by == dimension_session)
		name_sessions(figure);
	return by == dimension_day ? name_days(figure) : E_OK;
}

enum error figure_open(struct figure *figure, struct reading *reading, const struct figures_query *in, bool past)
{
	enum error e;

	*figure = (struct figure){.reading = reading};
	state_init(&figure->state);
	if ((e = moment_find(reading, in->at, in->as_of, &figure->moment)))
		return e;
	figure->moment.past |= past;
	if ((e = moment_state(reading, &figure->moment, &figure->state)) ||
	    (e = question_ask(&figure->question, reading, in, &figure->state)))
		return e;
	return open_table(figure, in->without_host);
}

void figure_close(struct figure *figure)
{
	state_free(&figure->state);
}

/* ---- persons ---- */

static enum error open_verdicts(struct figure *figure)
{
	figure->verdicts = arena_alloc(figure->reading->arena, (figure->roll.count + 1) * sizeof *figure->verdicts);
	return figure->verdicts ? E_OK : E_NO_MEMORY;
}

static enum error call_roll(struct figure *figure)
{
	const struct question *question = &figure->question;
	uint32_t sessions = figure->state.schedule.sitting_count;
	bool *wanted = arena_alloc(figure->reading->arena, sessions + 1);
	enum error e;

	if (!wanted)
		return E_NO_MEMORY;
	for (uint32_t i = 0; i < sessions; i++)
		wanted[i] = question->whole_of[i] != SESSION_NONE;
	e = roll_call(&figure->roll, figure->reading, &figure->moment, &figure->state, wanted);
	return e ? e : open_verdicts(figure);
}

/* What else than presence the qualifier asks. Who was in a session was seen, so that needs no asking there. */
static bool qualifies(const struct question *question, const struct profile *who, bool was_there)
{
	switch (question->qualifier) {
	case qualifier_nominated:
	case qualifier_registered:
	case qualifier_accredited:
	case qualifier_walk_in:
	case qualifier_no_show:
		return profile_is(who, question->qualifier);
	case qualifier_checked_in:
		return who->first_day && (!question->day || who->first_day <= question->day);
	case qualifier_seen:
		return was_there || (question->day ? who->seen >> (question->day - 1) & 1 : who->seen != 0);
	case qualifier_present:
	case qualifier_attended:
		return was_there;
	case qualifier_none:
	case qualifier_count:
		break;
	}
	return false;
}

static bool runs(const struct figure *figure, uint16_t session)
{
	const struct schedule *schedule = &figure->state.schedule;
	bool assumed;

	return schedule_start(schedule, session) <= figure->moment.at &&
	       figure->moment.at < schedule_end(schedule, session, figure->moment.at, &assumed);
}

/* Waiting in the room is presence in the room and not yet in the session. */
static bool is_present(const struct figure *figure, uint16_t session, const struct visit *visit)
{
	return visit_is_inside(visit, figure->moment.at) &&
	       (figure->question.occupancy ||
		schedule_start(&figure->state.schedule, session) <= figure->moment.at);
}

/* One person in one whole session. */
struct sum {
	struct span ms;
	bool present;
};

static void sum_whole(const struct figure *figure, uint32_t whole, struct sum *sums)
{
	const struct question *question = &figure->question;
	const struct roll *roll = &figure->roll;

	memset(sums, 0, (roll->count + 1) * sizeof *sums);
	for (uint32_t s = 0; s < figure->state.schedule.sitting_count; s++) {
		const struct stays *stays = &roll->sessions[s];

		for (uint32_t i = 0; question->whole_of[s] == whole && i < stays->count; i++) {
			struct sum *sum = &sums[stays->items[i].person];
			struct span ms;

			visit_duration(&stays->items[i].visit, figure->moment.at, &ms.low, &ms.high);
			sum->ms.low += ms.low;
			sum->ms.high += ms.high;
			sum->present |= is_present(figure, (uint16_t)s, &stays->items[i].visit);
		}
	}
	for (uint32_t i = 0; i < roll->vouched.count; i++) {
		const struct stay *stay = &roll->vouched.items[i];

		if (question->whole_of[stay->visit.session] == whole && runs(figure, stay->visit.session))
			sums[stay->person].present = true;
	}
}

static uint8_t judge_sum(const struct question *question, const struct whole *whole, const struct sum *sum)
{
	int64_t need = 1;

	if (question->qualifier == qualifier_present)
		return sum->present ? CERTAIN : 0;
	if (question->qualifier == qualifier_attended) {
		if (whole->need == ABSENT)
			return 0;
		need = whole->need > need ? whole->need : need;
	}
	return (uint8_t)((sum->ms.low >= need ? REPRESENTED_LOW : 0) | (sum->ms.high >= need ? REPRESENTED_HIGH : 0));
}

static int64_t low_of(uint8_t bits)
{
	return !!(bits & REPRESENTED_LOW);
}

static int64_t high_of(uint8_t bits)
{
	return !!(bits & REPRESENTED_HIGH);
}

/* Each person's part in one whole, noted where it belongs. `on_day` (may be NULL) gathers bits by person. */
static void judge_whole(struct figure *figure, uint32_t number, const struct sum *sums, uint8_t *on_day,
			bool count_line)
{
	const struct whole *whole = &figure->question.wholes[number];

	for (uint32_t p = 1; p <= figure->roll.count; p++) {
		const struct attendee *person = &figure->roll.people[p];
		uint8_t bits = judge_sum(&figure->question, whole, &sums[p]);

		if (person->remote || !bits || !qualifies(&figure->question, &person->profile, true))
			bits = 0;
		if (!person->remote) {
			figure->verdicts[p].ms.low += sums[p].ms.low;
			figure->verdicts[p].ms.high += sums[p].ms.high;
		}
		figure->verdicts[p].bits |= bits;
		if (on_day)
			on_day[p] |= bits;
		if (count_line && bits)
			table_count_line(&figure->table, number, &person->profile, low_of(bits), high_of(bits));
	}
}

static enum error judge_wholes(struct figure *figure, bool count)
{
	const struct question *question = &figure->question;
	size_t people = (size_t)figure->roll.count + 1;
	uint32_t days = figure->state.schedule.day_count;
	bool by_day = count && question->by == dimension_day;
	struct sum *sums = arena_alloc(figure->reading->arena, people * sizeof *sums);
	uint8_t *by_days = arena_alloc(figure->reading->arena, by_day ? people * (days + 1) : 1);

	if (!sums || !by_days)
		return E_NO_MEMORY;
	for (uint32_t w = 0; w < question->whole_count; w++) {
		int32_t day = question->wholes[w].day;
		bool has_day = by_day && day >= 1 && (uint32_t)day <= days;

		sum_whole(figure, w, sums);
		judge_whole(figure, w, sums, has_day ? by_days + people * (uint32_t)day : NULL,
			    count && question->by == dimension_session);
	}
	for (uint32_t day = 1; by_day && day <= days; day++)
		for (size_t p = 1; p < people; p++) {
			uint8_t bits = by_days[people * day + p];

			if (bits)
				table_count_line(&figure->table, day - 1, &figure->roll.people[p].profile, low_of(bits),
						 high_of(bits));
		}
	return E_OK;
}

enum error figure_judge(struct figure *figure, bool through_sessions)
{
	enum error e = call_roll(figure);

	if (e)
		return e;
	if (through_sessions || question_is_of_presence(&figure->question))
		return judge_wholes(figure, false);
	for (uint32_t p = 1; p <= figure->roll.count; p++)
		if (qualifies(&figure->question, &figure->roll.people[p].profile, false))
			figure->verdicts[p].bits = CERTAIN;
	return E_OK;
}

/* ---- cells: persons alike, qualified without regard to sessions ---- */

static void count_days(struct figure *figure, int64_t first, int64_t last, const struct profile *who, int64_t persons)
{
	for (int64_t day = first; figure->question.by == dimension_day && day <= last; day++)
		if (day >= 1 && day <= figure->state.schedule.day_count)
			table_count_line(&figure->table, (uint32_t)day - 1, who, persons, persons);
}

/* `day` as in counter_row. A registration is for the whole meeting: it counts on each day. */
static void take_cell(struct figure *figure, int64_t day, const struct profile *who, int64_t persons)
{
	int64_t asked = figure->question.day, last = figure->state.schedule.day_count;
	bool counted = false;

	switch (figure->question.qualifier) {
	case qualifier_nominated:
	case qualifier_registered:
	case qualifier_accredited:
	case qualifier_walk_in:
	case qualifier_no_show:
		counted = true;
		count_days(figure, 1, last, who, persons);
		break;
	case qualifier_checked_in:
		counted = !asked || day <= asked;
		count_days(figure, day, last, who, persons);
		break;
	case qualifier_seen:
		counted = day == asked;
		count_days(figure, day, day, who, persons);
		break;
	case qualifier_none:
	case qualifier_present:
	case qualifier_attended:
	case qualifier_count:
		break;
	}
	if (counted)
		table_count(&figure->table, who, persons, persons);
}

static enum error take_counter(void *context, const void *record)
{
	struct figure *figure = context;
	const struct counter_row *row = record;
	const struct profile who = state_profile_by_words(&figure->state, row->entity, row->also, row->category, row->level,
							  row->gender, row->language);

	take_cell(figure, row->day, &who, row->persons);
	return E_OK;
}

/* A person as the cells that the counters would hold of it. */
static void take_person(struct figure *figure, const struct profile *who)
{
	switch (figure->question.qualifier) {
	case qualifier_nominated:
	case qualifier_registered:
	case qualifier_accredited:
	case qualifier_walk_in:
	case qualifier_no_show:
		if (profile_is(who, figure->question.qualifier))
			take_cell(figure, 0, who, 1);
		return;
	case qualifier_checked_in:
		if (who->first_day)
			take_cell(figure, who->first_day, who, 1);
		return;
	case qualifier_seen:
		if (who->seen)
			take_cell(figure, 0, who, 1);
		for (int day = 1; day <= EVENT_DAYS_MAX; day++)
			if (who->seen >> (day - 1) & 1)
				take_cell(figure, day, who, 1);
		return;
	case qualifier_none:
	case qualifier_present:
	case qualifier_attended:
	case qualifier_count:
		return;
	}
}

/* ---- who attended anything: counts of those of whom it is certain, and one by one who may be inside ---- */

/*
 * What was counted holds at any time, but for a stay that a gavel ended: it is to have fallen. A server's clock may have been set
 * back, and a gavel be recorded as of later.
 */
static bool have_fallen(const struct schedule *schedule, int64_t at)
{
	for (uint32_t i = 0; i < schedule->sitting_count; i++)
		if (schedule->sittings[i].closed > at)
			return false;
	return true;
}

/* By session and by day a person counts more than once. */
static bool is_counted(const struct figure *figure)
{
	const struct question *question = &figure->question;

	return question->qualifier == qualifier_attended && question->anywhere && !figure->moment.past &&
	       question->by != dimension_session && question->by != dimension_day &&
	       have_fallen(&figure->state.schedule, figure->moment.at);
}

static bool suffices(const struct question *question, struct longest longest)
{
	return longest.minutes != NOWHERE &&
	       (question->minutes == ABSENT ? longest.half : longest.minutes >= question->minutes);
}

static enum error take_attended(void *context, const void *record)
{
	struct figure *figure = context;
	const struct attended_row *row = record;
	const struct profile who = state_profile_by_words(&figure->state, row->entity, row->also, row->category, row->level,
							  row->gender, row->language);

	if (!suffices(&figure->question, (struct longest){(int16_t)row->minutes, row->half}))
		return E_OK;
	table_count(&figure->table, &who, row->persons, row->persons);
	return E_OK;
}

/* Whoever is among the counted by what is certain is not counted again. */
static enum error count_attended(struct figure *figure)
{
	const struct roll *roll = &figure->roll;
	enum error e = attended_each(figure->reading->store, take_attended, figure);

	if (!e)
		e = roll_call_assumed(&figure->roll, figure->reading, &figure->state);
	if (!e)
		e = open_verdicts(figure);
	if (!e)
		e = judge_wholes(figure, false);
	for (uint32_t p = 1; !e && p <= roll->count; p++) {
		uint8_t bits = figure->verdicts[p].bits;

		if (bits && !suffices(&figure->question, roll->longest[p]))
			table_count(&figure->table, &roll->people[p].profile, low_of(bits), high_of(bits));
	}
	return e;
}

/* ---- the figure ---- */

static enum error count_presence(struct figure *figure)
{
	enum error e = judge_wholes(figure, true);

	for (uint32_t p = 1; !e && p <= figure->roll.count; p++) {
		uint8_t bits = figure->verdicts[p].bits;

		if (bits)
			table_count(&figure->table, &figure->roll.people[p].profile, low_of(bits), high_of(bits));
	}
	return e;
}

static enum error count_cells(struct figure *figure)
{
	if (!figure->moment.past)
		return counter_of(figure->reading->store, figure->question.qualifier, take_counter, figure);
	for (uint32_t p = 1; p <= figure->roll.count; p++)
		take_person(figure, &figure->roll.people[p].profile);
	return E_OK;
}

enum error figure_count(struct figure *figure)
{
	const struct question *question = &figure->question;
	bool presence = question_is_of_presence(question), by_session = question->by == dimension_session;
	enum error e = E_OK;

	if (is_counted(figure))
		return count_attended(figure);
	if (presence || by_session || figure->moment.past)
		e = call_roll(figure);
	if (e || presence)
		return e ? e : count_presence(figure);
	if (by_session)
		e = judge_wholes(figure, true);
	return e ? e : count_cells(figure);
}
