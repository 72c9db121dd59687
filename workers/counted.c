/* Answers who is behind a figure or one line of it. Names are those of then. */
#include "workers/figure.h"
#include "workers/sheet.h"
#include "workers/store.h"

enum { PAGE_PEOPLE = 100 };
#define MINUTE INT64_C(60000)

static enum error unknown_line(struct reading *reading, const struct question *question, struct text line)
{
	reading->detail = arena_printf(reading->arena, "line: %.*s is no line of this figure; its rows say which there "
				       "are, by their key.", (int)line.size, line.at);
	switch (question->by) {
	case dimension_country:
		return E_UNKNOWN_ENTITY;
	case dimension_session:
		return E_UNKNOWN_SESSION;
	case dimension_none:
	case dimension_group:
	case dimension_kind:
	case dimension_category:
	case dimension_level:
	case dimension_gender:
	case dimension_language:
	case dimension_day:
	case dimension_count:
		break;
	}
	return E_MALFORMED;
}

/* By session and day a line is a question of its own; by anything else it is some of the persons of the whole one. */
static enum error judge_line(struct figure *figure, const struct figures_query *in, int64_t *line)
{
	*line = LINE_NONE;
	if (!in->line.at)
		return figure_judge(figure, false);
	*line = table_find_line(&figure->table, in->line);
	if (*line == LINE_NONE)
		return unknown_line(figure->reading, &figure->question, in->line);
	if (figure->question.by != dimension_session)
		return figure_judge(figure, false);
	question_narrow(&figure->question, &figure->state, (uint32_t)*line);
	*line = LINE_NONE;
	return figure_judge(figure, true);
}

/* A country's line names those too who represent it besides. */
static bool is_in_line(const struct figure *figure, int64_t line, const struct profile *who)
{
	if (table_leaves_out(&figure->table, who))
		return false;
	if (line == LINE_NONE || table_line_of(&figure->table, who) == line)
		return true;
	return figure->question.by == dimension_country && who->also != ENTITY_NONE && who->also == line;
}

static struct text entity_code(const struct state *state, uint16_t entity)
{
	return entity ? state->entities[entity].plan.entity : (struct text){0};
}

static enum error tell_name(const struct figure *figure, struct person_line *out)
{
	struct name_row name;
	bool found;
	enum error e = name_until(figure->reading->store, out->person, figure->moment.ledger, figure->reading->arena,
				  &name, &found);

	if (e || !found)
		return e;
	out->name = name.name;
	out->arabic = name.arabic;
	out->honorific = name.honorific;
	out->function = name.function;
	out->organisation = name.organisation;
	return E_OK;
}

static enum error tell_person(const struct figure *figure, uint32_t number, struct person_line *out)
{
	const struct state *state = &figure->state;
	const struct person *person = &state->persons[number];
	const struct badge *badge = state_badge_in_force(state, person);

	message_clear(&message_person_line, out);
	out->person = number;
	out->entity = entity_code(state, person->stands_for.entity);
	out->also = entity_code(state, person->stands_for.also);
	out->category = (enum category)person->stands_for.category;
	out->level = (enum level)person->stands_for.level;
	out->gender = (enum gender)person->stands_for.gender;
	out->language = (enum language)person->stands_for.language;
	out->state = person->state;
	out->walk_in = person->walk_in;
	out->remote = person->remote;
	if (person->check_in_days)
		out->checked_in = 64 - __builtin_clzll(person->check_in_days);
	if (badge)
		out->badge = badge->code;
	if (figure->question.qualifier == qualifier_attended) {
		out->low = figure->verdicts[number].ms.low / MINUTE;
		out->high = figure->verdicts[number].ms.high / MINUTE;
	}
	return tell_name(figure, out);
}

static enum error tell_people(const struct figure *figure, int64_t line, int64_t cursor, struct people_counted *out)
{
	int64_t last = cursor == ABSENT ? 0 : cursor; /* of the page before */
	struct sheet sheet;
	enum error e = sheet_init(&sheet, &message_person_line, PAGE_PEOPLE, figure->reading->arena);

	if (last >= figure->roll.count)
		return e;
	for (uint32_t p = (uint32_t)last + 1; !e && !sheet.full && p <= figure->roll.count; p++) {
		struct person_line row;

		if (!(figure->verdicts[p].bits & REPRESENTED_HIGH) ||
		    !is_in_line(figure, line, &figure->roll.people[p].profile))
			continue;
		if (!(e = tell_person(figure, p, &row)))
			e = sheet_add(&sheet, &row);
	}
	out->people = sheet.rows;
	if (sheet.full)
		out->cursor = LIST_AT(sheet.rows, person_line, sheet.rows.count - 1)->person;
	return e;
}

/* A day's line is the figure of that day. */
static struct figures_query of_the_day(const struct figures_query *in)
{
	struct figures_query query = *in;
	int64_t day = 0;

	if (in->by != dimension_day || !in->line.at || in->line.size > 3)
		return query;
	for (uint32_t i = 0; i < in->line.size; i++) {
		if (in->line.at[i] < '0' || in->line.at[i] > '9')
			return query;
		day = day * 10 + in->line.at[i] - '0';
	}
	query.day = day;
	query.line = (struct text){0};
	return query;
}

enum error read_people(struct reading *reading, const struct figures_query *in, struct people_counted *out)
{
	const struct figures_query query = of_the_day(in);
	struct figure figure;
	int64_t line;
	enum error e = figure_open(&figure, reading, &query, true);

	if (!e && !(e = judge_line(&figure, &query, &line))) {
		out->at = figure.moment.at;
		out->as_of = figure.moment.as_of;
		e = tell_people(&figure, line, in->cursor, out);
	}
	figure_close(&figure);
	return e;
}
