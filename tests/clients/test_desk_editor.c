/* The desk's line: what every key, line and result brings about, played in invented time. */
#include "clients/desk/editor.h"

#include "tests/harness.h"

static const char event[] = "meeting-1";

struct play {
	struct editor editor;
	int64_t now;
};

static struct play begun(bool lines)
{
	struct play play = {.now = 1000};

	editor_start(&play.editor, text_of(event), lines);
	return play;
}

static struct action press(struct play *play, enum key_kind kind)
{
	struct key key = {.kind = kind};

	play->now += 1;
	return editor_key(&play->editor, &key, play->now);
}

/* Keys in one burst; returns what the last one brought about. */
static struct action type(struct play *play, const char *text)
{
	struct action action = {0};
	struct key_reader reader = {0};
	struct key key;

	for (; *text; text++) {
		if (!key_take(&reader, (unsigned char)*text, &key))
			continue;
		play->now += 1;
		action = editor_key(&play->editor, &key, play->now);
	}
	return action;
}

/* Time passes until the editor has something to say. */
static struct action pause_(struct play *play)
{
	int wait = editor_wait(&play->editor, play->now);

	if (wait < 0)
		return (struct action){0};
	play->now += wait;
	return editor_tick(&play->editor, play->now);
}

/* Types, and lets `count` people match, numbered from 11. */
static void matched(struct play *play, const char *text, uint32_t count)
{
	static const int64_t persons[] = {11, 12, 13, 14, 15, 16, 17, 18, 19};

	type(play, text);
	struct action action = pause_(play);
	assert_int_equal(action.kind, ACTION_SEARCH);
	assert_true(editor_found(&play->editor, action.generation, persons, count));
}

static void code_make(char code[BADGE_SIZE + 1], const char *of, unsigned char number)
{
	unsigned char random[8] = {3, 5, 7, number, number, 13, 15, number};

	badge_make(text_of(of), random, code);
}

static void search_follows_a_pause_from_two_letters_on(void **state)
{
	struct play play = begun(false);

	(void)state;
	assert_int_equal(type(&play, "h").kind, ACTION_NONE);
	assert_int_equal(editor_wait(&play.editor, play.now), -1);
	assert_int_equal(type(&play, "a").kind, ACTION_NONE);
	assert_int_equal(editor_wait(&play.editor, play.now), EDITOR_PAUSE_MS);
	assert_int_equal(editor_tick(&play.editor, play.now + EDITOR_PAUSE_MS - 1).kind, ACTION_NONE);
	struct action action = pause_(&play);
	assert_int_equal(action.kind, ACTION_SEARCH);
	assert_true(text_is(action.text, "ha"));
	assert_int_equal(pause_(&play).kind, ACTION_NONE);
}

static void two_arabic_letters_are_two_letters(void **state)
{
	struct play play = begun(false);

	(void)state;
	type(&play, "ف");
	assert_int_equal(pause_(&play).kind, ACTION_NONE);
	type(&play, "ا");
	assert_true(text_is(pause_(&play).text, "فا"));
}

static void one_match_and_enter_checks_in(void **state)
{
	struct play play = begun(false);

	(void)state;
	matched(&play, "har", 1);
	struct action action = press(&play, KEY_ENTER);
	assert_int_equal(action.kind, ACTION_CHECK_IN);
	assert_int_equal(action.person, 11);
	assert_int_equal(play.editor.entry.size, 0);
	assert_int_equal(press(&play, KEY_ENTER).kind, ACTION_NONE);
}

static void nobody_and_enter_leaves_the_line_to_the_next(void **state)
{
	struct play play = begun(false);

	(void)state;
	matched(&play, "harane", 0);
	type(&play, "x"); /* another letter, and one less: there is time to correct what was typed */
	press(&play, KEY_BACKSPACE);
	assert_string_equal(play.editor.entry.text, "harane");
	struct action action = pause_(&play);
	assert_true(editor_found(&play.editor, action.generation, NULL, 0));
	assert_int_equal(press(&play, KEY_ENTER).kind, ACTION_SAY);
	assert_int_equal(play.editor.entry.size, 0);
	type(&play, "/new\r");
	assert_int_equal(play.editor.form.step, FORM_NAME);
}

static void one_digit_checks_one_of_several_in(void **state)
{
	struct play play = begun(false);

	(void)state;
	matched(&play, "ha", 3);
	assert_int_equal(press(&play, KEY_ENTER).kind, ACTION_SAY);
	assert_int_equal(type(&play, "2").kind, ACTION_NONE);
	struct action action = pause_(&play);
	assert_int_equal(action.kind, ACTION_CHECK_IN);
	assert_int_equal(action.person, 12);
}

