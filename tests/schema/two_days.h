/* A meeting of two days like that of Marrakech, with an invented parallel room, and scans in it. */
#ifndef HUDUR_TESTS_SCHEMA_TWO_DAYS_H
#define HUDUR_TESTS_SCHEMA_TWO_DAYS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "schema/presence.h"

#define MIDNIGHT INT64_C(1709161200000) /* 2024-02-29 in Morocco */
#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define AT(day, hour, minute) \
	(MIDNIGHT + ((day) - 1) * 24 * HOUR + (hour) * HOUR + (minute) * MINUTE)
#define IN direction_in
#define OUT direction_out

enum { HALL = 1, ANNEX, TENT };

/* A room that is parallel to the hall is invented. */
enum {
	PANEL1, COFFEE, PANEL2, DINNER, PARALLEL, BOARD,
	PLAN1, PLAN2, VIEWS, CLOSING, SESSIONS
};

static struct event_day days[] = {{AT(1, 0, 0), AT(2, 0, 0)}, {AT(2, 0, 0), AT(3, 0, 0)}};
static struct sitting sittings[SESSIONS];
static struct clearing clearings[2];
static struct schedule schedule;
static struct passage passages[600];
static struct attestation attestations[4];
static struct interval intervals[INTERVALS_MAX];
static struct visit visits[VISITS_MAX];
static enum flag flags[600];
static size_t passage_count, attestation_count, interval_count, visit_count;

static inline void plan(uint16_t session, const char *code, uint16_t room, int64_t starts, int64_t ends)
{
	sittings[session] = (struct sitting){
		.code = text_of(code), .room = room, .continues = SESSION_NONE, .counts = true,
		.starts = starts, .ends = ends, .opened = ABSENT, .closed = ABSENT};
}

static inline int reset(void **state)
{
	(void)state;
	plan(PANEL1, "D1-06", HALL, AT(1, 14, 0), AT(1, 15, 30));
	plan(COFFEE, "D1-07", HALL, AT(1, 15, 30), AT(1, 15, 45));
	plan(PANEL2, "D1-08", HALL, AT(1, 15, 45), AT(1, 17, 15));
	plan(DINNER, "D1-09", TENT, AT(1, 19, 30), ABSENT);
	plan(PARALLEL, "D1-P", ANNEX, AT(1, 14, 0), AT(1, 17, 0));
	plan(BOARD, "BOARD", 100, ABSENT, ABSENT);
	plan(PLAN1, "D2-01", HALL, AT(2, 9, 30), AT(2, 11, 0));
	plan(PLAN2, "D2-03", HALL, AT(2, 11, 15), AT(2, 12, 45));
	plan(VIEWS, "D2-05", HALL, AT(2, 14, 45), AT(2, 16, 0));
	plan(CLOSING, "D2-06", HALL, AT(2, 16, 0), AT(2, 16, 30));
	sittings[COFFEE].counts = sittings[DINNER].counts = false;
	sittings[PLAN2].continues = PLAN1;
	schedule = (struct schedule){sittings, clearings, days, SESSIONS, 0, 2, 0};
	schedule_join_rooms(&schedule);
	passage_count = attestation_count = 0;
	return 0;
}

static inline void scan_at(uint32_t door, uint16_t session, uint8_t direction, int64_t at)
{
	passages[passage_count++] = (struct passage){at, door, session, direction};
}

static inline void scan(uint16_t session, uint8_t direction, int64_t at)
{
	scan_at(session, session, direction, at);
}

static inline void attest(uint16_t session, int64_t since, int64_t until)
{
	attestations[attestation_count++] = (struct attestation){since, until, session};
}

static inline void clear(uint16_t room, int64_t at)
{
	clearings[schedule.clearing_count++] = (struct clearing){room, at};
}

static inline void run(void)
{
	interval_count = presence_intervals(&schedule, passages, passage_count, attestations,
					    attestation_count, intervals, flags);
	visit_count = presence_visits(&schedule, passages, passage_count, attestations,
				      attestation_count, visits);
}

static inline const struct visit *visit(uint16_t session)
{
	for (size_t i = 0; i < visit_count; i++)
		if (visits[i].session == session)
			return &visits[i];
	return NULL;
}

/* Minutes in the session when all is over. */
static inline void expect_minutes(uint16_t session, int64_t low, int64_t high)
{
	int64_t got_low = 0, got_high = 0;

	if (visit(session))
		visit_duration(visit(session), AT(9, 0, 0), &got_low, &got_high);
	if (got_low != low * MINUTE || got_high != high * MINUTE)
		fail_msg("%s: %d to %d minutes, not %d to %d", sittings[session].code.at,
			 (int)(got_low / MINUTE), (int)(got_high / MINUTE), (int)low, (int)high);
}

static inline bool inside(uint16_t session, int64_t at)
{
	return visit(session) && visit_is_inside(visit(session), at);
}

static inline void expect_interval(size_t i, uint16_t session, int64_t since, int64_t until)
{
	assert_true(i < interval_count);
	assert_int_equal(intervals[i].session, session);
	assert_int_equal(intervals[i].since, since);
	assert_int_equal(intervals[i].until, until);
}

#endif
