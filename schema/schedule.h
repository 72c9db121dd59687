/* The programme as the rules see it: when each session really begins and ends, and who follows whom in a room. */
#ifndef HUDUR_SCHEMA_SCHEDULE_H
#define HUDUR_SCHEMA_SCHEDULE_H

#include "schema/message.h"

enum { SESSION_NONE = 0xFFFF };

/* One session. Times are Unix ms, UTC, ABSENT when not planned or not recorded. */
struct sitting {
	struct text code;   /* view; whoever fills the schedule keeps it */
	uint16_t room;      /* the same number, the same room; a session without a room has a number of its own */
	uint16_t continues; /* index of the session it is the next part of, or SESSION_NONE */
	uint16_t first_in_room, next_in_room; /* by schedule_join_rooms; the last one's next is SESSION_NONE */
	int32_t day;        /* 0: not printed */
	enum session_type type;
	bool counts;
	int64_t starts, ends;   /* planned */
	int64_t opened, closed; /* by gavel */
	int64_t capacity;       /* 0: no limit */
	uint32_t admits;        /* bit 1 << enum category; 0: all. A category that is not stated is bit 0 */
};

/* A moment when a room was emptied. */
struct clearing {
	uint16_t room;
	int64_t at;
};

/* A day of the event: [starts, ends), midnights of the event's zone in UTC. */
struct event_day {
	int64_t starts, ends;
};

/* Views; filled and kept by the caller. Days in order, sessions in any. At most SESSION_NONE sessions. */
struct schedule {
	struct sitting *sittings;
	struct clearing *clearings;
	struct event_day *days;
	uint32_t sitting_count, clearing_count, day_count;
	uint32_t joined; /* so many sittings know who shares their room */
};

/*
 * Tells the sittings who shares their room. To be called whenever one was added or moved to another room: starts and
 * followers are asked of a schedule that was joined, and of no other. Times, gavels and what counts may change freely.
 */
void schedule_join_rooms(struct schedule *schedule);

/* Index of a session by its code, or SESSION_NONE. */
uint16_t schedule_find(const struct schedule *schedule, struct text code);

/* 1-based day that holds the instant; 0 when it is outside the event. */
int32_t schedule_day(const struct schedule *schedule, int64_t at);

/*
 * The `admits` of a sitting from categories separated by spaces; 0 when there are none. A word that is no category
 * is bit 0, so that it does not admit all; `unknown` (NULL is allowed) receives the first such, or no text.
 */
uint32_t schedule_admits(struct text words, struct text *unknown);

/* Whether attendance of such a session counts unless the programme says otherwise. */
bool session_type_counts(enum session_type type);

/*
 * No stay lasts this long past midnight, and an OUT this long after the end of a stay is none of
 * it. Milliseconds.
 */
#define SCHEDULE_NIGHT INT64_C(21600000)

/*
 * When the session begins: the opening gavel, else the planned start, but not before the session
 * before it in the same room has ended when that one overruns into it. ABSENT when neither is
 * known.
 */
int64_t schedule_start(const struct schedule *schedule, uint16_t session);

/*
 * When the session ends for somebody who is in it at `from`: the closing gavel, else the planned
 * end, else the end of the day that holds the start (or `from`, when no start is known); a day
 * after it when no day holds it. May be before `from`. `assumed` is true for all but the gavel.
 * A gavel or planned end more than SCHEDULE_NIGHT past the day that holds `from` does not end this
 * stay: the gavel was recorded the next morning, or the session spans days.
 */
int64_t schedule_end(const struct schedule *schedule, uint16_t session, int64_t from,
		     bool *assumed);

/*
 * The counting session that carries on whoever is in this one since `from`: it follows in the same
 * room without a break, that is, its planned start is not after this one's planned end, or it
 * really starts before this one really ends. SESSION_NONE when there is none. Only counting
 * sessions carry and are carried into. `at` receives when this one ends for whoever is in it: its
 * own end, or the follower's start where that is earlier; never before `from`. `assumed` is that of schedule_end.
 */
uint16_t schedule_follower(const struct schedule *schedule, uint16_t session, int64_t from,
			   int64_t *at, bool *assumed);

/* The first clearing of the room after `from`, or INT64_MAX. */
int64_t schedule_clearing(const struct schedule *schedule, uint16_t room, int64_t from);

/* E_OVERLAP when two counting sessions are planned at one time in one shared room, E_END_BEFORE_START when one
 * ends before it starts; both receive the sessions concerned. Sessions without times, without an end, or in rooms
 * of their own never overlap. */
enum error schedule_check(const struct schedule *schedule, uint16_t *one, uint16_t *other);

#endif
