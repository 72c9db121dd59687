/* One stay after the other, by passages, sessions' ends and clearings. */
#include "schema/walk.h"

#define LENT_WITHIN INT64_C(60000)

static const struct sitting *sitting_of(const struct walk *walk, uint16_t session)
{
	return &walk->schedule->sittings[session];
}

static inline void begin(struct walk *walk, uint16_t session, int64_t since, bool carried)
{
	struct stay *stay = &walk->stay;
	int64_t clearing;

	stay->inside = true;
	stay->lapsed = false;
	stay->carried = carried;
	stay->session = session;
	stay->room = sitting_of(walk, session)->room;
	stay->since = since;
	stay->follower = schedule_follower(walk->schedule, session, since, &stay->until, &stay->assumed);
	clearing = schedule_clearing(walk->schedule, stay->room, since);
	stay->cleared = clearing <= stay->until;
	if (stay->cleared)
		stay->until = clearing;
}

static void begin_stay(struct walk *walk, uint16_t session, int64_t since)
{
	walk->stay.first = walk->count;
	walk->stay.wish = SESSION_NONE;
	begin(walk, session, since, false);
}

static void append(struct walk *walk, struct interval interval)
{
	if (walk->count < INTERVALS_MAX && interval.since < interval.until)
		walk->intervals[walk->count++] = interval;
}

static inline void end_interval(struct walk *walk, int64_t until, bool open)
{
	const struct stay *stay = &walk->stay;

	if (stay->carried && until <= schedule_start(walk->schedule, stay->session))
		return;
	append(walk, (struct interval){
		.since = stay->since,
		.until = until,
		.session = stay->session,
		.open = open,
		.assumed = open && stay->assumed,
		.carried = stay->carried,
	});
}

/* Whoever is known to have left a room late was in it until then. */
static void make_certain(struct walk *walk)
{
	for (size_t i = walk->stay.first; i < walk->count; i++)
		walk->intervals[i].open = walk->intervals[i].assumed = false;
	walk->stay.lapsed = false;
}

static void leave(struct walk *walk, int64_t at)
{
	end_interval(walk, at, false);
	make_certain(walk);
	walk->stay.inside = false;
}

static bool still_to_come(const struct walk *walk, uint16_t session, int64_t at)
{
	bool assumed;

	return session != SESSION_NONE &&
	       schedule_end(walk->schedule, session, at, &assumed) > at;
}

static void lapse(struct walk *walk)
{
	struct stay *stay = &walk->stay;
	uint16_t next = stay->follower;

	end_interval(walk, stay->until, true);
	if (next == SESSION_NONE || next == stay->wish) {
		next = still_to_come(walk, stay->wish, stay->until) ? stay->wish : SESSION_NONE;
		stay->wish = SESSION_NONE;
	}
	stay->inside = false;
	stay->lapsed = true;
	if (next != SESSION_NONE)
		begin(walk, next, stay->until, true);
}

/* Ends by themselves what had ended by `at`. Followers only go forward and a wish is spent. */
static inline void advance(struct walk *walk, int64_t at)
{
	while (walk->stay.inside && walk->stay.until <= at) {
		if (walk->stay.cleared)
			leave(walk, walk->stay.until);
		else
			lapse(walk);
	}
}

static bool has_begun(const struct walk *walk, uint16_t session, int64_t at)
{
	return schedule_start(walk->schedule, session) <= at; /* ABSENT is before everything */
}

/* The person is in the room and scans for another session of it. */
static void go_on_in(struct walk *walk, uint16_t session, int64_t at)
{
	struct stay *stay = &walk->stay;
	uint16_t former = stay->session;
	bool waiting = !has_begun(walk, former, at);

	if (session == former)
		return;
	stay->wish = session;
	if (!waiting && sitting_of(walk, former)->counts)
		return;
	if (!has_begun(walk, session, at) || !still_to_come(walk, session, at))
		return;
	end_interval(walk, at, false);
	stay->wish = waiting ? former : SESSION_NONE;
	begin(walk, session, at, false);
}

