/* The slash commands of the line mode. */
#include <inttypes.h>

#include "clients/desk/offline.h"

static struct text trimmed(struct text text)
{
	while (text.size > 0 && text.at[0] == ' ')
		text = (struct text){text.at + 1, text.size - 1};
	return text;
}

/* Takes the first word off. */
static struct text word_take(struct text *rest)
{
	struct text word = trimmed(*rest);

	*rest = word;
	word.size = 0;
	while (word.size < rest->size && rest->at[word.size] != ' ')
		word.size++;
	*rest = trimmed((struct text){rest->at + word.size, rest->size - word.size});
	return word;
}

static void usage(struct desk *desk, const char *how)
{
	screen_line(&desk->screen, "Give %s", how);
}

static void help(struct desk *desk)
{
	static const char *const lines[] = {
		"Type two letters of a name or more: matches appear. A digit checks that one in,",
		"and Enter the only one.",
		"Scan a badge: its holder is checked in. #12 and Enter shows person 12, Enter again",
		"checks in.",
		"  /new                a walk-in: asks for the particulars, registers, checks in",
		"  /badge N            issues a first badge;  /badge N REASON  replaces the one that stands",
		"  /stock N            makes N blank badges for this desk, to be printed beforehand",
		"  /blank N            checks in with the next blank; while nobody answers that is usual",
		"  /roster             how many people the desk knows when nobody answers, and how fresh",
		"  /undo N REASON      takes back a check-in",
		"  /who N              one person with history",
		"  /hand CODE WHOM     a badge was collected by somebody; that is not a check-in",
		"  /quit               or ctrl-D. Ctrl-C clears the line, ctrl-U too",
	};

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		screen_line(&desk->screen, "%s", lines[i]);
}

static void about(struct awaited *awaited, int64_t person, const char *what)
{
	if (awaited)
		snprintf(awaited->who, sizeof awaited->who, "#%" PRId64 "%s", person, what);
}

static void badge(struct desk *desk, int64_t person, struct text why)
{
	struct issue issue;
	struct reissue reissue;

	message_clear(&message_issue, &issue);
	message_clear(&message_reissue, &reissue);
	issue.person = reissue.person = person;
	reissue.why = why;
	if (person == 0)
		usage(desk, "/badge N for a first badge, /badge N REASON to replace one.");
	else if (why.size > 0)
		about(desk_keep(desk, OP_checkin_reissue, &reissue, AWAITED_BADGE, 0), person, "");
	else
		about(desk_keep(desk, OP_checkin_issue, &issue, AWAITED_BADGE, 0), person, "");
}

static void undo(struct desk *desk, int64_t person, struct text why)
{
	struct undo_check_in fields;

	message_clear(&message_undo_check_in, &fields);
	fields.person = person;
	fields.why = why;
	if (person == 0 || why.size == 0)
		usage(desk, "/undo N REASON.");
	else
		about(desk_keep(desk, OP_checkin_undo_check_in, &fields, AWAITED_CHANGE, 0), person,
		      " check-in taken back");
}

static void stock(struct desk *desk, int64_t count)
{
	struct issue_blanks fields = {.count = count};

	if (count == 0) {
		screen_line(&desk->screen, "%" PRIu32 " %s in stock. /stock N makes more.", stock_left(&desk->stock),
			    stock_left(&desk->stock) == 1 ? "blank" : "blanks");
	} else if (count > 200 || stock_left(&desk->stock) + (uint32_t)count > STOCK_MAX) {
		screen_line(&desk->screen, "At most 200 blanks at once, and %d in a desk's stock.", STOCK_MAX);
	} else {
		struct awaited *awaited = desk_keep(desk, OP_checkin_issue_blanks, &fields, AWAITED_BLANKS, 0);
		if (awaited)
			snprintf(awaited->who, sizeof awaited->who, "%" PRId64 " %s", count,
				 count == 1 ? "blank" : "blanks");
	}
}

static void blank(struct desk *desk, int64_t person)
{
	if (person == 0)
		usage(desk, "/blank N.");
	else if (stock_left(&desk->stock) == 0)
		screen_line(&desk->screen, "There is no blank in stock. /stock N makes some while the broker answers.");
	else
		desk_give_blank(desk, person);
}

static void roster(struct desk *desk)
{
	char age[48];

	if (!offline_knows(desk)) {
		screen_line(&desk->screen, "There is no roster yet: nobody is found while the broker is away.");
		return;
	}
	offline_age(desk, age, sizeof age);
	screen_line(&desk->screen, "%" PRIu32 " people in the %s, %s.", desk->roster.count, age,
		    desk->vault.seal ? desk->vault.path : "in memory only");
}

static void who(struct desk *desk, int64_t person)
{
	struct person_ref fields;

	message_clear(&message_person_ref, &fields);
	fields.person = person;
	if (person == 0)
		usage(desk, "/who N.");
	else
		about(desk_ask(desk, OP_people_person, &fields, AWAITED_CARD), person, "");
}

static void hand(struct desk *desk, struct text scanned, struct text to)
{
	struct hand_over fields;
	char code[BADGE_SIZE + 1];

	message_clear(&message_hand_over, &fields);
	if (scanned.size == 0 || to.size == 0) {
		usage(desk, "/hand CODE WHOM.");
		return;
	}
	if (badge_read(text_of(desk->event), scanned, code) != E_OK) {
		screen_line(&desk->screen, "%.*s is no badge code of this event.", (int)scanned.size, scanned.at);
		return;
	}
	fields.badge = text_of(code);
	fields.to = to;
	struct awaited *awaited = desk_keep(desk, OP_checkin_hand_over, &fields, AWAITED_CHANGE, 0);
	if (awaited)
		snprintf(awaited->who, sizeof awaited->who, "badge %s handed over to %.*s", code, (int)to.size, to.at);
}

void desk_command(struct desk *desk, struct text rest)
{
	struct text name = word_take(&rest), left = rest, first = word_take(&left);

	if (text_is(name, "badge"))
		badge(desk, text_number(first), left);
	else if (text_is(name, "undo"))
		undo(desk, text_number(first), left);
	else if (text_is(name, "stock"))
		stock(desk, text_number(first));
	else if (text_is(name, "blank"))
		blank(desk, text_number(first));
	else if (text_is(name, "roster"))
		roster(desk);
	else if (text_is(name, "who"))
		who(desk, text_number(first));
	else if (text_is(name, "hand"))
		hand(desk, first, left);
	else if (text_is(name, "help") || name.size == 0)
		help(desk);
	else
		screen_line(&desk->screen, "There is no /%.*s; /help tells what there is.", (int)name.size, name.at);
}
