/* Registration: who comes, for whom, as what. */
#include "schema/folding.h"
#include "workers/attempt.h"
#include "workers/store.h"

/* What nomination, registration, amend and replace have in common. */
struct particulars {
	struct text name, given, family, arabic, honorific, function, organisation, entity, also, key;
	enum category category;
	enum level level;
	enum gender gender;
	enum language language;
};

#define PARTICULARS(in) \
	.name = (in)->name, .given = (in)->given, .family = (in)->family, .arabic = (in)->arabic, \
	.honorific = (in)->honorific, .function = (in)->function, .organisation = (in)->organisation, \
	.category = (in)->category, .level = (in)->level, .gender = (in)->gender, .language = (in)->language

/* All forms of the name, so that any of them finds the person; a bar keeps one form from running into the next. */
static struct text search_key(struct arena *arena, const struct particulars *p)
{
	struct text name = folding_key(p->name, arena);
	struct text arabic = p->arabic.at ? folding_key(p->arabic, arena) : TEXT("");
	struct text family = p->family.at ? folding_key(p->family, arena) : TEXT("");
	struct text given = p->given.at ? folding_key(p->given, arena) : TEXT("");
	char *key = arena_alloc(arena, (size_t)name.size + arabic.size + family.size + given.size + 3);
	char *at = key;
	const struct text forms[] = {name, arabic, family, given};

	if (!key)
		return (struct text){0};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		/* given and family together: a name printed family first is found given first as well */
		if (i == 1 || i == 2)
			*at++ = '|';
		if (forms[i].size)
			memcpy(at, forms[i].at, forms[i].size);
		at += forms[i].size;
	}
	return (struct text){key, (uint32_t)(at - key)};
}

static enum error name_of(struct attempt *attempt, const struct particulars *p, struct name_row *name)
{
	*name = (struct name_row){
		.name = p->name, .given = p->given, .family = p->family, .arabic = p->arabic,
		.honorific = p->honorific, .function = p->function, .organisation = p->organisation,
		.key = p->key, .folded = search_key(attempt->arena, p),
	};
	return name->folded.at ? E_OK : E_NO_MEMORY;
}

/* The code of what somebody typed; absent stays absent. */
static enum error resolve(struct attempt *attempt, struct text typed, struct text *code)
{
	uint16_t entity;

	*code = (struct text){0};
	if (!typed.at)
		return E_OK;
	entity = state_entity(attempt->state, typed, attempt->arena);
	if (!entity) {
		attempt->detail = arena_printf(attempt->arena, "\"%.*s\" is no state, institution or organisation "
					       "of this event: neither a code nor a name.",
					       (int)typed.size, typed.at);
		return E_UNKNOWN_ENTITY;
	}
	*code = attempt->state->entities[entity].plan.entity;
	return E_OK;
}

static enum error describe(struct attempt *attempt, const struct particulars *p, struct fact *fact)
{
	enum error e;

	if ((e = resolve(attempt, p->entity, &fact->entity)) || (e = resolve(attempt, p->also, &fact->also)))
		return e;
	fact->category = p->category;
	fact->level = p->level;
	fact->gender = p->gender;
	fact->language = p->language;
	return E_OK;
}

/* ---- nominations ---- */

static bool same_optional(struct text a, struct text b)
{
	return (!a.at && !b.at) || (a.at && b.at && text_equal(a, b));
}

static bool same_texts(const struct name_row *a, const struct name_row *b)
{
	return same_optional(a->function, b->function) && same_optional(a->honorific, b->honorific) &&
	       same_optional(a->organisation, b->organisation);
}

static struct standing_for standing_for(const struct state *state, const struct fact *fact)
{
	return (struct standing_for){
		.entity = state_entity_by_code(state, fact->entity), .also = state_entity_by_code(state, fact->also),
		.category = (uint8_t)fact->category, .level = (uint8_t)fact->level,
		.gender = (uint8_t)fact->gender, .language = (uint8_t)fact->language,
	};
}

static bool same_standing(const struct standing_for *a, const struct standing_for *b)
{
	return a->entity == b->entity && a->also == b->also && a->category == b->category &&
	       a->level == b->level && a->gender == b->gender && a->language == b->language;
}

/* What a row says that is not its name. */
struct claim {
	const struct name_row *name;
	struct standing_for stands_for;
};

/*
 * Whether the row says nothing new: it is what the person was first registered as, or what has become of that since.
 * So a file that is sent again changes nothing, whatever was corrected in between.
 */
static bool says_nothing_new(const struct claim *claim, const struct person *person, const struct name_row *known)
{
	return same_texts(claim->name, known) && (same_standing(&claim->stands_for, &person->first) ||
						  same_standing(&claim->stands_for, &person->stands_for));
}

