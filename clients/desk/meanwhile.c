/* Tells what others did while this desk was alone: probable doubles of its walk-ins, and check-ins of its people. */
#include <inttypes.h>

#include "clients/cli/moment.h"
#include "clients/desk/double.h"
#include "clients/desk/offline.h"

enum { STORY_MAX = 600 };

/* ---- asking ---- */

static void history_ask(struct desk *desk, int64_t person, const struct awaited *about)
{
	struct person_ref fields;
	struct awaited *awaited;

	message_clear(&message_person_ref, &fields);
	fields.person = person;
	awaited = desk_ask(desk, OP_people_person, &fields, about->kind);
	if (!awaited)
		return;
	awaited->person = person;
	awaited->since = about->since;
	awaited->ledger = about->ledger;
	snprintf(awaited->who, sizeof awaited->who, "%s", about->who);
}

void meanwhile_ask(struct desk *desk, const struct awaited *kept, int64_t person, int64_t ledger)
{
	struct awaited about = {.kind = AWAITED_MEANWHILE, .since = kept->since, .ledger = ledger};

	snprintf(about.who, sizeof about.who, "%s", kept->who);
	history_ask(desk, person, &about);
}

void meanwhile_expect(struct desk *desk, const struct awaited *kept, int64_t person, int64_t ledger)
{
	if (desk->twin_count == TWINS_MAX) /* a roster that stays away: the oldest will not be looked for */
		memmove(desk->twins, desk->twins + 1, --desk->twin_count * sizeof *desk->twins);
	desk->twins[desk->twin_count++] = (struct twin){person, ledger, kept->since};
	fetch_hurry(&desk->fetch);
}

static void doubles_look(struct desk *desk, const struct twin *twin)
{
	const struct person_line *own = roster_person(&desk->roster, twin->person);
	struct awaited about = {.kind = AWAITED_DOUBLE, .since = twin->since};
	const struct person_line *doubles[DOUBLES_MAX];

	if (!own)
		return;
	show_label(own, about.who);
	uint32_t count = doubles_find(&desk->roster, own, doubles);
	for (uint32_t i = 0; i < count; i++)
		history_ask(desk, doubles[i]->person, &about);
}

void meanwhile_look(struct desk *desk)
{
	uint32_t left = 0;

	for (uint32_t i = 0; i < desk->twin_count; i++) {
		if (desk->roster.next >= desk->twins[i].ledger && !desk->fetch.first)
			doubles_look(desk, &desk->twins[i]);
		else
			desk->twins[left++] = desk->twins[i];
	}
	desk->twin_count = left;
}

/* ---- telling ---- */

static const char *words_for(struct text op)
{
	static const struct {
		const char *op, *words;
	} all[] = {
		{"register", "registered"}, {"check_in", "checked in"}, {"undo_check_in", "check-in taken back"},
		{"cancel", "cancelled"}, {"replace", "replaced"}, {"issue", "badge issued"}, {"reissue", "badge replaced"},
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (text_is(op, all[i].op))
			return all[i].words;
	return NULL;
}

/* "; checked in 2024-02-29 09:05 by desk-2, meanwhile" */
static void entry_add(struct desk *desk, const struct awaited *awaited, const struct history_entry *entry,
		      char story[STORY_MAX])
{
	const char *words = words_for(entry->op);
	struct text by = entry->actor.at ? entry->actor : entry->principal;
	struct arena arena = {0};
	struct text when = moment_show(caller_zone(desk->caller), entry->at, &arena);
	size_t used = strlen(story);

	snprintf(story + used, STORY_MAX - used, "%s%s%s%.*s %.*s%s%.*s%s", used ? "; " : "", words,
		 entry->badge.at ? " " : "", (int)entry->badge.size, entry->badge.at ? entry->badge.at : "",
		 (int)when.size, when.at ? when.at : "", by.at ? " by " : "", (int)by.size, by.at ? by.at : "",
		 entry->ledger > awaited->since ? ", meanwhile" : "");
	arena_free(&arena);
}

/* Of a check-in that was kept only others' later check-ins are of interest. */
static bool is_wanted(const struct awaited *awaited, const struct history_entry *entry)
{
	if (entry->reason.at || !words_for(entry->op))
		return false;
	return awaited->kind == AWAITED_DOUBLE || (text_is(entry->op, "check_in") && entry->ledger > awaited->since &&
						   entry->ledger != awaited->ledger);
}

void meanwhile_answer(struct desk *desk, const struct awaited *awaited, struct text map, struct arena *arena)
{
	char story[STORY_MAX] = "", label[LABEL_MAX];
	struct person_card card;

	if (message_decode(&message_person_card, map, arena, &card, NULL) != E_OK || card.people.count != 1)
		return;
	for (uint32_t i = 0; i < card.history.count; i++)
		if (is_wanted(awaited, LIST_AT(card.history, history_entry, i)))
			entry_add(desk, awaited, LIST_AT(card.history, history_entry, i), story);
	show_label(LIST_AT(card.people, person_line, 0), label);
	if (awaited->kind == AWAITED_DOUBLE)
		screen_line(&desk->screen, "DOUBLE?  %s may be %s: %s", awaited->who, label, story);
	else if (story[0])
		screen_line(&desk->screen, "ELSEWHERE TOO  %s: %s", label, story);
}
