/*
 * The state of the desk's input line: a pure function of keys, results and time. It says what to do next and does
 * nothing itself.
 *
 * On a terminal (`lines` false) a search is asked when typing pauses, so that a wedge scanner's burst never
 * searches; a digit picks a match once EDITOR_BURST_MS pass without another key, so that a code scanned while
 * matches stand on the screen picks nobody. On a pipe (`lines` true) whole lines come in by editor_line.
 */
#ifndef HUDUR_CLIENTS_DESK_EDITOR_H
#define HUDUR_CLIENTS_DESK_EDITOR_H

#include "clients/desk/form.h"
#include "clients/desk/keys.h"
#include "schema/badge.h"

enum { EDITOR_MATCHES_MAX = 9, EDITOR_PAUSE_MS = 60, EDITOR_BURST_MS = 40 };

enum action_kind {
	ACTION_NONE,
	ACTION_SEARCH,         /* `text`, or `person` when it is not 0; answer with editor_found(generation) */
	ACTION_CHECK_IN,       /* `person` */
	ACTION_CHECK_IN_BADGE, /* `text`: a code in its printed form */
	ACTION_COMMAND,        /* `text` after the slash */
	ACTION_REGISTER,       /* the walk-in in `form` */
	ACTION_SAY,            /* `sentence` */
	ACTION_QUIT
};

struct action {
	enum action_kind kind;
	uint32_t generation;
	int64_t person;
	struct text text;     /* view into the editor, until its next call */
	const char *sentence; /* constant */
};

struct editor {
	char event[65];
	bool lines;
	struct entry entry, taken;
	uint32_t generation;  /* of the text: an answer to an older one is stale */
	bool due;             /* a search waits for a pause */
	int64_t touched;      /* monotonic ms, when the text changed last */
	bool asked, shown, unanswered;
	int64_t number;       /* of "#12" last searched; 0: none */
	int64_t matches[EDITOR_MATCHES_MAX];
	uint32_t match_count;
	int pick;             /* digit that waits to be alone; 0: none */
	int64_t picked_at;
	struct form form;
};

/* `event` is at most 64 bytes. */
void editor_start(struct editor *editor, struct text event, bool lines);

/* `now` is monotonic ms, here and below. */
struct action editor_key(struct editor *editor, const struct key *key, int64_t now);

/* What time alone brings about. Only to be called when no key waits to be read. */
struct action editor_tick(struct editor *editor, int64_t now);

/* Milliseconds until editor_tick has something to say; -1: never. */
int editor_wait(const struct editor *editor, int64_t now);

/* One line of a pipe, without its end. Longer than ENTRY_MAX is refused with a sentence. */
struct action editor_line(struct editor *editor, struct text line);

/* True when these are the matches of the text that stands there now: show them. At most EDITOR_MATCHES_MAX. */
bool editor_found(struct editor *editor, uint32_t generation, const int64_t *persons, uint32_t count);

/* No answer came: "#12" may then be checked in unseen. True when it was the text that stands there. */
bool editor_unanswered(struct editor *editor, uint32_t generation);

/* What stands before the input: "oic-pesnet-4> ", or the form's question. */
void editor_prompt(const struct editor *editor, char *prompt, size_t size);

#endif
