/*
 * What an event's ledger comes to, in memory: the writer decides by it, and a figure as of the past is made from
 * one that was replayed up to then. There is one way in, state_apply, so the two cannot differ.
 */
#ifndef HUDUR_WORKERS_STATE_H
#define HUDUR_WORKERS_STATE_H

#include "schema/admission.h"
#include "schema/presence.h"
#include "workers/records.h"

enum { ENTITY_NONE = 0, EVENT_DAYS_MAX = 62 };

/* A state, institution or organisation. Index 0 is "not stated". Texts live as long as the state. */
struct entity {
	struct entity_plan plan;
	enum standing standing; /* of a state, on the event's first day; 0 when none is known */
	struct text folded[4];  /* code and names, for finding it by what somebody typed */
};

/* All that figures ask of a person, small enough to compare. */
struct profile {
	uint16_t entity, also; /* also: only once accepted */
	uint8_t category, level, gender, language;
	uint8_t first_day; /* of a valid check-in, 0: never */
	uint16_t holds;    /* 1 << enum qualifier: those that hold, or not, for the whole meeting */
	uint64_t seen;     /* bit day - 1 */
};

/* profile.holds of somebody; `first_day` as there. */
uint16_t profile_holds(enum registration_state state, bool walk_in, bool remote, uint8_t first_day);
static inline bool profile_is(const struct profile *who, enum qualifier qualifier)
{
	return who->holds >> qualifier & 1;
}

/*
 * The longest that somebody certainly was in one session (longest.h). Of the sessions that count, parts summed. One in which a
 * stay ends by assumption is left out: what that comes to changes with the hour. So is whoever takes part by video.
 */
struct longest {
	int16_t minutes; /* whole ones, at most WHOLE_MINUTES_MAX; NOWHERE: no such session; UNASKED: not known yet */
	bool half;       /* half of one of them or more */
};

enum { NOWHERE = -1, UNASKED = -2 };

/* Whom somebody comes for, and as what: entities by index, the rest by enum. */
struct standing_for {
	uint16_t entity, also;
	uint8_t category, level, gender, language;
};

struct badge {
	struct text code;
	int64_t person;  /* ABSENT: a blank that was never bound */
	enum badge_state state;
	int64_t changed; /* ledger sequence of what last changed its admission */
	bool dirty;      /* not yet written as it is */
};

/*
 * Where a passage comes from: its ledger row, its device's own numbering and, corrected, its device's time. There is one for
 * each scan in memory, so both numbers have to do with 32 bits: a passage beyond row 4,294,967,295 is E_BAD_DATA.
 */
struct origin {
	uint32_t seq, number;
	int64_t at;
};

/* Somebody passed with a blank before it was known to whom a desk had given it. */
struct stray {
	uint32_t badge; /* index in badges */
	struct passage passage;
	struct origin origin;
};

/* Numbered from 1 in order of registration. */
struct person {
	enum registration_state state;
	struct standing_for first, stands_for; /* when registered, and as amended since */
	bool also_accredited, walk_in, remote;
	bool renewed; /* more than a passage changed: the person's row must be written */
	uint64_t check_in_days; /* bit day - 1 */
	uint32_t badge;         /* in force: index + 1 in badges, 0: none */
	uint32_t touched;       /* by the batch that runs: index + 1 in its projection's, 0: not */
	/* By time; a device's own in the order of its numbers, should its clock have gone back between them. */
	struct passage *passages; /* and behind them, in the same block, the origin of each: passages.c */
	uint32_t passage_count, passage_room;
	struct attestation *attestations;
	uint32_t attestation_count;
	struct longest longest; /* as the projections have it */
	struct profile written; /* as they have it, too */
};

struct state {
	struct arena arena;
	struct text event, host;
	enum event_state stage;
	int64_t closed_at; /* when it was closed; ABSENT */
	struct list days;     /* struct day_plan */
	struct list sessions; /* struct session_row, in the order of schedule.sittings */
	struct text *rooms;   /* codes; their index is the schedule's number for the room, and stays so */
	uint32_t room_count, room_room;
	struct schedule schedule;
	uint16_t *whole_of; /* by session: the first of its parts (whole.h), or SESSION_NONE when it does not count */
	int64_t *halves;    /* by the first part: half of the whole, or ABSENT */
	struct entity *entities;
	uint32_t entity_count;
	struct person *persons; /* persons[0] is not used */
	uint32_t person_count, person_room;
	struct badge *badges;
	uint32_t badge_count, badge_room;
	struct stray *strays;
	uint32_t stray_count, stray_room;
	uint32_t *badge_index; /* open addressing over badges: index + 1 */
	uint32_t badge_index_size;
	uint32_t sitting_room, clearing_room;
	int64_t last; /* ledger sequence of the last fact applied */
	int64_t received; /* the latest time at which one of them was; ABSENT: there is none */
};

void state_init(struct state *state);
void state_free(struct state *state);

/* Takes over what the programme's tables hold; sessions that are known keep their index. Rows live in the state. */
struct driver;
enum error state_read_programme(struct state *state, struct driver *store, int64_t ledger);

/*
 * Whether the programme would still hold with these session_rows added or changed: E_OVERLAP or E_END_BEFORE_START
 * with the codes of the sessions concerned (views into the state or the rows).
 */
enum error state_try_sessions(const struct state *state, const struct list *rows, struct text *one,
			      struct text *other);

/* The schedule's number of a room, or of a session that has none and is its own. SESSION_NONE: no such room. */
uint16_t state_room(const struct state *state, struct text code);
uint16_t state_own_room(uint16_t session);

/* When it happened by the server's clock. */
int64_t fact_time(const struct fact *fact);

/* Applies one ledger row that took effect; a row with a reason only moves `last`. E_OK, E_NO_MEMORY, or E_BAD_DATA for what no writer writes. */
enum error state_apply(struct state *state, const struct fact *fact);

/* NULL when there is no such number. */
struct person *state_person(const struct state *state, int64_t number);
int64_t state_person_number(const struct state *state, const struct person *person);

/* NULL when no badge has this code. */
struct badge *state_badge(const struct state *state, struct text code);
struct badge *state_badge_in_force(const struct state *state, const struct person *person);

/* By code or by any name, folded. ENTITY_NONE when there is none. */
uint16_t state_entity(const struct state *state, struct text typed, struct arena *scratch);
uint16_t state_entity_by_code(const struct state *state, struct text code);

/* Whom a row counts, by its words: entities by index, the rest by enum. Nothing else of the profile is set. */
struct profile state_profile_by_words(const struct state *state, struct text entity, struct text also, struct text category,
				      struct text level, struct text gender, struct text language);

/* What the rules need to know of a badge's holder. */
struct credential state_credential(const struct state *state, const struct badge *badge);

/*
 * When somebody passed a door, by what its device numbered: not before what the same device numbered lower, which its
 * clock, or the server's by which it was corrected, may have told later.
 */
int64_t state_passage_time(const struct person *person, uint32_t door, int64_t number, int64_t at);

/* Whose number never changes for a device. */
uint32_t state_door(struct text device);

/* What figures ask of the person now. */
struct profile state_profile(const struct state *state, const struct person *person);

/* The same when since `written` nothing changed but that passages came behind the first so many. */
struct profile state_profile_grown(const struct state *state, const struct person *person, uint32_t passage_count);

/* The person's visits; at most VISITS_MAX are written. */
size_t state_visits(const struct state *state, const struct person *person, struct visit *visits);

/* Persons inside the session at that instant, one of them (NULL: nobody) left out. */
int64_t state_inside(const struct state *state, uint16_t session, int64_t at, const struct person *except);

#endif
