/* Compares what was before a batch with what is after, and writes the difference. */
#include "workers/projection.h"

#include <stdlib.h>

#include "workers/passages.h"
#include "workers/store.h"

static enum error push(struct arena *arena, void *array, uint32_t *room, uint32_t count, size_t size)
{
	uint32_t more = *room ? *room * 2 : 64;
	void *grown;

	if (count < *room)
		return E_OK;
	grown = arena_alloc(arena, more * size);
	if (!grown)
		return E_NO_MEMORY;
	if (count)
		memcpy(grown, *(void **)array, count * size);
	*(void **)array = grown;
	*room = more;
	return E_OK;
}

static enum error note_visits(struct projection *p, const struct person *person, struct touched *touched)
{
	struct visit visits[VISITS_MAX];

	touched->noted = true;
	touched->visit_count = presence_visits(&p->state->schedule, person->passages, touched->passage_count,
					       person->attestations, person->attestation_count, visits);
	touched->visits = arena_alloc(p->arena, touched->visit_count * sizeof *visits);
	if (!touched->visits)
		return E_NO_MEMORY;
	if (touched->visit_count)
		memcpy(touched->visits, visits, touched->visit_count * sizeof *visits);
	return E_OK;
}

/* A loaded ledger does not tell it, and most persons are never asked for it. */
static void know_longest(const struct state *state, struct person *person)
{
	struct visit visits[VISITS_MAX];

	if (person->longest.minutes == UNASKED)
		person->longest = longest_of(state, person->remote, visits, state_visits(state, person, visits));
}

static enum error add_touched(struct projection *p, int64_t number, struct person *person)
{
	enum error e = push(p->arena, &p->touched, &p->touched_room, p->touched_count, sizeof *p->touched);

	if (e)
		return e;
	p->touched[p->touched_count++] = (struct touched){
		.person = number, .passage_count = person ? person->passage_count : 0,
		.noted = !person,
	};
	if (!person)
		return E_OK;
	person->touched = p->touched_count;
	know_longest(p->state, person);
	return person->badge ? projection_touch_badge(p, state_badge_in_force(p->state, person)->code) : E_OK;
}

static enum error touch(struct projection *p, int64_t number, bool only_grows)
{
	struct person *person = state_person(p->state, number);
	enum error e = person && person->touched ? E_OK : add_touched(p, number, person);
	struct touched *touched;

	if (e || !person)
		return e;
	touched = &p->touched[person->touched - 1];
	return touched->noted || only_grows ? E_OK : note_visits(p, person, touched);
}

enum error projection_touch(struct projection *p, int64_t number)
{
	return touch(p, number, false);
}

enum error projection_touch_by_scan(struct projection *p, const struct fact *scan)
{
	const struct person *person = state_person(p->state, scan->person);

	return touch(p, scan->person, person && passages_only_grow(person, scan));
}

enum error projection_touch_attendance(struct projection *p)
{
	enum error e = E_OK;

	for (uint32_t i = 1; !e && i <= p->state->person_count; i++)
		if (p->state->persons[i].passage_count || p->state->persons[i].attestation_count)
			e = projection_touch(p, i);
	return e;
}

enum error projection_touch_badge(struct projection *p, struct text code)
{
	enum error e = push(p->arena, &p->badges, &p->badge_room, p->badge_count, sizeof *p->badges);

	if (!e)
		p->badges[p->badge_count++] = code;
	return e;
}

static struct text word_or_empty(const struct vocabulary *vocabulary, unsigned value)
{
	const char *word = vocabulary_word(vocabulary, value);

	return word ? text_of(word) : TEXT("");
}

static struct text code_or_empty(const struct state *state, uint16_t entity)
{
	return entity ? state->entities[entity].plan.entity : TEXT("");
}

/* ---- who came to a row, and who left ---- */

/* From so many on they are summed before more room is taken: one change of the programme may move everybody. */
enum { MOVES_SUMMED = 4096 };

static int compare_moves(const void *one, const void *other)
{
	return memcmp(((const struct move *)one)->key, ((const struct move *)other)->key,
		      sizeof ((const struct move *)one)->key);
}

