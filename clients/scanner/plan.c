/* Turns the pages of the programme into the schedule that the admission rule reads. */
#include "clients/scanner/plan.h"

static void page_slim(struct programme *page)
{
	for (uint32_t i = 0; i < page->sessions.count; i++) {
		struct session_line *line = LIST_AT(page->sessions, session_line, i);
		line->title_en = line->title_fr = line->title_ar = (struct text){0};
	}
	for (uint32_t i = 0; i < page->event.count; i++) {
		struct event_line *line = LIST_AT(page->event, event_line, i);
		line->name_en = line->name_fr = line->name_ar = line->city = (struct text){0};
	}
	page->rooms = (struct list){0};
}

enum error plan_add(struct plan *plan, struct text bytes, int64_t *cursor)
{
	struct programme page;
	struct arena scratch = {0};
	struct text slim;
	enum error e = E_TOO_LARGE;

	if (plan->page_count < PLAN_PAGES_MAX)
		e = message_decode(&message_programme, bytes, &scratch, &page, NULL);
	if (!e) {
		page_slim(&page);
		e = message_encode(&message_programme, &page, &plan->arena, &slim);
	}
	if (!e) {
		plan->pages[plan->page_count++] = slim;
		*cursor = page.cursor;
	}
	arena_free(&scratch);
	return e;
}

/* The first session with this room lends its index as the room's number; without a room, its own does. */
static uint16_t room_number(const struct session_line *lines, uint32_t index)
{
	for (uint32_t i = 0; lines[index].room.at && i < index; i++)
		if (lines[i].room.at && text_equal(lines[i].room, lines[index].room))
			return (uint16_t)i;
	return (uint16_t)index;
}

static void sitting_fill(struct sitting *sitting, const struct session_line *lines, uint32_t index)
{
	const struct session_line *line = &lines[index];

	*sitting = (struct sitting){
		.code = line->session,
		.room = room_number(lines, index),
		.continues = SESSION_NONE,
		.day = line->day == ABSENT ? 0 : (int32_t)line->day,
		.type = line->type,
		.counts = line->counts,
		.starts = line->starts,
		.ends = line->ends,
		.opened = line->opened,
		.closed = line->closed,
		.capacity = line->capacity == ABSENT ? 0 : line->capacity,
		.admits = schedule_admits(line->admits, NULL),
	};
}

static void continues_link(struct schedule *schedule, const struct session_line *lines)
{
	for (uint32_t i = 0; i < schedule->sitting_count; i++)
		if (lines[i].continues.at)
			schedule->sittings[i].continues = schedule_find(schedule, lines[i].continues);
}

static enum error days_fill(struct plan *plan, const struct list *days)
{
	struct schedule *schedule = &plan->schedule;

	schedule->days = arena_alloc(&plan->arena, (days->count + 1) * sizeof *schedule->days);
	if (!schedule->days)
		return E_NO_MEMORY;
	for (uint32_t i = 0; i < days->count; i++) {
		const struct day_plan *day = LIST_AT(*days, day_plan, i);
		schedule->days[i] = (struct event_day){day->starts, day->ends};
	}
	schedule->day_count = days->count;
	return E_OK;
}

/* All pages' sessions one after the other, at most what an index can name. */
static enum error lines_gather(struct plan *plan, struct session_line **lines, uint32_t *count)
{
	*lines = arena_alloc(&plan->arena, (size_t)plan->page_count * 100 * sizeof **lines);
	*count = 0;
	if (!*lines)
		return E_NO_MEMORY;
	for (uint32_t i = 0; i < plan->page_count; i++) {
		struct programme page;
		enum error e = message_decode(&message_programme, plan->pages[i], &plan->arena, &page, NULL);
		if (!e && i == 0)
			e = days_fill(plan, &page.days);
		if (e)
			return e;
		plan->ledger = page.ledger;
		if (page.event.count)
			plan->stage = LIST_AT(page.event, event_line, 0)->state;
		for (uint32_t j = 0; j < page.sessions.count; j++)
			(*lines)[(*count)++] = *LIST_AT(page.sessions, session_line, j);
	}
	return E_OK;
}

enum error plan_finish(struct plan *plan)
{
	struct schedule *schedule = &plan->schedule;
	struct session_line *lines;
	uint32_t count;

	if (plan->page_count == 0)
		return E_MALFORMED;
	enum error e = lines_gather(plan, &lines, &count);
	if (e)
		return e;
	schedule->sittings = arena_alloc(&plan->arena, (count + 1) * sizeof *schedule->sittings);
	if (!schedule->sittings)
		return E_NO_MEMORY;
	plan->rooms = arena_alloc(&plan->arena, (count + 1) * sizeof *plan->rooms);
	if (!plan->rooms)
		return E_NO_MEMORY;
	for (uint32_t i = 0; i < count; i++) {
		sitting_fill(&schedule->sittings[i], lines, i);
		plan->rooms[i] = lines[i].room;
	}
	schedule->sitting_count = count;
	continues_link(schedule, lines);
	schedule_join_rooms(schedule);
	plan->complete = true;
	return E_OK;
}

uint16_t plan_room(const struct plan *plan, struct text room, struct text session)
{
	const struct schedule *schedule = &plan->schedule;

	for (uint32_t i = 0; i < schedule->sitting_count; i++)
		if (room.at ? plan->rooms[i].at && text_equal(plan->rooms[i], room)
			    : text_equal(schedule->sittings[i].code, session))
			return schedule->sittings[i].room;
	return SESSION_NONE;
}

void plan_free(struct plan *plan)
{
	arena_free(&plan->arena);
	*plan = (struct plan){0};
}
