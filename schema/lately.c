/* Walks what a person has passed lately up to the passage in question. */
#include "schema/lately.h"

struct lately {
	struct passage passages[LATELY_MAX + 1];
	enum flag flags[LATELY_MAX + 1];
	struct interval intervals[INTERVALS_MAX];
	size_t count;
};

static bool gather(struct lately *lately, const struct passage *passages, size_t count, const struct passage *next)
{
	lately->count = 0;
	for (size_t i = 0; i < count && passages[i].at <= next->at; i++) {
		if (passages[i].at < next->at - LATELY_MS)
			continue;
		if (lately->count == LATELY_MAX)
			return false;
		lately->passages[lately->count++] = passages[i];
	}
	lately->passages[lately->count++] = *next;
	return true;
}

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
uint32_t lately_door(struct text device)
{
	uint32_t hash = 2166136261u;

	for (uint32_t i = 0; i < device.size; i++)
		hash = (hash ^ (unsigned char)device.at[i]) * 16777619u;
	return hash;
}

enum error lately_judge(const struct schedule *schedule, const struct passage *passages, size_t count,
			const struct passage *next, bool checked_in, enum flag *flag)
{
	struct lately lately;

	if (!gather(&lately, passages, count, next))
		return E_TOO_MANY;
	presence_intervals(schedule, lately.passages, lately.count, NULL, 0, lately.intervals, lately.flags);
	*flag = lately.flags[lately.count - 1];
	if (!*flag && !checked_in)
		*flag = flag_not_checked_in;
	return E_OK;
}
