/* Finds when sessions really begin and end, and which one follows another in its room. */
#include "schema/schedule.h"

#include <assert.h>

#define DAY INT64_C(86400000)

/* The first word, taken off the front; empty between two spaces. */
static struct text take_word(struct text *words)
{
	const char *space = memchr(words->at, ' ', words->size);
	struct text word = {words->at, space ? (uint32_t)(space - words->at) : words->size};
	uint32_t taken = word.size + (space ? 1 : 0);

	words->at += taken;
	words->size -= taken;
	return word;
}

uint32_t schedule_admits(struct text words, struct text *unknown)
{
	struct text first = {0};
	uint32_t mask = 0;

	while (words.size) {
		struct text word = take_word(&words);
		unsigned category = word.size ? vocabulary_value(&vocabulary_category, word) : 0;

		if (!word.size)
			continue;
		if (!category && !first.at)
			first = word;
		mask |= UINT32_C(1) << category;
	}
	if (unknown)
		*unknown = first;
	return mask;
}

bool session_type_counts(enum session_type type)
{
	return type != session_type_registration && type != session_type_break &&
	       type != session_type_social;
}

void schedule_join_rooms(struct schedule *schedule)
{
	struct sitting *sittings = schedule->sittings;

	for (uint32_t i = 0; i < schedule->sitting_count; i++) {
		uint32_t place = i;

		while (place > 0 && sittings[place - 1].room != sittings[i].room)
			place--;
		sittings[i].first_in_room = place ? sittings[place - 1].first_in_room : (uint16_t)i;
		sittings[i].next_in_room = SESSION_NONE;
		if (place)
			sittings[place - 1].next_in_room = (uint16_t)i;
	}
	schedule->joined = schedule->sitting_count;
}

/* The first of all in the session's room, itself among them. */
static inline uint16_t first_in_room(const struct schedule *schedule, uint16_t session)
{
	uint16_t first = schedule->sittings[session].first_in_room;

	assert(schedule->joined == schedule->sitting_count);
	assert(schedule->sittings[first].room == schedule->sittings[session].room);
	return first;
}

static uint16_t next_in_room(const struct schedule *schedule, uint16_t session)
{
	uint16_t next = schedule->sittings[session].next_in_room;

	assert(next == SESSION_NONE || schedule->sittings[next].room == schedule->sittings[session].room);
	return next;
}

uint16_t schedule_find(const struct schedule *schedule, struct text code)
{
	for (uint32_t i = 0; i < schedule->sitting_count; i++)
		if (text_equal(schedule->sittings[i].code, code))
			return (uint16_t)i;
	return SESSION_NONE;
}

int32_t schedule_day(const struct schedule *schedule, int64_t at)
{
	uint32_t low = 0, high = schedule->day_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (at < schedule->days[middle].starts)
			high = middle;
		else if (at >= schedule->days[middle].ends)
			low = middle + 1;
		else
			return (int32_t)middle + 1;
	}
	return 0;
}

static int64_t day_end(const struct schedule *schedule, int64_t at)
{
	int32_t day = schedule_day(schedule, at);

	return day ? schedule->days[day - 1].ends : at + DAY;
}

static int64_t own_start(const struct sitting *sitting)
{
	return sitting->opened != ABSENT ? sitting->opened : sitting->starts;
}

/* The order of a room's sessions is the printed one, however late one of them really begins. */
static int64_t rank(const struct sitting *sitting)
{
	return sitting->starts != ABSENT ? sitting->starts : sitting->opened;
}

static bool share_room(const struct sitting *one, const struct sitting *other)
{
	return one != other && one->room == other->room && one->counts && other->counts;
}

static bool ends_this_stay(const struct schedule *schedule, int64_t end, int64_t from)
{
	if (end == ABSENT)
		return false;
	/* no day ends before `from`: the common case needs no search */
	return end <= from + SCHEDULE_NIGHT || end <= day_end(schedule, from) + SCHEDULE_NIGHT;
}

int64_t schedule_end(const struct schedule *schedule, uint16_t session, int64_t from,
		     bool *assumed)
{
	const struct sitting *sitting = &schedule->sittings[session];
	int64_t start = own_start(sitting);

	*assumed = false;
	if (ends_this_stay(schedule, sitting->closed, from))
		return sitting->closed;
	*assumed = true;
	if (ends_this_stay(schedule, sitting->ends, from))
		return sitting->ends;
	if (sitting->ends == ABSENT && start != ABSENT && start < from)
		return day_end(schedule, start);
	return day_end(schedule, from);
}

