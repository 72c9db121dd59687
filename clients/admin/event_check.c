/* Checks a meeting's programme as a whole before anything of it is sent. */
#include "clients/admin/event_file.h"

#include <assert.h>

#include "schema/schedule.h"

/* The programme as it will stand: the file's sessions, then those of the service that the file
 * leaves alone. */
struct timetable {
	struct sitting *sittings;
	struct text *rooms; /* of each sitting; absent: its own */
	uint32_t count;
};

static void add(struct timetable *t, struct text code, struct text room, bool counts,
		int64_t starts, int64_t ends)
{
	struct sitting *sitting = &t->sittings[t->count];

	*sitting = (struct sitting){.code = code,
				    .continues = SESSION_NONE,
				    .counts = counts,
				    .starts = starts,
				    .ends = ends,
				    .opened = ABSENT,
				    .closed = ABSENT,
				    .room = (uint16_t)t->count};
	for (uint32_t i = 0; room.at && i < t->count; i++)
		if (t->rooms[i].at && text_equal(t->rooms[i], room))
			sitting->room = t->sittings[i].room;
	t->rooms[t->count++] = room;
}

static bool is_in_file(const struct event_file *file, struct text code)
{
	for (uint32_t i = 0; i < file->plan.sessions.count; i++)
		if (text_equal(LIST_AT(file->plan.sessions, session_plan, i)->session, code))
			return true;
	return false;
}

static bool fill(struct event_file *file, struct timetable *t)
{
	uint32_t standing = file->standing ? file->standing->sessions.count : 0;
	size_t most = (size_t)file->plan.sessions.count + standing;

	if (most >= SESSION_NONE)
		return source_blame(&file->source, NULL,
				    "there are more sessions than a programme can have.");
	t->sittings = arena_alloc(file->source.arena, most * sizeof(*t->sittings));
	t->rooms = arena_alloc(file->source.arena, most * sizeof(*t->rooms));
	if (!t->sittings || !t->rooms)
		return source_blame(&file->source, NULL, "memory is short.");
	for (uint32_t i = 0; i < file->plan.sessions.count; i++) {
		const struct session_plan *s = LIST_AT(file->plan.sessions, session_plan, i);

		add(t, s->session, s->room, s->counts, s->starts, s->ends);
	}
	for (uint32_t i = 0; i < standing; i++) {
		const struct session_line *s = LIST_AT(file->standing->sessions, session_line, i);

		if (!is_in_file(file, s->session))
			add(t, s->session, s->room, s->counts, s->starts, s->ends);
	}
	return true;
}

static bool check_continues(struct event_file *file, const struct timetable *t)
{
	for (uint32_t i = 0; i < file->plan.sessions.count; i++) {
		const struct session_plan *s = LIST_AT(file->plan.sessions, session_plan, i);
		bool known = !s->continues.at;

		for (uint32_t k = 0; k < t->count; k++)
			known = known || (k != i && text_equal(t->sittings[k].code, s->continues));
		if (!known)
			return source_blame(&file->source, NULL,
					    "session %.*s continues %.*s, which is not in the "
					    "programme.",
					    (int)s->session.size, s->session.at,
					    (int)s->continues.size, s->continues.at);
	}
	return true;
}

/* A room that is named must be there, or its name is a slip of the pen. */
static bool check_rooms(struct event_file *file)
{
	for (uint32_t i = 0; i < file->plan.sessions.count; i++) {
		const struct session_plan *s = LIST_AT(file->plan.sessions, session_plan, i);
		bool known = !s->room.at;

		for (uint32_t k = 0; k < file->plan.rooms.count; k++)
			known = known ||
				text_equal(LIST_AT(file->plan.rooms, room_plan, k)->room, s->room);
		for (uint32_t k = 0; file->standing && k < file->standing->rooms.count; k++)
			known = known ||
				text_equal(LIST_AT(file->standing->rooms, room_plan, k)->room,
					   s->room);
		if (!known)
			return source_blame(&file->source, NULL,
					    "session %.*s is in room %.*s, which is not in "
					    "\"rooms\".",
					    (int)s->session.size, s->session.at, (int)s->room.size,
					    s->room.at);
	}
	return true;
}

bool event_check(struct event_file *file)
{
	struct timetable t = {0};
	struct schedule schedule = {0};
	uint16_t one = 0, other = 0;
	const struct sitting *a, *b;
	enum error e;

	if (!fill(file, &t) || !check_continues(file, &t) || !check_rooms(file))
		return false;
	schedule.sittings = t.sittings;
	schedule.sitting_count = t.count;
	e = schedule_check(&schedule, &one, &other);
	if (!e)
		return true;
	assert(t.sittings);
	a = &t.sittings[one];
	b = &t.sittings[other];
	if (e == E_END_BEFORE_START)
		return source_blame(&file->source, NULL, "session %.*s ends before it starts.",
				    (int)a->code.size, a->code.at);
	return source_blame(&file->source, NULL,
			    "sessions %.*s and %.*s, which both count, overlap in one room.",
			    (int)a->code.size, a->code.at, (int)b->code.size, b->code.at);
}
