/* Prints a door's answers, large where a steward stands before a screen and plain where a program reads. */
#include "clients/scanner/tell.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>

#include "clients/cli/cell.h"
#include "schema/utf8.h"

enum { CODE_SHOWN_MAX = 64, GLYPH_ROWS = 5 };

/* Nobody may take silence for a yes or a no: what standard output does not take goes to standard error. */
static void flushed(struct teller *teller, const char *text)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return;
	teller->untold++;
	fprintf(stderr, "hudur-scan: NOT WRITTEN (%s): %s\n", strerror(errno), text);
	clearerr(stdout);
}

void teller_start(struct teller *teller, enum format format, bool terminal)
{
	*teller = (struct teller){.format = format, .banner = terminal && format == FORMAT_TABLE};
	if (format == FORMAT_CSV)
		fputs("badge,answer,reason,note,offline,list_age_ms,session,direction,recorded\r\n", stdout);
	flushed(teller, "the names of the columns");
}

/* Row by row, to be read from the other end of a corridor. */
static void banner_print(bool yes)
{
	static const char *const rows[2][GLYPH_ROWS] = {
		{"#   #  ###", "##  # #   #", "# # # #   #", "#  ## #   #", "#   #  ###"},
		{"#   # ##### #####", " # #  #     #", "  #   ###   #####", "  #   #         #", "  #   ##### #####"},
	};
	const char *colour = yes ? "\033[1;97;42m" : "\033[1;97;41m";

	for (int row = 0; row < GLYPH_ROWS; row++) {
		printf("%s    ", colour);
		for (const char *c = rows[yes][row]; *c; c++)
			fputs(*c == '#' ? "██" : "  ", stdout);
		fputs("\033[K\033[0m\n", stdout);
	}
	if (!yes)
		fputs("\a", stdout);
}

static void code_clean(struct text badge, char *code, size_t size)
{
	if (badge.size == 0 || badge.size >= size || utf8_check(badge) != UTF8_CLEAN)
		snprintf(code, size, "(unreadable)");
	else
		snprintf(code, size, "%.*s", (int)badge.size, badge.at);
}

static void csv_print(const struct passing *passing, const struct verdict *verdict, const char *code, bool recorded)
{
	const char *reason = verdict->reason ? error_name(verdict->reason) : "";
	char age[24] = "";

	if (verdict->age >= 0)
		snprintf(age, sizeof age, "%" PRId64, verdict->age);
	const struct text cells[] = {
		text_of(code), text_of(verdict->admitted ? "yes" : "no"), text_of(reason),
		text_of(verdict_sentence(verdict)), text_of(verdict->local ? "true" : "false"),
		text_of(age), passing->session,
		text_of(vocabulary_word(&vocabulary_direction, passing->direction)), text_of(recorded ? "true" : "false"),
	};
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		cell_csv(stdout, cells[i], i == sizeof cells / sizeof *cells - 1);
}

static void csv_no_print(const char *what, const char *reason, const char *sentence)
{
	const char *const cells[] = {what, "no", reason, sentence, "false", "", "", "", ""};

	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		cell_csv(stdout, text_of(cells[i]), i == sizeof cells / sizeof *cells - 1);
}

static void json_print_line(json_t *line)
{
	if (line)
		json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(line);
}

static void json_print(const struct passing *passing, const struct verdict *verdict, const char *code, bool recorded)
{
	const char *flag = vocabulary_word(&vocabulary_flag, verdict->flag);
	json_t *line = json_pack("{s:s, s:b, s:s?, s:s?, s:s, s:b, s:s%, s:s, s:b}", "badge", code, "admitted",
				 verdict->admitted, "reason",
				 verdict->reason ? error_name(verdict->reason) : NULL, "flag", flag,
				 "note", verdict_sentence(verdict), "offline", verdict->local,
				 "session", passing->session.at, (size_t)passing->session.size,
				 "direction", vocabulary_word(&vocabulary_direction, passing->direction),
				 "recorded", recorded);

	if (line && verdict->age >= 0)
		json_object_set_new(line, "list_age_ms", json_integer(verdict->age));
	json_print_line(line);
}

void tell_verdict(struct teller *teller, const struct passing *passing,
		  const struct verdict *verdict, bool recorded)
{
	char code[CODE_SHOWN_MAX + 1], text[VERDICT_TEXT_MAX];

	code_clean(passing->badge, code, sizeof code);
	verdict_tell(verdict, code, text);
	if (teller->banner)
		banner_print(verdict->admitted);
	if (teller->format == FORMAT_JSON) {
		json_print(passing, verdict, code, recorded);
	} else if (teller->format == FORMAT_CSV) {
		csv_print(passing, verdict, code, recorded);
	} else {
		printf("%s%s\n", text, recorded ? "" : "  NOT RECORDED");
	}
	flushed(teller, text);
}

void tell_place(struct teller *teller, const char *session, enum direction direction)
{
	const char *way = vocabulary_word(&vocabulary_direction, direction);

	if (teller->format == FORMAT_JSON)
		json_print_line(json_pack("{s:s, s:s}", "session", session, "direction", way));
	else if (teller->format == FORMAT_TABLE)
		printf("NOW %s %s\n", session, way);
	flushed(teller, session);
}

void tell_no(struct teller *teller, const char *what, const char *reason, const char *sentence)
{
	if (teller->banner)
		banner_print(false);
	if (teller->format == FORMAT_TABLE) {
		printf("NO %s %s: %s\n", what, reason, sentence);
	} else if (teller->format == FORMAT_JSON) {
		json_print_line(json_pack("{s:s, s:b, s:s, s:s}", "line", what, "admitted", 0, "reason", reason,
					  "note", sentence));
	} else {
		csv_no_print(what, reason, sentence);
	}
	flushed(teller, sentence);
}
