/* What changed, for doors, live views and gateways: polled by ledger sequence, nothing is pushed. */
#include "workers/reading.h"
#include "workers/sheet.h"
#include "workers/store.h"

enum { CHANGES_LIMIT = 100, ASK_AGAIN_MS = 300 };

/* As messages.def bounds the programme's lists; more than its event's line can come to. */
enum { DAYS_MAX = 366, ROOMS_MAX = 100, SESSIONS_MAX = 100, EVENT_BYTES = 4096 };

static struct page page_of(const struct changes_query *in)
{
	return (struct page){.person = ABSENT, .since = in->since,
			     .limit = in->limit == ABSENT ? CHANGES_LIMIT : in->limit};
}

/*
 * Where to go on: after the last of what was given, or, when nothing was, where one was; but never beyond the ledger,
 * which is shorter than it was when the event's file was put back from a copy.
 */
static enum error next_of(struct reading *reading, int64_t since, int64_t *next)
{
	int64_t last = 0;
	enum error e = ledger_last(reading->store, &last);

	*next = since < last ? since : last;
	return e;
}

enum error read_changes(struct reading *reading, const struct changes_query *in, struct changed *out)
{
	struct page page = page_of(in);
	size_t budget = SHEET_BYTES;
	uint32_t count;
	enum error e;

	if ((e = next_of(reading, in->since, &out->next)) ||
	    (e = store_instance(reading->store, reading->arena, &out->instance)) ||
	    (e = change_since(reading->store, &page, reading->arena, &out->entries)))
		return e;
	count = out->entries.count;
	if ((e = sheet_trim(&message_change, &out->entries, count, reading->arena, &budget)))
		return e;
	if (out->entries.count)
		out->next = LIST_AT(out->entries, change, out->entries.count - 1)->ledger;
	out->after_ms = count == page.limit || out->entries.count < count ? 0 : ASK_AGAIN_MS;
	return E_OK;
}

enum error read_badges(struct reading *reading, const struct changes_query *in, struct badges_changed *out)
{
	struct page page = page_of(in);
	struct list rows;
	enum error e;

	if ((e = next_of(reading, in->since, &out->next)) ||
	    (e = store_instance(reading->store, reading->arena, &out->instance)) ||
	    (e = badge_since(reading->store, &page, reading->arena, &rows)))
		return e;
	out->badges.items = arena_alloc(reading->arena, (rows.count + 1) * sizeof(struct badge_line));
	if (!out->badges.items)
		return E_NO_MEMORY;
	for (uint32_t i = 0; i < rows.count; i++) {
		const struct badge_change *row = LIST_AT(rows, badge_change, i);

		*LIST_AT(out->badges, badge_line, i) = (struct badge_line){
			.badge = row->badge, .person = row->person, .state = row->state,
			.registration = row->registration, .category = row->category,
			.checked_in = row->checked_in,
		};
		out->next = row->changed;
	}
	out->badges.count = rows.count;
	out->after_ms = rows.count == page.limit ? 0 : ASK_AGAIN_MS;
	return E_OK;
}

static void add_gavels(struct list *sessions, const struct list *gavels)
{
	for (uint32_t g = 0; g < gavels->count; g++) {
		const struct gavel_row *gavel = LIST_AT(*gavels, gavel_row, g);

		for (uint32_t s = 0; s < sessions->count; s++) {
			struct session_line *line = LIST_AT(*sessions, session_line, s);

			if (!text_equal(line->session, gavel->session))
				continue;
			if (text_is(gavel->op, "open_session"))
				line->opened = gavel->at;
			else if (text_is(gavel->op, "close_session"))
				line->closed = gavel->at;
		}
	}
}

/* The rows from one on. */
static struct list slice(struct list rows, size_t size, int64_t from)
{
	if (from > rows.count)
		from = rows.count;
	rows.items = (char *)rows.items + (size_t)from * size;
	rows.count -= (uint32_t)from;
	return rows;
}

/* Days and rooms stand on the first page alone; as many sessions follow as still fit. */
static enum error read_frame(struct reading *reading, struct programme *out, size_t *budget)
{
	enum error e;

	if ((e = day_all(reading->store, INT64_MAX, reading->arena, &out->days)) ||
	    (e = room_all(reading->store, reading->arena, &out->rooms)) ||
	    (e = sheet_trim(&message_day_plan, &out->days, DAYS_MAX, reading->arena, budget)))
		return e;
	return sheet_trim(&message_room_plan, &out->rooms, ROOMS_MAX, reading->arena, budget);
}

enum error read_programme(struct reading *reading, const struct programme_query *in, struct programme *out)
{
	int64_t from = in->cursor == ABSENT ? 0 : in->cursor;
	struct event_line *event = arena_alloc(reading->arena, sizeof *event);
	size_t budget = SHEET_BYTES - EVENT_BYTES;
	struct list sessions, gavels;
	bool found;
	enum error e;

	if (!event)
		return E_NO_MEMORY;
	if ((e = event_read(reading->store, INT64_MAX, reading->arena, event, &found)) ||
	    (e = session_lines(reading->store, INT64_MAX, reading->arena, &sessions)) ||
	    (e = gavel_all(reading->store, reading->arena, &gavels)) ||
	    (e = ledger_last(reading->store, &out->ledger)) || (!from && (e = read_frame(reading, out, &budget))))
		return e;
	if (!found)
		return E_UNKNOWN_EVENT;
	add_gavels(&sessions, &gavels);
	out->event = (struct list){event, 1};
	out->sessions = slice(sessions, sizeof(struct session_line), from);
	if ((e = sheet_trim(&message_session_line, &out->sessions, SESSIONS_MAX, reading->arena, &budget)))
		return e;
	if (from + out->sessions.count < sessions.count)
		out->cursor = from + out->sessions.count;
	return E_OK;
}