int64_t schedule_start(const struct schedule *schedule, uint16_t session)
{
	const struct sitting *sitting = &schedule->sittings[session];
	int64_t start = own_start(sitting);

	if (sitting->opened != ABSENT || start == ABSENT || !sitting->counts)
		return start;
	for (uint16_t i = first_in_room(schedule, session); i != SESSION_NONE; i = next_in_room(schedule, i)) {
		const struct sitting *before = &schedule->sittings[i];
		bool assumed;

		/* ABSENT is before everything */
		if (before->closed <= start || !share_room(before, sitting))
			continue;
		if (rank(before) == ABSENT || rank(before) >= sitting->starts)
			continue;
		int64_t end = schedule_end(schedule, i, own_start(before), &assumed);
		if (!assumed && end > start)
			start = end;
	}
	return start;
}

static bool follows(const struct sitting *sitting, int64_t end, bool assumed,
		    const struct sitting *next)
{
	int64_t start = own_start(next);
	/* a stay that the night ends is not carried into the morning */
	bool is_its_end = end == sitting->closed || end == sitting->ends;

	if (is_its_end && next->starts != ABSENT && sitting->ends != ABSENT &&
	    next->starts <= sitting->ends)
		return true;
	/* a gavel that falls when the next begins leaves no break; an assumed end does */
	return assumed ? start < end : start <= end;
}

uint16_t schedule_follower(const struct schedule *schedule, uint16_t session, int64_t from,
			   int64_t *at, bool *assumed)
{
	const struct sitting *sitting = &schedule->sittings[session];
	int64_t begun = rank(sitting) != ABSENT ? rank(sitting) : from, best = ABSENT;
	uint16_t follower = SESSION_NONE;
	bool ignored;
	int64_t end = schedule_end(schedule, session, from, assumed);

	*at = end < from ? from : end;
	if (!sitting->counts)
		return SESSION_NONE;
	for (uint16_t i = first_in_room(schedule, session); i != SESSION_NONE; i = next_in_room(schedule, i)) {
		const struct sitting *next = &schedule->sittings[i];

		if (!share_room(sitting, next) || rank(next) <= begun ||
		    (best != ABSENT && rank(next) >= best) || !follows(sitting, end, *assumed, next))
			continue;
		int64_t start = schedule_start(schedule, i);
		int64_t turn = start < end ? start : end;
		if (turn < from)
			turn = from;
		/* one that this one's overrun swallowed whole carries nobody */
		if (schedule_end(schedule, i, turn, &ignored) <= turn)
			continue;
		best = rank(next);
		follower = i;
		*at = turn;
	}
	return follower;
}

int64_t schedule_clearing(const struct schedule *schedule, uint16_t room, int64_t from)
{
	int64_t first = INT64_MAX;

	for (uint32_t i = 0; i < schedule->clearing_count; i++) {
		const struct clearing *clearing = &schedule->clearings[i];

		if (clearing->room == room && clearing->at > from && clearing->at < first)
			first = clearing->at;
	}
	return first;
}

static bool has_times(const struct sitting *sitting)
{
	return sitting->starts != ABSENT && sitting->ends != ABSENT;
}

static bool overlap(const struct sitting *a, const struct sitting *b)
{
	return share_room(a, b) && has_times(b) && a->starts < b->ends && b->starts < a->ends;
}

enum error schedule_check(const struct schedule *schedule, uint16_t *one, uint16_t *other)
{
	const struct sitting *sittings = schedule->sittings;

	for (uint32_t i = 0; i < schedule->sitting_count; i++) {
		if (!has_times(&sittings[i]))
			continue;
		*one = *other = (uint16_t)i;
		if (sittings[i].ends < sittings[i].starts)
			return E_END_BEFORE_START;
		for (uint32_t j = 0; j < i; j++) {
			if (!overlap(&sittings[i], &sittings[j]))
				continue;
			*one = (uint16_t)j;
			return E_OVERLAP;
		}
	}
	return E_OK;
}
