/* Cuts out of what a person has passed the part up to the passage in question that can matter to it. */
#include "schema/lately.h"

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
	while (count > 0 && passages[count - 1].at > next->at)
		count--;
	while (count > 0 && passages->at < next->at - LATELY_MS) {
		passages++;
		count--;
	}
	if (count > LATELY_MAX)
		return E_TOO_MANY;
	*flag = presence_flag(schedule, passages, count, next);
	if (!*flag && !checked_in)
		*flag = flag_not_checked_in;
	return E_OK;
}
