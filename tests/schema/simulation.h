/*
 * Random meetings, and a person in one who is followed from minute to minute: the rule of presence
 * told in the plainest way, to hold the real one against.
 */
#ifndef HUDUR_TESTS_SCHEMA_SIMULATION_H
#define HUDUR_TESTS_SCHEMA_SIMULATION_H

#include <stdlib.h>

#include "schema/enums.h"

enum {
	ROOMS = 3, DAYS = 2, DAY = 1440, MINUTES = DAYS * DAY, SESSIONS = 40, SCANS = 16, VOUCHED = 3,
	NIGHT = 360, NOBODY = -1, UNKNOWN = -1
};

/* All times in minutes from the first midnight, -1 where not known. */
struct item {
	int room, starts, ends, opened, closed;
	bool counts;
};

struct act {
	int at, session;
	bool in;
};

struct vouch {
	int since, until, session;
};

struct meeting {
	struct item items[SESSIONS];
	struct act acts[SCANS];
	struct vouch vouches[VOUCHED];
	int clearings[2], cleared[2]; /* when, which room */
	int item_count, act_count, vouch_count, clearing_count;
};

static uint64_t seed;

static inline int chance(int below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int)((seed >> 11) % (uint64_t)below);
}

/* ---- random meetings ---- */

static inline void draw_gavels(struct item *item, const struct item *before)
{
	item->opened = item->closed = UNKNOWN;
	if (chance(3) == 0)
		item->opened = item->starts + chance(10);
	if (chance(5) < 2)
		item->closed = item->ends - 15 + chance(36);
	/* the chair of the next one waits until the room is free */
	if (before && before->closed > item->opened)
		item->opened = UNKNOWN;
}

static inline void draw_room(struct meeting *meeting, int room, int day)
{
	int at = day * DAY + 480 + chance(60), count = 2 + chance(4);

	for (int i = 0; i < count; i++) {
		struct item *item = &meeting->items[meeting->item_count];

		item->room = room;
		item->counts = chance(6) != 0;
		item->starts = at;
		item->ends = at + 40 + chance(60);
		draw_gavels(item, i ? item - 1 : NULL);
		at = item->ends + (chance(2) ? 0 : 5 + chance(30));
		meeting->item_count++;
	}
}

static inline int draw_session(const struct meeting *meeting, int at)
{
	for (int tries = 0; tries < 20; tries++) {
		int i = chance(meeting->item_count);

		if (chance(20) == 0 || abs(meeting->items[i].starts - at) < 100)
			return i;
	}
	return chance(meeting->item_count);
}

static inline void draw_acts(struct meeting *meeting)
{
	bool taken[MINUTES] = {false};
	int count = chance(SCANS + 1), kept = 0;

	for (int i = 0; i < count; i++)
		taken[chance(DAYS) * DAY + 450 + chance(700)] = true;
	for (int at = 0; at < MINUTES; at++)
		if (taken[at])
			meeting->acts[kept++] = (struct act){at, draw_session(meeting, at), chance(5) < 3};
	meeting->act_count = kept;
}

static inline void draw_rest(struct meeting *meeting)
{
	meeting->clearing_count = chance(3);
	for (int i = 0; i < meeting->clearing_count; i++) {
		meeting->clearings[i] = chance(DAYS) * DAY + 500 + chance(600);
		meeting->cleared[i] = chance(ROOMS);
	}
	meeting->vouch_count = chance(3) ? 0 : 1 + chance(VOUCHED);
	for (int i = 0; i < meeting->vouch_count; i++) {
		int session = chance(meeting->item_count);
		int since = meeting->items[session].starts - 20 + chance(60);

		meeting->vouches[i] = (struct vouch){since, since + 1 + chance(90), session};
	}
}

static inline void draw(struct meeting *meeting)
{
	*meeting = (struct meeting){0};
	for (int day = 0; day < DAYS; day++)
		for (int room = 0; room < ROOMS; room++)
			draw_room(meeting, room, day);
	draw_acts(meeting);
	draw_rest(meeting);
}

/* ---- the simulation ---- */

enum paint { AWAY, CERTAIN, ASSUMED };

struct person {
	int room, as, since, wish; /* `as`: the session the person is in the room for */
	int entered;               /* the stay's first minute; kept while it may still be made certain */
	int lapsed;                /* when a session's end ended the stay, or NOBODY */
	unsigned char paint[SESSIONS][MINUTES];
	enum flag flags[SCANS];
};

static const struct meeting *now;

static inline int begins(int session)
{
	const struct item *item = &now->items[session];
	int start = item->opened != UNKNOWN ? item->opened : item->starts;

	for (int i = 0; i < session && item->counts && item->opened == UNKNOWN; i++)
		if (now->items[i].counts && now->items[i].room == item->room &&
		    now->items[i].closed > start)
			start = now->items[i].closed;
	return start;
}

static inline int ends(int session, int since)
{
	const struct item *item = &now->items[session];
	int end = item->closed != UNKNOWN ? item->closed : item->ends;
	int evening = (since / DAY + 1) * DAY;

	return end > evening + NIGHT ? evening : end;
}

static inline bool by_gavel(int session, int since)
{
	return now->items[session].closed == ends(session, since);
}

