/* Decides what each key, line and result means at the registration desk. */
#include "clients/desk/editor.h"

#include <assert.h>
#include <stdio.h>

#include "schema/utf8.h"

static const struct action nothing = {ACTION_NONE, 0, 0, {0}, NULL};

static struct action say(const char *sentence)
{
	return (struct action){.kind = ACTION_SAY, .sentence = sentence};
}

void editor_start(struct editor *editor, struct text event, bool lines)
{
	assert(event.size < sizeof editor->event);
	*editor = (struct editor){.lines = lines};
	memcpy(editor->event, event.at, event.size);
}

/* Whatever was found belongs to the text as it was. */
static void text_changed(struct editor *editor, int64_t now)
{
	editor->generation++;
	editor->asked = editor->shown = editor->unanswered = false;
	editor->number = 0;
	editor->match_count = 0;
	editor->touched = now;
	editor->due = !editor->lines && editor->form.step == FORM_NONE &&
		      text_is_searchable(entry_content(&editor->entry));
}

static void text_clear(struct editor *editor)
{
	entry_clear(&editor->entry);
	text_changed(editor, 0);
}

static void text_append(struct editor *editor, struct text text, int64_t now)
{
	entry_append(&editor->entry, text);
	text_changed(editor, now);
}

/* What stands in the line, copied aside, so that the line may be cleared. */
static struct text take(struct editor *editor)
{
	entry_clear(&editor->taken);
	entry_append(&editor->taken, entry_content(&editor->entry));
	return (struct text){editor->taken.text, editor->taken.size};
}

static struct action search(struct editor *editor)
{
	struct text text = take(editor);

	editor->due = editor->unanswered = false;
	editor->asked = true;
	editor->number = text.at[0] == '#' ? text_number(text) : 0;
	return (struct action){
		.kind = ACTION_SEARCH,
		.generation = editor->generation,
		.person = editor->number,
		.text = text,
	};
}

static struct action check_in(struct editor *editor, int64_t person)
{
	text_clear(editor);
	return (struct action){.kind = ACTION_CHECK_IN, .person = person};
}

/* A scanned code: the whole line, or its end when somebody had begun to type before the scan. */
static enum error badge_in(const struct editor *editor, struct text text, char code[BADGE_SIZE + 1])
{
	enum error e = badge_read(text_of(editor->event), text, code);

	if (e != E_OK && text.size > BADGE_SIZE) {
		struct text end = {text.at + text.size - BADGE_SIZE, BADGE_SIZE};
		if (utf8_check(end) == UTF8_CLEAN && badge_read(text_of(editor->event), end, code) == E_OK)
			return E_OK;
	}
	/* one name in thirty has the form of some event's code, but names have no digits */
	return e == E_OTHER_EVENT && !text_has_digit(text) ? E_UNKNOWN_BADGE : e;
}

static struct action check_in_badge(struct editor *editor, const char code[BADGE_SIZE + 1])
{
	text_clear(editor);
	entry_clear(&editor->taken);
	entry_append(&editor->taken, text_of(code));
	return (struct action){.kind = ACTION_CHECK_IN_BADGE, .text = text_of(editor->taken.text)};
}

static struct action form_begin(struct editor *editor)
{
	text_clear(editor);
	editor->form.step = FORM_NAME;
	return nothing;
}

static struct action form_enter(struct editor *editor)
{
	const char *sentence = NULL;
	char code[BADGE_SIZE + 1];

	if (badge_read(text_of(editor->event), entry_content(&editor->entry), code) == E_OK) {
		text_clear(editor);
		return say("That is a badge's code. Ctrl-C leaves the questions; then scan it again.");
	}
	enum form_result result = form_answer(&editor->form, entry_content(&editor->entry), &sentence);

	text_clear(editor);
	switch (result) {
	case FORM_ASKS:      return nothing;
	case FORM_COMPLETE:  return (struct action){.kind = ACTION_REGISTER};
	case FORM_COMPLAINS: return say(sentence);
	}
	return nothing;
}

static struct action command(struct editor *editor)
{
	struct text text = take(editor);

	if (text_is(text, "/new"))
		return form_begin(editor);
	text_clear(editor);
	if (text_is(text, "/quit"))
		return (struct action){.kind = ACTION_QUIT};
	return (struct action){.kind = ACTION_COMMAND, .text = {text.at + 1, text.size - 1}};
}

/* Enter on what stands there and is not shown as a search yet. */
static struct action text_enter(struct editor *editor, struct text text)
{
	char code[BADGE_SIZE + 1];
	enum error e = badge_in(editor, text, code);

	if (e == E_OK)
		return check_in_badge(editor, code);
	if (e == E_OTHER_EVENT) {
		text_clear(editor);
		return say(error_sentence(E_OTHER_EVENT));
	}
	if (text.at[0] == '#' && text_number(text) == 0) {
		text_clear(editor);
		return say("After # comes a person's number, such as #12.");
	}
	if (!editor->asked || editor->unanswered)
		return search(editor);
	/* a number names one person: whoever insists need not wait for an answer that may not come */
	return editor->number > 0 ? check_in(editor, editor->number) : nothing;
}

static struct action matches_enter(struct editor *editor)
{
	if (editor->match_count == 1)
		return check_in(editor, editor->matches[0]);
	if (editor->match_count == 0) {
		text_clear(editor); /* what comes next, a name or /new, is not to be typed behind this one */
		return say("Nobody matches. Type less of the name, or /new for a walk-in.");
	}
	return say("Several match: give the digit of one, or type more of the name.");
}

