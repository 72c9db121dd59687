/*
 * One request on its way through a handler. A handler decides first: it says in the attempt what the ledger is to
 * hold, and the writer stores all of it or, when the answer is no, only that it was asked. The programme's handlers
 * write the programme's tables themselves, after the last check; whatever fails after that undoes the batch.
 */
#ifndef HUDUR_WORKERS_ATTEMPT_H
#define HUDUR_WORKERS_ATTEMPT_H

#include "workers/state.h"

/* Who speaks, as the broker says. */
struct caller {
	struct text principal;
	enum role role;
};

/* A further fact that the same request makes, with the name that comes with it, if any. */
struct derived {
	struct fact fact;
	struct name_row name; /* name.person == ABSENT: none */
	struct derived *next;
};

struct attempt {
	const struct state *state; /* as all facts before this one have made it */
	struct driver *store;      /* to look up what the state does not keep: names, keys */
	struct arena *arena;       /* whatever the handler makes lives here, until the batch is answered */
	int64_t happened, received; /* server clock */
	void (*random)(void *bytes, size_t size);

	struct fact fact;        /* the request's own row, begun by the writer, finished by the handler */
	struct text detail;      /* for the reply: what a refusal concerns */
	struct text remark;      /* free text that may name people */
	struct derived *derived, **derived_end;
	int64_t next_seq, next_person; /* numbers not yet given */
	struct text announced;   /* id of a scan that a decision announces; absent: none */
	bool programme_changed;  /* the handler wrote the programme's tables */
};

/* Another fact caused by this request, begun like the first. NULL when memory is out. */
struct derived *attempt_derive(struct attempt *attempt, const char *op);

/* The person of that number, or E_UNKNOWN_PERSON; notes the number in the fact. */
enum error attempt_person(struct attempt *attempt, int64_t number, const struct person **person);

/* E_CLOCK when the device's time cannot be meant: a day ahead of the server's, or a year before the event. */
enum error attempt_time(const struct attempt *attempt);

/* E_EVENT_CLOSED unless the event ran when it happened: what happened before it was closed may still arrive. */
enum error attempt_event_ran(const struct attempt *attempt);

/* As attempt_person, and E_CANCELLED for whoever was withdrawn or replaced. */
enum error attempt_coming(struct attempt *attempt, int64_t number, const struct person **person);

/*
 * A badge code that nobody has: that of a blank which was given out, or a new one. E_BADGE_TAKEN, E_REVOKED_BADGE,
 * E_UNKNOWN_BADGE, E_OTHER_EVENT.
 */
enum error attempt_badge(struct attempt *attempt, struct text blank, struct text *code);

/* Derives the issue of such a badge, as attempt_badge, to a person who has none, and that it was handed over. */
enum error attempt_issue(struct attempt *attempt, struct text blank, struct text *code);

/* The event's day that a check-in counts for when it happened now. */
int64_t attempt_day(const struct attempt *attempt);

/* Finds the badge for what was scanned, NULL when it is not known; `code` is its printed form, or what was scanned. */
enum error attempt_find_badge(struct attempt *attempt, struct text scanned, struct text *code,
			      const struct badge **badge);

/* handle_register and so on: one for each WRITE operation. */
#define HANDLE_WRITE(op, request, result) \
	enum error handle_##op(struct attempt *attempt, const struct request *in, struct result *out);
#define HANDLE_WRAP(op, request, result)
#define HANDLE_READ(op, request, result)
#define HANDLE_WRITER_READ(op, request, result)
#define HANDLE_BROKER_READ(op, request, result)
#define OPERATION(service, op, request, result, access, roles, sentence) HANDLE_##access(op, request, result)
#include "schema/operations.def"
#undef HANDLE_WRITE
#undef HANDLE_WRAP
#undef HANDLE_READ
#undef HANDLE_WRITER_READ
#undef HANDLE_BROKER_READ

#endif
