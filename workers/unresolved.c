/* Goes through ledger rows, visits, persons and devices for what is odd: from the projections, or from a replay. */
#include "workers/unresolved.h"

#include <inttypes.h>

#include "schema/hex.h"
#include "workers/missing.h"
#include "workers/sheet.h"
#include "workers/store.h"

enum { PAGE_FINDINGS = 100 };

#define VISIT_FLAGS (1u << flag_lent_badge | 1u << flag_moved | 1u << flag_out_without_in)

/* What has been found so far. */
struct search {
	struct reading *reading;
	const struct moment *moment;
	const struct state *state;
	int64_t counts[flag_count];
	struct sheet *sheet; /* NULL: only counted */
	enum flag only;      /* goes into the sheet; none: all do */
	int64_t skip;        /* rows of earlier pages */
	struct list settlements; /* of numbers that never came */
	bool resolved;       /* what was settled goes into the sheet, not what is open */
};

/* Of what has no entry to be settled: how it ends. Such a finding is made anew from the ledger each time. */
static const char *ends_by(enum flag flag)
{
	switch (flag) {
	case flag_lent_badge:
		return "See who holds the badge. Ends when the scan out between comes late; else it stays.";
	case flag_moved:
		return "Ends when the scan out of the first room comes late; else it stays.";
	case flag_out_without_in:
		return "Ends when the scan in comes late; else it stays. hudur admin attest tells what no door saw.";
	case flag_open_interval:
		return "Ends with the closing gavel, with a scan out that comes late, or with hudur admin attest.";
	case flag_not_checked_in:
		return "Ends with the check-in at the desk.";
	case flag_not_accredited:
		return "Ends with hudur admin accredit.";
	case flag_left_after:
		return "Stays, unless the check-in is taken back.";
	case flag_silent_device:
		return "Ends when the device is heard from, or the event is closed.";
	case flag_none:
	case flag_already_inside:
	case flag_conflict:
	case flag_unknown_badge:
	case flag_revoked_badge:
	case flag_missing_numbers:
	case flag_count:
		break;
	}
	return NULL;
}

static void begin_row(struct unresolved_row *row, enum flag flag)
{
	const char *detail = ends_by(flag);

	message_clear(&message_unresolved_row, row);
	row->flag = flag;
	if (detail)
		row->detail = text_of(detail);
}

static enum error tell_name(const struct search *search, struct unresolved_row *row)
{
	struct name_row name;
	bool found;
	enum error e;

	if (row->person == ABSENT)
		return E_OK;
	e = name_until(search->reading->store, row->person, search->moment->ledger, search->reading->arena, &name,
		       &found);
	if (!e && found)
		row->name = name.name;
	return e;
}

static enum error listed(struct search *search, struct unresolved_row *row)
{
	enum error e;

	if (!search->sheet || search->sheet->full || (search->only && search->only != row->flag))
		return E_OK;
	if (search->skip > 0) {
		search->skip--;
		return E_OK;
	}
	e = tell_name(search, row);
	return e ? e : sheet_add(search->sheet, row);
}

/* Is open: counted, and listed unless the settled ones are wanted. */
static enum error found(struct search *search, struct unresolved_row *row)
{
	search->counts[row->flag]++;
	return search->resolved ? E_OK : listed(search, row);
}

/* ---- the ledger ---- */

/* What each side of a conflict said: ok, or why not. */
static void tell_sides(struct unresolved_row *row, const struct question_row *question)
{
	row->door = question->door_reason.at ? question->door_reason : question->admitted ? TEXT("ok") : TEXT("no");
	row->server = question->server_reason.at ? question->server_reason : TEXT("ok");
	row->detail = question->admitted ? TEXT("The door let the person pass; the server would not have.")
					 : TEXT("The door turned the person away; the server would not have.");
}

static enum error take_question(void *context, const void *record)
{
	struct search *search = context;
	const struct question_row *question = record;
	int64_t at = question->at + (question->clock_offset == ABSENT ? 0 : question->clock_offset);
	bool resolved = question->resolution != ABSENT;
	struct unresolved_row row;

