/* What changed, for doors, live views and gateways: polled by ledger sequence, nothing is pushed. */
#include "workers/reading.h"
#include "workers/store.h"

enum { CHANGES_LIMIT = 100, ASK_AGAIN_MS = 300, SESSIONS_PAGE = 40 };

static struct page page_of(const struct changes_query *in)
{
	return (struct page){.person = ABSENT, .since = in->since,
			     .limit = in->limit == ABSENT ? CHANGES_LIMIT : in->limit};
}

enum error read_changes(struct reading *reading, const struct changes_query *in, struct changed *out)
{
	struct page page = page_of(in);
	enum error e = change_since(reading->store, &page, reading->arena, &out->entries);
	uint32_t count = out->entries.count;

	out->next = count ? LIST_AT(out->entries, change, count - 1)->ledger : in->since;
	out->after_ms = count == page.limit ? 0 : ASK_AGAIN_MS;
	return e;
}

enum error read_badges(struct reading *reading, const struct changes_query *in, struct badges_changed *out)
{
	struct page page = page_of(in);
	struct list rows;
	enum error e = badge_since(reading->store, &page, reading->arena, &rows);

	out->badges.items = arena_alloc(reading->arena, (rows.count + 1) * sizeof(struct badge_line));
	if (e || !out->badges.items)
		return e ? e : E_NO_MEMORY;
	out->next = in->since;
	for (uint32_t i = 0; i < rows.count; i++) {
		const struct badge_change *row = LIST_AT(rows, badge_change, i);

		*LIST_AT(out->badges, badge_line, i) = (struct badge_line){
			.badge = row->badge, .person = row->person, .state = row->state,
			.registration = row->registration, .category = row->category,
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

/* Rows of one page out of all that were read. */
static struct list slice(struct list rows, size_t size, int64_t from, int64_t most)
{
	if (from > rows.count)
		from = rows.count;
	rows.items = (char *)rows.items + (size_t)from * size;
	rows.count -= (uint32_t)from;
	if (rows.count > most)
		rows.count = (uint32_t)most;
	return rows;
}

enum error read_programme(struct reading *reading, const struct programme_query *in, struct programme *out)
{
	int64_t from = in->cursor == ABSENT ? 0 : in->cursor;
	struct event_line *event = arena_alloc(reading->arena, sizeof *event);
	struct list sessions, gavels;
	bool found;
	enum error e;

	if (!event)
		return E_NO_MEMORY;
	if ((e = event_read(reading->store, reading->arena, event, &found)) ||
	    (e = session_lines(reading->store, INT64_MAX, reading->arena, &sessions)) ||
	    (e = gavel_all(reading->store, reading->arena, &gavels)) ||
	    (e = ledger_last(reading->store, &out->ledger)))
		return e;
	if (!found)
		return E_UNKNOWN_EVENT;
	add_gavels(&sessions, &gavels);
	out->sessions = slice(sessions, sizeof(struct session_line), from, SESSIONS_PAGE);
	if (from + out->sessions.count < sessions.count)
		out->cursor = from + out->sessions.count;
	out->event = (struct list){event, 1};
	if (from)
		return E_OK;
	e = day_all(reading->store, reading->arena, &out->days);
	return e ? e : room_all(reading->store, reading->arena, &out->rooms);
}