/* In the chunk itself: two persons of one name and entity are told apart by the authority's reference alone. */
static enum error known_in_chunk(const struct attempt *attempt, const struct claim *claim, struct import_row *row)
{
	for (const struct derived *d = attempt->derived; d; d = d->next) {
		struct standing_for other = standing_for(attempt->state, &d->fact);

		if (!text_equal(d->name.folded, claim->name->folded) ||
		    !same_optional(d->name.key, claim->name->key) || other.entity != claim->stands_for.entity)
			continue;
		row->person = d->fact.person;
		return same_standing(&other, &claim->stands_for) && same_texts(&d->name, claim->name)
			? E_ALREADY_DONE : E_DIFFERS;
	}
	return E_OK;
}

/*
 * The person whom this row names already: alike in name, reference and entity, as it was at first or is now.
 * Cancelled registrations count: a file sent again does not bring back who was withdrawn.
 */
static enum error known_person(struct attempt *attempt, const struct claim *claim, struct import_row *row)
{
	struct list names;
	bool differs = false;
	enum error e = name_same(attempt->store, claim->name->folded, attempt->arena, &names);

	for (uint32_t i = 0; !e && i < names.count; i++) {
		const struct name_row *known = LIST_AT(names, name_row, i);
		const struct person *person = state_person(attempt->state, known->person);

		if (!person || !same_optional(known->key, claim->name->key) ||
		    (person->first.entity != claim->stands_for.entity &&
		     person->stands_for.entity != claim->stands_for.entity))
			continue;
		row->person = known->person;
		if (says_nothing_new(claim, person, known))
			return E_ALREADY_DONE;
		differs = true;
	}
	if (!e && !differs)
		e = known_in_chunk(attempt, claim, row);
	return e ? e : differs ? E_DIFFERS : E_OK;
}

static enum error import_nomination(struct attempt *attempt, const struct import *in, const struct nomination *n,
				    struct import_row *row)
{
	struct particulars p = {PARTICULARS(n), .entity = n->entity, .also = n->also, .key = n->key};
	struct fact fact = {0};
	struct name_row name;
	struct claim claim = {.name = &name};
	struct derived *derived;
	enum error e;

	if (!n->name.at) {
		attempt->detail = TEXT("name: missing");
		return E_MALFORMED;
	}
	if ((e = describe(attempt, &p, &fact)) || (e = name_of(attempt, &p, &name)))
		return e;
	claim.stands_for = standing_for(attempt->state, &fact);
	if ((e = known_person(attempt, &claim, row)))
		return e;
	derived = attempt_derive(attempt, "register");
	if (!derived)
		return E_NO_MEMORY;
	if ((e = describe(attempt, &p, &derived->fact)))
		return e;
	derived->fact.person = attempt->next_person++;
	derived->fact.accredited = in->accredit;
	derived->fact.remote = n->remote;
	derived->name = name;
	derived->name.person = row->person = derived->fact.person;
	derived->name.ledger = derived->fact.seq;
	return E_OK;
}

static void report_row(struct attempt *attempt, enum error e, struct import_row *row, struct imported *out)
{
	if (e == E_OK) {
		out->added++;
	} else if (e == E_ALREADY_DONE) {
		out->unchanged++;
	} else {
		out->bad++;
		row->reason = text_of(error_name(e));
		row->detail = attempt->detail.at ? attempt->detail : text_of(error_sentence(e));
		*LIST_AT(out->rows, import_row, out->rows.count++) = *row;
	}
	attempt->detail = (struct text){0};
}

enum error handle_import(struct attempt *attempt, const struct import *in, struct imported *out)
{
	out->added = out->unchanged = out->bad = 0;
	out->rows.items = arena_alloc(attempt->arena, (in->rows.count + 1) * sizeof(struct import_row));
	if (!out->rows.items)
		return E_NO_MEMORY;
	attempt->remark = in->source;
	for (uint32_t i = 0; i < in->rows.count; i++) {
		const struct nomination *n = LIST_AT(in->rows, nomination, i);
		struct import_row row = {.line = n->line == ABSENT ? i + 1 : n->line, .person = ABSENT};
		enum error e = import_nomination(attempt, in, n, &row);

		if (error_status(e) == status_busy)
			return e;
		report_row(attempt, e, &row, out);
	}
	return E_OK;
}

/* ---- one person ---- */

/* The handler's fact is the registration itself; its name comes along as if derived. */
static enum error attach_name(struct attempt *attempt, const struct particulars *p, struct fact *fact)
{
	struct derived *derived = attempt_derive(attempt, "name");
	enum error e;

	if (!derived)
		return E_NO_MEMORY;
	if ((e = name_of(attempt, p, &derived->name)))
		return e;
	derived->fact.person = fact->person;
	derived->name.person = fact->person;
	derived->name.ledger = derived->fact.seq;
	return E_OK;
}

