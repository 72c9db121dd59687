/* Who stands at the desk: checked in, given a blank, registered. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "clients/desk/offline.h"

/*
 * The next blank for somebody whose badge nobody can make now: it is off the stock, on the disk, before the request that
 * names it is kept. NULL: none is left, or the disk does not keep the stock, which is told.
 */
static const char *blank_take(struct desk *desk)
{
	const char *code = stock_take(&desk->stock);

	if (!code && errno != 0)
		screen_line(&desk->screen, "No blank is given: the stock cannot be kept on the disk (%s).", strerror(errno));
	return code;
}

static bool needs_blank(const struct desk *desk, int64_t person, struct text code)
{
	const struct person_line *known = roster_person(&desk->roster, person);

	return desk->silent && !code.at && !(known && known->badge.at) && stock_left(&desk->stock) > 0;
}

static void check_in(struct desk *desk, const struct check_in *fields, const char *label, int64_t at)
{
	struct awaited *awaited = desk_keep(desk, OP_checkin_check_in, fields, AWAITED_CHECK_IN, at);

	if (!awaited)
		return;
	awaited->person = fields->person == ABSENT ? 0 : fields->person;
	awaited->named = label != NULL;
	snprintf(awaited->blank, sizeof awaited->blank, "%.*s", (int)fields->blank.size,
		 fields->blank.at ? fields->blank.at : "");
	if (label)
		snprintf(awaited->who, sizeof awaited->who, "%s", label);
	else if (fields->person != ABSENT)
		snprintf(awaited->who, sizeof awaited->who, "#%" PRId64, fields->person);
	else
		snprintf(awaited->who, sizeof awaited->who, "badge %.*s", (int)fields->badge.size, fields->badge.at);
}

/* By the roster, when the service cannot be asked for a name. */
static const char *known_label(const struct desk *desk, int64_t person, const char *code, char label[LABEL_MAX])
{
	const struct person_line *known = person > 0 ? roster_person(&desk->roster, person)
						     : roster_badge(&desk->roster, code);

	if (!desk->silent || !known)
		return NULL;
	show_label(known, label);
	return label;
}

void desk_give_blank(struct desk *desk, int64_t person)
{
	char label[LABEL_MAX];
	struct check_in fields;
	const char *code = blank_take(desk);

	if (!code)
		return;
	message_clear(&message_check_in, &fields);
	fields.person = person;
	fields.blank = text_of(code);
	check_in(desk, &fields, known_label(desk, person, "", label), 0);
}

void desk_check_in(struct desk *desk, int64_t person, struct text code, const char *label, int64_t at)
{
	char known[LABEL_MAX], badge[BADGE_SIZE + 1];
	struct check_in fields;

	snprintf(badge, sizeof badge, "%.*s", (int)code.size, code.at ? code.at : "");
	if (stock_has(&desk->stock, badge)) {
		screen_line(&desk->screen, "%s is a blank of this desk's stock. Find the person; the next blank is given "
			    "with the check-in, or by /blank N.", badge);
		return;
	}
	message_clear(&message_check_in, &fields);
	fields.issue = true;
	if (person > 0)
		fields.person = person;
	else
		fields.badge = code;
	if (needs_blank(desk, person, code))
		fields.blank = text_of(blank_take(desk));
	check_in(desk, &fields, label ? label : known_label(desk, person, badge, known), at);
}

static struct text answer_of(const struct desk *desk, enum form_step step)
{
	struct text text = text_of(desk->editor.form.answers[step]);

	return text.size > 0 ? text : (struct text){0};
}

/* What was typed, to be offered again should the answer be no. */
static void form_keep(struct desk *desk, struct awaited *awaited)
{
	awaited->form = malloc(sizeof *awaited->form);
	if (awaited->form)
		*awaited->form = desk->editor.form;
}

void desk_register(struct desk *desk)
{
	struct registration fields;

	message_clear(&message_registration, &fields);
	fields.name = answer_of(desk, FORM_NAME);
	fields.entity = answer_of(desk, FORM_ENTITY);
	fields.function = answer_of(desk, FORM_FUNCTION);
	fields.category = (enum category)vocabulary_value(&vocabulary_category, answer_of(desk, FORM_CATEGORY));
	fields.walk_in = fields.accredit = fields.check_in = fields.issue = true;
	if (desk->silent && stock_left(&desk->stock) > 0)
		fields.badge = text_of(blank_take(desk));
	struct awaited *awaited = desk_keep(desk, OP_registration_register, &fields, AWAITED_WALK_IN, 0);
	if (!awaited)
		return;
	form_keep(desk, awaited);
	snprintf(awaited->blank, sizeof awaited->blank, "%.*s", (int)fields.badge.size,
		 fields.badge.at ? fields.badge.at : "");
	snprintf(awaited->who, sizeof awaited->who, "%.*s (%.*s)", (int)fields.name.size, fields.name.at,
		 fields.entity.at ? (int)fields.entity.size : 17,
		 fields.entity.at ? fields.entity.at : "entity not stated");
}
