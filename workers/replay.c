/* The ledger on its way to whoever asks for all of it: store.h. */
#include "workers/store.h"

/* Half of a row's columns say nothing about most entries: a query without those reads them in a third less time. */
struct narrow {
	enum query query;
	bool (*suffices)(struct text op);
};

static bool is_scan(struct text op)
{
	return text_is(op, "scan");
}

/* Of a meeting nearly every entry is one of these, or of a list that was imported. */
static bool is_frequent(struct text op)
{
	return is_scan(op) || text_is(op, "check_in") || text_is(op, "issue") || text_is(op, "hand_over");
}

/* How far it is, and whether the other query is to go on. */
struct passing {
	row_fn *each;
	void *context;
	const struct narrow *narrow;
	int64_t seq;
	uint32_t narrow_ones; /* in a row */
	bool turn;
};

/* So many in a row, and more are to be expected. */
enum { NARROW_EXPECTED = 32 };

static enum error pass(struct passing *passing, const struct fact *fact)
{
	passing->seq = fact->seq;
	return passing->each(passing->context, fact);
}

static enum error turn(struct passing *passing)
{
	passing->turn = true;
	passing->narrow_ones = 0;
	return E_GIVEN_UP;
}

static enum error pass_any(void *context, const void *row)
{
	struct passing *passing = context;
	const struct fact *fact = row;
	enum error e = pass(passing, fact);

	passing->narrow_ones = passing->narrow->suffices(fact->op) ? passing->narrow_ones + 1 : 0;
	return !e && passing->narrow_ones == NARROW_EXPECTED ? turn(passing) : e;
}

static enum error pass_narrow(void *context, const void *row)
{
	struct passing *passing = context;
	const struct fact *fact = row;

	return passing->narrow->suffices(fact->op) ? pass(passing, fact) : turn(passing);
}

static enum error pass_on(struct driver *store, enum query query, row_fn *each, struct passing *passing)
{
	const struct fact from = {.seq = passing->seq};

	passing->turn = false;
	return driver_each(store, query, &message_fact, &from, &message_fact, each, passing);
}

static enum error pass_all(struct driver *store, int64_t seq, const struct narrow *narrow, row_fn *each, void *context)
{
	struct passing passing = {.each = each, .context = context, .narrow = narrow, .seq = seq};
	enum error e;

	do {
		e = pass_on(store, narrow->query, pass_narrow, &passing);
		if (passing.turn)
			e = pass_on(store, QUERY_ledger_since, pass_any, &passing);
	} while (passing.turn);
	return e;
}

enum error ledger_since(struct driver *store, int64_t seq, row_fn *each, void *context)
{
	static const struct narrow scans = {QUERY_ledger_since_scans, is_scan};

	return pass_all(store, seq, &scans, each, context);
}

enum error ledger_replay(struct driver *store, int64_t seq, row_fn *each, void *context)
{
	static const struct narrow frequent = {QUERY_ledger_replay, is_frequent};

	return pass_all(store, seq, &frequent, each, context);
}
