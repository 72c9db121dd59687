/* Passages in a chain for each person, followed from the ledger's changes as the writer's own state follows them. */
#include "clients/scanner/seen.h"

#include <stdlib.h>

#include "clients/scanner/seen_file.h"
#include "schema/array.h"

static uint32_t *head_of(struct seen *seen, int64_t person)
{
	return &seen->heads[(uint64_t)person % SEEN_HEADS];
}

static void chain(struct seen *seen, uint32_t index)
{
	uint32_t *head = head_of(seen, seen->passages[index].person);

	seen->passages[index].next = *head;
	*head = index + 1;
}

/* They stand in the order in which they were heard of. */
static void keep_last(struct seen *seen, uint32_t living, uint32_t most)
{
	uint32_t kept = 0;

	memset(seen->heads, 0, sizeof seen->heads);
	for (uint32_t i = 0; i < seen->count; i++)
		if (seen->passages[i].person && living-- <= most)
			seen->passages[kept++] = seen->passages[i];
	seen->count = kept;
	for (uint32_t i = 0; i < kept; i++)
		chain(seen, i);
}

/* Where half of the places are dead ones, no more are needed. */
static bool make_room(struct seen *seen)
{
	uint32_t living = 0;

	if (seen->count < seen->room && seen->count < SEEN_MAX)
		return true;
	for (uint32_t i = 0; i < seen->count; i++)
		living += seen->passages[i].person != 0;
	if (seen->count == SEEN_MAX || living <= seen->count / 2)
		keep_last(seen, living, SEEN_MAX / 2);
	return array_grow(&seen->passages, &seen->room, seen->count, sizeof *seen->passages);
}

static void code_put(char code[SEEN_CODE_MAX + 1], struct text text)
{
	uint32_t size = text.at && text.size <= SEEN_CODE_MAX ? text.size : 0;

	if (size)
		memcpy(code, text.at, size);
	code[size] = '\0';
}

static struct seen_passage *find(const struct seen *seen, int64_t person, int64_t ledger)
{
	for (uint32_t i = seen->heads[(uint64_t)person % SEEN_HEADS]; i; i = seen->passages[i - 1].next)
		if (seen->passages[i - 1].person == person && seen->passages[i - 1].ledger == ledger)
			return &seen->passages[i - 1];
	return NULL;
}

/* What we let through ourselves and now hear of: by the scan's number, or by that of the decision, made next. */
static struct seen_passage *find_own(const struct seen *seen, const struct seen_passage *of)
{
	for (uint32_t i = seen->heads[(uint64_t)of->person % SEEN_HEADS]; i; i = seen->passages[i - 1].next) {
		struct seen_passage *own = &seen->passages[i - 1];

		if (own->person == of->person && own->ledger == ABSENT && own->door == of->door &&
		    (own->number == of->number || own->number + 1 == of->number))
			return own;
	}
	return NULL;
}

/* There are enough to judge the person's next one by. Its place is not used again, so that the order stays by age. */
static void forget_surplus(struct seen *seen, int64_t person)
{
	uint32_t *oldest = NULL, count = 0;

	for (uint32_t *link = head_of(seen, person); *link; link = &seen->passages[*link - 1].next) {
		if (seen->passages[*link - 1].person != person)
			continue;
		oldest = link;
		count++;
	}
	if (count < SEEN_EACH_MAX)
		return;
	seen->passages[*oldest - 1].person = 0;
	*oldest = seen->passages[*oldest - 1].next;
}

static enum error put(struct seen *seen, const struct seen_passage *passage)
{
	struct seen_passage *known = passage->ledger == ABSENT ? NULL : find(seen, passage->person, passage->ledger);

	if (!known && passage->ledger != ABSENT && (known = find_own(seen, passage))) {
		known->ledger = passage->ledger;
		known->number = passage->number;
		known->at = passage->at;
	}
	if (known)
		return E_OK;
	forget_surplus(seen, passage->person);
	if (!make_room(seen))
		return E_NO_MEMORY;
	seen->passages[seen->count] = *passage;
	chain(seen, seen->count++);
	return E_OK;
}

static struct seen_passage passage_of(const struct change *change)
{
	struct seen_passage passage = {
		.person = change->person, .at = change->at, .ledger = change->ledger, .number = change->number,
		.door = lately_door(change->device), .direction = (uint8_t)change->direction,
	};

	code_put(passage.session, change->session);
	return passage;
}

static enum error take_decision(struct seen *seen, const struct change *change)
{
	struct seen_passage passage = passage_of(change);
	struct seen_passage *scanned = change->corrects == ABSENT ? NULL : find(seen, change->person, change->corrects);

	if (change->admitted && !scanned)
		return put(seen, &passage);
	if (!change->admitted && scanned) {
		scanned->person = 0;
		scanned->ledger = ABSENT;
	}
	return E_OK;
}

static enum error take_clearing(struct seen *seen, const struct change *change)
{
	struct seen_clearing *clearing;

	if (!array_grow(&seen->clearings, &seen->clearing_room, seen->clearing_count, sizeof *seen->clearings))
		return E_NO_MEMORY;
	clearing = &seen->clearings[seen->clearing_count++];
	clearing->at = change->since == ABSENT ? change->at : change->since;
	code_put(clearing->room, change->room);
	code_put(clearing->session, change->session);
	return E_OK;
}