/* One for each row, however many came and went; none where it comes to nothing. */
static void sum_moves(struct moves *moves)
{
	uint32_t kept = 0;

	if (moves->count)
		qsort(moves->items, moves->count, sizeof *moves->items, compare_moves);
	for (uint32_t i = 0, next; i < moves->count; i = next) {
		struct move sum = moves->items[i];

		for (next = i + 1; next < moves->count && compare_moves(&sum, &moves->items[next]) == 0; next++)
			sum.persons += moves->items[next].persons;
		if (sum.persons)
			moves->items[kept++] = sum;
	}
	moves->count = kept;
}

static enum error move(struct projection *p, struct moves *moves, uint16_t one, uint16_t two, const struct profile *who,
		       int64_t persons)
{
	bool full = moves->count == moves->room;
	enum error e;

	if (full && moves->room >= MOVES_SUMMED)
		sum_moves(moves);
	/* it grows when half of it is still needed, or it would soon be summed again */
	full = full && moves->count >= moves->room / 2;
	e = push(p->arena, &moves->items, &moves->room, full ? moves->room : moves->count, sizeof *moves->items);
	if (!e)
		moves->items[moves->count++] = (struct move){
			{one, two, who->entity, who->also, who->category, who->level, who->gender, who->language}, persons};
	return e;
}

enum error projection_each_counter(const struct profile *profile, counter_fn *each, void *context)
{
	enum error e = E_OK;

	for (unsigned qualifier = 1; !e && qualifier < qualifier_count; qualifier++)
		if (profile_is(profile, (enum qualifier)qualifier))
			e = each(context, profile, (enum qualifier)qualifier, 0);
	if (!e && profile->first_day)
		e = each(context, profile, qualifier_checked_in, profile->first_day);
	if (!e && profile->seen)
		e = each(context, profile, qualifier_seen, 0); /* day 0: on any day */
	for (int day = 1; !e && day <= EVENT_DAYS_MAX; day++)
		if (profile->seen >> (day - 1) & 1)
			e = each(context, profile, qualifier_seen, day);
	return e;
}

/* Adds the person to all counters it belongs to, or with -1 takes it away from them. */
struct counting {
	struct projection *projection;
	int64_t persons;
};

static enum error count_one(void *context, const struct profile *profile, enum qualifier qualifier, int64_t day)
{
	const struct counting *c = context;

	return move(c->projection, &c->projection->counted, (uint16_t)qualifier, (uint16_t)day, profile, c->persons);
}

static enum error count_profile(struct projection *p, const struct profile *profile, int64_t persons)
{
	struct counting counting = {p, persons};

	return projection_each_counter(profile, count_one, &counting);
}

static bool same_profile(const struct profile *a, const struct profile *b)
{
	return a->entity == b->entity && a->also == b->also && a->category == b->category && a->level == b->level &&
	       a->gender == b->gender && a->language == b->language && a->holds == b->holds &&
	       a->first_day == b->first_day && a->seen == b->seen;
}

static enum error gather_counters(struct projection *p, const struct touched *touched, struct person *person)
{
	struct profile now = touched->noted ? state_profile(p->state, person)
					    : state_profile_grown(p->state, person, touched->passage_count);
	enum error e;

	if (same_profile(&now, &person->written))
		return E_OK;
	if ((e = count_profile(p, &person->written, -1)) || (e = count_profile(p, &now, 1)))
		return e;
	person->written = now;
	return E_OK;
}

/* ---- who attended ---- */

static enum error move_longest(struct projection *p, const struct profile *who, struct longest longest, int64_t persons)
{
	return longest.minutes < 0 /* nowhere, or not registered yet */
		? E_OK : move(p, &p->attended, (uint16_t)longest.minutes, longest.half, who, persons);
}

static bool alike(const struct profile *a, const struct profile *b)
{
	return a->entity == b->entity && a->also == b->also && a->category == b->category && a->level == b->level &&
	       a->gender == b->gender && a->language == b->language;
}

static enum error gather_moves(struct projection *p, struct person *person, const struct profile *was, struct longest longest)
{
	struct longest before = person->longest;
	enum error e;

	person->longest = longest;
	if (longest_same(longest, before) && alike(was, &person->written))
		return E_OK;
	e = move_longest(p, was, before, -1);
	return e ? e : move_longest(p, &person->written, longest, 1);
}

static struct attended_row attended_row(const struct state *state, const struct move *move)
{
	const uint16_t *key = move->key;