	if (at > search->moment->happened)
		return E_OK;
	begin_row(&row, question->flag);
	row.ledger = question->seq;
	row.at = at;
	row.person = question->person;
	row.session = question->session;
	row.direction = question->direction;
	row.badge = question->badge;
	row.resolved_at = question->resolved_at;
	row.resolved_by = question->resolved_by;
	row.why = question->why;
	if (search->sheet && question->device.at)
		row.device = hex_write(question->device, search->reading->arena);
	if (question->flag == flag_conflict)
		tell_sides(&row, question);
	if (!resolved)
		search->counts[row.flag]++;
	return resolved == search->resolved ? listed(search, &row) : E_OK;
}

/* ---- visits ---- */

static enum error take_visit(struct search *search, int64_t person, struct text session, const struct visit *visit)
{
	struct unresolved_row row;
	enum error e = E_OK;

	for (enum flag flag = flag_none + 1; !e && flag < flag_count; flag++) {
		if (!(visit->flags & VISIT_FLAGS & 1u << flag))
			continue;
		begin_row(&row, flag);
		row.person = person;
		row.session = session;
		e = found(search, &row);
	}
	if (e || visit->since == ABSENT || !visit->assumed || visit->until > search->moment->at)
		return e;
	begin_row(&row, flag_open_interval);
	row.person = person;
	row.session = session;
	row.at = visit->entered;
	return found(search, &row);
}

static enum error take_visit_row(void *context, const void *record)
{
	const struct visit_row *row = record;
	const struct visit visit = {.flags = (uint32_t)row->flags, .since = row->since, .until = row->until,
				    .assumed = row->assumed, .entered = row->entered};

	return take_visit(context, row->person, row->session, &visit);
}

/* ---- persons ---- */

static enum error take_person(struct search *search, int64_t person, enum registration_state state, bool checked_in,
			      bool visited)
{
	struct unresolved_row row;
	enum flag flag = flag_none;

	if (!checked_in && visited)
		flag = flag_not_checked_in;
	else if (checked_in && state == registration_state_registered)
		flag = flag_not_accredited;
	else if (checked_in && (state == registration_state_cancelled || state == registration_state_replaced))
		flag = flag_left_after;
	if (!flag)
		return E_OK;
	begin_row(&row, flag);
	row.person = person;
	return found(search, &row);
}

/* The query gives those alone who were somewhere or checked in. */
static enum error take_person_row(void *context, const void *record)
{
	const struct person_row *row = record;

	return take_person(context, row->person, row->state, row->first_day != ABSENT, row->first_day == ABSENT);
}

/* ---- devices ---- */

/* Doors, and whoever last said that something waits: an administrator's finished command is no silent device. */
static bool is_silent(const struct search *search, const struct device_row *device)
{
	return (device->scans || device->backlog) &&
	       search->state->stage == event_state_open &&
	       search->moment->known - device->heard >= UNRESOLVED_SILENCE;
}

static enum error take_device(void *context, const void *record)
{
	struct search *search = context;
	const struct device_row *device = record;
	int64_t missing;
	struct unresolved_row row;
	enum error e = missing_count(search->reading->store, &search->settlements, device, search->moment->ledger, &missing);

	if (!e && missing > 0) {
		begin_row(&row, flag_missing_numbers);
		row.device = hex_write(device->device, search->reading->arena);
		row.number = missing;
		if (missing > UNRESOLVED_MISSING_MAX) {
			row.number = UNRESOLVED_MISSING_MAX;
			row.detail = TEXT("The device gave a request a number that it cannot have reached; see what it sent.");
		}
		e = found(search, &row);
	}
	if (e || !is_silent(search, device))
		return e;
	begin_row(&row, flag_silent_device);
	row.device = hex_write(device->device, search->reading->arena);
	row.at = device->heard;
	if (search->moment->latest)
		row.number = device->backlog;
	return found(search, &row);
}

static enum error take_settlements(struct search *search)
{
	enum error e = settlement_all(search->reading->store, search->moment->ledger, search->reading->arena,
				      &search->settlements);

