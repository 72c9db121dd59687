/* Where each person is counted. Lines by country, group and kind go by what is represented, others by the person. */
#include "workers/tabulate.h"

#include <assert.h>

#include "workers/sheet.h"

enum { PAGE_ROWS = 150 };

static const char not_stated[] = "not_stated";

/* ---- classes ---- */

enum standing_class table_class(const struct state *state, uint16_t entity)
{
	if (entity == ENTITY_NONE || entity >= state->entity_count)
		return CLASS_UNSTATED;
	switch (state->entities[entity].plan.kind) {
	case entity_kind_state:
		return state->entities[entity].standing == standing_member ? CLASS_MEMBER : CLASS_OBSERVER;
	case entity_kind_institution:
		return CLASS_INSTITUTION;
	case entity_kind_other:
		return CLASS_OTHER;
	case entity_kind_none:
	case entity_kind_count:
		break;
	}
	return CLASS_UNSTATED;
}

/* A category that is not stated sits in the delegation. */
bool table_is_support(uint8_t category)
{
	switch ((enum category)category) {
	case category_interpreter:
	case category_security:
	case category_press:
	case category_driver:
	case category_secretariat:
		return true;
	case category_none:
	case category_head:
	case category_delegate:
	case category_adviser:
	case category_count:
		break;
	}
	return false;
}

/* ---- lines ---- */

static struct text class_key(enum standing_class class)
{
	static const char *const keys[CLASS_COUNT] = {
		[CLASS_MEMBER] = "state", [CLASS_OBSERVER] = "observer", [CLASS_INSTITUTION] = "institution",
		[CLASS_OTHER] = "other", [CLASS_UNSTATED] = not_stated,
	};

	return text_of(keys[class]);
}

static void lines_by_country(struct table *table)
{
	table->lines[0].key = text_of(not_stated);
	table->line_count = table->state->entity_count ? table->state->entity_count : 1;
	for (uint32_t i = 1; i < table->line_count; i++) {
		const struct entity_plan *plan = &table->state->entities[i].plan;

		table->lines[i].key = plan->entity;
		table->lines[i].name_en = plan->name_en;
		table->lines[i].name_fr = plan->name_fr;
		table->lines[i].name_ar = plan->name_ar;
		table->line_of[i] = i;
	}
}

static void lines_by_kind(struct table *table)
{
	table->line_count = CLASS_COUNT;
	for (uint32_t c = 0; c < CLASS_COUNT; c++)
		table->lines[c].key = class_key((enum standing_class)c);
	for (uint32_t i = 0; i < table->state->entity_count; i++)
		table->line_of[i] = table_class(table->state, (uint16_t)i);
	if (!table->state->entity_count)
		table->line_of[0] = CLASS_UNSTATED;
}

/* Groups of member states as they come, then everybody else apart: a rate never counts who is not in the base. */
static void lines_by_group(struct table *table)
{
	uint32_t count = 0;

	for (uint32_t i = 1; i < table->state->entity_count; i++) {
		const struct text region = table->state->entities[i].plan.region;
		struct text key = region.at ? region : TEXT("no_group");
		uint32_t line = 0;

		if (table_class(table->state, (uint16_t)i) != CLASS_MEMBER)
			continue;
		while (line < count && !text_equal(table->lines[line].key, key))
			line++;
		if (line == count)
			table->lines[count++].key = key;
		table->line_of[i] = line;
	}
	table->line_count = count + CLASS_COUNT - 1;
	for (uint32_t c = CLASS_MEMBER + 1; c < CLASS_COUNT; c++)
		table->lines[count + c - 1].key = class_key((enum standing_class)c);
	for (uint32_t i = 0; i < table->state->entity_count || i == 0; i++) {
		enum standing_class class = table_class(table->state, (uint16_t)i);

		if (class != CLASS_MEMBER)
			table->line_of[i] = count + (uint32_t)class - 1;
	}
}

