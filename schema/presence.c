/* Walks a person's passages in order and keeps one stay: the room the person is in, and as what. */
#include "schema/presence.h"

#include <assert.h>
#include <string.h>

#define LENT_WITHIN INT64_C(60000)

/* Presence in one room. A stay has one interval for each session that it went through. */
struct stay {
	bool inside;
	bool lapsed;      /* not inside: a session's end, not the person, ended it, at `until` */
	bool carried;     /* the present interval began in the session before */
	bool assumed, cleared; /* how the present interval will end at `until` */
	uint16_t session, room;
	uint16_t follower; /* carries the person on at `until`, or SESSION_NONE */
	uint16_t wish;     /* scanned while inside: else goes on there, or SESSION_NONE */
	int64_t since, until;
	size_t first;      /* its first interval */
};

struct walk {
	const struct schedule *schedule;
	struct interval *intervals;
	size_t count;
	struct stay stay;
	const struct passage *entry; /* the last IN */
};

static bool is_known(const struct schedule *schedule, uint16_t session)
{
	return session < schedule->sitting_count;
}

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

static enum flag pass(struct walk *walk, const struct passage *passage)
{
	enum flag flag = flag_none;

	if (!is_known(walk->schedule, passage->session))
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

	if (!is_known(walk->schedule, session))
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

static void finish(struct walk *walk, const struct attestation *attestations, size_t count)
{
	advance(walk, INT64_MAX);
	for (size_t i = 0; i < count; i++)
		attest(walk, &attestations[i]);
}

size_t presence_intervals(const struct schedule *schedule,
			  const struct passage *passages, size_t passage_count,
			  const struct attestation *attestations, size_t attestation_count,
			  struct interval *intervals, enum flag *flags)
{
	struct walk walk = {.schedule = schedule, .intervals = intervals};

	for (size_t i = 0; i < passage_count; i++) {
		enum flag flag = pass(&walk, &passages[i]);

		if (flags)
			flags[i] = flag;
	}
	finish(&walk, attestations, attestation_count);
	return walk.count;
}

static bool is_of_one_room(const struct schedule *schedule, const struct passage *one, const struct passage *other)
{
	return is_known(schedule, one->session) && is_known(schedule, other->session) &&
	       schedule->sittings[one->session].room == schedule->sittings[other->session].room;
}

/* An IN of somebody who came in and went out just before is the beginning of a stay, whatever was before. */
static bool begins_anew(const struct schedule *schedule, const struct passage *passage)
{
	const struct passage *in = passage - 2, *out = passage - 1;

	return passage->direction == direction_in && is_known(schedule, passage->session) &&
	       out->direction == direction_out && in->direction == direction_in && is_of_one_room(schedule, in, out);
}

/* From which passage on a walk need only go to be, after them all, as one through all of them. */
static size_t last_beginning(const struct schedule *schedule, const struct passage *passages, size_t count)
{
	for (size_t i = count; i-- > 2;)
		if (begins_anew(schedule, &passages[i]))
			return i;
	return 0;
}

enum flag presence_flag(const struct schedule *schedule,
			const struct passage *passages, size_t passage_count, const struct passage *next)
{
	struct interval intervals[INTERVALS_MAX];
	struct walk walk = {.schedule = schedule, .intervals = intervals};

	for (size_t i = last_beginning(schedule, passages, passage_count); i < passage_count; i++)
		(void)pass(&walk, &passages[i]);
	return pass(&walk, next);
}

/* What must be known of a visit while it is being summed. */
struct mark {
	int64_t start; /* of its session */
	bool scanned_in, attested;
};

/* Visits while they are being summed. */
struct tally {
	const struct schedule *schedule;
	struct visit *visits;
	size_t count;
	size_t last; /* asked for before: the next is mostly that one or the one behind it */
	struct mark marks[VISITS_MAX];
};

static void tally_init(struct tally *tally, const struct schedule *schedule, struct visit *visits)
{
	tally->schedule = schedule;
	tally->visits = visits;
	tally->count = tally->last = 0;
}

/* The session's place among the visits, or their count. */
static size_t place_of(const struct tally *tally, uint16_t session)
{
	for (size_t i = tally->last; i < tally->count; i++)
		if (tally->visits[i].session == session)
			return i;
	for (size_t i = 0; i < tally->last; i++)
		if (tally->visits[i].session == session)
			return i;
	return tally->count;
}

/* Its place among the visits; VISITS_MAX when there is no room for one more. */
static inline size_t visit_of(struct tally *tally, uint16_t session)
{
	size_t i = place_of(tally, session);

	if (i == VISITS_MAX)
		return i;
	tally->last = i;
	if (i < tally->count)
		return i;
	tally->visits[i] = (struct visit){
		.session = session, .since = ABSENT, .until = ABSENT, .entered = ABSENT};
	tally->marks[i] = (struct mark){.start = schedule_start(tally->schedule, session)};
	tally->count++;
	return i;
}

static void tally_passage(struct tally *tally, const struct passage *passage, enum flag flag)
{
	size_t i;

	if (!is_known(tally->schedule, passage->session))
		return;
	i = visit_of(tally, passage->session);
	if (i == VISITS_MAX)
		return;
	if (flag != flag_none)
		tally->visits[i].flags |= 1u << flag;
	if (passage->direction == direction_in)
		tally->marks[i].scanned_in = true;
}

static void open_visit(struct visit *visit, const struct interval *interval, int64_t since)
{
	if (visit->since != ABSENT && !visit->assumed)
		visit->settled_ms += visit->until - visit->since;
	visit->since = since;
	visit->until = interval->until;
	visit->assumed = interval->assumed;
	visit->entered = interval->since;
}

static void tally_interval(struct tally *tally, const struct interval *interval)
{
	size_t i = visit_of(tally, interval->session);
	struct mark *mark = &tally->marks[i];
	int64_t since = interval->since;

	if (i == VISITS_MAX)
		return;
	if (interval->attested)
		mark->attested = true;
	if (interval->carried && !mark->scanned_in)
		tally->visits[i].carried = true;
	if (since < mark->start)
		since = mark->start;
	if (since >= interval->until)
		return;
	if (interval->open)
		open_visit(&tally->visits[i], interval, since);
	else
		tally->visits[i].settled_ms += interval->until - since;
}

/* Moves what was attested of the open interval out of it. */
static void attest_open(struct visit *visit, const struct interval *intervals, size_t count)
{
	int64_t seen = visit->since;

	if (visit->since == ABSENT)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct interval *interval = &intervals[i];

		if (interval->attested && interval->session == visit->session &&
		    interval->since < visit->until && interval->until > seen)
			seen = interval->until < visit->until ? interval->until : visit->until;
	}
	visit->since = seen;
	visit->assumed = visit->assumed && seen < visit->until;
}

