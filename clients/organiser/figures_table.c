/* A figure for people to read, and its rows as CSV. */
#include "clients/organiser/figures.h"

#include <inttypes.h>

#include "clients/cli/cell.h"
#include "clients/cli/grid.h"
#include "clients/cli/moment.h"
#include "schema/message_field.h"

struct text figure_range(int64_t low, int64_t high, struct arena *arena)
{
	if (low == high)
		return arena_printf(arena, "%" PRId64, low);
	return arena_printf(arena, "%" PRId64 "–%" PRId64, low, high);
}

/* Each qualifier in words. */
static struct text counted(const struct figure *figure)
{
	const struct figures_report *r = &figure->report;

	switch (r->qualifier) {
	case qualifier_nominated:
		return TEXT("nominated");
	case qualifier_registered:
		return TEXT("registered");
	case qualifier_accredited:
		return TEXT("accredited");
	case qualifier_walk_in:
		return TEXT("who walked in");
	case qualifier_no_show:
		return TEXT("who did not come");
	case qualifier_checked_in:
		return TEXT("checked in");
	case qualifier_seen:
		return TEXT("seen");
	case qualifier_present:
		return TEXT("present");
	case qualifier_attended:
		if (r->minutes == ABSENT)
			return TEXT("who attended at least half the session");
		return arena_printf(figure->arena, "who attended at least %" PRId64 " minutes",
				    r->minutes);
	case qualifier_none:
	case qualifier_count:
		break;
	}
	return TEXT("counted");
}

void figure_heading(const struct figure *figure, FILE *out)
{
	const struct figures_report *r = &figure->report;
	struct text words = counted(figure);
	struct text at = moment_show(figure->zone, r->at, figure->arena);
	struct text as_of = moment_show(figure->zone, r->as_of, figure->arena);

	fprintf(out, "%.*s: persons %.*s", (int)r->event.size, r->event.at, (int)words.size,
		words.at);
	if (r->session.at)
		fprintf(out, ", session %.*s", (int)r->session.size, r->session.at);
	if (figure->query->room.at)
		fprintf(out, ", room %.*s", (int)figure->query->room.size, figure->query->room.at);
	if (r->day != ABSENT)
		fprintf(out, ", day %" PRId64, r->day);
	fprintf(out, ", by %s%s\n", vocabulary_word(&vocabulary_dimension, r->by),
		figure->query->without_host ? ", without the host state" : "");
	fprintf(out, "at %.*s, as of %.*s%s, ledger %" PRId64 ", %s\n", (int)at.size, at.at,
		(int)as_of.size, as_of.at, figure->zone ? "" : " UTC", r->ledger,
		r->provisional ? "provisional: the event has not closed" : "final");
	if (r->not_applicable)
		fprintf(out, "not applicable: the session has no planned times, so there is no "
			     "share to attend\n");
}

/* ---- rows ---- */

static const struct grid_column columns[] = {
	{"key", false, 0}, {"name", false, 60}, {"kind", false, 0}, {"standing", false, 0},
	{"group", false, 0}, {"persons", true, 0}, {"support", true, 0}, {"also", true, 0},
	{"states", true, 0}, {"in good standing", true, 0}, {"", false, 0},
};

enum { COLUMNS = sizeof(columns) / sizeof(*columns) };

static struct text name_of(const struct figure_row *row)
{
	if (row->name_en.at)
		return row->name_en;
	return row->name_fr.at ? row->name_fr : row->name_ar;
}

static struct text number(int64_t value, struct arena *arena)
{
	return value == ABSENT ? (struct text){NULL, 0} : arena_printf(arena, "%" PRId64, value);
}

/* Nothing where nothing is to be said: most states have neither support staff nor second
 * representations. */
static struct text number_unless_zero(int64_t value, struct arena *arena)
{
	return value == 0 ? (struct text){NULL, 0} : number(value, arena);
}

static void add_row(struct grid *grid, const struct figure_row *row, struct arena *arena)
{
	const struct text nothing = {NULL, 0};
	struct text region = row->region;

	if (region.at && row->region_inferred)
		region = arena_printf(arena, "%.*s (inferred)", (int)region.size, region.at);
	grid_add(grid, (struct text[COLUMNS]){
		row->key,
		name_of(row),
		text_of(vocabulary_word(&vocabulary_entity_kind, row->kind)),
		text_of(vocabulary_word(&vocabulary_standing, row->standing)),
		region,
		row->not_applicable ? TEXT("n/a") : figure_range(row->low, row->high, arena),
		number_unless_zero(row->support, arena),
		number_unless_zero(row->also, arena),
		row->states_low == ABSENT ? nothing
					  : figure_range(row->states_low, row->states_high, arena),
		number(row->in_good_standing, arena),
		row->region_inferred && !row->region.at ? TEXT("partly inferred") : nothing,
	});
}

