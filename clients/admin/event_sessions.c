/* Reads the sessions of a meeting's file, their agenda items and the people printed in them. */
#include "clients/admin/event_file.h"

#include <stdio.h>

#include "schema/schedule.h"

static const struct session_line *standing_session(const struct event_file *file, struct text code,
						   uint32_t *position)
{
	for (uint32_t i = 0; file->standing && i < file->standing->sessions.count; i++) {
		*position = i + 1;
		if (text_equal(LIST_AT(file->standing->sessions, session_line, i)->session, code))
			return LIST_AT(file->standing->sessions, session_line, i);
	}
	return NULL;
}

/* What stands is where a merged session begins. */
static void take_standing(const struct session_line *line, uint32_t position,
			  struct session_plan *plan)
{
	plan->position = position;
	plan->day = line->day;
	plan->room = line->room;
	plan->type = line->type;
	plan->counts = line->counts;
	plan->title_en = line->title_en;
	plan->title_fr = line->title_fr;
	plan->title_ar = line->title_ar;
	plan->starts = line->starts;
	plan->ends = line->ends;
	plan->continues = line->continues;
	plan->capacity = line->capacity;
	plan->admits = line->admits;
	plan->invented = line->invented;
}

static const char *date_of(const struct event_file *file, int64_t day)
{
	const struct list *days = file->plan.days.count ? &file->plan.days
		: file->standing ? &file->standing->days : NULL;

	for (uint32_t i = 0; days && i < days->count; i++)
		if (LIST_AT(*days, day_plan, i)->day == day)
			return arena_text(file->source.arena, LIST_AT(*days, day_plan, i)->date).at;
	return NULL;
}

/* "14:00" on the session's day; what is not printed stays as it is. */
static bool read_time(struct event_file *file, const json_t *item, const char *where,
		      const char *key, int64_t day, int64_t *ms)
{
	struct source *s = &file->source;
	struct text time = source_text(s, item, where, key);
	const char *date;

	if (!time.at)
		return !s->wrong;
	if (day == ABSENT)
		return source_blame(s, where, "it has a %s but no day.", key);
	date = date_of(file, day);
	if (!date)
		return source_blame(s, where, "the event has no day %d.",
				    (int)(day > 9999 || day < 0 ? 0 : day));
	if (zone_to_utc(file->zone, date, time.at, ms))
		return source_blame(s, where, "%s: a time such as \"14:00\" is expected.", key);
	return true;
}

static void read_text(struct source *s, const json_t *item, const char *where, const char *key,
		      struct text *to)
{
	struct text text = source_text(s, item, where, key);

	if (text.at)
		*to = text;
}

static void read_number(struct source *s, const json_t *item, const char *where, const char *key,
			int64_t *to)
{
	int64_t number = source_number(s, item, where, key);

	if (number != ABSENT)
		*to = number;
}

static bool read_type(struct source *s, const json_t *item, const char *where,
		      struct session_plan *plan)
{
	struct text word = source_text(s, item, where, "type");

	if (word.at)
		plan->type = vocabulary_value(&vocabulary_session_type, word);
	if (s->wrong || plan->type)
		return !s->wrong;
	return source_blame(
		s, where,
		"type: registration, opening, presentation, panel, plenary, roundtable, board, "
		"bilateral, workshop, closing, break or social is expected.");
}

static bool read_plan(struct event_file *file, const json_t *item, const char *where,
		      struct session_plan *plan)
{
	struct source *s = &file->source;
	struct text unknown;

	read_number(s, item, where, "position", &plan->position);
	read_number(s, item, where, "day", &plan->day);
	read_number(s, item, where, "capacity", &plan->capacity);
	read_text(s, item, where, "room", &plan->room);
	read_text(s, item, where, "title_en", &plan->title_en);
	read_text(s, item, where, "title_fr", &plan->title_fr);
	read_text(s, item, where, "title_ar", &plan->title_ar);
	read_text(s, item, where, "continues", &plan->continues);
	read_text(s, item, where, "admits", &plan->admits);
	plan->invented = source_bool(s, item, where, "invented") || plan->invented;
	if (!read_type(s, item, where, plan) ||
	    !read_time(file, item, where, "start", plan->day, &plan->starts) ||
	    !read_time(file, item, where, "end", plan->day, &plan->ends))
		return false;
	plan->counts = session_type_counts(plan->type);
	schedule_admits(plan->admits, &unknown);
	if (unknown.at)
		return source_blame(s, where, "admits: %.*s is no category.",
				    (int)(unknown.size < 64 ? unknown.size : 64), unknown.at);
	return source_check(s, where, &message_session_plan, plan);
}