/* A walk-in in one request, so that nothing refers to a number that is not given yet. */
static enum error check_in_at_once(struct attempt *attempt, const struct registration *in, struct registered *out)
{
	enum registration_state state = in->accredit ? registration_state_accredited : registration_state_registered;
	struct derived *derived;
	enum error e;

	if ((e = attempt_time(attempt)) || (e = attempt_event_ran(attempt)) || (e = admission_registration(state)))
		return e;
	derived = attempt_derive(attempt, "check_in");
	if (!derived)
		return E_NO_MEMORY;
	derived->fact.person = attempt->fact.person;
	derived->fact.day = out->day = attempt_day(attempt);
	return in->issue || in->badge.at ? attempt_issue(attempt, in->badge, &out->badge) : E_OK;
}

enum error handle_register(struct attempt *attempt, const struct registration *in, struct registered *out)
{
	struct particulars p = {PARTICULARS(in), .entity = in->entity, .also = in->also};
	struct fact *fact = &attempt->fact;
	enum error e;

	if ((e = describe(attempt, &p, fact)))
		return e;
	fact->person = attempt->next_person++;
	fact->accredited = in->accredit;
	fact->walk_in = in->walk_in;
	fact->remote = in->remote;
	out->ledger = fact->seq;
	out->person = fact->person;
	if ((e = attach_name(attempt, &p, fact)))
		return e;
	return in->check_in ? check_in_at_once(attempt, in, out) : E_OK;
}

/* What is not given stays as it was. */
static void keep(struct text *given, struct text before)
{
	if (!given->at)
		*given = before;
}

static enum error amend_name(struct attempt *attempt, struct particulars *p)
{
	struct name_row before;
	bool found;
	enum error e = name_latest(attempt->store, attempt->fact.person, attempt->arena, &before, &found);

	if (e)
		return e;
	if (found) {
		keep(&p->name, before.name);
		keep(&p->given, before.given);
		keep(&p->family, before.family);
		keep(&p->arabic, before.arabic);
		keep(&p->honorific, before.honorific);
		keep(&p->function, before.function);
		keep(&p->organisation, before.organisation);
		keep(&p->key, before.key);
	}
	return attach_name(attempt, p, &attempt->fact);
}

enum error handle_amend(struct attempt *attempt, const struct amend *in, struct done *out)
{
	struct particulars p = {PARTICULARS(in), .entity = in->entity, .also = in->also};
	const struct person *person;
	enum error e;

	if ((e = attempt_person(attempt, in->person, &person)) || (e = describe(attempt, &p, &attempt->fact)))
		return e;
	attempt->remark = in->why;
	out->ledger = attempt->fact.seq;
	out->person = in->person;
	if (in->name.at || in->given.at || in->family.at || in->arabic.at || in->honorific.at || in->function.at ||
	    in->organisation.at)
		return amend_name(attempt, &p);
	return E_OK;
}

enum error handle_accredit(struct attempt *attempt, const struct accredit *in, struct done *out)
{
	const struct person *person;
	enum error e;

	if ((e = attempt_coming(attempt, in->person, &person)))
		return e;
	attempt->fact.accredited = in->also;
	out->ledger = attempt->fact.seq;
	out->person = in->person;
	return E_OK;
}

enum error handle_cancel(struct attempt *attempt, const struct cancel *in, struct done *out)
{
	const struct person *person;
	enum error e;

	if ((e = attempt_coming(attempt, in->person, &person)))
		return e;
	attempt->remark = in->why;
	out->ledger = attempt->fact.seq;
	out->person = in->person;
	return E_OK;
}

enum error handle_replace(struct attempt *attempt, const struct replace *in, struct registered *out)
{
	struct particulars p = {PARTICULARS(in)};
	const struct person *person;
	struct derived *derived;
	enum error e;

	if ((e = attempt_coming(attempt, in->person, &person)))
		return e;
	attempt->remark = in->why;
	derived = attempt_derive(attempt, "register");
	if (!derived)
		return E_NO_MEMORY;
	if (!p.category)
		p.category = (enum category)person->stands_for.category;
	if ((e = describe(attempt, &p, &derived->fact)) || (e = name_of(attempt, &p, &derived->name)))
		return e;
	derived->fact.entity = attempt->state->entities[person->stands_for.entity].plan.entity;
	derived->fact.person = attempt->next_person++;
	derived->fact.accredited = person->state == registration_state_accredited;
	derived->fact.remote = person->remote;
	derived->fact.corrects = attempt->fact.seq;
	derived->name.person = derived->fact.person;
	derived->name.ledger = derived->fact.seq;
	out->ledger = attempt->fact.seq;
	out->person = derived->fact.person;
	out->replaced = in->person;
	return E_OK;
}
