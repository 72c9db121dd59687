/* A figure for programs. */
#include "clients/organiser/figures.h"

#include "clients/cli/moment.h"

/* By what was asked, not by what came of it: a reader finds the same shape at every instant. */
static bool has_ranges(const struct figure *figure)
{
	return figure->report.qualifier == qualifier_attended;
}

/* Assumed ends bear on lines by session, whatever the headline counts. */
static bool rows_have_ranges(const struct figure *figure)
{
	return has_ranges(figure) || figure->report.by == dimension_session;
}

/* Never one number where there are two. */
static json_t *number_or_pair(bool paired, int64_t low, int64_t high)
{
	return paired || low != high ? json_pack("[I,I]", (json_int_t)low, (json_int_t)high)
				     : json_integer((json_int_t)high);
}

static json_t *count(const struct figure *figure, int64_t low, int64_t high)
{
	return number_or_pair(has_ranges(figure), low, high);
}

static json_t *stamp(const struct figure *figure, int64_t ms)
{
	struct text text = moment_stamp(figure->zone, ms, figure->arena);

	return json_stringn(text.at, text.size);
}

static json_t *text(struct text view)
{
	return view.at ? json_stringn(view.at, view.size) : NULL;
}

/* Absent is left out. */
static void set(json_t *object, const char *name, json_t *value)
{
	if (value)
		json_object_set_new(object, name, value);
}

static void set_number(json_t *object, const char *name, int64_t value)
{
	if (value != ABSENT)
		json_object_set_new(object, name, json_integer((json_int_t)value));
}

static void set_word(json_t *object, const char *name, const struct vocabulary *words,
		     uint32_t value)
{
	if (value)
		json_object_set_new(object, name, json_string(vocabulary_word(words, value)));
}

static json_t *pair(const char *one, json_t *first, const char *other, json_t *second)
{
	return json_pack("{s:o, s:o}", one, first, other, second);
}

static json_t *headline(const struct figure *f)
{
	const struct figures_report *r = &f->report;
	json_t *object = json_object();

	set(object, "representatives", count(f, r->representatives_low, r->representatives_high));
	set(object, "member_states",
	    pair("represented", count(f, r->states_low, r->states_high),
		 "in_good_standing", json_integer((json_int_t)r->in_good_standing)));
	set(object, "observers",
	    pair("persons", count(f, r->observer_persons_low, r->observer_persons_high),
		 "states", count(f, r->observer_states_low, r->observer_states_high)));
	set(object, "institutions",
	    pair("persons", count(f, r->institution_persons_low, r->institution_persons_high),
		 "entities", count(f, r->institutions_low, r->institutions_high)));
	set(object, "others",
	    pair("persons", count(f, r->other_persons_low, r->other_persons_high),
		 "entities", count(f, r->others_low, r->others_high)));
	set(object, "support", count(f, r->support_low, r->support_high));
	set(object, "not_stated", count(f, r->unstated_low, r->unstated_high));
	set(object, "total", count(f, r->total_low, r->total_high));
	return object;
}

/* Left out where the line has none such, as a line that is no state has no second representations. */
static void set_pair(json_t *object, const char *key, bool paired, int64_t low, int64_t high)
{
	if (high != ABSENT)
		set(object, key, number_or_pair(paired, low == ABSENT ? high : low, high));
}

static json_t *row(const struct figure *f, const struct figure_row *r)
{
	bool paired = rows_have_ranges(f);
	json_t *object = json_object();

	set(object, "key", text(r->key));
	set_word(object, "kind", &vocabulary_entity_kind, r->kind);
	set_word(object, "standing", &vocabulary_standing, r->standing);
	set(object, "name_en", text(r->name_en));
	set(object, "name_fr", text(r->name_fr));
	set(object, "name_ar", text(r->name_ar));
	set(object, "region", text(r->region));
	if (r->region_inferred)
		set(object, "region_inferred", json_true());
	set(object, "persons", number_or_pair(paired, r->low, r->high));
	set_pair(object, "support", paired, r->support_low, r->support);
	set_pair(object, "also", paired, r->also_low, r->also);
	if (r->states_low != ABSENT)
		set(object, "states", number_or_pair(paired, r->states_low, r->states_high));
	set_number(object, "in_good_standing", r->in_good_standing);
	if (r->not_applicable)
		set(object, "not_applicable", json_true());
	return object;
}

static json_t *rows(const struct figure *figure)
{
	json_t *array = json_array();

	for (uint32_t i = 0; i < figure->report.rows.count; i++)
		json_array_append_new(array,
				      row(figure, LIST_AT(figure->report.rows, figure_row, i)));
	return array;
}

static json_t *unresolved(const struct figure *figure)
{
	json_t *object = json_object();

	for (uint32_t i = 0; i < figure->report.unresolved.count; i++) {
		const struct unresolved_count *one =
			LIST_AT(figure->report.unresolved, unresolved_count, i);

		set(object, vocabulary_word(&vocabulary_flag, one->flag),
		    json_integer((json_int_t)one->count));
	}
	return object;
}

json_t *figure_json(const struct figure *figure)
{
	const struct figures_report *r = &figure->report;
	json_t *object = json_object();

	set(object, "event", text(r->event));
	set(object, "at", stamp(figure, r->at));
	set(object, "as_of", stamp(figure, r->as_of));
	set_word(object, "qualifier", &vocabulary_qualifier, r->qualifier);
	set_number(object, "minutes", r->minutes);
	set_word(object, "by", &vocabulary_dimension, r->by);
	set(object, "session", text(r->session));
	set(object, "room", text(figure->query->room));
	set_number(object, "day", r->day);
	set(object, "without_host", json_boolean(figure->query->without_host));
	set(object, "provisional", json_boolean(r->provisional));
	set(object, "not_applicable", json_boolean(r->not_applicable));
	set_number(object, "ledger", r->ledger);
	set(object, "headline", headline(figure));
	set(object, "rows", rows(figure));
	set(object, "unresolved", unresolved(figure));
	return object;
}
