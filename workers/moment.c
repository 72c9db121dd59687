/* Finds the ledger's end for a question, and replays up to it. */
#include "workers/moment.h"

#include "workers/store.h"

enum error moment_find(struct reading *reading, int64_t at, int64_t as_of, struct moment *moment)
{
	int64_t last, received, decided;
	enum error e = ledger_end(reading->store, &last, &received);

	/* not now: what was received by now may still be on its way to the disk */
	decided = received == ABSENT ? reading->now : received;
	*moment = (struct moment){
		.at = at == ABSENT ? reading->now : at,
		.as_of = as_of == ABSENT || as_of > decided ? decided : as_of,
		.known = as_of == ABSENT || (as_of > decided && as_of > reading->now) ? reading->now : as_of,
		.happened = at == ABSENT ? INT64_MAX : at, .ledger = last, .past = at != ABSENT || as_of != ABSENT,
	};
	if (!e && as_of != ABSENT)
		e = ledger_received(reading->store, as_of, &moment->ledger);
	moment->latest = moment->ledger == last;
	return e;
}

/* When the fact counts as having happened. */
static int64_t happened(const struct fact *fact)
{
	static const char *const corrections[] = {
		"amend", "undo_check_in", "open_session", "close_session", "open_event", "close_event",
	};

	for (size_t i = 0; i < sizeof corrections / sizeof *corrections; i++)
		if (text_is(fact->op, corrections[i]))
			return INT64_MIN;
	if ((text_is(fact->op, "attest") || text_is(fact->op, "clear")) && fact->since != ABSENT)
		return fact->since;
	return fact_time(fact);
}

struct replay {
	struct reading *reading;
	struct state *state;
	const struct moment *moment;
};

/* Not an error: the rest of the ledger is not wanted. */
enum { STOP = E_COUNT };

static enum error replay_fact(void *context, const void *row)
{
	const struct replay *replay = context;
	const struct fact *fact = row;
	enum error e;

	if (fact->seq > replay->moment->ledger)
		return (enum error)STOP;
	e = heard_note(&replay->reading->heard, fact, replay->reading->arena);
	if (e)
		return e;
	return happened(fact) <= replay->moment->happened ? state_apply(replay->state, fact) : E_OK;
}

static enum error replay(struct reading *reading, const struct moment *moment, struct state *state)
{
	struct replay replay = {reading, state, moment};
	enum error e;

	reading->heard = (struct heard){.count = 0};
	e = ledger_replay(reading->store, 0, replay_fact, &replay);
	return e == (enum error)STOP ? E_OK : e;
}

static enum error take_gavels(struct reading *reading, struct state *state)
{
	struct event_line event;
	struct list gavels;
	bool found;
	enum error e = event_read(reading->store, INT64_MAX, reading->arena, &event, &found);

	if (!e && found)
		state->stage = event.state;
	if (!e)
		e = gavel_all(reading->store, reading->arena, &gavels);
	for (uint32_t i = 0; !e && i < gavels.count; i++) {
		const struct gavel_row *gavel = LIST_AT(gavels, gavel_row, i);
		uint16_t session = gavel->session.at ? schedule_find(&state->schedule, gavel->session) : SESSION_NONE;

		if (session == SESSION_NONE)
			continue;
		if (text_is(gavel->op, "open_session"))
			state->schedule.sittings[session].opened = gavel->at;
		else if (text_is(gavel->op, "close_session"))
			state->schedule.sittings[session].closed = gavel->at;
	}
	return e;
}

enum error moment_state(struct reading *reading, const struct moment *moment, struct state *state)
{
	enum error e;

	state_init(state);
	e = state_read_programme(state, reading->store, moment->ledger);
	if (e)
		return e;
	return moment->past ? replay(reading, moment, state) : take_gavels(reading, state);
}
