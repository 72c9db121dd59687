/* The people of the desk's event in memory, searched as the server searches them. */
#ifndef HUDUR_CLIENTS_ROSTER_H
#define HUDUR_CLIENTS_ROSTER_H

#include "schema/message.h"

enum { ROSTER_EVENT_MAX = 64 };

struct member;

struct roster {
	char event[ROSTER_EVENT_MAX + 1];
	int64_t as_of; /* server time at which it was whole, Unix ms; ABSENT: it never was */
	int64_t next;  /* ledger sequence to ask the next changes since */
	struct member **members; /* by number */
	uint32_t count, room;
};

/* `event` is at most ROSTER_EVENT_MAX bytes. */
void roster_init(struct roster *roster, struct text event);
void roster_free(struct roster *roster);

/* Takes the person over anew, a copy. E_OK or E_NO_MEMORY. */
enum error roster_put(struct roster *roster, const struct person_line *person);

/* Views, valid until the next put. NULL: nobody has this number, or this badge in force. */
const struct person_line *roster_person(const struct roster *roster, int64_t number);
const struct person_line *roster_badge(const struct roster *roster, const char *code);

/* The i-th by number, from 0. */
const struct person_line *roster_at(const struct roster *roster, uint32_t i);

/*
 * What EVENT/people's `find` gives for a text or a number (other fields are not looked at): by number, at most `most`.
 * `matches` are views; returns how many there are, or most + 1 when there are more.
 */
uint32_t roster_find(const struct roster *roster, const struct find *in, const struct person_line **matches,
		     uint32_t most);

/* All that is known, for a file; owned by the caller. E_OK, E_NO_MEMORY, E_TOO_LARGE. */
enum error roster_encode(const struct roster *roster, struct text *bytes);

/* Into an empty roster. E_OTHER_EVENT, E_MALFORMED, E_NO_MEMORY: it is empty then. */
enum error roster_decode(struct roster *roster, struct text bytes);

#endif