	for (uint32_t i = 0; !e && search->resolved && i < search->settlements.count; i++) {
		const struct settlement *settled = LIST_AT(search->settlements, settlement, i);
		struct unresolved_row row;

		begin_row(&row, flag_missing_numbers);
		row.ledger = settled->entry;
		row.device = hex_write(settled->device, search->reading->arena);
		row.detail = arena_printf(search->reading->arena, "What was missing below its number %" PRId64 ".",
					  settled->number);
		row.resolved_at = settled->resolved_at;
		row.resolved_by = settled->resolved_by;
		row.why = settled->why;
		e = listed(search, &row);
	}
	return e;
}

/* ---- all of it ---- */

static enum error search_now(struct search *search)
{
	struct driver *store = search->reading->store;
	enum error e = unresolved_visit(store, VISIT_FLAGS, search->moment->at, take_visit_row, search);

	return e ? e : unresolved_person(store, take_person_row, search);
}

static bool was_there(const struct visit *visit)
{
	return visit->settled_ms > 0 || visit->since != ABSENT;
}

static enum error search_past(struct search *search)
{
	const struct state *state = search->state;
	struct visit visits[VISITS_MAX];
	bool *visited = arena_alloc(search->reading->arena, (size_t)state->person_count + 1);
	enum error e = visited ? E_OK : E_NO_MEMORY;

	for (uint32_t p = 1; !e && p <= state->person_count; p++) {
		size_t count = state_visits(state, &state->persons[p], visits);

		for (size_t i = 0; !e && i < count; i++) {
			visited[p] |= was_there(&visits[i]);
			e = take_visit(search, p, state->schedule.sittings[visits[i].session].code, &visits[i]);
		}
	}
	for (uint32_t p = 1; !e && p <= state->person_count; p++)
		e = take_person(search, p, state->persons[p].state, state->persons[p].check_in_days, visited[p]);
	return e;
}

static enum error take_heard(struct search *search)
{
	struct list devices;
	enum error e = heard_list(&search->reading->heard, search->reading->arena, &devices);

	for (uint32_t i = 0; !e && i < devices.count; i++)
		e = take_device(search, LIST_AT(devices, device_row, i));
	return e;
}

static enum error search_all(struct search *search)
{
	const struct moment *moment = search->moment;
	struct driver *store = search->reading->store;
	enum error e = unresolved_ledger(store, moment->ledger, take_question, search);

	if (!e)
		e = take_settlements(search);
	if (!e)
		e = moment->past ? search_past(search) : search_now(search);
	if (e)
		return e;
	return moment->latest ? device_all(store, take_device, search) : take_heard(search);
}

static enum error list_counts(const struct search *search, struct list *counts)
{
	counts->items = arena_alloc(search->reading->arena, flag_count * sizeof(struct unresolved_count));
	if (!counts->items)
		return E_NO_MEMORY;
	for (enum flag flag = flag_none + 1; flag < flag_count; flag++)
		if (search->counts[flag])
			*LIST_AT(*counts, unresolved_count, counts->count++) =
				(struct unresolved_count){.flag = flag, .count = search->counts[flag]};
	return E_OK;
}

enum error unresolved_counts(struct reading *reading, const struct moment *moment, const struct state *state,
			     struct list *counts)
{
	struct search search = {.reading = reading, .moment = moment, .state = state};
	enum error e = search_all(&search);

	*counts = (struct list){0};
	return e ? e : list_counts(&search, counts);
}

enum error read_unresolved(struct reading *reading, const struct unresolved_query *in, struct unresolved_report *out)
{
	int64_t from = in->cursor == ABSENT ? 0 : in->cursor;
	struct moment moment;
	struct state state;
	struct sheet sheet;
	struct search search = {.reading = reading, .moment = &moment, .state = &state, .sheet = &sheet,
				.only = in->flag, .skip = from, .resolved = in->resolved};
	enum error e;

	state_init(&state);
	if (!(e = moment_find(reading, in->at, in->as_of, &moment)) &&
	    !(e = moment_state(reading, &moment, &state)) &&
	    !(e = sheet_init(&sheet, &message_unresolved_row, PAGE_FINDINGS, reading->arena)) &&
	    !(e = search_all(&search)))
		e = list_counts(&search, &out->counts);
	state_free(&state);
	if (e)
		return e;
	out->as_of = moment.as_of;
	out->rows = sheet.rows;
	if (sheet.full)
		out->cursor = from + sheet.rows.count;
	return E_OK;
}
