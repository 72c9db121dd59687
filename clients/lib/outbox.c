/* Five lists; a parcel stands in exactly one; those that wait are in the order of making. */
#include "clients/lib/outbox.h"

#include <stdlib.h>

struct parcel *parcel_new(bool write, const uint8_t *id, struct text service, struct text map)
{
	struct parcel *parcel = malloc(sizeof *parcel + service.size + map.size);

	if (!parcel)
		return NULL;
	*parcel = (struct parcel){.write = write};
	memcpy(parcel->id, id, ID_SIZE);
	memcpy(parcel->bytes, service.at, service.size);
	memcpy(parcel->bytes + service.size, map.at, map.size);
	parcel->service = (struct text){parcel->bytes, service.size};
	parcel->map = (struct text){parcel->bytes + service.size, map.size};
	return parcel;
}

void outbox_init(struct outbox *outbox)
{
	for (int p = 0; p < PLACE_COUNT; p++) {
		TAILQ_INIT(&outbox->lists[p]);
		outbox->counts[p] = 0;
	}
}

void outbox_release(struct outbox *outbox)
{
	for (int p = 0; p < PLACE_COUNT; p++)
		while (!TAILQ_EMPTY(&outbox->lists[p]))
			outbox_remove(outbox, TAILQ_FIRST(&outbox->lists[p]));
}

static void take_out(struct outbox *outbox, struct parcel *parcel)
{
	TAILQ_REMOVE(&outbox->lists[parcel->place], parcel, link);
	outbox->counts[parcel->place]--;
}

static void append(struct outbox *outbox, struct parcel *parcel, enum place place)
{
	parcel->place = place;
	TAILQ_INSERT_TAIL(&outbox->lists[place], parcel, link);
	outbox->counts[place]++;
}

/* New ones go to the end and returning ones near the start, so the walk is short. */
static void insert_in_order(struct outbox *outbox, struct parcel *parcel, enum place place)
{
	struct parcels *list = &outbox->lists[place];
	struct parcel *other = TAILQ_LAST(list, parcels);

	if (!other || other->n < parcel->n) {
		append(outbox, parcel, place);
		return;
	}
	for (other = TAILQ_FIRST(list); other->n < parcel->n;)
		other = TAILQ_NEXT(other, link);
	parcel->place = place;
	TAILQ_INSERT_BEFORE(other, parcel, link);
	outbox->counts[place]++;
}

static enum place waiting_place(const struct parcel *parcel)
{
	if (!parcel->write)
		return PLACE_READS;
	return parcel->made == MADE_LONG_AGO ? PLACE_BACKLOG : PLACE_LIVE;
}

void outbox_add(struct outbox *outbox, struct parcel *parcel)
{
	insert_in_order(outbox, parcel, waiting_place(parcel));
}

void outbox_hold(struct outbox *outbox, struct parcel *parcel)
{
	insert_in_order(outbox, parcel, PLACE_HELD);
}

static void let_age(struct outbox *outbox, int64_t now)
{
	struct parcel *parcel;

	while ((parcel = TAILQ_FIRST(&outbox->lists[PLACE_LIVE])) &&
	       parcel->made <= now - LIVE_MS) {
		take_out(outbox, parcel);
		insert_in_order(outbox, parcel, PLACE_BACKLOG);
	}
}

static void bring_back(struct outbox *outbox, int64_t now)
{
	struct parcel *parcel = TAILQ_FIRST(&outbox->lists[PLACE_PUT_OFF]), *next;

	for (; parcel; parcel = next) {
		next = TAILQ_NEXT(parcel, link);
		if (parcel->until > now)
			continue;
		take_out(outbox, parcel);
		insert_in_order(outbox, parcel, waiting_place(parcel));
	}
}

/*
 * The list of those in flight is in the order of sending, but reads are not sent again for want
 * of an answer.
 */
static struct parcel *oldest_write_in_flight(const struct outbox *outbox)
{
	struct parcel *parcel;

	TAILQ_FOREACH(parcel, &outbox->lists[PLACE_FLIGHT], link)
		if (parcel->write)
			return parcel;
	return NULL;
}

/*
 * What was put off holds the backlog back: a store that is busy is not asked for everything in
 * turn.
 */
static bool backlog_may_go(const struct outbox *outbox)
{
	return outbox->counts[PLACE_FLIGHT] + outbox->counts[PLACE_PUT_OFF] < FLIGHT_MAX;
}

struct parcel *outbox_next(struct outbox *outbox, int64_t now)
{
	struct parcel *parcel = oldest_write_in_flight(outbox);

	if (parcel && parcel->sent <= now - RESEND_MS)
		return parcel;
	bring_back(outbox, now);
	let_age(outbox, now);
	if (outbox->counts[PLACE_FLIGHT] >= FLIGHT_MAX)
		return NULL;
	if (!TAILQ_EMPTY(&outbox->lists[PLACE_READS]))
		return TAILQ_FIRST(&outbox->lists[PLACE_READS]);
	if (!TAILQ_EMPTY(&outbox->lists[PLACE_LIVE]))
		return TAILQ_FIRST(&outbox->lists[PLACE_LIVE]);
	return backlog_may_go(outbox) ? TAILQ_FIRST(&outbox->lists[PLACE_BACKLOG]) : NULL;
}

void outbox_sent(struct outbox *outbox, struct parcel *parcel, int64_t now, int64_t wall)
{
	parcel->sent = now;
	parcel->sent_wall = wall;
	parcel->sendings++;
	take_out(outbox, parcel);
	append(outbox, parcel, PLACE_FLIGHT);
}

struct parcel *outbox_find(const struct outbox *outbox, const uint8_t *id)
{
	static const enum place order[] = {
		PLACE_FLIGHT, PLACE_PUT_OFF, PLACE_READS, PLACE_LIVE, PLACE_BACKLOG, PLACE_HELD,
	};
	struct parcel *parcel;

	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		TAILQ_FOREACH(parcel, &outbox->lists[order[i]], link)
			if (memcmp(parcel->id, id, ID_SIZE) == 0)
				return parcel;
	return NULL;
}

void outbox_put_off(struct outbox *outbox, struct parcel *parcel, int64_t until)
{
	parcel->until = until;
	take_out(outbox, parcel);
	append(outbox, parcel, PLACE_PUT_OFF);
}

void outbox_remove(struct outbox *outbox, struct parcel *parcel)
{
	take_out(outbox, parcel);
	free(parcel);
}

void outbox_return(struct outbox *outbox)
{
	struct parcel *parcel;

	while ((parcel = TAILQ_FIRST(&outbox->lists[PLACE_FLIGHT]))) {
		parcel->sendings = 0;
		take_out(outbox, parcel);
		insert_in_order(outbox, parcel, waiting_place(parcel));
	}
	TAILQ_FOREACH(parcel, &outbox->lists[PLACE_PUT_OFF], link)
		parcel->sendings = 0;
}

bool outbox_is_waiting(const struct outbox *outbox)
{
	return outbox->counts[PLACE_FLIGHT] || outbox->counts[PLACE_READS] ||
	       outbox->counts[PLACE_LIVE] ||
	       (outbox->counts[PLACE_BACKLOG] && backlog_may_go(outbox));
}

int64_t outbox_due(const struct outbox *outbox)
{
	const struct parcel *parcel = oldest_write_in_flight(outbox);
	int64_t due = parcel ? parcel->sent + RESEND_MS : INT64_MAX;

	TAILQ_FOREACH(parcel, &outbox->lists[PLACE_PUT_OFF], link)
		if (parcel->until < due)
			due = parcel->until;
	return due;
}
