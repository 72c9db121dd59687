/* Tells the steward what became of each request. */
#include <errno.h>
#include <inttypes.h>

#include "clients/cli/operation.h"
#include "clients/desk/offline.h"

/* What was typed may be long ago: it is offered when nothing else is being typed, and shown otherwise. */
static void walk_in_offer(struct desk *desk, const struct awaited *awaited)
{
	struct form *form = &desk->editor.form;
	const struct form *typed = awaited->form;

	if (!awaited->told || (typed && form->step == FORM_NONE && !form->answers[FORM_NAME][0])) {
		if (awaited->told)
			memcpy(form->answers, typed->answers, sizeof form->answers);
		screen_line(&desk->screen, "    /new asks again and offers what was typed.");
	} else if (typed) {
		screen_line(&desk->screen, "    It was: %s; %s; %s; %s. /new registers.", typed->answers[FORM_NAME],
			    typed->answers[FORM_ENTITY], typed->answers[FORM_FUNCTION], typed->answers[FORM_CATEGORY]);
	}
}

static void answer_refusal(struct desk *desk, const struct awaited *awaited, const struct reply *reply)
{
	struct arena arena = {0};
	struct text why = caller_explain(reply, &arena);

	if (awaited->kind == AWAITED_SEARCH) /* Enter asks again */
		editor_unanswered(&desk->editor, awaited->generation);
	desk->failures++;
	screen_line(&desk->screen, "NO  %s%s%.*s", awaited->who, awaited->who[0] ? ": " : "", (int)why.size,
		    why.size ? why.at : "");
	if (awaited->kind == AWAITED_WALK_IN)
		walk_in_offer(desk, awaited);
	if (awaited->blank[0])
		screen_line(&desk->screen, "    The blank %s is bound to nobody.", awaited->blank);
	arena_free(&arena);
}

void desk_tell_matches(struct desk *desk, const struct person_line *const *people, uint32_t count, bool more)
{
	char line[SHOWN_MAX];

	if (count == 0)
		screen_line(&desk->screen, "Nobody matches. Type less of the name, or /new for a walk-in.");
	for (uint32_t i = 0; i < count; i++) {
		show_person(people[i], line);
		show_label(people[i], desk->labels[i]);
		desk->labelled[i] = people[i]->person;
		screen_line(&desk->screen, " %" PRIu32 "  %s", i + 1, line);
	}
	if (more)
		screen_line(&desk->screen, "    and more: type more of the name.");
}

static void answer_search(struct desk *desk, const struct awaited *awaited, struct text map,
			  struct arena *arena)
{
	const struct person_line *people[EDITOR_MATCHES_MAX];
	int64_t persons[EDITOR_MATCHES_MAX];
	struct found found;

	if (message_decode(&message_found, map, arena, &found, NULL) != E_OK)
		return;
	uint32_t count = found.people.count < EDITOR_MATCHES_MAX ? found.people.count : EDITOR_MATCHES_MAX;
	for (uint32_t i = 0; i < count; i++) {
		people[i] = LIST_AT(found.people, person_line, i);
		persons[i] = people[i]->person;
	}
	if (editor_found(&desk->editor, awaited->generation, persons, count))
		desk_tell_matches(desk, people, count, found.people.count > count);
}

static void answer_name(struct desk *desk, const struct awaited *awaited, struct text map, struct arena *arena)
{
	char label[LABEL_MAX];
	struct found found;

	snprintf(label, sizeof label, "%s", awaited->who);
	if (message_decode(&message_found, map, arena, &found, NULL) == E_OK && found.people.count == 1)
		show_label(LIST_AT(found.people, person_line, 0), label);
	screen_line(&desk->screen, "%s  %s%s", awaited->outcome, label, awaited->tail);
}

static void answer_card(struct desk *desk, struct text map, struct arena *arena)
{
	struct printing printing = caller_printing(desk->caller);
	struct printer *printer = printer_new(&printing, &message_person_card);
	struct person_card card;
	bool readable = message_decode(&message_person_card, map, arena, &card, NULL) == E_OK;

	if (!printer)
		return;
	screen_wipe(&desk->screen);
	if (readable)
		printer_page(printer, &card);
	printer_end(printer, readable);
}