static const struct vocabulary *vocabulary_of(enum dimension by)
{
	switch (by) {
	case dimension_category:
		return &vocabulary_category;
	case dimension_level:
		return &vocabulary_level;
	case dimension_gender:
		return &vocabulary_gender;
	case dimension_language:
		return &vocabulary_language;
	case dimension_none:
	case dimension_country:
	case dimension_group:
	case dimension_kind:
	case dimension_session:
	case dimension_day:
	case dimension_count:
		break;
	}
	return NULL;
}

/* Line 0 is what is not stated. */
static void lines_by_word(struct table *table)
{
	const struct vocabulary *vocabulary = vocabulary_of(table->by);

	table->line_count = vocabulary->count;
	table->lines[0].key = text_of(not_stated);
	for (uint32_t i = 1; i < vocabulary->count; i++)
		table->lines[i].key = text_of(vocabulary->words[i]);
}

static enum error give_states(struct table *table)
{
	for (uint32_t i = 0; i < table->line_count; i++) {
		table->lines[i].states = arena_alloc(table->arena, (size_t)table->state->entity_count + 1);
		if (!table->lines[i].states)
			return E_NO_MEMORY;
	}
	return E_OK;
}

enum error table_init(struct table *table, const struct state *state, struct arena *arena, enum dimension by,
		      uint32_t own_lines, bool without_host)
{
	const struct vocabulary *vocabulary = vocabulary_of(by);
	uint32_t room = state->entity_count + CLASS_COUNT;

	*table = (struct table){.state = state, .arena = arena, .by = by};
	if (without_host)
		table->left_out = state_entity_by_code(state, state->host);
	if (by == dimension_session || by == dimension_day)
		room = own_lines;
	else if (vocabulary)
		room = vocabulary->count;
	table->lines = arena_alloc(arena, (room + 1) * sizeof *table->lines);
	table->line_of = arena_alloc(arena, (state->entity_count + 1) * sizeof *table->line_of);
	table->entities = arena_alloc(arena, (size_t)state->entity_count + 1);
	if (!table->lines || !table->line_of || !table->entities)
		return E_NO_MEMORY;
	if (by == dimension_country)
		lines_by_country(table);
	else if (by == dimension_kind)
		lines_by_kind(table);
	else if (by == dimension_group)
		lines_by_group(table);
	else if (vocabulary)
		lines_by_word(table);
	else
		table->line_count = own_lines;
	return by == dimension_country || by == dimension_kind || by == dimension_group ? E_OK : give_states(table);
}

int64_t table_find_line(const struct table *table, struct text key)
{
	for (uint32_t i = 0; i < table->line_count; i++)
		if (text_equal(table->lines[i].key, key))
			return i;
	return LINE_NONE;
}

int64_t table_line_of(const struct table *table, const struct profile *who)
{
	switch (table->by) {
	case dimension_country:
	case dimension_group:
	case dimension_kind:
		return table->line_of[who->entity];
	case dimension_category:
		return who->category;
	case dimension_level:
		return who->level;
	case dimension_gender:
		return who->gender;
	case dimension_language:
		return who->language;
	case dimension_none:
	case dimension_session:
	case dimension_day:
	case dimension_count:
		break;
	}
	return LINE_NONE;
}

/* ---- counting ---- */

bool table_leaves_out(const struct table *table, const struct profile *who)
{
	return table->left_out != ENTITY_NONE && who->entity == table->left_out;
}

static void add(struct span *span, int64_t low, int64_t high)
{
	span->low += low;
	span->high += high;
}

static uint8_t represented(int64_t low, int64_t high)
{
	return (uint8_t)((low > 0 ? REPRESENTED_LOW : 0) | (high > 0 ? REPRESENTED_HIGH : 0));
}

/* The member state of a second representation that was accepted. */
static uint16_t also_state(const struct table *table, const struct profile *who)
{
	return who->also != table->left_out && who->also != who->entity &&
	       table_class(table->state, who->also) == CLASS_MEMBER ? who->also : ENTITY_NONE;
}

