/* Counts everybody once more and holds the counters against that. */
#include "workers/verification.h"

#include <inttypes.h>
#include <stdlib.h>

#include "workers/projection.h"
#include "workers/store.h"

/* Numbers in place of a counter's words; `persons` is no part of what is compared. */
struct tally {
	uint32_t key[8]; /* qualifier and day, or minutes and half; entity, also, category, level, gender, language */
	int64_t persons;
};

struct tallies {
	struct verification *v;
	struct tally *rows;
	size_t count, room;
};

static int compare(const void *one, const void *other)
{
	return memcmp(((const struct tally *)one)->key, ((const struct tally *)other)->key,
		      sizeof ((const struct tally *)one)->key);
}

static struct tally tally_of(const struct profile *p, uint32_t first, uint32_t second)
{
	return (struct tally){
		.key = {first, second, p->entity, p->also, p->category, p->level, p->gender, p->language},
		.persons = 1,
	};
}

static enum error add_key(struct tallies *t, const struct profile *p, uint32_t first, uint32_t second)
{
	if (t->count == t->room) {
		size_t room = t->room ? t->room * 2 : 256;
		struct tally *rows = realloc(t->rows, room * sizeof *rows);

		if (!rows)
			return E_NO_MEMORY;
		t->rows = rows;
		t->room = room;
	}
	t->rows[t->count++] = tally_of(p, first, second);
	return E_OK;
}

static enum error add(void *context, const struct profile *p, enum qualifier qualifier, int64_t day)
{
	return add_key(context, p, qualifier, (uint32_t)day);
}

static enum error add_everybody(struct tallies *t)
{
	const struct state *state = &t->v->state;
	enum error e = E_OK;

	for (uint32_t i = 1; !e && i <= state->person_count; i++) {
		const struct profile profile = state_profile(state, &state->persons[i]);

		e = projection_each_counter(&profile, add, t);
	}
	return e;
}

/* Sorts, and makes one of those that are alike. */
static void merge(struct tallies *t)
{
	size_t kept = 0;

	if (t->count)
		qsort(t->rows, t->count, sizeof *t->rows, compare);
	for (size_t i = 0; i < t->count; i++) {
		if (kept && compare(&t->rows[kept - 1], &t->rows[i]) == 0)
			t->rows[kept - 1].persons++;
		else
			t->rows[kept++] = t->rows[i];
	}
	t->count = kept;
}

/* What was counted less what is stored: nothing may be left. False when nobody was counted there. */
static bool take_away(struct tallies *t, struct tally key, int64_t persons)
{
	struct tally *tally = t->count ? bsearch(&key, t->rows, t->count, sizeof key, compare) : NULL;

	if (tally)
		tally->persons -= persons;
	return tally != NULL;
}

static enum error compare_counter(void *context, const void *row)
{
	struct tallies *t = context;
	const struct counter_row *stored = row;
	const struct profile who = state_profile_by_words(&t->v->state, stored->entity, stored->also, stored->category,
							  stored->level, stored->gender, stored->language);

	if (!take_away(t, tally_of(&who, stored->qualifier, (uint32_t)stored->day), stored->persons))
		verification_differ(t->v, "a counter of %s, day %" PRId64 ", %.*s: it says %" PRId64
				    ", and by the ledger there is nobody",
				    vocabulary_word(&vocabulary_qualifier, stored->qualifier), stored->day,
				    (int)stored->entity.size, stored->entity.at, stored->persons);
	return E_OK;
}

static void tell_left(const struct tallies *t, const struct tally *tally)
{
	struct text entity = tally->key[2] ? t->v->state.entities[tally->key[2]].plan.entity : TEXT("");

	if (tally->persons)
		verification_differ(t->v, "a counter of %s, day %u, %.*s: it is %" PRId64 " %s than by the ledger",
				    vocabulary_word(&vocabulary_qualifier, tally->key[0]), tally->key[1],
				    (int)entity.size, entity.at, tally->persons < 0 ? -tally->persons : tally->persons,
				    tally->persons < 0 ? "more" : "less");
}

enum error verify_counters(struct verification *v)
{
	struct tallies t = {.v = v};
	enum error e = add_everybody(&t);

	if (!e) {
		merge(&t);
		e = counter_each(v->store, compare_counter, &t);
	}
	for (size_t i = 0; !e && i < t.count; i++)
		tell_left(&t, &t.rows[i]);
	free(t.rows);
	return e;
}

/* ---- who attended ---- */

static enum error add_longest(struct tallies *t)
{
	const struct state *state = &t->v->state;
	enum error e = E_OK;

	for (uint32_t i = 1; !e && i <= state->person_count; i++) {
		const struct person *person = &state->persons[i];
		const struct profile profile = state_profile(state, person);
		struct visit visits[VISITS_MAX];
		const struct longest longest =
			longest_of(state, person->remote, visits, state_visits(state, person, visits));

		if (longest.minutes != NOWHERE)
			e = add_key(t, &profile, (uint32_t)longest.minutes, longest.half);
	}
	return e;
}

static enum error compare_attended(void *context, const void *row)
{
	struct tallies *t = context;
	const struct attended_row *stored = row;
	const struct profile who = state_profile_by_words(&t->v->state, stored->entity, stored->also, stored->category,
							  stored->level, stored->gender, stored->language);

	if (!take_away(t, tally_of(&who, (uint32_t)stored->minutes, stored->half), stored->persons))
		verification_differ(t->v, "attended, %" PRId64 " minutes, %.*s: it says %" PRId64
				    ", and by the ledger there is nobody", stored->minutes,
				    (int)stored->entity.size, stored->entity.at, stored->persons);
	return E_OK;
}

enum error verify_attended(struct verification *v)
{
	struct tallies t = {.v = v};
	enum error e = add_longest(&t);

	if (!e) {
		merge(&t);
		e = attended_each(v->store, compare_attended, &t);
	}
	for (size_t i = 0; !e && i < t.count; i++)
		if (t.rows[i].persons)
			verification_differ(v, "attended, %u minutes: %" PRId64 " %s than by the ledger", t.rows[i].key[0],
					    t.rows[i].persons < 0 ? -t.rows[i].persons : t.rows[i].persons,
					    t.rows[i].persons < 0 ? "more" : "less");
	free(t.rows);
	return e;
}