/* Told at once when the name is known, else once it was asked for. */
static void outcome_tell(struct desk *desk, const struct awaited *awaited, int64_t person,
			 const char *outcome, const char *tail)
{
	struct find fields;

	if (awaited->named) {
		screen_line(&desk->screen, "%s  %s%s", outcome, awaited->who, tail);
		return;
	}
	message_clear(&message_find, &fields);
	fields.person = person;
	struct awaited *name = desk_ask(desk, OP_people_find, &fields, AWAITED_NAME);
	if (!name) {
		screen_line(&desk->screen, "%s  #%" PRId64 "%s", outcome, person, tail);
		return;
	}
	snprintf(name->who, sizeof name->who, "#%" PRId64, person);
	snprintf(name->outcome, sizeof name->outcome, "%s", outcome);
	snprintf(name->tail, sizeof name->tail, "%s", tail);
}

static void answer_check_in(struct desk *desk, const struct awaited *awaited, struct text map,
			    struct arena *arena)
{
	struct checked_in result;
	char tail[TAIL_MAX], day[48] = "";

	if (message_decode(&message_checked_in, map, arena, &result, NULL) != E_OK)
		return;
	if ((result.already || awaited->told) && result.day != ABSENT)
		snprintf(day, sizeof day, "  checked in day %" PRId64, result.day);
	snprintf(tail, sizeof tail, "%s%s%.*s%s", day, result.badge.at ? "  badge " : "", (int)result.badge.size,
		 result.badge.at ? result.badge.at : "", awaited->told ? "  (was kept, now confirmed)" : "");
	outcome_tell(desk, awaited, result.person, result.already ? "DONE ALREADY" : "OK", tail);
	if (result.unbound.at)
		screen_line(&desk->screen, "    Take the blank %.*s back: #%" PRId64 " has the badge %.*s. Or /badge %" PRId64
			    " REASON for another.", (int)result.unbound.size, result.unbound.at, result.person,
			    (int)result.badge.size, result.badge.at, result.person);
	if (awaited->told)
		meanwhile_ask(desk, awaited, result.person, result.ledger);
}

static void answer_walk_in(struct desk *desk, const struct awaited *awaited, struct text map,
			   struct arena *arena)
{
	struct registered result;
	char label[LABEL_MAX], day[48] = "";

	if (message_decode(&message_registered, map, arena, &result, NULL) != E_OK)
		return;
	if (!awaited->told) /* else another may be being typed */
		form_clear(&desk->editor.form);
	snprintf(label, sizeof label, "#%" PRId64 " %.*s", result.person, LABEL_MAX - 32, awaited->who);
	screen_line(&desk->screen, "NEW  %s registered", label);
	if (awaited->told && result.day != ABSENT)
		snprintf(day, sizeof day, "  checked in day %" PRId64, result.day);
	screen_line(&desk->screen, "OK  %s%s%s%.*s%s", label, day, result.badge.at ? "  badge " : "",
		    (int)result.badge.size, result.badge.at ? result.badge.at : "",
		    awaited->told ? "  (was kept, now confirmed)" : "");
	if (awaited->told)
		meanwhile_expect(desk, awaited, result.person, result.ledger);
}

static void answer_blanks(struct desk *desk, struct text map, struct arena *arena)
{
	struct blanks result;

	if (message_decode(&message_blanks, map, arena, &result, NULL) != E_OK)
		return;
	if (stock_add(&desk->stock, &result) != 0)
		screen_line(&desk->screen, "The stock cannot be kept on the disk (%s): what is taken from it now is not "
			    "known after a restart, so it is not given.", strerror(errno));
	screen_line(&desk->screen, "BLANKS  %" PRIu32 " %s to print, in the order in which they are given:",
		    result.badges.count, result.badges.count == 1 ? "code" : "codes");
	for (uint32_t i = 0; i < result.badges.count; i++) {
		struct text code = LIST_AT(result.badges, blank, i)->badge;
		screen_line(&desk->screen, "%.*s", (int)code.size, code.at);
	}
	screen_line(&desk->screen, "OK  %" PRIu32 " %s in stock%s", stock_left(&desk->stock),
		    stock_left(&desk->stock) == 1 ? "blank" : "blanks",
		    desk->stock.vault.seal ? "" : ", in memory alone: gone when the desk ends");
}

