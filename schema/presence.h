/*
 * Who was where, from what the doors saw: a pure function of a person's passages, the
 * attestations and the programme. The writer, the figures as of the past, and a door that works
 * alone all run this one.
 *
 * An interval begins at IN and ends at OUT, at an IN elsewhere, at a clearing, or at the
 * session's end (gavel, else planned, else the day's end: the last two are `assumed`). Whoever is
 * in a room when the next counting session there begins without a break is carried into it. An IN
 * while inside the same room keeps the first; if it names another session of the room, the person
 * goes on in that one when the first ends, or at once when the first has not begun or does not
 * count. An OUT after the session's end ends nothing but makes the stay certain, unless the
 * session it names began since. An OUT of a room one is not in counts nothing. Nothing ever runs
 * overnight.
 *
 * Minutes are counted within the session's own time: waiting in the room before it begins is
 * presence in the room and no minute of the session; who is carried and leaves before it begins
 * was not in it. So nobody attends 100 minutes of a session of 90.
 */
#ifndef HUDUR_SCHEMA_PRESENCE_H
#define HUDUR_SCHEMA_PRESENCE_H

#include "schema/schedule.h"

/* One admitted scan. `at` is corrected time; of equal times the earlier in the array comes first. */
struct passage {
	int64_t at;
	uint32_t door;  /* a number for the device: same number, same door */
	uint16_t session;
	uint8_t direction; /* enum direction */
};

/* Presence that somebody vouches for. ABSENT: since the session's start, until its end, when these are known. */
struct attestation {
	int64_t since, until;
	uint16_t session;
};

/* One stay in one session, half-open. */
struct interval {
	int64_t since, until;
	uint16_t session;
	bool open;     /* nothing the person did, nor a clearing, ended it: it ends with the session */
	bool assumed;  /* open, and the session's end is not by gavel */
	bool carried;  /* began in the session before */
	bool attested;
};

/*
 * What a person's intervals in one session come to. `settled_ms` is the union of what has
 * certainly ended, within the session's time; [since, until) is the one open interval, if any
 * (since == ABSENT: none), also within it. It may lie in the future, where the person will be
 * carried. An attestation within the open interval settles it up to the attestation's end: who
 * was seen had not left. Settled to its end, it stays as an empty one, not assumed. A session
 * that spans days can have several that end by assumption: the last is kept, the earlier ones
 * count nothing.
 */
struct visit {
	uint16_t session;
	uint32_t flags; /* 1 << enum flag: what happened in it */
	int64_t settled_ms;
	int64_t since, until;
	bool assumed; /* [since, until) ends by assumption */
	bool carried; /* the person did not scan into this session but was carried into it */
	int64_t entered; /* when the open interval really began, maybe before the session; ABSENT: none */
};

enum { INTERVALS_MAX = 512, VISITS_MAX = 128 };

/*
 * The person's intervals in order of time. `passages` must be sorted by `at`; at most INTERVALS_MAX intervals are
 * written, later ones are dropped. `flags`, when not NULL, receives one enum flag (or 0) for each passage:
 * already_inside, lent_badge (already inside, by another door, within 60 s of the IN before), moved,
 * out_without_in. Attested intervals come after the scanned ones and may overlap them.
 */
size_t presence_intervals(const struct schedule *schedule,
			  const struct passage *passages, size_t passage_count,
			  const struct attestation *attestations, size_t attestation_count,
			  struct interval *intervals, enum flag *flags);

/* The flag of `next` behind those passages, as presence_intervals tells it; but most of them it need not walk through. */
enum flag presence_flag(const struct schedule *schedule,
			const struct passage *passages, size_t passage_count, const struct passage *next);

/* The intervals summed by session: at most VISITS_MAX visits, one for each session touched. Session flags come from
 * the passages that named it. */
size_t presence_visits(const struct schedule *schedule,
		       const struct passage *passages, size_t passage_count,
		       const struct attestation *attestations, size_t attestation_count,
		       struct visit *visits);

/*
 * Of the first `before_count` passages, and of all, without those to sessions that no later passage has to do with. Of somebody
 * with a long past that takes little more than the last stay does. Returns how many of all.
 */
size_t presence_visits_twice(const struct schedule *schedule,
			     const struct passage *passages, size_t before_count, size_t passage_count,
			     const struct attestation *attestations, size_t attestation_count,
			     struct visit *before, size_t *before_visits, struct visit *visits);

/*
 * Milliseconds in the session up to `at`: low counts an interval that ends by assumption as no stay once that end
 * has passed, high as a full stay. While the session still runs both count what has passed.
 */
void visit_duration(const struct visit *visit, int64_t at, int64_t *low, int64_t *high);

/* Inside at `at`, by the open interval. Pass visits made from what happened up to `at`. */
bool visit_is_inside(const struct visit *visit, int64_t at);

#endif