static struct action enter(struct editor *editor)
{
	struct text text = entry_content(&editor->entry);

	if (editor->form.step != FORM_NONE)
		return form_enter(editor);
	if (text.size == 0) {
		text_clear(editor);
		return nothing;
	}
	if (text.at[0] == '/')
		return command(editor);
	if (editor->shown)
		return matches_enter(editor);
	if (editor->unanswered && editor->number > 0)
		return check_in(editor, editor->number);
	return text_enter(editor, text);
}

/* Pressed once too often it must not close the desk before a queue. */
static struct action cancel(struct editor *editor)
{
	bool idle = editor->entry.size == 0 && editor->form.step == FORM_NONE;

	text_clear(editor);
	editor->form.step = FORM_NONE;
	return idle ? say("/quit or Ctrl-D ends the desk.") : nothing;
}

static bool picks(const struct editor *editor, const struct key *key)
{
	return key->kind == KEY_TEXT && editor->shown && editor->form.step == FORM_NONE && editor->number == 0 &&
	       key->size == 1 && key->text[0] >= '1' &&
	       key->text[0] <= '0' + (int)editor->match_count;
}

static struct action picked(struct editor *editor)
{
	int64_t person = editor->matches[editor->pick - 1];

	editor->pick = 0;
	return check_in(editor, person);
}

struct action editor_key(struct editor *editor, const struct key *key, int64_t now)
{
	if (editor->pick && key->kind == KEY_ENTER)
		return picked(editor);
	if (editor->pick) { /* not alone: the first of a scanned code */
		char digit = (char)('0' + editor->pick);
		editor->pick = 0;
		if (key->kind == KEY_TEXT)
			text_append(editor, (struct text){&digit, 1}, now);
	}
	if (picks(editor, key)) {
		editor->pick = key->text[0] - '0';
		editor->picked_at = now;
		return nothing;
	}
	switch (key->kind) {
	case KEY_TEXT:
		text_append(editor, (struct text){key->text, key->size}, now);
		return nothing;
	case KEY_BACKSPACE:
		entry_shorten(&editor->entry);
		text_changed(editor, now);
		return nothing;
	case KEY_CLEAR:
		text_clear(editor);
		return nothing;
	case KEY_ENTER:
		return enter(editor);
	case KEY_CANCEL:
		return cancel(editor);
	case KEY_END:
		return editor->entry.size == 0 ? (struct action){.kind = ACTION_QUIT} : nothing;
	}
	return nothing;
}

struct action editor_tick(struct editor *editor, int64_t now)
{
	if (editor->pick && now - editor->picked_at >= EDITOR_BURST_MS)
		return picked(editor);
	if (editor->due && now - editor->touched >= EDITOR_PAUSE_MS)
		return search(editor);
	return nothing;
}

int editor_wait(const struct editor *editor, int64_t now)
{
	int64_t left;

	if (editor->pick)
		left = editor->picked_at + EDITOR_BURST_MS - now;
	else if (editor->due)
		left = editor->touched + EDITOR_PAUSE_MS - now;
	else
		return -1;
	return left > 0 ? (int)left : 0;
}

/* A line on a pipe that answers the matches shown before it. False when it begins something new. */
static bool line_picks(struct editor *editor, struct text line, struct action *action)
{
	int64_t digit = line.size == 1 ? text_number(line) : 0;

	if (editor->form.step != FORM_NONE)
		return false;
	if (line.size == 0) {
		*action = nothing;
		if (editor->shown)
			*action = matches_enter(editor);
		else if (editor->unanswered && editor->number > 0)
			*action = check_in(editor, editor->number);
		return true;
	}
	if (!editor->shown || digit == 0)
		return false;
	*action = say("There is no match with this digit.");
	if (digit <= (int64_t)editor->match_count)
		*action = check_in(editor, editor->matches[digit - 1]);
	return true;
}

struct action editor_line(struct editor *editor, struct text line)
{
	struct action action;

	while (line.size > 0 && (line.at[line.size - 1] == ' ' || line.at[line.size - 1] == '\r'))
		line.size--;
	if (line.size > ENTRY_MAX || utf8_check(line) != UTF8_CLEAN)
		return say("The line is longer than 200 bytes or not plain text; nothing was done.");
	if (line_picks(editor, line, &action))
		return action;
	text_clear(editor);
	text_append(editor, line, 0);
	return enter(editor);
}

bool editor_found(struct editor *editor, uint32_t generation, const int64_t *persons, uint32_t count)
{
	if (generation != editor->generation || editor->form.step != FORM_NONE)
		return false;
	assert(count <= EDITOR_MATCHES_MAX);
	if (count > 0)
		memcpy(editor->matches, persons, count * sizeof *persons);
	editor->match_count = count;
	editor->shown = true;
	editor->unanswered = false;
	return true;
}

bool editor_unanswered(struct editor *editor, uint32_t generation)
{
	if (generation != editor->generation || editor->shown)
		return false;
	editor->unanswered = true;
	return true;
}

void editor_prompt(const struct editor *editor, char *prompt, size_t size)
{
	if (editor->form.step == FORM_NONE)
		snprintf(prompt, size, "%s> ", editor->event);
	else
		form_prompt(&editor->form, prompt, size);
}
