/* Who may pass a door: one rule, run by the writer and by a door that works alone. */
#ifndef HUDUR_SCHEMA_ADMISSION_H
#define HUDUR_SCHEMA_ADMISSION_H

#include "schema/schedule.h"

/* Whoever is early enough to be meant for a session: this long before its start. Milliseconds. */
#define ADMISSION_EARLY INT64_C(3600000)

/* What is known about the holder of a badge. */
struct credential {
	bool known; /* false: the code was never issued, as far as one knows */
	enum badge_state badge; /* blank: registration and category are not known yet, and not asked for */
	enum registration_state registration;
	enum category category;
};

/* Whether a registration lets in, at a desk or a door: E_OK, E_CANCELLED (also replaced) or E_NOT_ACCREDITED. */
enum error admission_registration(enum registration_state registration);

/* E_EVENT_CLOSED unless the event ran when it happened; closed_at ABSENT: not known, or not closed. */
enum error admission_event(enum event_state stage, int64_t closed_at, int64_t at);

/* E_CLOCK when the time cannot be meant: a day ahead of `now`, or a year before the event. */
enum error admission_time(const struct schedule *schedule, int64_t at, int64_t now);

/*
 * E_OK, or the first of: unknown_badge, revoked_badge, and for IN alone cancelled (also replaced),
 * not_accredited; unknown_session (SESSION_NONE); and for IN alone outside_hours, not_admitted,
 * session_full (`inside` persons are in it now, the holder not among them).
 * IN is within hours from ADMISSION_EARLY before the session's start (planned or by gavel, the
 * earlier) until its closing gavel, else its planned end plus ADMISSION_EARLY (it may overrun),
 * else the end of its day. Without a start: on any day of the event, until the same end. Whoever
 * got in may leave: a badge that is in force gets OUT, whatever became of its holder's
 * registration since.
 */
enum error admission_judge(const struct schedule *schedule, uint16_t session,
			   const struct credential *holder, enum direction direction,
			   int64_t at, int64_t inside);

#endif
