/* Searches the roster, notices silence and its end, and recalls what an earlier run kept. */
#include "clients/desk/offline.h"

#include <inttypes.h>
#include <stdlib.h>

#include "schema/folding.h"

bool offline_knows(const struct desk *desk)
{
	return desk->roster.event[0] && desk->roster.as_of != ABSENT;
}

bool offline_is_absence(const struct desk *desk, const struct reply *reply)
{
	return reply->status == status_busy ||
	       (offline_knows(desk) && text_is(reply->reason, error_name(E_UNKNOWN_EVENT)));
}

int64_t offline_since(const struct desk *desk)
{
	return desk->silent ? desk->since : desk->roster.next;
}

void offline_age(const struct desk *desk, char *text, size_t size)
{
	int64_t offset, minutes, now = hudur_now(desk->hudur);

	if (hudur_offset(desk->hudur, &offset))
		now += offset;
	minutes = now > desk->roster.as_of ? (now - desk->roster.as_of) / 60000 : 0;
	if (minutes < 1)
		snprintf(text, size, "roster less than a minute old");
	else if (minutes < 60)
		snprintf(text, size, "roster %" PRId64 " min old", minutes);
	else
		snprintf(text, size, "roster %" PRId64 " h %" PRId64 " min old", minutes / 60, minutes % 60);
}

/* ---- searching ---- */

static bool words_in(struct text name, struct text typed)
{
	struct text words[FOLDING_WORDS_MAX];
	struct arena arena = {0};
	struct text key = folding_key(name, &arena);
	size_t count = folding_words(typed, &arena, words, FOLDING_WORDS_MAX), met = 0;

	while (met < count && key.size && memmem(key.at, key.size, words[met].at, words[met].size))
		met++;
	arena_free(&arena);
	return count > 0 && met == count;
}

/* Walk-ins of this desk who have no number yet: whoever comes twice is not registered twice. */
static void kept_walk_ins_tell(struct desk *desk, struct text typed)
{
	for (uint32_t i = 0; i < AWAITED_MAX; i++) {
		const struct awaited *awaited = &desk->awaited[i];
		if (awaited->kind == AWAITED_WALK_IN && words_in(text_of(awaited->who), typed))
			screen_line(&desk->screen, " -  %s  walk-in, kept%s%s", awaited->who,
				    awaited->blank[0] ? "  badge " : "", awaited->blank);
	}
}

static void kept_check_ins_tell(struct desk *desk, const struct person_line *const *people, uint32_t count)
{
	for (uint32_t i = 0; i < AWAITED_MAX; i++) {
		const struct awaited *awaited = &desk->awaited[i];
		for (uint32_t p = 0; awaited->kind == AWAITED_CHECK_IN && p < count; p++)
			if (awaited->person == people[p]->person)
				screen_line(&desk->screen, " %" PRIu32 "  is checked in here already: kept, will be sent%s%s",
					    p + 1, awaited->blank[0] ? "  badge " : "", awaited->blank);
	}
}

void offline_search(struct desk *desk, uint32_t generation, struct text text, int64_t person)
{
	const struct person_line *matches[EDITOR_MATCHES_MAX];
	int64_t persons[EDITOR_MATCHES_MAX];
	struct find fields;
	char age[48];

	message_clear(&message_find, &fields);
	if (person > 0)
		fields.person = person;
	else
		fields.text = text;
	uint32_t found = roster_find(&desk->roster, &fields, matches, EDITOR_MATCHES_MAX);
	uint32_t count = found < EDITOR_MATCHES_MAX ? found : EDITOR_MATCHES_MAX;
	for (uint32_t i = 0; i < count; i++)
		persons[i] = matches[i]->person;
	if (!editor_found(&desk->editor, generation, persons, count))
		return;
	offline_age(desk, age, sizeof age);
	screen_line(&desk->screen, "[offline, %s]", age);
	if (person == 0)
		kept_walk_ins_tell(desk, text);
	desk_tell_matches(desk, matches, count, found > count);
	kept_check_ins_tell(desk, matches, count);
}

/* ---- silence ---- */

void offline_begin(struct desk *desk)
{
	char age[48];

	if (desk->silent)
		return;
	desk->since = desk->roster.next;
	desk->silent = true;
	if (!offline_knows(desk))
		return;
	offline_age(desk, age, sizeof age);
	screen_line(&desk->screen, "OFFLINE  Nobody answers. Names are searched in the roster (%" PRIu32 " %s, %s); what "
		    "is typed is kept, and sent once the broker is back. Blanks: %" PRIu32 ".",
		    desk->roster.count, desk->roster.count == 1 ? "person" : "people", age, stock_left(&desk->stock));
}

/* The backlog would not tell: the answer that ends the silence may be one of them, and have left it. */
static uint32_t kept_count(const struct desk *desk)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < AWAITED_MAX; i++)
		count += desk->awaited[i].kind && desk->awaited[i].told;
	return count;
}

