/* What a walk through somebody's passages comes to: intervals, flags, and visits as their sums by session. */
#include "schema/presence.h"

#include <assert.h>
#include <string.h>

#include "schema/walk.h"

size_t presence_intervals(const struct schedule *schedule,
			  const struct passage *passages, size_t passage_count,
			  const struct attestation *attestations, size_t attestation_count,
			  struct interval *intervals, enum flag *flags)
{
	struct walk walk = {.schedule = schedule, .intervals = intervals};

	for (size_t i = 0; i < passage_count; i++) {
		enum flag flag = walk_pass(&walk, &passages[i]);

		if (flags)
			flags[i] = flag;
	}
	walk_finish(&walk, attestations, attestation_count);
	return walk.count;
}

enum flag presence_flag(const struct schedule *schedule,
			const struct passage *passages, size_t passage_count, const struct passage *next)
{
	struct interval intervals[INTERVALS_MAX];
	struct walk walk = {.schedule = schedule, .intervals = intervals};

	for (size_t i = walk_beginning(schedule, passages, passage_count); i < passage_count; i++)
		(void)walk_pass(&walk, &passages[i]);
	return walk_pass(&walk, next);
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

	if (!walk_knows(tally->schedule, passage->session))
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
		tally_passage(tally, &passages[i], walk_pass(walk, &passages[i]));
}

static size_t conclude(struct tally *tally, struct walk *walk, const struct attestation *attestations, size_t count)
{
	walk_finish(walk, attestations, count);
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

/* Passages before `begin` are left out. */
struct span {
	const struct passage *passages;
	size_t begin, before, count;
};

static size_t visits_twice(const struct schedule *schedule, const struct span *span,
			   const struct attestation *attestations, size_t attestation_count,
			   struct visit *before, size_t *before_visits, struct visit *visits)
{
	struct interval intervals[INTERVALS_MAX];
	struct walk walk = {.schedule = schedule, .intervals = intervals};
	struct tally tally;

	tally_init(&tally, schedule, visits);
	tally_passages(&tally, &walk, span->passages, span->begin, span->before);
	*before_visits = conclude_so_far(&tally, &walk, attestations, attestation_count, before);
	tally_passages(&tally, &walk, span->passages, span->before, span->count);
	return conclude(&tally, &walk, attestations, attestation_count);
}

/* ---- where such a walk may begin ---- */

/*
 * Whether nothing is dropped of a walk through all passages. A passage ends two intervals at most: one itself, and one that a
 * clearing or a session's end had ended before; whoever is carried leaves more behind, but of each session one a day.
 */
static bool has_room_for_all(const struct schedule *schedule, const struct passage *passages, size_t count)
{
	const int64_t day = 86400000, most = INTERVALS_MAX;
	int64_t days = count ? (passages[count - 1].at - passages[0].at) / day + 2 : 0;

	return schedule->sitting_count <= VISITS_MAX && days < most &&
	       2 * (int64_t)count + (days + schedule->day_count) * schedule->sitting_count <= most;
}

static bool is_carried_into(const struct schedule *schedule, uint16_t session)
{
	const struct sitting *sitting = &schedule->sittings[session];

	return sitting->counts && (sitting->first_in_room != session || sitting->next_in_room != SESSION_NONE);
}

/*
 * The first passage that may have led into the session, or `end`. Whoever did not scan for it was carried there from another
 * session, and had not gone by the time it began.
 */
static size_t first_into(const struct schedule *schedule, const struct passage *passages, size_t end, uint16_t session)
{
	int64_t start = is_carried_into(schedule, session) ? schedule_start(schedule, session) : INT64_MAX;
	size_t i = 0;

	while (i < end && passages[i].session != session && !(i + 1 < end && passages[i + 1].at > start))
		i++;
	return i;
}

/* Where a walk begins that tells all of these visits, when one that began at `begin` found them. */
static size_t beginning_of(const struct schedule *schedule, const struct passage *passages, size_t begin,
			   const struct visit *visits, size_t count)
{
	size_t first = begin;

	for (size_t i = 0; i < count; i++)
		first = first_into(schedule, passages, first, visits[i].session);
	return first == begin ? begin : walk_beginning(schedule, passages, first + 1);
}

size_t presence_visits_twice(const struct schedule *schedule,
			     const struct passage *passages, size_t before_count, size_t passage_count,
			     const struct attestation *attestations, size_t attestation_count,
			     struct visit *before, size_t *before_visits, struct visit *visits)
{
	struct span span = {passages, 0, before_count, passage_count};

	assert(before_count <= passage_count);
	if (before_count < passage_count && has_room_for_all(schedule, passages, passage_count))
		span.begin = walk_beginning(schedule, passages, before_count + 1);
	for (bool again = false;; again = true) {
		size_t count = visits_twice(schedule, &span, attestations, attestation_count, before, before_visits, visits);
		size_t begin = beginning_of(schedule, passages, span.begin, visits, count);

		begin = beginning_of(schedule, passages, begin, before, *before_visits);
		if (begin == span.begin)
			return count;
		span.begin = again ? 0 : begin;
	}
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