	return (struct attended_row){
		.minutes = key[0], .half = key[1], .persons = move->persons,
		.entity = code_or_empty(state, key[2]), .also = code_or_empty(state, key[3]),
		.category = word_or_empty(&vocabulary_category, key[4]),
		.level = word_or_empty(&vocabulary_level, key[5]),
		.gender = word_or_empty(&vocabulary_gender, key[6]),
		.language = word_or_empty(&vocabulary_language, key[7]),
	};
}

static struct counter_row counter_row(const struct state *state, const struct move *move)
{
	const uint16_t *key = move->key;

	return (struct counter_row){
		.qualifier = (enum qualifier)key[0], .day = key[1], .persons = move->persons,
		.entity = code_or_empty(state, key[2]), .also = code_or_empty(state, key[3]),
		.category = word_or_empty(&vocabulary_category, key[4]),
		.level = word_or_empty(&vocabulary_level, key[5]),
		.gender = word_or_empty(&vocabulary_gender, key[6]),
		.language = word_or_empty(&vocabulary_language, key[7]),
	};
}

static enum error gather_sums(struct projection *p)
{
	struct differences *d = &p->differences;

	sum_moves(&p->counted);
	sum_moves(&p->attended);
	d->counters = arena_alloc(p->arena, p->counted.count * sizeof *d->counters);
	d->attended = arena_alloc(p->arena, p->attended.count * sizeof *d->attended);
	if (!d->counters || !d->attended)
		return E_NO_MEMORY;
	for (; d->counter_count < p->counted.count; d->counter_count++)
		d->counters[d->counter_count] = counter_row(p->state, &p->counted.items[d->counter_count]);
	for (; d->attended_count < p->attended.count; d->attended_count++)
		d->attended[d->attended_count] = attended_row(p->state, &p->attended.items[d->attended_count]);
	return E_OK;
}

static struct text code_or_absent(const struct state *state, uint16_t entity)
{
	return entity ? state->entities[entity].plan.entity : (struct text){0};
}

static int64_t last_day(const struct person *person)
{
	return person->check_in_days ? 64 - __builtin_clzll(person->check_in_days) : ABSENT;
}

struct person_row projection_person(const struct state *state, const struct person *person)
{
	const struct badge *badge = state_badge_in_force(state, person);
	const struct standing_for *stands = &person->stands_for;

	return (struct person_row){
		.person = state_person_number(state, person), .state = person->state,
		.entity = code_or_absent(state, stands->entity), .also = code_or_absent(state, stands->also),
		.also_accredited = person->also_accredited, .category = (enum category)stands->category,
		.level = (enum level)stands->level, .gender = (enum gender)stands->gender,
		.language = (enum language)stands->language, .walk_in = person->walk_in, .remote = person->remote,
		.first_day = person->check_in_days ? __builtin_ctzll(person->check_in_days) + 1 : ABSENT,
		.last_day = last_day(person), .badge = badge ? badge->code : (struct text){0},
	};
}

static enum error gather_person(struct projection *p, const struct person *person)
{
	struct differences *d = &p->differences;
	enum error e = push(p->arena, &d->persons, &d->person_room, d->person_count, sizeof *d->persons);

	if (!e)
		d->persons[d->person_count++] = projection_person(p->state, person);
	return e;
}

static bool same_visit(const struct visit *a, const struct visit *b)
{
	return a->flags == b->flags && a->settled_ms == b->settled_ms && a->since == b->since &&
	       a->until == b->until && a->assumed == b->assumed && a->carried == b->carried &&
	       a->entered == b->entered;
}

/* Visits before and after stand in nearly the same order: it is mostly in the place `near`. */
static const struct visit *visit_of(const struct visit *visits, size_t count, uint16_t session, size_t near)
{
	if (near < count && visits[near].session == session)
		return &visits[near];
	for (size_t i = 0; i < count; i++)
		if (visits[i].session == session)
			return &visits[i];
	return NULL;
}

struct visit_row projection_visit(const struct state *state, int64_t person, const struct visit *visit)
{
	return (struct visit_row){
		.session = state->schedule.sittings[visit->session].code, .person = person,
		.flags = visit->flags, .settled_ms = visit->settled_ms, .since = visit->since,
		.until = visit->until, .assumed = visit->assumed, .carried = visit->carried,
		.entered = visit->entered,
	};
}

