/* Yes or no at a door, decided by the server or by the door alone, and how it is told. */
#ifndef HUDUR_CLIENTS_SCANNER_VERDICT_H
#define HUDUR_CLIENTS_SCANNER_VERDICT_H

#include "clients/scanner/snapshot.h"

/* One badge held before the door. Views. */
struct passing {
	struct text badge;   /* as scanned */
	struct text session; /* its code */
	enum direction direction;
	int64_t at;          /* corrected time */
	bool doubtful;       /* no clock was compared since the door began: `at` may be a day off */
};

struct verdict {
	bool admitted;
	bool local;        /* the door decided alone */
	enum error reason; /* why not; when admitted: why a supervisor should look at it, or E_OK */
	enum flag flag;
	enum category category;
	char entity[33];
	int64_t person, ledger; /* ABSENT: not known */
	int64_t age; /* of the list it went by, ms; ABSENT: there is no list. Only when local */
};

enum { AGE_UNKNOWN = -1 }; /* there is a list, but a clock by which it is of later */

/* How old at corrected time `now` a list is, ms; ABSENT when `as_of` is. `doubtful` as above. */
int64_t verdict_list_age(int64_t as_of, int64_t now, bool doubtful);

/*
 * What the door decides alone. A code that is no badge code: malformed, stop. A good code that is not in the list:
 * let in with reason unknown_badge, unless the session is closed to whoever it may be. All else by the writer's own
 * rules: admission_event, admission_judge, and lately_judge by what the door has seen (seen.h says what it cannot
 * know); how many are inside is among that, so no session is full. By a doubtful clock nobody is stopped for the time
 * alone, but for a session that was closed by gavel when the list was made.
 */
void verdict_alone(const struct snapshot *snapshot, const struct passing *passing,
		   struct verdict *verdict);

/* What the server decided. False when the reply decides nothing about the badge: busy, error, not readable. */
bool verdict_of_reply(struct text map, struct verdict *verdict);

enum { VERDICT_TEXT_MAX = 512 };

/* One line for a person, without its end: "YES CODE ..." or "NO CODE reason: sentence". `code` is clean UTF-8. */
void verdict_tell(const struct verdict *verdict, const char *code, char text[VERDICT_TEXT_MAX]);

/* The sentence of a refusal; "" when admitted without a remark. */
const char *verdict_sentence(const struct verdict *verdict);

/* "list 3 min old", "list 2 h 5 min old", "list less than a minute old"; "no list yet" for ABSENT, "list of unknown age". */
void verdict_age(int64_t age, char *text, size_t size);

#endif