/* The end of what is certain of an interval, or ABSENT. */
static int64_t certain_until(const struct visit *visit, const struct interval *interval)
{
	if (!interval->open)
		return interval->until;
	if (interval->since == visit->entered)
		return visit->since;
	return interval->assumed ? ABSENT : interval->until;
}

/* Sums again as a union, since attested intervals may overlap each other and what was scanned. */
static void settle_attested(struct tally *tally, size_t i, const struct interval *intervals,
			    size_t count)
{
	struct visit *visit = &tally->visits[i];
	int64_t done = tally->marks[i].start, since, until;

	attest_open(visit, intervals, count);
	visit->settled_ms = 0;
	do {
		since = until = INT64_MAX;
		for (size_t n = 0; n < count; n++) {
			int64_t end;

			if (intervals[n].session != visit->session || intervals[n].since >= since)
				continue;
			end = certain_until(visit, &intervals[n]);
			if (end > done && end > intervals[n].since) {
				since = intervals[n].since;
				until = end;
			}
		}
		if (until == INT64_MAX)
			break;
		visit->settled_ms += until - (since > done ? since : done);
		done = until;
	} while (true);
}

static void tally_passages(struct tally *tally, struct walk *walk, const struct passage *passages, size_t i, size_t end)
{
	for (; i < end; i++)
		tally_passage(tally, &passages[i], pass(walk, &passages[i]));
}

static size_t conclude(struct tally *tally, struct walk *walk, const struct attestation *attestations, size_t count)
{
	finish(walk, attestations, count);
	for (size_t i = 0; i < walk->count; i++)
		tally_interval(tally, &walk->intervals[i]);
	for (size_t i = 0; i < tally->count; i++)
		if (tally->marks[i].attested)
			settle_attested(tally, i, walk->intervals, walk->count);
	return tally->count;
}

/* As if nothing came after: on copies, for the walk goes on. */
static size_t conclude_so_far(const struct tally *tally, const struct walk *walk,
			      const struct attestation *attestations, size_t count, struct visit *visits)
{
	struct interval intervals[INTERVALS_MAX];
	struct walk copied_walk = *walk;
	struct tally copied;

	if (walk->count)
		memcpy(intervals, walk->intervals, walk->count * sizeof *intervals);
	copied_walk.intervals = intervals;
	tally_init(&copied, tally->schedule, visits);
	copied.count = tally->count;
	if (tally->count) {
		memcpy(visits, tally->visits, tally->count * sizeof *visits);
		memcpy(copied.marks, tally->marks, tally->count * sizeof *tally->marks);
	}
	return conclude(&copied, &copied_walk, attestations, count);
}

size_t presence_visits(const struct schedule *schedule,
		       const struct passage *passages, size_t passage_count,
		       const struct attestation *attestations, size_t attestation_count,
		       struct visit *visits)
{
	struct interval intervals[INTERVALS_MAX];
	struct walk walk = {.schedule = schedule, .intervals = intervals};
	struct tally tally;

	tally_init(&tally, schedule, visits);
	tally_passages(&tally, &walk, passages, 0, passage_count);
	return conclude(&tally, &walk, attestations, attestation_count);
}

size_t presence_visits_twice(const struct schedule *schedule,
			     const struct passage *passages, size_t before_count, size_t passage_count,
			     const struct attestation *attestations, size_t attestation_count,
			     struct visit *before, size_t *before_visits, struct visit *visits)
{
	struct interval intervals[INTERVALS_MAX];
	struct walk walk = {.schedule = schedule, .intervals = intervals};
	struct tally tally;

	assert(before_count <= passage_count);
	tally_init(&tally, schedule, visits);
	tally_passages(&tally, &walk, passages, 0, before_count);
	*before_visits = conclude_so_far(&tally, &walk, attestations, attestation_count, before);
	tally_passages(&tally, &walk, passages, before_count, passage_count);
	return conclude(&tally, &walk, attestations, attestation_count);
}

void visit_duration(const struct visit *visit, int64_t at, int64_t *low, int64_t *high)
{
	*low = *high = visit->settled_ms;
	if (visit->since == ABSENT || at <= visit->since)
		return;
	if (at < visit->until) {
		*low += at - visit->since;
		*high += at - visit->since;
		return;
	}
	*high += visit->until - visit->since;
	if (!visit->assumed)
		*low += visit->until - visit->since;
}

bool visit_is_inside(const struct visit *visit, int64_t at)
{
	return visit->since != ABSENT && visit->entered <= at && at < visit->until;
}
