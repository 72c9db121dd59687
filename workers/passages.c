/* Puts passages where they belong: by time, a door's own in the order of its numbers. */
#include "workers/passages.h"

#include <stdlib.h>

#include "schema/array.h"

/* A passage and where it comes from, while they are being moved. */
struct step {
	struct passage passage;
	struct origin origin;
};

/* Behind the passages, in the same block. */
static struct origin *origins_of(const struct person *person)
{
	return (struct origin *)(void *)(person->passages + person->passage_room);
}

static bool comes_after(const struct person *person, uint32_t i, const struct step *step)
{
	const struct passage *passage = &person->passages[i];

	return passage->at > step->passage.at ||
	       (passage->at == step->passage.at && passage->door == step->passage.door &&
		origins_of(person)[i].number > step->origin.number);
}

static void put_step(struct person *person, uint32_t count, struct step step)
{
	uint32_t i = count;

	for (; i > 0 && comes_after(person, i - 1, &step); i--) {
		person->passages[i] = person->passages[i - 1];
		origins_of(person)[i] = origins_of(person)[i - 1];
	}
	person->passages[i] = step.passage;
	origins_of(person)[i] = step.origin;
}

int64_t state_passage_time(const struct person *person, uint32_t door, int64_t number, int64_t at)
{
	for (uint32_t i = 0; i < person->passage_count; i++)
		if (person->passages[i].door == door && origins_of(person)[i].number < number &&
		    origins_of(person)[i].at > at)
			at = origins_of(person)[i].at;
	return at;
}

/* Gives each of the door's passages its time anew, and its place: one came between them, or went. */
static void settle_door(struct person *person, uint32_t door)
{
	for (uint32_t i = 0; i < person->passage_count; i++)
		if (person->passages[i].door == door)
			person->passages[i].at = state_passage_time(person, door, origins_of(person)[i].number,
								    origins_of(person)[i].at);
	for (uint32_t i = 1; i < person->passage_count; i++)
		put_step(person, i, (struct step){person->passages[i], origins_of(person)[i]});
}

/* Whether a later number of the door stands there with an earlier time. */
static bool overtakes(const struct person *person, const struct step *step)
{
	for (uint32_t i = 0; i < person->passage_count; i++)
		if (person->passages[i].door == step->passage.door &&
		    origins_of(person)[i].number > step->origin.number && origins_of(person)[i].at < step->passage.at)
			return true;
	return false;
}

/* Most of the memory of a large meeting is passages: they grow by little, and by more once there are many. */
static bool make_room(struct person *person)
{
	uint32_t room = person->passage_room + 2 + person->passage_room / 8;
	struct passage *passages;

	if (person->passage_count < person->passage_room)
		return true;
	if (!(passages = realloc(person->passages, room * (sizeof *passages + sizeof(struct origin)))))
		return false;
	memmove(passages + room, passages + person->passage_room, person->passage_count * sizeof(struct origin));
	person->passages = passages;
	person->passage_room = room;
	return true;
}

static enum error insert_passage(struct person *person, struct step step)
{
	uint32_t door = step.passage.door;

	if (!make_room(person))
		return E_NO_MEMORY;
	step.passage.at = state_passage_time(person, door, step.origin.number, step.origin.at);
	bool overtaking = overtakes(person, &step);
	put_step(person, person->passage_count++, step);
	if (overtaking)
		settle_door(person, door);
	return E_OK;
}

/* With a blank, the passage waits for the badge's person. */
static enum error add_stray(struct state *state, const struct fact *fact, const struct step *step)
{
	const struct badge *badge = state_badge(state, fact->badge);

	if (!badge || badge->state != badge_state_blank)
		return E_OK;
	if (!array_grow(&state->strays, &state->stray_room, state->stray_count, sizeof *state->strays))
		return E_NO_MEMORY;
	state->strays[state->stray_count++] =
		(struct stray){(uint32_t)(badge - state->badges), step->passage, step->origin};
	return E_OK;
}

static enum error add_passage(struct state *state, const struct fact *fact, struct person *person)
{
	uint16_t session = schedule_find(&state->schedule, fact->session);
	const struct step step = {
		.passage = {.at = fact_time(fact), .door = state_door(fact->device), .session = session,
			    .direction = (uint8_t)fact->direction},
		.origin = {(uint32_t)fact->seq, (uint32_t)fact->number, fact_time(fact)},
	};

	if (step.origin.seq != fact->seq || step.origin.number != fact->number)
		return E_BAD_DATA;
	if (session == SESSION_NONE)
		return E_OK;
	return person ? insert_passage(person, step) : add_stray(state, fact, &step);
}

bool passages_only_grow(const struct person *person, const struct fact *scan)
{
	uint32_t door = state_door(scan->device);
	int64_t at = fact_time(scan);

	for (uint32_t i = 0; i < person->passage_count; i++)
		if (person->passages[i].at > at ||
		    (person->passages[i].door == door && origins_of(person)[i].number >= scan->number))
			return false;
	return true;
}

enum error passages_claim_strays(struct state *state, uint32_t badge, struct person *person)
{
	enum error e = E_OK;

	for (uint32_t i = 0; !e && i < state->stray_count; i++)
		if (state->strays[i].badge == badge)
			e = insert_passage(person, (struct step){state->strays[i].passage, state->strays[i].origin});
	return e;
}

void passages_drop_strays(struct state *state, uint32_t badge)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < state->stray_count; i++)
		if (state->strays[i].badge != badge)
			state->strays[kept++] = state->strays[i];
	state->stray_count = kept;
}

static void drop_passage(struct person *person, int64_t seq)
{
	uint32_t i = 0, door;

	while (i < person->passage_count && origins_of(person)[i].seq != seq)
		i++;
	if (i == person->passage_count)
		return;
	door = person->passages[i].door;
	person->passage_count--;
	for (; i < person->passage_count; i++) {
		person->passages[i] = person->passages[i + 1];
		origins_of(person)[i] = origins_of(person)[i + 1];
	}
	settle_door(person, door);
}

static bool has_passage(const struct person *person, int64_t seq)
{
	for (uint32_t i = person->passage_count; i-- > 0;)
		if (origins_of(person)[i].seq == seq)
			return true;
	return false;
}

static struct stray *find_stray(const struct state *state, int64_t seq)
{
	for (uint32_t i = state->stray_count; i-- > 0;)
		if (state->strays[i].origin.seq == seq)
			return &state->strays[i];
	return NULL;
}

static void drop_scan(struct state *state, struct person *person, int64_t seq)
{
	struct stray *stray = find_stray(state, seq);

	if (stray)
		*stray = state->strays[--state->stray_count];
	if (person)
		drop_passage(person, seq);
}

enum error passages_scan(struct state *state, const struct fact *fact, struct person *person)
{
	return fact->corrects == ABSENT ? add_passage(state, fact, person) : E_OK;
}

enum error passages_decided(struct state *state, const struct fact *fact, struct person *person)
{
	bool scanned = fact->corrects != ABSENT &&
		       (find_stray(state, fact->corrects) || (person && has_passage(person, fact->corrects)));

	if (fact->admitted && !scanned)
		return add_passage(state, fact, person);
	if (!fact->admitted && scanned)
		drop_scan(state, person, fact->corrects);
	return E_OK;
}