/* As the writer's state applies them; what is of no interest is not kept. */
static enum error apply(struct seen *seen, const struct change *change, bool *kept)
{
	struct seen_passage passage;

	*kept = false;
	if (change->reason.at)
		return E_OK;
	*kept = true;
	if (text_is(change->op, "clear"))
		return take_clearing(seen, change);
	if (change->person != ABSENT && text_is(change->op, "scan") && change->corrects == ABSENT) {
		passage = passage_of(change);
		return put(seen, &passage);
	}
	if (change->person != ABSENT && text_is(change->op, "decided"))
		return take_decision(seen, change);
	*kept = false;
	return E_OK;
}

enum error seen_replay(struct seen *seen, const struct change *change)
{
	bool kept;

	if (text_is(change->op, SEEN_INSTANCE)) {
		if (change->device.size == sizeof seen->instance)
			memcpy(seen->instance, change->device.at, sizeof seen->instance);
		return E_OK;
	}
	/* our own that the server had not told have no number of the ledger: 1 stands for none */
	struct change own = *change;
	if (own.ledger == SEEN_UNTOLD)
		own.ledger = ABSENT;
	return apply(seen, &own, &kept);
}

enum error seen_take(struct seen *seen, const struct change *change)
{
	bool kept;
	enum error e = apply(seen, change, &kept);

	if (!e && kept)
		seen_file_append(seen, change);
	if (!e && change->ledger > seen->next)
		seen->next = change->ledger;
	return e;
}

enum error seen_own(struct seen *seen, int64_t person, struct text session, enum direction direction, int64_t number,
		    int64_t at, int64_t ledger)
{
	struct seen_passage passage = {.person = person, .at = at, .ledger = ledger, .number = number,
				       .door = seen->door, .direction = (uint8_t)direction};

	code_put(passage.session, session);
	enum error e = put(seen, &passage);
	if (!e)
		seen_file_own(seen, &passage);
	return e;
}

int64_t seen_time(const struct seen *seen, int64_t person, int64_t at)
{
	for (uint32_t i = seen->heads[(uint64_t)person % SEEN_HEADS]; i; i = seen->passages[i - 1].next) {
		const struct seen_passage *own = &seen->passages[i - 1];

		if (own->person == person && own->door == seen->door && own->at > at)
			at = own->at;
	}
	return at;
}

/* Not before what the same door numbered lower. */
static int64_t time_of(const struct seen *seen, const struct seen_passage *of)
{
	int64_t at = of->at;

	for (uint32_t i = seen->heads[(uint64_t)of->person % SEEN_HEADS]; i; i = seen->passages[i - 1].next) {
		const struct seen_passage *other = &seen->passages[i - 1];

		if (other->person == of->person && other->door == of->door && other->number < of->number &&
		    other->at > at)
			at = other->at;
	}
	return at;
}

static bool comes_after(const struct passage *passage, int64_t number, const struct passage *other, int64_t others)
{
	return passage->at > other->at ||
	       (passage->at == other->at && passage->door == other->door && number > others);
}

size_t seen_passages(const struct seen *seen, int64_t person, int64_t at, const struct schedule *sessions,
		     struct passage *passages, size_t most)
{
	int64_t numbers[LATELY_MAX + 1];
	size_t count = 0;

	if (most > LATELY_MAX + 1)
		most = LATELY_MAX + 1;
	/* the chain is newest first, and of equal times the earlier comes first */
	for (uint32_t i = seen->heads[(uint64_t)person % SEEN_HEADS]; i; i = seen->passages[i - 1].next) {
		const struct seen_passage *known = &seen->passages[i - 1];
		struct passage passage = {time_of(seen, known), known->door,
					  schedule_find(sessions, text_of(known->session)), known->direction};
		size_t place = 0;

		if (known->person != person || passage.session == SESSION_NONE || passage.at > at ||
		    passage.at < at - LATELY_MS)
			continue;
		if (count == most)
			break;
		while (place < count && comes_after(&passage, known->number, &passages[place], numbers[place]))
			place++;
		memmove(&passages[place + 1], &passages[place], (count - place) * sizeof *passages);
		memmove(&numbers[place + 1], &numbers[place], (count - place) * sizeof *numbers);
		passages[place] = passage;
		numbers[place] = known->number;
		count++;
	}
	return count;
}

bool seen_open(struct seen *seen, const char *path, int64_t now)
{
	seen->forget = now - LATELY_MS;
	return !path || seen_file_open(seen, path);
}

void seen_clear(struct seen *seen)
{
	seen->count = seen->clearing_count = 0;
	seen->next = 0;
	memset(seen->heads, 0, sizeof seen->heads);
	seen_file_clear(seen);
}

void seen_follow(struct seen *seen, struct text instance)
{
	switch (instance_follow(seen->instance, instance)) {
	case INSTANCE_SAME:
		break;
	case INSTANCE_FIRST:
		seen_file_instance(seen);
		break;
	case INSTANCE_ANOTHER:
		seen_clear(seen);
		break;
	}
}

void seen_free(struct seen *seen)
{
	if (seen->log)
		fclose(seen->log);
	free(seen->passages);
	free(seen->clearings);
	*seen = (struct seen){0};
}