static bool read_agenda(struct event_file *file, const json_t *item, const char *where,
			const char *key, struct text session)
{
	struct source *s = &file->source;
	const json_t *list = source_list(s, item, where, key);
	struct agenda_item *items =
		source_grow(s, &file->plan.agenda, &message_agenda_item, json_array_size(list));

	for (uint32_t i = 0; items && i < json_array_size(list); i++) {
		const json_t *text = json_array_get(list, i);

		if (!json_is_string(text))
			return source_blame(s, where, "%s: a list of texts is expected.", key);
		items[i] = (struct agenda_item){.session = session, .position = i + 1,
			.text = {json_string_value(text), (uint32_t)json_string_length(text)}};
		if (!source_check(s, where, &message_agenda_item, &items[i]))
			return false;
	}
	return !s->wrong;
}

/* A printed person is told by its key in "persons"; an organisation stands for itself. */
static bool read_part(struct event_file *file, const json_t *item, const char *where,
		      struct role_plan *role)
{
	struct source *s = &file->source;
	const json_t *person;
	struct text given, family;

	role->key = source_text(s, item, where, "person_id");
	role->organisation = source_text(s, item, where, "organisation");
	role->entity = source_text(s, item, where, "country_code");
	role->printed = role->organisation;
	if (role->key.at) {
		person = source_object(s, source_object(s, s->root, NULL, "persons"), "persons",
				       role->key.at);
		if (!person)
			return source_blame(s, where, "there is no person %.64s in \"persons\".",
					    role->key.at);
		role->printed = source_text(s, person, role->key.at, "as_printed");
		read_text(s, person, role->key.at, "organisation", &role->organisation);
		read_text(s, person, role->key.at, "country_code", &role->entity);
		given = source_text(s, person, role->key.at, "given_name");
		family = source_text(s, person, role->key.at, "family_name");
		if (given.at || family.at)
			role->name = arena_printf(s->arena, "%s%s%s", given.at ? given.at : "",
						  given.at && family.at ? " " : "",
						  family.at ? family.at : "");
		if (!role->printed.at)
			role->printed = role->name;
	}
	return source_check(s, where, &message_role_plan, role);
}

static bool read_roles(struct event_file *file, const json_t *item, const char *where,
		       struct text session)
{
	static const struct { const char *key; enum programme_role role; } parts[] = {
		{"chairs", programme_role_chair}, {"moderators", programme_role_moderator},
		{"speakers", programme_role_speaker}, {"attendees", programme_role_attendee},
		{"parties", programme_role_party},
	};
	struct source *s = &file->source;
	int64_t position = 0;

	for (size_t k = 0; k < sizeof(parts) / sizeof(*parts); k++) {
		const json_t *list = source_list(s, item, where, parts[k].key);
		struct role_plan *roles = source_grow(s, &file->plan.roles, &message_role_plan,
						      json_array_size(list));

		for (size_t i = 0; roles && i < json_array_size(list); i++) {
			roles[i].session = session;
			roles[i].role = parts[k].role;
			roles[i].position = ++position;
			if (!read_part(file, json_array_get(list, i), where, &roles[i]))
				return false;
		}
	}
	return !s->wrong;
}

static bool read_session(struct event_file *file, const json_t *item, uint32_t index,
			 struct session_plan *plan)
{
	struct source *s = &file->source;
	const struct session_line *line;
	uint32_t position = 0;
	char where[80];

	snprintf(where, sizeof(where), "sessions[%u]", index);
	plan->session = source_text(s, item, where, "session_id");
	if (!plan->session.at)
		return source_blame(s, where, "session_id: a text such as \"D1-06\" is expected.");
	snprintf(where, sizeof(where), "session %.40s", plan->session.at);
	for (uint32_t i = 0; i < index; i++)
		if (text_equal(LIST_AT(file->plan.sessions, session_plan, i)->session,
			       plan->session))
			return source_blame(s, where, "it stands twice in the file.");
	line = standing_session(file, plan->session, &position);
	if (line)
		take_standing(line, position, plan);
	else
		plan->position = position + index + 1;
	return read_plan(file, item, where, plan) &&
	       read_agenda(file, item, where, "agenda_items_fr", plan->session) &&
	       read_agenda(file, item, where, "agenda_items", plan->session) &&
	       read_roles(file, item, where, plan->session);
}

bool event_sessions_read(struct event_file *file)
{
	struct source *s = &file->source;
	const json_t *list = source_list(s, s->root, NULL, "sessions");
	struct session_plan *plans;

	if (!list)
		return !s->wrong;
	plans = source_grow(s, &file->plan.sessions, &message_session_plan, json_array_size(list));
	for (uint32_t i = 0; plans && i < json_array_size(list); i++)
		if (!read_session(file, json_array_get(list, i), i, &plans[i]))
			return false;
	return !s->wrong;
}