/* Whoever is inside came in once. */
static bool is_lent(const struct walk *walk, const struct passage *passage)
{
	const struct passage *entry = walk->entry;

	return entry->door != passage->door && passage->at - entry->at <= LENT_WITHIN;
}

static enum flag enter(struct walk *walk, const struct passage *passage)
{
	struct stay *stay = &walk->stay;
	enum flag flag = flag_none;

	if (stay->inside && stay->room == sitting_of(walk, passage->session)->room) {
		go_on_in(walk, passage->session, passage->at);
		return is_lent(walk, passage) ? flag_lent_badge : flag_already_inside;
	}
	if (stay->inside) {
		leave(walk, passage->at);
		flag = flag_moved;
	}
	begin_stay(walk, passage->session, passage->at);
	return flag;
}

/* The door may have been set to the next session already, but that one had not begun. */
static bool ends_lapsed_stay(const struct walk *walk, const struct passage *passage)
{
	const struct stay *stay = &walk->stay;
	int64_t start = schedule_start(walk->schedule, passage->session);

	if (!stay->lapsed || passage->at > stay->until + SCHEDULE_NIGHT)
		return false;
	return !sitting_of(walk, passage->session)->counts || start <= stay->until ||
	       start > passage->at;
}

static enum flag exit_room(struct walk *walk, const struct passage *passage)
{
	struct stay *stay = &walk->stay;

	if (stay->room != sitting_of(walk, passage->session)->room)
		return flag_out_without_in;
	if (stay->inside)
		leave(walk, passage->at);
	else if (ends_lapsed_stay(walk, passage))
		make_certain(walk);
	else
		return flag_out_without_in;
	return flag_none;
}

enum flag walk_pass(struct walk *walk, const struct passage *passage)
{
	enum flag flag = flag_none;

	if (!walk_knows(walk->schedule, passage->session))
		return flag_none;
	advance(walk, passage->at);
	if (passage->direction == direction_in) {
		flag = enter(walk, passage);
		walk->entry = passage;
	} else if (passage->direction == direction_out) {
		flag = exit_room(walk, passage);
	}
	return flag;
}

static void attest(struct walk *walk, const struct attestation *attestation)
{
	uint16_t session = attestation->session;
	int64_t since = attestation->since, until = attestation->until, end;
	bool assumed;

	if (!walk_knows(walk->schedule, session))
		return;
	if (since == ABSENT)
		since = schedule_start(walk->schedule, session);
	if (since == ABSENT)
		return;
	end = schedule_end(walk->schedule, session, since, &assumed);
	if (until == ABSENT || until > end)
		until = end;
	append(walk, (struct interval){
		.since = since, .until = until, .session = session, .attested = true});
}

void walk_finish(struct walk *walk, const struct attestation *attestations, size_t count)
{
	advance(walk, INT64_MAX);
	for (size_t i = 0; i < count; i++)
		attest(walk, &attestations[i]);
}

static bool is_of_one_room(const struct schedule *schedule, const struct passage *one, const struct passage *other)
{
	return walk_knows(schedule, one->session) && walk_knows(schedule, other->session) &&
	       schedule->sittings[one->session].room == schedule->sittings[other->session].room;
}

/* An IN of somebody who came in and went out just before is the beginning of a stay, whatever was before. */
static bool begins_anew(const struct schedule *schedule, const struct passage *passage)
{
	const struct passage *in = passage - 2, *out = passage - 1;

	return passage->direction == direction_in && walk_knows(schedule, passage->session) &&
	       out->direction == direction_out && in->direction == direction_in && is_of_one_room(schedule, in, out);
}

size_t walk_beginning(const struct schedule *schedule, const struct passage *passages, size_t count)
{
	for (size_t i = count; i-- > 2;)
		if (begins_anew(schedule, &passages[i]))
			return i;
	return 0;
}