static void digit_and_enter_checks_in_once(void **state)
{
	struct play play = begun(false);

	(void)state;
	matched(&play, "ha", 3);
	type(&play, "3");
	struct action action = press(&play, KEY_ENTER);
	assert_int_equal(action.kind, ACTION_CHECK_IN);
	assert_int_equal(action.person, 13);
	assert_int_equal(pause_(&play).kind, ACTION_NONE);
}

static void digit_beyond_the_matches_is_text(void **state)
{
	struct play play = begun(false);

	(void)state;
	matched(&play, "ha", 3);
	type(&play, "4");
	assert_int_equal(pause_(&play).kind, ACTION_NONE);
	assert_string_equal(play.editor.entry.text, "ha4");
}

static void nobody_is_checked_in_unseen(void **state)
{
	struct play play = begun(false);
	int64_t person = 11;

	(void)state;
	type(&play, "har");
	struct action action = press(&play, KEY_ENTER);
	assert_int_equal(action.kind, ACTION_SEARCH);
	assert_int_equal(press(&play, KEY_ENTER).kind, ACTION_NONE);
	assert_true(editor_found(&play.editor, action.generation, &person, 1));
	assert_int_equal(press(&play, KEY_ENTER).kind, ACTION_CHECK_IN);
}

static void stale_matches_are_not_shown(void **state)
{
	struct play play = begun(false);
	int64_t person = 11;

	(void)state;
	type(&play, "ha");
	struct action action = pause_(&play);
	type(&play, "r");
	assert_false(editor_found(&play.editor, action.generation, &person, 1));
	type(&play, "1");
	assert_int_equal(pause_(&play).kind, ACTION_NONE);
	assert_string_equal(play.editor.entry.text, "har1");
}

static void scanned_code_checks_in_and_never_searches(void **state)
{
	struct play play = begun(false);
	char code[BADGE_SIZE + 1];

	(void)state;
	code_make(code, event, 1);
	type(&play, code);
	struct action action = press(&play, KEY_ENTER);
	assert_int_equal(action.kind, ACTION_CHECK_IN_BADGE);
	assert_true(text_is(action.text, code));
	assert_int_equal(pause_(&play).kind, ACTION_NONE);
}

/* The dangerous one: a digit of the code must not pick from what stands on the screen. */
static void scan_over_shown_matches_picks_nobody(void **state)
{
	for (unsigned i = 0; i < 256; i++) {
		struct play play = begun(false);
		char code[BADGE_SIZE + 1];

		code_make(code, event, (unsigned char)i);
		matched(&play, "ha", 9);
		for (const char *c = code; *c; c++) {
			char one[2] = {*c, '\0'};
			assert_int_equal(type(&play, one).kind, ACTION_NONE);
		}
		struct action action = press(&play, KEY_ENTER);
		assert_int_equal(action.kind, ACTION_CHECK_IN_BADGE);
		assert_true(text_is(action.text, code));
	}
	(void)state;
}

/* Whatever the first character of a code is: after it, time stands still until the next key. */
static void digit_then_letter_is_text(void **state)
{
	struct play play = begun(false);

	(void)state;
	matched(&play, "ha", 9);
	type(&play, "7Q");
	assert_string_equal(play.editor.entry.text, "ha7Q");
	assert_int_equal(pause_(&play).kind, ACTION_NONE);
}

static void badge_of_another_event_is_told(void **state)
{
	struct play play = begun(false);
	char code[BADGE_SIZE + 1];

	(void)state;
	code_make(code, "another-event", 1);
	type(&play, code);
	struct action action = press(&play, KEY_ENTER);
	assert_int_equal(action.kind, ACTION_SAY);
	assert_string_equal(action.sentence, error_sentence(E_OTHER_EVENT));
}

static void number_is_shown_then_checked_in(void **state)
{
	struct play play = begun(false);
	int64_t person = 12;

	(void)state;
	type(&play, "#12");
	struct action action = press(&play, KEY_ENTER);
	assert_int_equal(action.kind, ACTION_SEARCH);
	assert_int_equal(action.person, 12);
	assert_true(editor_found(&play.editor, action.generation, &person, 1));
	type(&play, "1"); /* #121 is being typed: no pick */
	assert_string_equal(play.editor.entry.text, "#121");
	press(&play, KEY_BACKSPACE);
	action = pause_(&play);
	assert_true(editor_found(&play.editor, action.generation, &person, 1));
	assert_int_equal(press(&play, KEY_ENTER).person, 12);
}

