/* Keeps the desk's roster fresh: first whole, then by who changed; and notices when nobody answers. */
#ifndef HUDUR_CLIENTS_FETCH_H
#define HUDUR_CLIENTS_FETCH_H

#include "clients/desk/roster.h"
#include "clients/desk/vault.h"
#include "clients/hudur.h"
#include "schema/instance.h"

/* A question that was not answered for so long: the broker is away. Monotonic ms. */
enum { FETCH_SILENT_MS = 1500 };

struct fetch {
	struct hudur *hudur;       /* NULL: not started */
	struct roster *live;       /* what the desk searches; stands until a whole one has come */
	struct roster whole;       /* gathered at first, and anew when the ledger is another one */
	const struct vault *vault; /* where it is saved */
	char service[80];
	uint8_t id[HUDUR_ID_SIZE];
	bool first, asked, changed, save_failed;
	int64_t asked_at, due, saved_at; /* monotonic ms */
	int64_t cursor, next;      /* of the round that runs */
	char instance[INSTANCE_SIZE]; /* of the event's file that answers; zeros: not known */
	enum error refusal;        /* why the last question brought nothing; E_OK */
};

/* `live` may hold what a file held; it is searched until the first round is over. All must outlive the fetch. */
void fetch_start(struct fetch *fetch, struct hudur *hudur, struct roster *live, const struct vault *vault);

/* Saves what changed. */
void fetch_end(struct fetch *fetch);

/* Asks when it is time; a question that was lost on the way is asked again. Milliseconds until it has to be called. */
int fetch_run(struct fetch *fetch);

/* Asks at once: something happened. */
void fetch_hurry(struct fetch *fetch);

/* True when this was an answer to one of its questions. */
bool fetch_take(struct fetch *fetch, const struct hudur_reply *reply);

/* A question stands unanswered for FETCH_SILENT_MS. */
bool fetch_is_silent(const struct fetch *fetch);

#endif
