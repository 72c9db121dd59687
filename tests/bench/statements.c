/*
 * The store's own limit: the statements of a scan with the rows of scans that were just made, in transactions of the same
 * size, without wire, handlers and state. They go by the store's verbs into a file of the same schema and settings.
 */
#include <stdio.h>
#include <stdlib.h>

#include "schema/clock.h"
#include "tests/bench/bench.h"
#include "workers/tail.h"

enum { TURNS = 3, ROWS = 80000 };

struct statements {
	struct driver *from, *to;
	uint32_t people, each;
	struct visit_row *visits; /* by session and person, as they stand at the end */
	struct arena arena, batch; /* of visits and facts; of one transaction */
	struct fact *facts;       /* of one turn */
	uint32_t count;
	int64_t first, last;      /* ledger rows that are measured */
};

static enum error keep_visit(void *context, const void *row)
{
	struct statements *s = context;
	const struct visit_row *visit = row;
	uint32_t session = (uint32_t)strtoul(visit->session.at + 1, NULL, 10);
	struct visit_row *kept = &s->visits[session * s->people + (uint32_t)visit->person - 1];

	*kept = *visit;
	kept->session = arena_text(&s->arena, visit->session);
	return E_OK;
}

static const struct visit_row *visit_of(const struct statements *s, const struct fact *scan)
{
	uint32_t session = (uint32_t)strtoul(scan->session.at + 1, NULL, 10);

	return &s->visits[session * s->people + (uint32_t)scan->person - 1];
}

/* What stands before the rows that are measured: a table that is empty is not what a scan is added to. */
static enum error copy_fact(void *context, const void *row)
{
	struct statements *s = context;
	const struct fact *fact = row;
	enum error e;

	if (fact->seq >= s->first)
		return E_OK;
	e = ledger_append(s->to, fact);
	return e || !text_is(fact->op, "scan") ? e : visit_put(s->to, visit_of(s, fact), 1);
}

/* Not an error: the rest of the ledger is not wanted. */
enum { STOP = E_COUNT };

/* A replay does not ask for whose connection it was and what was answered: that is made up, of the same size. */
static enum error keep_fact(void *context, const void *row)
{
	struct statements *s = context;
	struct fact *kept = &s->facts[s->count];
	const struct scanned scanned = {.ledger = ((const struct fact *)row)->seq, .entity = TEXT("MA"),
					.person = ((const struct fact *)row)->person, .category = category_delegate};

	if (s->count == ROWS)
		return (enum error)STOP;
	*kept = *(const struct fact *)row;
	kept->digest = kept->id;
	kept->principal = TEXT("local");
	kept->role = TEXT("administrator");
	s->count++;
	must(message_encode(&message_scanned, &scanned, &s->arena, &kept->answer) == E_OK, "memory is short");
	return record_own(&message_fact, kept, &s->arena);
}

static void read_facts(struct statements *s, int64_t since)
{
	enum error e;

	s->count = 0;
	e = ledger_since(s->from, since, keep_fact, s);
	must(e == E_OK || e == (enum error)STOP, "scans could not be read");
}

static enum error run_ledger(struct statements *s, const struct fact *facts, uint32_t count)
{
	struct tail tail = {.arena = &s->batch};
	enum error e = E_OK;

	for (uint32_t i = 0; !e && i < count; i++)
		e = tail_append(&tail, &facts[i]);
	return e ? e : tail_store(&tail, s->to);
}

static enum error run_visits(struct statements *s, const struct fact *facts, uint32_t count)
{
	struct visit_row *rows = arena_alloc(&s->batch, count * sizeof *rows);

	for (uint32_t i = 0; i < count; i++)
		rows[i] = *visit_of(s, &facts[i]);
	return visit_put(s->to, rows, count);
}

/* Each door is told of once in a transaction. */
static enum error run_devices(struct statements *s, const struct fact *facts, uint32_t count)
{
	struct device_row rows[CROWD_DOORS];
	uint32_t doors = count < CROWD_DOORS ? count : CROWD_DOORS;

	for (uint32_t i = 0; i < doors; i++)
		rows[i] = (struct device_row){.device = facts[i].device, .requests = 1, .scans = 1,
					      .highest = facts[i].number, .heard = facts[i].received};
	return device_put(s->to, rows, doors);
}

/* As batch.c has it, once everything is decided. */
static enum error run_transaction(struct statements *s, const struct fact *facts, uint32_t count)
{
	enum error e = driver_begin(s->to);

	arena_reset(&s->batch);
	if (e || (e = run_ledger(s, facts, count)) || (e = run_visits(s, facts, count)) ||
	    (e = run_devices(s, facts, count)))
		return e;
	return driver_commit(s->to);
}

static double run_turn(struct statements *s)
{
	int64_t begun = clock_monotonic_us();

	for (uint32_t at = 0; at < s->count; at += s->each) {
		uint32_t left = s->count - at;

		must(run_transaction(s, s->facts + at, left < s->each ? left : s->each) == E_OK,
		     "the store did not take a scan");
		if (driver_log_pages(s->to) > 1024) /* as the writer does */
			must(driver_checkpoint(s->to) == E_OK, "the store's log could not be moved");
	}
	return s->count * 1e6 / (double)(clock_monotonic_us() - begun);
}

static void open_files(struct statements *s, const struct site *site, const char *folder)
{
	char from[600], to[600];

	site_event_path(site, from, sizeof from);
	snprintf(to, sizeof to, "%s/statements.hudur", folder);
	must(driver_open(from, DRIVER_READ, &s->from) == E_OK && driver_open(to, DRIVER_WRITE, &s->to) == E_OK,
	     "the event's file cannot be read, or another one not made");
	must(ledger_last(s->from, &s->last) == E_OK && s->last > TURNS * ROWS, "there are too few scans");
	s->first = s->last - TURNS * ROWS + 1;
	must(visit_each(s->from, keep_visit, s) == E_OK && driver_begin(s->to) == E_OK &&
	     ledger_since(s->from, 0, copy_fact, s) == E_OK && driver_commit(s->to) == E_OK &&
	     driver_checkpoint(s->to) == E_OK, "the event's file could not be copied");
}

double statements_per_s(struct site *site, const char *folder, uint32_t each)
{
	struct statements s = {.people = site->crowd.people, .each = each};
	double best = 0;

	s.visits = calloc((size_t)CROWD_SESSIONS * s.people, sizeof *s.visits);
	s.facts = calloc(ROWS, sizeof *s.facts);
	open_files(&s, site, folder);
	for (int turn = 0; turn < TURNS; turn++) {
		double rate;

		read_facts(&s, s.first + turn * ROWS - 1);
		rate = run_turn(&s);
		best = rate > best ? rate : best;
	}
	driver_free(s.from);
	driver_free(s.to);
	free(s.visits);
	free(s.facts);
	arena_free(&s.arena);
	arena_free(&s.batch);
	return best;
}
