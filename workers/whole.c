/* One rule for what belongs together, for who asks a figure and for who keeps it. */
#include "workers/whole.h"

uint16_t whole_first(const struct schedule *schedule, uint16_t session)
{
	for (uint32_t steps = 0; steps < schedule->sitting_count; steps++) {
		if (schedule->sittings[session].continues >= schedule->sitting_count)
			break;
		session = schedule->sittings[session].continues;
	}
	return session;
}

static int64_t half_of(int64_t planned)
{
	int64_t half = (planned / 2 + WHOLE_MINUTE - 1) / WHOLE_MINUTE;

	return (half > WHOLE_MINUTES_MAX ? WHOLE_MINUTES_MAX : half) * WHOLE_MINUTE;
}

void whole_halves(const struct schedule *schedule, const uint16_t *of, uint32_t count, int64_t *halves)
{
	for (uint32_t w = 0; w < count; w++)
		halves[w] = 0;
	for (uint32_t i = 0; i < schedule->sitting_count; i++) {
		const struct sitting *sitting = &schedule->sittings[i];

		if (of[i] >= count || halves[of[i]] == ABSENT)
			continue;
		if (sitting->starts == ABSENT || sitting->ends == ABSENT)
			halves[of[i]] = ABSENT;
		else
			halves[of[i]] += sitting->ends - sitting->starts;
	}
	for (uint32_t w = 0; w < count; w++)
		if (halves[w] != ABSENT)
			halves[w] = half_of(halves[w]);
}