static void answer_badge(struct desk *desk, const struct awaited *awaited, struct text map,
			 struct arena *arena)
{
	struct issued result;
	char tail[TAIL_MAX];

	if (message_decode(&message_issued, map, arena, &result, NULL) != E_OK)
		return;
	snprintf(tail, sizeof tail, "  %s %.*s%s%.*s%s", awaited->told ? "badge issued, nothing more:" : "badge",
		 (int)result.badge.size, result.badge.at,
		 result.revoked.at ? "  replaces " : "", (int)result.revoked.size,
		 result.revoked.at ? result.revoked.at : "", awaited->told ? "  (was kept, now confirmed)" : "");
	outcome_tell(desk, awaited, result.person, "OK", tail);
}

static void answer_ok(struct desk *desk, struct awaited *awaited, struct text map, struct arena *arena)
{
	switch (awaited->kind) {
	case AWAITED_NOTHING:
		return;
	case AWAITED_SEARCH:
		answer_search(desk, awaited, map, arena);
		return;
	case AWAITED_NAME:
		answer_name(desk, awaited, map, arena);
		return;
	case AWAITED_CARD:
		answer_card(desk, map, arena);
		return;
	case AWAITED_CHECK_IN:
		answer_check_in(desk, awaited, map, arena);
		return;
	case AWAITED_WALK_IN:
		answer_walk_in(desk, awaited, map, arena);
		return;
	case AWAITED_BADGE:
		answer_badge(desk, awaited, map, arena);
		return;
	case AWAITED_CHANGE:
		screen_line(&desk->screen, "OK  %s%s%s", awaited->who, awaited->tail,
			    awaited->told ? "  (was kept, now confirmed)" : "");
		return;
	case AWAITED_BLANKS:
		answer_blanks(desk, map, arena);
		return;
	case AWAITED_MEANWHILE:
	case AWAITED_DOUBLE:
		meanwhile_answer(desk, awaited, map, arena);
		return;
	}
}

void desk_answer(struct desk *desk, struct awaited *awaited, struct text map)
{
	struct awaited done = *awaited;
	struct arena arena = {0};
	struct reply reply;

	*awaited = (struct awaited){.kind = AWAITED_NOTHING}; /* `done` owns the form now */
	if (message_decode(&message_reply, map, &arena, &reply, NULL) != E_OK)
		screen_line(&desk->screen, "NO  %s: the answer cannot be read; is the broker of another version?",
			    done.who);
	else if (reply.status == status_ok)
		answer_ok(desk, &done, map, &arena);
	else if (done.kind == AWAITED_SEARCH && offline_knows(desk) && offline_is_absence(desk, &reply))
		offline_search(desk, done.generation, text_of(done.who), done.person);
	else if (done.kind == AWAITED_NAME) /* the change itself was done */
		screen_line(&desk->screen, "%s  %s%s", done.outcome, done.who, done.tail);
	else
		answer_refusal(desk, &done, &reply);
	desk_awaited_free(&done);
	arena_free(&arena);
}

void desk_answer_unknown(struct desk *desk, struct text map)
{
	struct arena arena = {0};
	struct reply reply;
	struct done done;

	if (message_decode(&message_reply, map, &arena, &reply, NULL) != E_OK)
		goto out;
	if (reply.status != status_ok) {
		struct text why = caller_explain(&reply, &arena);
		screen_line(&desk->screen, "EARLIER  a request kept before was %.*s", (int)why.size, why.at);
	} else if (message_decode(&message_done, map, &arena, &done, NULL) == E_OK && done.person != ABSENT) {
		screen_line(&desk->screen, "EARLIER  a request kept before is done: #%" PRId64, done.person);
	}
out:
	arena_free(&arena);
}
