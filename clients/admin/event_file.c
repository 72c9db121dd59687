/* Reads a meeting's file: the event, its days, rooms and entities. */
#include "clients/admin/event_file.h"

#include <stdio.h>

#include "schema/event_id.h"
#include "schema/message_json.h"

/* As printed, or else as the organisation writes it elsewhere. */
static struct text name_in(struct source *s, const json_t *event, const char *language)
{
	const json_t *printed = source_object(s, event, "event", "names");
	const json_t *external = source_object(s, event, "event", "names_external");
	struct text name = source_text(s, printed, "event.names", language);

	return name.at ? name : source_text(s, external, "event.names_external", language);
}

static void read_zone(struct event_file *file, const json_t *event)
{
	struct source *s = &file->source;
	const json_t *zone = json_object_get(event, "timezone");

	if (!zone || json_is_null(zone))
		return;
	file->plan.zone = json_is_string(zone)
				  ? source_text(s, event, "event", "timezone")
				  : source_text(s, source_object(s, event, "event", "timezone"),
						"event.timezone", "value");
	if (!file->plan.zone.at)
		return;
	file->zone = zone_open(file->plan.zone.at);
	if (!file->zone)
		source_blame(s, "event.timezone",
			     "there is no time zone %.*s; write its IANA name, such as "
			     "Africa/Casablanca.",
			     (int)(file->plan.zone.size < 64 ? file->plan.zone.size : 64),
			     file->plan.zone.at);
}

/* "en ar fr", as the service takes them. */
static struct text read_languages(struct source *s, const json_t *event)
{
	const json_t *list = source_list(s, event, "event", "interpretation");
	struct text words = {0};

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *word = json_string_value(json_array_get(list, i));

		if (!word) {
			source_blame(s, "event.interpretation", "codes of languages such as \"ar\" are expected.");
			return words;
		}
		words = arena_printf(s->arena, "%.*s%s%s", (int)words.size, words.at ? words.at : "",
				     words.at ? " " : "", word);
	}
	return words;
}

bool event_file_open(struct event_file *file, const char *path, struct arena *arena)
{
	struct source *s = &file->source;
	const json_t *event;

	message_clear(&message_load, &file->plan);
	if (!source_open(s, path, arena))
		return false;
	event = source_object(s, s->root, NULL, "event");
	if (!event)
		return source_blame(s, NULL, "the object \"event\" is missing.");
	file->plan.event = source_text(s, event, "event", "id");
	if (!event_id_is_valid(file->plan.event))
		return source_blame(s, "event.id",
				    "1 to 64 of the characters a-z, 0-9 and - are expected.");
	file->plan.name_en = name_in(s, event, "en");
	file->plan.name_fr = name_in(s, event, "fr");
	file->plan.name_ar = name_in(s, event, "ar");
	file->plan.city = source_text(s, event, "event", "city");
	file->plan.host = source_text(s, event, "event", "country_code");
	file->plan.languages = read_languages(s, event);
	read_zone(file, event);
	return !s->wrong && source_check(s, "event", &message_load, &file->plan);
}

void event_file_close(struct event_file *file)
{
	source_close(&file->source);
	zone_close(file->zone);
	file->zone = NULL;
}

bool event_file_is_part(const struct event_file *file)
{
	return !file->plan.zone.at;
}

/* 30 hours on lies in the next day, also where a day has 23 or 25 hours. */
static enum error next_midnight(struct zone *zone, int64_t starts, int64_t *ends)
{
	char date[ZONE_TEXT];

	zone_format(zone, starts + 30 * INT64_C(3600000), date);
	date[strcspn(date, " ")] = '\0';
	return zone_to_utc(zone, date, NULL, ends);
}

static bool read_day(struct event_file *file, const json_t *item, const char *where,
		     struct day_plan *day)
{
	struct source *s = &file->source;

	day->day = source_number(s, item, where, "day");
	day->date = source_text(s, item, where, "date");
	if (zone_to_utc(file->zone, day->date.at, NULL, &day->starts) ||
	    next_midnight(file->zone, day->starts, &day->ends))
		return source_blame(s, where, "date: a date such as \"2024-02-29\" is expected.");
	return source_check(s, where, &message_day_plan, day);
}

static bool read_days(struct event_file *file)
{
	struct source *s = &file->source;
	const json_t *list = source_list(s, s->root, NULL, "days");
	struct day_plan *days;

	if (!json_array_size(list))
		return source_blame(
			s, NULL,
			"days: a list of {\"day\": 1, \"date\": \"2024-02-29\"} is expected.");
	days = source_grow(s, &file->plan.days, &message_day_plan, json_array_size(list));
	for (uint32_t i = 0; days && i < file->plan.days.count; i++) {
		char where[32];

		snprintf(where, sizeof(where), "days[%u]", i);
		if (!read_day(file, json_array_get(list, i), where, &days[i]))
			return false;
		if (i && (days[i].day <= days[i - 1].day || days[i].starts <= days[i - 1].starts))
			return source_blame(s, where, "the days are expected in order, each once.");
	}
	return !s->wrong;
}

/* Lists that are written as the service takes them: rooms, entities, standings. */
static bool read_plain(struct event_file *file, const char *key, const struct message *record,
		       struct list *to)
{
	struct source *s = &file->source;
	const json_t *list = source_list(s, s->root, NULL, key);
	char *items;

	if (!list)
		return !s->wrong;
	items = source_grow(s, to, record, json_array_size(list));
	for (size_t i = 0; items && i < json_array_size(list); i++) {
		struct complaint complaint;
		char where[48];

		snprintf(where, sizeof(where), "%s[%zu]", key, i);
		if (message_from_json(record, json_array_get(list, i), s->arena,
				      items + i * record->size, &complaint))
			return source_blame(s, where, "%s.", complaint.sentence);
	}
	return !s->wrong;
}

/* A part goes by the days and the zone that the service has. */
static bool take_standing(struct event_file *file)
{
	struct source *s = &file->source;
	const struct event_line *line = file->standing && file->standing->event.count
		? LIST_AT(file->standing->event, event_line, 0) : NULL;

	if (!line || !line->zone.at)
		return source_blame(
			s, "event",
			"\"timezone\" is missing, and the service has no such event that this "
			"could be a part of.");
	file->zone = zone_open(arena_text(s->arena, line->zone).at);
	if (!file->zone)
		return source_blame(s, "event", "the service has an unknown time zone for it.");
	return true;
}

bool event_file_read(struct event_file *file, const struct programme *standing)
{
	file->standing = standing;
	if (event_file_is_part(file) ? !take_standing(file) : !read_days(file))
		return false;
	return read_plain(file, "rooms", &message_room_plan, &file->plan.rooms) &&
	       read_plain(file, "entities", &message_entity_plan, &file->plan.entities) &&
	       read_plain(file, "standings", &message_standing_plan, &file->plan.standings) &&
	       event_sessions_read(file) && event_check(file);
}