/* The next counting session of the room, when no break lies between. */
static inline int carrier(int session, int since)
{
	const struct item *item = &now->items[session];
	int end = ends(session, since);

	if (!item->counts || end % DAY == 0)
		return NOBODY;
	for (int i = session + 1; i < now->item_count; i++) {
		const struct item *next = &now->items[i];
		int start = next->opened != UNKNOWN ? next->opened : next->starts;

		if (next->room != item->room || !next->counts)
			continue;
		if (next->starts <= item->ends || start < end || (start == end && end == item->closed))
			return ends(i, since) > since ? i : NOBODY;
		return NOBODY;
	}
	return NOBODY;
}

static inline int turns(const struct person *person)
{
	int end = ends(person->as, person->since), next = carrier(person->as, person->since);

	if (next != NOBODY && begins(next) < end)
		end = begins(next);
	return end < person->since ? person->since : end;
}

static inline void paint_certain(struct person *person, int until)
{
	for (int s = 0; s < now->item_count; s++)
		for (int m = person->entered; m < until; m++)
			if (person->paint[s][m] == ASSUMED && now->items[s].room == person->room)
				person->paint[s][m] = CERTAIN;
}

static inline void go(struct person *person, int as, int at)
{
	person->as = as;
	person->since = at;
}

static inline void end_by_itself(struct person *person, int at)
{
	int next = carrier(person->as, person->since);

	if (by_gavel(person->as, person->since))
		for (int m = person->since; m < at; m++)
			if (person->paint[person->as][m] == ASSUMED)
				person->paint[person->as][m] = CERTAIN;
	if (next == NOBODY || next == person->wish) {
		next = person->wish != NOBODY && ends(person->wish, at) > at ? person->wish : NOBODY;
		person->wish = NOBODY;
	}
	go(person, next, at);
	if (next == NOBODY)
		person->lapsed = at;
}

static inline void come_in(struct person *person, int session, int at)
{
	bool waiting;
	int former = person->as;

	if (person->as == NOBODY) {
		person->room = now->items[session].room;
		person->entered = at;
		person->wish = person->lapsed = NOBODY;
		go(person, session, at);
		return;
	}
	waiting = begins(former) > at;
	if (session == former)
		return;
	if ((waiting || !now->items[former].counts) && begins(session) <= at && ends(session, at) > at) {
		for (int m = person->since; m < at; m++)
			if (person->paint[former][m] == ASSUMED)
				person->paint[former][m] = CERTAIN;
		go(person, session, at);
		person->wish = waiting ? former : NOBODY;
	} else {
		person->wish = session;
	}
}

static inline enum flag go_out(struct person *person, int session, int at)
{
	int start = begins(session);

	if (person->room != now->items[session].room)
		return flag_out_without_in;
	if (person->as == NOBODY) {
		if (person->lapsed == NOBODY || at > person->lapsed + NIGHT)
			return flag_out_without_in;
		if (now->items[session].counts && start > person->lapsed && start <= at)
			return flag_out_without_in;
	}
	paint_certain(person, at);
	person->as = person->lapsed = NOBODY;
	return flag_none;
}

static inline enum flag act_out(struct person *person, const struct act *act)
{
	enum flag flag = flag_none;

	if (!act->in)
		return go_out(person, act->session, act->at);
	if (person->as != NOBODY)
		flag = person->room == now->items[act->session].room ? flag_already_inside : flag_moved;
	if (flag == flag_moved) {
		paint_certain(person, act->at);
		person->as = NOBODY;
	}
	come_in(person, act->session, act->at);
	return flag;
}

static inline void sweep_out(struct person *person, int at)
{
	for (int i = 0; i < now->clearing_count; i++) {
		if (person->as == NOBODY || now->clearings[i] != at || now->cleared[i] != person->room ||
		    person->since >= at)
			continue;
		paint_certain(person, at);
		person->as = person->lapsed = NOBODY;
	}
}

static inline void live(struct person *person)
{
	int next = 0;

	*person = (struct person){.room = NOBODY, .as = NOBODY, .wish = NOBODY, .lapsed = NOBODY};
	for (int m = 0; m < MINUTES; m++) {
		sweep_out(person, m);
		while (person->as != NOBODY && turns(person) <= m)
			end_by_itself(person, m);
		while (next < now->act_count && now->acts[next].at == m) {
			person->flags[next] = act_out(person, &now->acts[next]);
			next++;
			/* what is over already is over at once */
			while (person->as != NOBODY && turns(person) <= m)
				end_by_itself(person, m);
		}
		if (person->as != NOBODY && begins(person->as) <= m)
			person->paint[person->as][m] = ASSUMED;
	}
}

static inline void vouch(struct person *person, const struct vouch *vouch)
{
	unsigned char *paint = person->paint[vouch->session];
	int end = ends(vouch->session, vouch->since), start = begins(vouch->session);
	bool seen = false;

	for (int m = vouch->since; m < vouch->until && m < end; m++)
		seen |= paint[m] == ASSUMED;
	for (int m = 0; m < vouch->until && seen; m++)
		if (paint[m] == ASSUMED)
			paint[m] = CERTAIN;
	for (int m = vouch->since; m < vouch->until && m < end; m++)
		if (m >= start)
			paint[m] = CERTAIN;
}

#endif