static void number_goes_in_unseen_when_nobody_answers(void **state)
{
	struct play play = begun(false);

	(void)state;
	type(&play, "#12");
	struct action action = press(&play, KEY_ENTER);
	assert_true(editor_unanswered(&play.editor, action.generation));
	action = press(&play, KEY_ENTER);
	assert_int_equal(action.kind, ACTION_CHECK_IN);
	assert_int_equal(action.person, 12);
	type(&play, "har");
	action = press(&play, KEY_ENTER);
	assert_true(editor_unanswered(&play.editor, action.generation));
	assert_int_equal(press(&play, KEY_ENTER).kind, ACTION_SEARCH);
}

static void whoever_insists_on_a_number_waits_for_no_answer(void **state)
{
	struct play play = begun(false);

	(void)state;
	type(&play, "#12");
	assert_int_equal(press(&play, KEY_ENTER).kind, ACTION_SEARCH);
	assert_int_equal(press(&play, KEY_ENTER).kind, ACTION_CHECK_IN);
	type(&play, "har");
	assert_int_equal(press(&play, KEY_ENTER).kind, ACTION_SEARCH);
	assert_int_equal(press(&play, KEY_ENTER).kind, ACTION_NONE);
}

static void line_is_edited(void **state)
{
	struct play play = begun(false);

	(void)state;
	type(&play, "hü");
	press(&play, KEY_BACKSPACE);
	assert_string_equal(play.editor.entry.text, "h");
	type(&play, "ab");
	press(&play, KEY_CLEAR);
	assert_string_equal(play.editor.entry.text, "");
	type(&play, "ab");
	assert_int_equal(press(&play, KEY_CANCEL).kind, ACTION_NONE);
	assert_string_equal(play.editor.entry.text, "");
	type(&play, "ab");
	assert_int_equal(press(&play, KEY_END).kind, ACTION_NONE);
	press(&play, KEY_CLEAR);
	assert_int_equal(press(&play, KEY_END).kind, ACTION_QUIT);
	assert_int_equal(press(&play, KEY_CANCEL).kind, ACTION_SAY);
}

static void endless_line_stays_bounded(void **state)
{
	struct play play = begun(false);

	(void)state;
	for (int i = 0; i < 1000; i++)
		type(&play, "ع");
	assert_int_equal(play.editor.entry.size, ENTRY_MAX);
	assert_int_equal(press(&play, KEY_ENTER).kind, ACTION_SEARCH);
}

static void walk_in_is_asked_step_by_step(void **state)
{
	struct play play = begun(false);
	char prompt[512];

	(void)state;
	type(&play, "/new\r");
	editor_prompt(&play.editor, prompt, sizeof prompt);
	assert_string_equal(prompt, "full name: ");
	assert_int_equal(type(&play, "Işık Sample\r").kind, ACTION_NONE);
	assert_int_equal(type(&play, "TR\r").kind, ACTION_NONE);
	assert_int_equal(type(&play, "\r").kind, ACTION_NONE);
	assert_int_equal(type(&play, "d\r").kind, ACTION_SAY); /* delegate or driver */
	assert_int_equal(type(&play, "del\r").kind, ACTION_REGISTER);
	assert_string_equal(play.editor.form.answers[FORM_NAME], "Işık Sample");
	assert_string_equal(play.editor.form.answers[FORM_ENTITY], "TR");
	assert_string_equal(play.editor.form.answers[FORM_FUNCTION], "");
	assert_string_equal(play.editor.form.answers[FORM_CATEGORY], "delegate");
	/* refused: asked again, an empty line keeps what was typed */
	type(&play, "/new\r");
	editor_prompt(&play.editor, prompt, sizeof prompt);
	assert_string_equal(prompt, "full name [Işık Sample]: ");
	assert_int_equal(type(&play, "\rMA\r\r\r").kind, ACTION_REGISTER);
	assert_string_equal(play.editor.form.answers[FORM_ENTITY], "MA");
}