static void print_rows(const struct figure *figure, FILE *out)
{
	struct arena arena = {0};
	struct grid grid;

	grid_start(&grid, columns, COLUMNS);
	for (uint32_t i = 0; i < figure->report.rows.count; i++) {
		add_row(&grid, LIST_AT(figure->report.rows, figure_row, i), &arena);
		arena_reset(&arena);
	}
	grid_print(&grid, out);
	grid_free(&grid);
	arena_free(&arena);
}

/* ---- headline ---- */

static void print_line(const struct figure *figure, FILE *out, const char *name, int64_t low,
		       int64_t high, const char *behind)
{
	struct text range = figure_range(low, high, figure->arena);

	fprintf(out, "%-16s %.*s%s\n", name, (int)range.size, range.at, behind);
}

static void print_line_from(const struct figure *figure, FILE *out, const char *name,
			    const int64_t counts[4], const char *what)
{
	struct text from = figure_range(counts[2], counts[3], figure->arena);
	char behind[120];

	snprintf(behind, sizeof(behind), ", %s: %.*s", what, (int)from.size, from.at);
	print_line(figure, out, name, counts[0], counts[1], behind);
}

/* "open_interval: 4, conflict: 1". */
static struct text unresolved(const struct figure *figure)
{
	const struct list *list = &figure->report.unresolved;
	struct text words = {0};

	for (uint32_t i = 0; i < list->count; i++) {
		const struct unresolved_count *one = LIST_AT(*list, unresolved_count, i);

		words = arena_printf(figure->arena, "%.*s%s%s: %" PRId64, (int)words.size, i ? words.at : "",
				     i ? ", " : "", vocabulary_word(&vocabulary_flag, one->flag), one->count);
	}
	return words.at ? words : TEXT("nothing");
}

void figure_table(const struct figure *figure, FILE *out)
{
	const struct figures_report *r = &figure->report;
	char standing[64];

	figure_heading(figure, out);
	fputc('\n', out);
	print_rows(figure, out);
	fputc('\n', out);
	print_line(figure, out, "representatives", r->representatives_low, r->representatives_high,
		   "");
	snprintf(standing, sizeof(standing), " of %" PRId64 " in good standing",
		 r->in_good_standing);
	print_line(figure, out, "member states", r->states_low, r->states_high, standing);
	print_line_from(figure, out, "observers",
			(int64_t[]){r->observer_persons_low, r->observer_persons_high,
				    r->observer_states_low, r->observer_states_high},
			"observer states");
	print_line_from(figure, out, "institutions",
			(int64_t[]){r->institution_persons_low, r->institution_persons_high,
				    r->institutions_low, r->institutions_high},
			"institutions");
	print_line_from(figure, out, "others",
			(int64_t[]){r->other_persons_low, r->other_persons_high, r->others_low,
				    r->others_high},
			"other organisations");
	print_line(figure, out, "not stated", r->unstated_low, r->unstated_high, "");
	print_line(figure, out, "support", r->support_low, r->support_high, "");
	print_line(figure, out, "total", r->total_low, r->total_high, "");
	fprintf(out, "%-16s %.*s\n", "unresolved", (int)unresolved(figure).size, unresolved(figure).at);
}

/* What each line of a sheet repeats, so that it still says what it counts when it is cut out. */
static const char *const repeated[] = {"qualifier", "minutes", "session", "day", "at", "as_of", "provisional"};
enum { REPEATED = sizeof repeated / sizeof *repeated };

static void csv_repeated(const struct figure *figure, struct arena *arena, FILE *out)
{
	for (uint32_t i = 0; i < REPEATED; i++)
		cell_csv(out, cell_write(field_find(&message_figures_report, text_of(repeated[i]), 0),
					 &figure->report, CELL_EXACT, figure->zone, arena), false);
	cell_csv(out, unresolved(figure), true);
}

void figure_csv(const struct figure *figure, FILE *out)
{
	const struct message *m = &message_figure_row;
	struct arena arena = {0};

	for (uint32_t i = 0; i < m->count; i++)
		cell_csv(out, text_of(m->fields[i].name), false);
	for (uint32_t i = 0; i < REPEATED; i++)
		cell_csv(out, text_of(repeated[i]), false);
	cell_csv(out, TEXT("unresolved"), true);
	for (uint32_t k = 0; k < figure->report.rows.count; k++) {
		for (uint32_t i = 0; i < m->count; i++)
			cell_csv(out,
				 cell_write(&m->fields[i],
					    LIST_AT(figure->report.rows, figure_row, k), CELL_EXACT,
					    NULL, &arena),
				 false);
		csv_repeated(figure, &arena, out);
		arena_reset(&arena);
	}
	arena_free(&arena);
}
