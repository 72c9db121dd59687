/* Answers what a figure is: the headline, a page of its lines, and what could still change it. */
#include "workers/figure.h"
#include "workers/unresolved.h"

static void tell_question(const struct figure *figure, struct figures_report *out)
{
	const struct question *question = &figure->question;

	out->event = figure->reading->event;
	out->at = figure->moment.at;
	out->as_of = figure->moment.as_of;
	out->ledger = figure->moment.ledger;
	out->qualifier = question->qualifier;
	out->by = question->by;
	out->minutes = question->minutes;
	out->provisional = figure->state.stage != event_state_closed;
	if (question->day)
		out->day = question->day;
	if (question->session == SESSION_NONE)
		return;
	out->session = arena_text(figure->reading->arena, figure->state.schedule.sittings[question->session].code);
	out->not_applicable = question->qualifier == qualifier_attended && question->whole_count &&
			      question->wholes[0].need == ABSENT;
}

static enum error tell_figure(const struct figure *figure, int64_t cursor, struct figures_report *out)
{
	enum error e;

	tell_question(figure, out);
	table_headline(&figure->table, out);
	e = table_rows(&figure->table, cursor == ABSENT ? 0 : cursor, figure->reading->arena, &out->rows, &out->cursor);
	return e ? e : unresolved_counts(figure->reading, &figure->moment, &figure->state, &out->unresolved);
}

enum error read_figures(struct reading *reading, const struct figures_query *in, struct figures_report *out)
{
	struct figure figure;
	enum error e = figure_open(&figure, reading, in, false);

	if (!e)
		e = figure_count(&figure);
	if (!e)
		e = tell_figure(&figure, in->cursor, out);
	figure_close(&figure);
	return e;
}