static void form_takes_no_scan_and_no_pick(void **state)
{
	struct play play = begun(false);
	char code[BADGE_SIZE + 1];

	(void)state;
	code_make(code, event, 1);
	type(&play, "/new\r");
	type(&play, code);
	assert_int_equal(press(&play, KEY_ENTER).kind, ACTION_SAY);
	assert_int_equal(play.editor.form.step, FORM_NAME);
	type(&play, "harrane");
	assert_int_equal(pause_(&play).kind, ACTION_NONE);
	press(&play, KEY_CANCEL);
	assert_int_equal(play.editor.form.step, FORM_NONE);
	type(&play, "/new\r");
	assert_int_equal(press(&play, KEY_ENTER).kind, ACTION_SAY);
	assert_int_equal(play.editor.form.step, FORM_NONE);
}

static void commands_pass_through(void **state)
{
	struct play play = begun(false);

	(void)state;
	struct action action = type(&play, "/undo 12 wrong person\r");
	assert_int_equal(action.kind, ACTION_COMMAND);
	assert_true(text_is(action.text, "undo 12 wrong person"));
	assert_int_equal(type(&play, "/quit\r").kind, ACTION_QUIT);
}

static void pipe_works_by_lines(void **state)
{
	struct play play = begun(true);
	const int64_t persons[] = {11, 12};

	(void)state;
	struct action action = editor_line(&play.editor, TEXT("har"));
	assert_int_equal(action.kind, ACTION_SEARCH);
	assert_true(editor_found(&play.editor, action.generation, persons, 2));
	assert_int_equal(editor_line(&play.editor, TEXT("")).kind, ACTION_SAY);
	assert_int_equal(editor_line(&play.editor, TEXT("3")).kind, ACTION_SAY);
	assert_int_equal(editor_line(&play.editor, TEXT("2\r")).person, 12);
	assert_int_equal(editor_line(&play.editor, TEXT("")).kind, ACTION_NONE);
	action = editor_line(&play.editor, TEXT("har"));
	assert_true(editor_found(&play.editor, action.generation, persons, 1));
	assert_int_equal(editor_line(&play.editor, TEXT("")).person, 11);
	action = editor_line(&play.editor, TEXT("#7"));
	assert_true(editor_unanswered(&play.editor, action.generation));
	assert_int_equal(editor_line(&play.editor, TEXT("")).person, 7);
}

static void pipe_takes_codes_and_refuses_rubbish(void **state)
{
	struct play play = begun(true);
	char code[BADGE_SIZE + 1], line[300];

	(void)state;
	code_make(code, event, 1);
	assert_int_equal(editor_line(&play.editor, text_of(code)).kind, ACTION_CHECK_IN_BADGE);
	memset(line, 'a', sizeof line);
	assert_int_equal(editor_line(&play.editor, (struct text){line, sizeof line}).kind, ACTION_SAY);
	assert_int_equal(editor_line(&play.editor, TEXT("\xff\xfe")).kind, ACTION_SAY);
	assert_int_equal(editor_line(&play.editor, TEXT("#abc")).kind, ACTION_SAY);
	assert_int_equal(editor_line(&play.editor, TEXT("#99999999999999999999")).kind, ACTION_SAY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(search_follows_a_pause_from_two_letters_on),
		cmocka_unit_test(two_arabic_letters_are_two_letters),
		cmocka_unit_test(one_match_and_enter_checks_in),
		cmocka_unit_test(nobody_and_enter_leaves_the_line_to_the_next),
		cmocka_unit_test(one_digit_checks_one_of_several_in),
		cmocka_unit_test(digit_and_enter_checks_in_once),
		cmocka_unit_test(digit_beyond_the_matches_is_text),
		cmocka_unit_test(nobody_is_checked_in_unseen),
		cmocka_unit_test(stale_matches_are_not_shown),
		cmocka_unit_test(scanned_code_checks_in_and_never_searches),
		cmocka_unit_test(scan_over_shown_matches_picks_nobody),
		cmocka_unit_test(digit_then_letter_is_text),
		cmocka_unit_test(badge_of_another_event_is_told),
		cmocka_unit_test(number_is_shown_then_checked_in),
		cmocka_unit_test(number_goes_in_unseen_when_nobody_answers),
		cmocka_unit_test(whoever_insists_on_a_number_waits_for_no_answer),
		cmocka_unit_test(line_is_edited),
		cmocka_unit_test(endless_line_stays_bounded),
		cmocka_unit_test(walk_in_is_asked_step_by_step),
		cmocka_unit_test(form_takes_no_scan_and_no_pick),
		cmocka_unit_test(commands_pass_through),
		cmocka_unit_test(pipe_works_by_lines),
		cmocka_unit_test(pipe_takes_codes_and_refuses_rubbish),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
