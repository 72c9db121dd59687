/* Looks the file through, replays its ledger, and has each table compared with what came of it. */
#include "workers/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "workers/store.h"
#include "workers/verification.h"

/* A damaged file differs in everything: the first of it tells enough. */
enum { TOLD_MAX = 100 };

static void tell(struct verification *v, const char *sentence)
{
	if (v->verdict->differences++ < TOLD_MAX)
		v->differs(v->context, sentence);
}

void verification_differ(struct verification *v, const char *format, ...)
{
	char sentence[512];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof sentence, format, args);
	va_end(args);
	tell(v, sentence);
}

void verification_compare(struct verification *v, const struct message *message, const void *stored,
			  const void *replayed, const char *which)
{
	const struct field *field = record_difference(message, stored, replayed);

	if (field)
		verification_differ(v, "%s: `%s` is not what the ledger comes to", which, field->name);
}

static void tell_damage(void *context, const char *sentence)
{
	verification_differ(context, "the file is damaged: %.400s", sentence);
}

/* Persons are numbered in the order of their registrations, without gaps. */
static void check_number(struct verification *v, const struct fact *fact)
{
	int64_t next = (int64_t)v->state.person_count + 1;

	if (!fact->reason.at && text_is(fact->op, "register") && fact->person != next)
		verification_differ(v, "the ledger: %" PRId64 " registers person %" PRId64 ", and %" PRId64 " is next",
				    fact->seq, fact->person, next);
}

static enum error replay_fact(void *context, const void *row)
{
	struct verification *v = context;
	const struct fact *fact = row;
	enum error e;

	if (fact->seq != v->state.last + 1)
		verification_differ(v, "the ledger: %" PRId64 " follows %" PRId64, fact->seq, v->state.last);
	if (v->verdict->received != ABSENT && fact->received < v->verdict->received)
		verification_differ(v, "the ledger: %" PRId64 " was received before the entry before it", fact->seq);
	v->verdict->received = fact->received;
	check_number(v, fact);
	e = verification_note(v, fact);
	return e ? e : state_apply(&v->state, fact);
}

static enum error tell_doubled(void *context, const void *row)
{
	const struct fact *fact = row;
	char hex[2 * 16 + 1] = "";

	for (uint32_t i = 0; i < fact->id.size && i < 16; i++)
		snprintf(hex + 2 * i, 3, "%02x", (unsigned char)fact->id.at[i]);
	verification_differ(context, "the ledger: the id %s stands there more than once", hex);
	return E_OK;
}

static enum error verify_ledger(struct verification *v)
{
	struct event_line line;
	bool found;
	enum error e = event_read(v->store, INT64_MAX, &v->arena, &line, &found);

	if (!e)
		e = state_read_programme(&v->state, v->store, INT64_MAX);
	if (!e)
		e = ledger_since(v->store, 0, replay_fact, v);
	if (!e)
		e = ledger_doubled(v->store, tell_doubled, v);
	if (e)
		return e;
	v->verdict->ledger = v->state.last;
	v->verdict->persons = v->state.person_count;
	if (found)
		snprintf(v->verdict->event, sizeof v->verdict->event, "%.*s", (int)line.event.size, line.event.at);
	if (found && line.state != v->state.stage)
		verification_differ(v, "the event: its state is not the one that the ledger ends with");
	return E_OK;
}

static enum error verify_all(struct verification *v)
{
	enum error e = driver_integrity(v->store, tell_damage, v);

	if (!e)
		e = verify_ledger(v);
	if (e || (e = verify_devices(v)) || (e = verify_gavels(v)) || (e = verify_persons(v)) ||
	    (e = verify_badges(v)) || (e = verify_visits(v)))
		return e;
	e = verify_counters(v);
	return e ? e : verify_attended(v);
}

enum error verify_store(struct driver *store, difference_fn *differs, void *context, struct verdict *verdict)
{
	struct verification v = {.store = store, .differs = differs, .context = context, .verdict = verdict};
	enum error e;

	*verdict = (struct verdict){.received = ABSENT};
	state_init(&v.state);
	e = driver_begin(store);
	if (!e) {
		e = verify_all(&v);
		if (e == E_BAD_DATA)
			tell_damage(&v, driver_error(store));
		driver_rollback(store);
	}
	state_free(&v.state);
	arena_free(&v.arena);
	return e == E_BAD_DATA ? E_OK : e;
}

enum error verify_file(const char *path, difference_fn *differs, void *context, struct verdict *verdict)
{
	struct driver *store = NULL;
	enum error e = driver_open(path, DRIVER_READ, &store);

	if (!e) {
		e = verify_store(store, differs, context, verdict);
	} else {
		*verdict = (struct verdict){.received = ABSENT};
		if (e == E_BAD_DATA) {
			verdict->differences = 1;
			differs(context, driver_error(store));
			e = E_OK;
		}
	}
	driver_free(store);
	return e;
}