static enum error gather_visit(struct projection *p, int64_t person, const struct visit *visit)
{
	struct differences *d = &p->differences;
	enum error e = push(p->arena, &d->visits, &d->visit_room, d->visit_count, sizeof *d->visits);

	if (!e)
		d->visits[d->visit_count++] = projection_visit(p->state, person, visit);
	return e;
}

struct visit projection_no_visit(uint16_t session)
{
	return (struct visit){.session = session, .since = ABSENT, .until = ABSENT, .entered = ABSENT};
}

/* A session that the person turns out not to have visited keeps a row that says nothing. */
static enum error gather_visits(struct projection *p, const struct touched *touched, const struct visit *now,
				size_t now_count)
{
	enum error e = E_OK;

	for (size_t i = 0; !e && i < now_count; i++) {
		const struct visit *was = visit_of(touched->visits, touched->visit_count, now[i].session, i);

		if (!was || !same_visit(was, &now[i]))
			e = gather_visit(p, touched->person, &now[i]);
	}
	for (size_t i = 0; !e && i < touched->visit_count; i++) {
		struct visit nothing = projection_no_visit(touched->visits[i].session);

		if (!visit_of(now, now_count, nothing.session, i))
			e = gather_visit(p, touched->person, &nothing);
	}
	return e;
}

/* Only of what may have changed. Notes in `touched` what they were before. */
static size_t visits_twice(const struct state *state, const struct person *person, struct touched *touched,
			   struct visit *before, struct visit *now)
{
	touched->visits = before;
	return presence_visits_twice(&state->schedule, person->passages, touched->passage_count, person->passage_count,
				     person->attestations, person->attestation_count, before, &touched->visit_count, now);
}

static enum error gather_touched(struct projection *p, struct touched touched)
{
	struct person *person = state_person(p->state, touched.person);
	struct visit now[VISITS_MAX], before[VISITS_MAX];
	struct longest longest;
	struct profile was;
	size_t count;
	enum error e;

	if (!person)
		return E_OK;
	person->touched = 0;
	was = person->written;
	if ((e = gather_counters(p, &touched, person)) || (person->renewed && (e = gather_person(p, person))))
		return e;
	person->renewed = false;
	if (touched.noted) {
		count = state_visits(p->state, person, now);
		longest = longest_of(p->state, person->remote, now, count);
	} else {
		count = visits_twice(p->state, person, &touched, before, now);
		longest = longest_after(p->state, person, before, touched.visit_count, now, count);
	}
	e = gather_moves(p, person, &was, longest);
	return e ? e : gather_visits(p, &touched, now, count);
}

struct badge_row projection_badge(const struct badge *badge)
{
	return (struct badge_row){.badge = badge->code, .person = badge->person == ABSENT ? 0 : badge->person, .state = badge->state,
				  .changed = badge->changed};
}

static enum error gather_badge(struct projection *p, struct text code)
{
	struct badge *badge = state_badge(p->state, code);
	struct differences *d = &p->differences;
	enum error e;

	if (!badge || !badge->dirty)
		return E_OK;
	badge->dirty = false;
	if (!(e = push(p->arena, &d->badges, &d->badge_room, d->badge_count, sizeof *d->badges)))
		d->badges[d->badge_count++] = projection_badge(badge);
	return e;
}

enum error projection_gather(struct projection *p)
{
	enum error e = E_OK;

	for (uint32_t i = 0; !e && i < p->touched_count; i++)
		e = gather_touched(p, p->touched[i]);
	if (!e)
		e = gather_sums(p);
	for (uint32_t i = 0; !e && i < p->badge_count; i++)
		e = gather_badge(p, p->badges[i]);
	return e;
}

enum error projection_write(const struct projection *p, struct driver *store)
{
	const struct differences *d = &p->differences;
	enum error e;

	if ((e = counter_add(store, d->counters, d->counter_count)) ||
	    (e = person_put(store, d->persons, d->person_count)) || (e = visit_put(store, d->visits, d->visit_count)) ||
	    (e = attended_add(store, d->attended, d->attended_count)) ||
	    (e = badge_put(store, d->badges, d->badge_count)))
		return e;
	for (uint32_t i = 0; !e && i < d->attended_count; i++)
		if (d->attended[i].persons < 0)
			e = attended_drop(store, &d->attended[i]);
	return e;
}