void offline_end(struct desk *desk)
{
	if (desk->silent && offline_knows(desk)) {
		uint32_t kept = kept_count(desk);
		screen_line(&desk->screen, "BACK  The broker answers. %" PRIu32 " kept %s sent.", kept,
			    kept == 1 ? "request is" : "requests are");
	}
	desk->silent = false;
	fetch_hurry(&desk->fetch);
}

/* ---- what an earlier run kept ---- */

static void copy(char *to, size_t size, struct text text)
{
	snprintf(to, size, "%.*s", (int)text.size, text.at ? text.at : "");
}

static void person_recall(struct desk *desk, struct awaited *awaited, int64_t number)
{
	const struct person_line *person = roster_person(&desk->roster, number);

	awaited->person = number;
	awaited->named = person != NULL;
	if (person)
		show_label(person, awaited->who);
	else
		snprintf(awaited->who, sizeof awaited->who, "#%" PRId64, number);
}

static void check_in_recall(struct desk *desk, struct awaited *awaited, struct text map, struct arena *arena)
{
	struct check_in fields;

	if (message_decode(&message_check_in, map, arena, &fields, NULL) != E_OK)
		return;
	awaited->kind = AWAITED_CHECK_IN;
	copy(awaited->blank, sizeof awaited->blank, fields.blank);
	if (fields.person != ABSENT)
		person_recall(desk, awaited, fields.person);
	else
		snprintf(awaited->who, sizeof awaited->who, "badge %.*s", (int)fields.badge.size, fields.badge.at);
}

static void walk_in_recall(struct awaited *awaited, struct text map, struct arena *arena)
{
	struct registration fields;

	if (message_decode(&message_registration, map, arena, &fields, NULL) != E_OK)
		return;
	awaited->kind = AWAITED_WALK_IN;
	copy(awaited->blank, sizeof awaited->blank, fields.badge);
	snprintf(awaited->who, sizeof awaited->who, "%.*s (%.*s)", (int)fields.name.size, fields.name.at,
		 fields.entity.at ? (int)fields.entity.size : 17, fields.entity.at ? fields.entity.at : "entity not stated");
	awaited->form = calloc(1, sizeof *awaited->form);
	if (!awaited->form)
		return;
	const char *category = vocabulary_word(&vocabulary_category, fields.category);
	copy(awaited->form->answers[FORM_NAME], ENTRY_MAX + 1, fields.name);
	copy(awaited->form->answers[FORM_ENTITY], ENTRY_MAX + 1, fields.entity);
	copy(awaited->form->answers[FORM_FUNCTION], ENTRY_MAX + 1, fields.function);
	copy(awaited->form->answers[FORM_CATEGORY], ENTRY_MAX + 1, text_of(category));
}

/* Those that concern a person by number and answer with one, such as an amended registration. */
static void change_recall(struct desk *desk, struct awaited *awaited, struct text op, struct text map,
			  struct arena *arena)
{
	struct issue fields;

	if (text_is(op, "issue_blanks"))
		awaited->kind = AWAITED_BLANKS;
	else if (message_decode(&message_issue, map, arena, &fields, NULL) != E_OK)
		return;
	else
		awaited->kind = text_is(op, "issue") || text_is(op, "reissue") ? AWAITED_BADGE : AWAITED_CHANGE;
	if (awaited->kind == AWAITED_BLANKS)
		snprintf(awaited->who, sizeof awaited->who, "blanks");
	else
		person_recall(desk, awaited, fields.person);
	if (awaited->kind == AWAITED_CHANGE)
		snprintf(awaited->tail, sizeof awaited->tail, "  %.*s", (int)op.size, op.at);
}

static bool of_this_event(const struct desk *desk, const struct hudur_kept *kept)
{
	size_t size = strlen(desk->event);

	return kept->service_size > size && memcmp(kept->service, desk->event, size) == 0 && kept->service[size] == '/';
}

static void recall(void *context, const struct hudur_kept *kept)
{
	struct text map = {kept->map, (uint32_t)kept->size};
	struct desk *desk = context;
	struct awaited *awaited = of_this_event(desk, kept) ? desk_awaited_new(desk) : NULL;
	struct arena arena = {0};
	struct request request;

	if (!awaited || message_decode(&message_request, map, &arena, &request, NULL) != E_OK)
		goto out;
	memcpy(awaited->id, kept->id, HUDUR_ID_SIZE);
	awaited->at = request.at;
	awaited->since = desk->roster.next;
	awaited->told = true;
	if (text_is(request.op, "check_in"))
		check_in_recall(desk, awaited, map, &arena);
	else if (text_is(request.op, "register"))
		walk_in_recall(awaited, map, &arena);
	else
		change_recall(desk, awaited, request.op, map, &arena);
out:
	arena_free(&arena);
}

void offline_recall(struct desk *desk)
{
	hudur_each(desk->hudur, recall, desk);
}
