/* Holds persons, badges, visits, devices and gavels against what the ledger came to. */
#include "workers/verification.h"

#include <inttypes.h>
#include <stdio.h>

#include "schema/hex.h"
#include "workers/projection.h"
#include "workers/store.h"

enum { WHICH_MAX = 160 };

/* ---- noted on the way ---- */

static enum error note_gavel(struct verification *v, const struct fact *fact)
{
	struct gavel_row row = {.ledger = fact->seq, .op = fact->op, .session = fact->session,
				.at = fact->since == ABSENT ? fact_time(fact) : fact->since};

	if (v->gavels.count == v->gavel_room) {
		uint32_t room = v->gavel_room ? v->gavel_room * 2 : 64;
		struct gavel_row *rows = arena_alloc(&v->arena, room * sizeof *rows);

		if (!rows)
			return E_NO_MEMORY;
		if (v->gavels.count)
			memcpy(rows, v->gavels.items, v->gavels.count * sizeof *rows);
		v->gavels.items = rows;
		v->gavel_room = room;
	}
	*LIST_AT(v->gavels, gavel_row, v->gavels.count) = row;
	return record_own(&message_gavel_row, LIST_AT(v->gavels, gavel_row, v->gavels.count++), &v->arena);
}

enum error verification_note(struct verification *v, const struct fact *fact)
{
	const struct operation *operation = operation_find(TEXT("attendance"), fact->op);
	enum error e = heard_note(&v->heard, fact, &v->arena);

	if (!e && !fact->reason.at && operation && operation->request == &message_gavel)
		e = note_gavel(v, fact);
	return e;
}

/* ---- devices and gavels ---- */

static enum error compare_device(void *context, const void *row)
{
	struct verification *v = context;
	struct device_row stored = *(const struct device_row *)row;
	struct heard_device *heard = heard_find(&v->heard, stored.device);
	struct text hex = hex_write(stored.device, &v->arena);
	char which[WHICH_MAX];

	snprintf(which, sizeof which, "device %.*s...", hex.size < 6 ? (int)hex.size : 6, hex.at ? hex.at : "");
	if (!heard) {
		verification_differ(v, "%s: the ledger knows no such device", which);
		return E_OK;
	}
	stored.backlog = heard->row.backlog; /* the device's word alone, which the ledger does not keep */
	verification_compare(v, &message_device_row, &stored, &heard->row, which);
	heard->met = true;
	return E_OK;
}

enum error verify_devices(struct verification *v)
{
	enum error e = device_all(v->store, compare_device, v);

	for (int i = 0; !e && i < HEARD_HEADS; i++)
		for (const struct heard_device *heard = v->heard.heads[i]; heard; heard = heard->next)
			if (!heard->met)
				verification_differ(v, "devices: one of %" PRId64 " requests is missing",
						    heard->row.requests);
	return e;
}

enum error verify_gavels(struct verification *v)
{
	struct list stored;
	enum error e = gavel_all(v->store, &v->arena, &stored);

	if (e)
		return e;
	if (stored.count != v->gavels.count)
		verification_differ(v, "gavels: there are %u, and by the ledger %u", stored.count, v->gavels.count);
	for (uint32_t i = 0; i < stored.count && i < v->gavels.count; i++) {
		char which[WHICH_MAX];

		snprintf(which, sizeof which, "gavel %u", i + 1);
		verification_compare(v, &message_gavel_row, LIST_AT(stored, gavel_row, i),
				     LIST_AT(v->gavels, gavel_row, i), which);
	}
	return E_OK;
}

/* ---- persons and badges ---- */

/* How many rows were met of one table. */
struct meeting_rows {
	struct verification *v;
	uint32_t met;
};

static enum error compare_person(void *context, const void *row)
{
	struct meeting_rows *rows = context;
	const struct person_row *stored = row;
	const struct person *person = state_person(&rows->v->state, stored->person);
	char which[WHICH_MAX];

	snprintf(which, sizeof which, "person %" PRId64, stored->person);
	if (person) {
		const struct person_row replayed = projection_person(&rows->v->state, person);

		verification_compare(rows->v, &message_person_row, stored, &replayed, which);
		rows->met++;
	} else {
		verification_differ(rows->v, "%s: the ledger registers nobody of this number", which);
	}
	return E_OK;
}

/* Rows are met once each, for they have a key. */
static void tell_missing(const struct meeting_rows *rows, const char *what, uint32_t wanted)
{
	if (rows->met < wanted)
		verification_differ(rows->v, "%s: %u are missing that the ledger tells of", what,
				    wanted - rows->met);
}

enum error verify_persons(struct verification *v)
{
	struct meeting_rows rows = {v, 0};
	enum error e = person_each(v->store, compare_person, &rows);

	if (!e)
		tell_missing(&rows, "persons", v->state.person_count);
	return e;
}

static enum error compare_badge(void *context, const void *row)
{
	struct meeting_rows *rows = context;
	const struct badge_row *stored = row;
	const struct badge *badge = state_badge(&rows->v->state, stored->badge);
	char which[WHICH_MAX];

	snprintf(which, sizeof which, "a badge of person %" PRId64, stored->person);
	if (badge) {
		const struct badge_row replayed = projection_badge(badge);

		verification_compare(rows->v, &message_badge_row, stored, &replayed, which);
		rows->met++;
	} else {
		verification_differ(rows->v, "%s: the ledger issues no such badge", which);
	}
	return E_OK;
}

enum error verify_badges(struct verification *v)
{
	struct meeting_rows rows = {v, 0};
	enum error e = badge_each(v->store, compare_badge, &rows);

	if (!e)
		tell_missing(&rows, "badges", v->state.badge_count);
	return e;
}

/* ---- visits ---- */

/* Rows come by person, whose visits are made once. */
struct meeting_visits {
	struct meeting_rows rows;
	int64_t person;
	struct visit visits[VISITS_MAX];
	size_t count;
};

static struct visit visit_now(const struct meeting_visits *m, uint16_t session, bool *found)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->visits[i].session == session) {
			*found = true;
			return m->visits[i];
		}
	*found = false;
	return projection_no_visit(session);
}

static enum error compare_visit(void *context, const void *row)
{
	struct meeting_visits *m = context;
	struct verification *v = m->rows.v;
	const struct visit_row *stored = row;
	const struct person *person = state_person(&v->state, stored->person);
	uint16_t session = schedule_find(&v->state.schedule, stored->session);
	char which[WHICH_MAX];

	snprintf(which, sizeof which, "the visit of person %" PRId64 " to %.*s", stored->person,
		 (int)stored->session.size, stored->session.at);
	if (!person || session == SESSION_NONE) {
		verification_differ(v, "%s: there is no such person or session", which);
		return E_OK;
	}
	if (m->person != stored->person)
		m->count = state_visits(&v->state, person, m->visits);
	m->person = stored->person;
	{
		bool found;
		const struct visit now = visit_now(m, session, &found);
		const struct visit_row replayed = projection_visit(&v->state, stored->person, &now);

		m->rows.met += found;
		verification_compare(v, &message_visit_row, stored, &replayed, which);
	}
	return E_OK;
}

enum error verify_visits(struct verification *v)
{
	struct meeting_visits m = {.rows = {v, 0}};
	enum error e = visit_each(v->store, compare_visit, &m);
	uint32_t wanted = 0;

	for (uint32_t i = 1; !e && i <= v->state.person_count; i++)
		wanted += (uint32_t)state_visits(&v->state, &v->state.persons[i], m.visits);
	if (!e)
		tell_missing(&m.rows, "visits", wanted);
	return e;
}
