/* One registration desk at work: what it has asked, what it waits for, and what it tells the steward. */
#ifndef HUDUR_CLIENTS_DESK_DESK_H
#define HUDUR_CLIENTS_DESK_DESK_H

#include "clients/cli/caller.h"
#include "clients/desk/editor.h"
#include "clients/desk/fetch.h"
#include "clients/desk/screen.h"
#include "clients/desk/show.h"
#include "clients/desk/stock.h"

enum { AWAITED_MAX = 2048, OUTCOME_MAX = 32, TAIL_MAX = 160, TWINS_MAX = 64 };

enum awaited_kind {
	AWAITED_NOTHING,
	AWAITED_SEARCH,   /* matches for what is typed */
	AWAITED_NAME,     /* the name of somebody who was checked in by badge or number */
	AWAITED_CARD,
	AWAITED_CHECK_IN,
	AWAITED_WALK_IN,  /* a registration with check-in */
	AWAITED_BADGE,
	AWAITED_CHANGE,
	AWAITED_BLANKS,   /* for the stock */
	AWAITED_MEANWHILE,/* history of who was checked in while nobody answered */
	AWAITED_DOUBLE    /* history of who may be the walk-in `who` */
};

/* A request that was not answered yet. */
struct awaited {
	enum awaited_kind kind;
	uint8_t id[HUDUR_ID_SIZE];
	uint32_t generation;  /* AWAITED_SEARCH */
	int64_t at;           /* when it happened, device clock; writes */
	int64_t deadline;     /* monotonic ms: then the steward is told that it waits */
	bool told, named;     /* told: as kept; named: `who` holds a name */
	int64_t person;       /* whom it concerns; 0: nobody whose number is known */
	int64_t since;        /* the roster's ledger sequence when it was made: what came later came meanwhile */
	int64_t ledger;       /* AWAITED_MEANWHILE: the desk's own entry */
	char blank[BADGE_SIZE + 1]; /* that was given with it; empty: none */
	struct form *form;    /* of a walk-in: what was typed; owned */
	char who[LABEL_MAX];
	char outcome[OUTCOME_MAX], tail[TAIL_MAX]; /* AWAITED_NAME: what is told beside it */
};

/* A walk-in who was registered while nobody answered: doubles are looked for once the roster has come so far. */
struct twin {
	int64_t person, ledger, since;
};

struct desk {
	struct caller *caller;
	struct hudur *hudur;
	const char *event;
	struct editor editor;
	struct screen screen;
	struct awaited awaited[AWAITED_MAX];
	char labels[EDITOR_MATCHES_MAX][LABEL_MAX]; /* of editor.matches */
	int64_t labelled[EDITOR_MATCHES_MAX];
	struct vault vault;   /* of the roster */
	int lock;             /* on the roster's file, and on what lies beside it; -1: none */
	struct roster roster; /* what is searched while nobody answers */
	struct fetch fetch;
	struct stock stock;
	struct twin twins[TWINS_MAX];
	uint32_t twin_count;
	int64_t since;        /* roster.next when the silence began */
	bool silent, quits;   /* silent: nobody answers */
	int64_t failures; /* refusals, lines that meant nothing, and requests that could not be kept */
};

/* Asks the service; the answer comes to desk_listen. NULL, after a line, when it could not be sent or kept. */
struct awaited *desk_ask(struct desk *desk, enum operation_id operation, const void *fields,
			 enum awaited_kind kind);
struct awaited *desk_keep(struct desk *desk, enum operation_id operation, const void *fields,
			  enum awaited_kind kind, int64_t at);

/* Does what the editor decided, or one slash command. */
void desk_act(struct desk *desk, const struct action *action);
void desk_command(struct desk *desk, struct text command);

/* Checks a person or the badge `code` in, whichever is given. `label` may be NULL; `at` 0: now. */
void desk_check_in(struct desk *desk, int64_t person, struct text code, const char *label, int64_t at);

/* Registers and checks in the walk-in whose particulars stand in the editor's form. */
void desk_register(struct desk *desk);

/* The check-in with the next blank of the stock, for whoever has no badge. */
void desk_give_blank(struct desk *desk, int64_t person);

/* Shows who matches what is typed. `more`: than these. */
void desk_tell_matches(struct desk *desk, const struct person_line *const *people, uint32_t count, bool more);

/* Waits at most timeout_ms for the next answer and tells all that came; then tells what waits too long. */
void desk_listen(struct desk *desk, int timeout_ms);

/* Tells one answer. The awaited request is done then. */
void desk_answer(struct desk *desk, struct awaited *awaited, struct text map);

/* An answer to a request of an earlier run. */
void desk_answer_unknown(struct desk *desk, struct text map);

/* A place to remember a request in, cleared; NULL: none is free. */
struct awaited *desk_awaited_new(struct desk *desk);
void desk_awaited_free(struct awaited *awaited);

/* Tells what waits too long: writes as kept, reads as given up. */
void desk_notice_silence(struct desk *desk);

/* True while a request stands of which the steward was told nothing yet. */
bool desk_is_waiting(const struct desk *desk);

/* Milliseconds until something must be told; -1: nothing. */
int desk_wait(const struct desk *desk);

/* The line mode, until the steward leaves or the input ends: by keys on a terminal, by lines on a pipe. */
int desk_run(struct desk *desk, bool terminal);

#endif
