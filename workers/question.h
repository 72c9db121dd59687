/* What a figures_query asks, looked up in the programme. */
#ifndef HUDUR_WORKERS_QUESTION_H
#define HUDUR_WORKERS_QUESTION_H

#include "workers/moment.h"

/* A session with the parts that continue it: one sitting, minutes summed. */
struct whole {
	uint16_t session; /* the first part */
	int32_t day;      /* 0: not known */
	int64_t need;     /* ms to have attended it; ABSENT: without planned times there is no share */
};

struct question {
	enum qualifier qualifier;
	enum dimension by;
	int32_t day;             /* 0: the event so far */
	uint16_t session;        /* first part of the one asked for, or SESSION_NONE */
	bool occupancy;          /* whoever is in the room, also before the session begins */
	int64_t minutes;         /* asked for, or half of the one session; ABSENT: half of each */
	bool anywhere;           /* attended in any session that counts, on any day */
	struct whole *wholes;    /* in the order of the programme */
	uint32_t whole_count;
	uint16_t *whole_of;      /* by session: its whole, or SESSION_NONE when it is not in question */
};

/*
 * Looks the query up. E_UNKNOWN_SESSION, E_UNKNOWN_ROOM, or E_MALFORMED for a day that the event does not have and for
 * a session, room or minutes where the qualifier does not ask for them, with the reading's detail. Lives in its arena.
 */
enum error question_ask(struct question *question, struct reading *reading, const struct figures_query *in,
			const struct state *state);

/* Whether presence matters to the qualifier: present and attended. */
bool question_is_of_presence(const struct question *question);

/* Takes only this one of the sessions from here on. */
void question_narrow(struct question *question, const struct state *state, uint32_t whole);

#endif