/* Marks the states that these persons represent: by a delegation's members, or as a second representation. */
static void mark_states(const struct table *table, uint8_t *states, const struct profile *who, uint8_t bits)
{
	uint16_t also = also_state(table, who);

	if (!table_is_support(who->category) && table_class(table->state, who->entity) == CLASS_MEMBER)
		states[who->entity] |= bits;
	if (also != ENTITY_NONE)
		states[also] |= bits;
}

static void count_in(struct table *table, struct table_line *line, const struct profile *who, int64_t low,
		     int64_t high)
{
	add(&line->persons, low, high);
	if (table_is_support(who->category))
		add(&line->support, low, high);
	if (line->states)
		mark_states(table, line->states, who, represented(low, high));
}

void table_count_line(struct table *table, uint32_t line, const struct profile *who, int64_t low, int64_t high)
{
	assert(line < table->line_count);
	if (!table_leaves_out(table, who))
		count_in(table, &table->lines[line], who, low, high);
}

void table_count(struct table *table, const struct profile *who, int64_t low, int64_t high)
{
	enum standing_class class = table_class(table->state, who->entity);
	int64_t line = table_line_of(table, who);
	uint16_t also = also_state(table, who);

	if (table_leaves_out(table, who))
		return;
	add(&table->total, low, high);
	mark_states(table, table->entities, who, represented(low, high));
	if (table_is_support(who->category)) {
		add(&table->support, low, high);
	} else {
		add(&table->classes[class], low, high);
		table->entities[who->entity] |= represented(low, high);
	}
	if (line != LINE_NONE)
		count_in(table, &table->lines[line], who, low, high);
	if (table->by == dimension_country && also != ENTITY_NONE)
		add(&table->lines[also].also, low, high);
}

/* ---- telling ---- */

/* Entities of a class with somebody counted; with `line`, those of that line alone. */
static struct span count_entities(const struct table *table, enum standing_class class, int64_t line)
{
	struct span span = {0, 0};

	for (uint32_t i = 1; i < table->state->entity_count; i++) {
		if (table_class(table->state, (uint16_t)i) != class)
			continue;
		if (line != LINE_NONE && table->line_of[i] != line)
			continue;
		add(&span, !!(table->entities[i] & REPRESENTED_LOW), !!(table->entities[i] & REPRESENTED_HIGH));
	}
	return span;
}

static int64_t in_good_standing(const struct table *table, int64_t line)
{
	int64_t count = 0;

	for (uint32_t i = 1; i < table->state->entity_count; i++)
		count += table_class(table->state, (uint16_t)i) == CLASS_MEMBER && i != table->left_out &&
			 (line == LINE_NONE || table->line_of[i] == line);
	return count;
}

void table_headline(const struct table *table, struct figures_report *report)
{
	const struct span *persons = table->classes;
	struct span entities[CLASS_COUNT];

	for (uint32_t c = 0; c < CLASS_COUNT; c++)
		entities[c] = count_entities(table, (enum standing_class)c, LINE_NONE);
#define TELL(field, span) (report->field##_low = (span).low, report->field##_high = (span).high)
	TELL(representatives, persons[CLASS_MEMBER]);
	TELL(states, entities[CLASS_MEMBER]);
	TELL(observer_persons, persons[CLASS_OBSERVER]);
	TELL(observer_states, entities[CLASS_OBSERVER]);
	TELL(institution_persons, persons[CLASS_INSTITUTION]);
	TELL(institutions, entities[CLASS_INSTITUTION]);
	TELL(other_persons, persons[CLASS_OTHER]);
	TELL(others, entities[CLASS_OTHER]);
	TELL(unstated, persons[CLASS_UNSTATED]);
	TELL(support, table->support);
	TELL(total, table->total);
#undef TELL
	report->in_good_standing = in_good_standing(table, LINE_NONE);
}

static void tell_entity(const struct table *table, uint32_t entity, struct figure_row *row)
{
	const struct entity *of = &table->state->entities[entity];

	row->kind = of->plan.kind;
	row->standing = of->standing;
	row->region = of->plan.region;
	row->region_inferred = of->plan.region_inferred;
	if (of->plan.kind != entity_kind_state)
		return;
	row->also_low = table->lines[entity].also.low;
	row->also = table->lines[entity].also.high;
}

static void tell_group(const struct table *table, uint32_t line, struct figure_row *row)
{
	row->in_good_standing = in_good_standing(table, line);
	if (!row->in_good_standing && !count_entities(table, CLASS_MEMBER, line).high) {
		row->in_good_standing = ABSENT;
		return;
	}
	row->states_low = count_entities(table, CLASS_MEMBER, line).low;
	row->states_high = count_entities(table, CLASS_MEMBER, line).high;
	if (table->by != dimension_group)
		return;
	row->region = table->lines[line].key;
	for (uint32_t i = 1; i < table->state->entity_count; i++)
		if (table->line_of[i] == line && table->state->entities[i].plan.region_inferred)
			row->region_inferred = true;
}

static void tell_states(const struct table *table, const uint8_t *states, struct figure_row *row)
{
	row->states_low = row->states_high = 0;
	for (uint32_t i = 1; i < table->state->entity_count; i++) {
		row->states_low += !!(states[i] & REPRESENTED_LOW);
		row->states_high += !!(states[i] & REPRESENTED_HIGH);
	}
}

static void tell_line(const struct table *table, uint32_t number, struct figure_row *row)
{
	const struct table_line *line = &table->lines[number];

	message_clear(&message_figure_row, row);
	row->key = line->key;
	row->name_en = line->name_en;
	row->name_fr = line->name_fr;
	row->name_ar = line->name_ar;
	row->low = line->persons.low;
	row->high = line->persons.high;
	row->support_low = line->support.low;
	row->support = line->support.high;
	row->not_applicable = line->not_applicable;
	if (table->by == dimension_country && number != ENTITY_NONE)
		tell_entity(table, number, row);
	else if (table->by == dimension_group || table->by == dimension_kind)
		tell_group(table, number, row);
	else if (line->states && !line->not_applicable)
		tell_states(table, line->states, row);
}

static bool is_shown(const struct table *table, uint32_t number)
{
	const struct table_line *line = &table->lines[number];

	if (table->by != dimension_country)
		return true;
	if (table->left_out != ENTITY_NONE && number == table->left_out)
		return false;
	return table_class(table->state, (uint16_t)number) == CLASS_MEMBER || line->persons.high || line->also.high;
}

/* Member states first, then who else is there, what is not stated last. */
static enum error rows_by_class(const struct table *table, int64_t from, struct sheet *sheet)
{
	struct figure_row row;
	enum error e = E_OK;

	for (uint32_t c = 0; !e && c < CLASS_COUNT; c++) {
		for (uint32_t i = 0; !e && i < table->line_count; i++) {
			if (table_class(table->state, (uint16_t)i) != c || !is_shown(table, i) || from-- > 0)
				continue;
			tell_line(table, i, &row);
			e = sheet_add(sheet, &row);
		}
	}
	return e;
}

enum error table_rows(const struct table *table, int64_t from, struct arena *arena, struct list *rows,
		      int64_t *next)
{
	/* what is not stated is line 0 of the words, and comes last */
	uint32_t first = vocabulary_of(table->by) ? 1 : 0;
	struct sheet sheet;
	struct figure_row row;
	enum error e = sheet_init(&sheet, &message_figure_row, PAGE_ROWS, arena);

	*next = ABSENT;
	if (!e && table->by == dimension_country) {
		e = rows_by_class(table, from, &sheet);
	} else {
		for (int64_t i = from; !e && i < table->line_count; i++) {
			tell_line(table, (uint32_t)((i + first) % table->line_count), &row);
			e = sheet_add(&sheet, &row);
		}
	}
	*rows = sheet.rows;
	if (sheet.full)
		*next = from + sheet.rows.count;
	return e;
}
