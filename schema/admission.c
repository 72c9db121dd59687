/* Judges a passage: the holder first, then the session, its hours, its list and its seats. */
#include "schema/admission.h"

static enum error judge_badge(const struct credential *holder)
{
	if (!holder->known)
		return E_UNKNOWN_BADGE;
	return holder->badge == badge_state_revoked ? E_REVOKED_BADGE : E_OK;
}

/* Whoever holds a blank was given it at a desk; who it is will be known when that desk is heard. */
static enum error judge_holder(const struct credential *holder)
{
	return holder->badge == badge_state_blank ? E_OK : admission_registration(holder->registration);
}

enum error admission_registration(enum registration_state registration)
{
	switch (registration) {
	case registration_state_accredited:
		return E_OK;
	case registration_state_cancelled:
	case registration_state_replaced:
		return E_CANCELLED;
	case registration_state_none:
	case registration_state_registered:
	case registration_state_count:
		break;
	}
	return E_NOT_ACCREDITED;
}

enum error admission_event(enum event_state stage, int64_t closed_at, int64_t at)
{
	bool ran = stage == event_state_open ||
		   (stage == event_state_closed && closed_at != ABSENT && at < closed_at);

	return ran ? E_OK : E_EVENT_CLOSED;
}

enum error admission_time(const struct schedule *schedule, int64_t at, int64_t now)
{
	const int64_t day = INT64_C(86400000);

	if (at > now + day)
		return E_CLOCK;
	return schedule->day_count && at < schedule->days[0].starts - 366 * day ? E_CLOCK : E_OK;
}

static bool is_early_enough(const struct schedule *schedule, const struct sitting *sitting,
			    int64_t at)
{
	int64_t start = sitting->starts;

	if (sitting->opened != ABSENT && (start == ABSENT || sitting->opened < start))
		start = sitting->opened;
	return start == ABSENT ? schedule_day(schedule, at) != 0 : at >= start - ADMISSION_EARLY;
}

static bool is_over(const struct schedule *schedule, uint16_t session, int64_t at)
{
	const struct sitting *sitting = &schedule->sittings[session];
	int64_t start = schedule_start(schedule, session);
	bool assumed;

	if (sitting->closed != ABSENT)
		return at >= sitting->closed;
	if (sitting->ends != ABSENT)
		return at >= sitting->ends + ADMISSION_EARLY;
	return start != ABSENT && at >= schedule_end(schedule, session, start, &assumed);
}

enum error admission_judge(const struct schedule *schedule, uint16_t session,
			   const struct credential *holder, enum direction direction,
			   int64_t at, int64_t inside)
{
	bool entering = direction == direction_in;
	const struct sitting *sitting;
	enum error e = judge_badge(holder);

	if (e == E_OK && entering)
		e = judge_holder(holder);
	if (e)
		return e;
	if (session >= schedule->sitting_count)
		return E_UNKNOWN_SESSION;
	if (!entering)
		return E_OK;
	sitting = &schedule->sittings[session];
	if (!is_early_enough(schedule, sitting, at) || is_over(schedule, session, at))
		return E_OUTSIDE_HOURS;
	if (sitting->admits && !(sitting->admits & (1u << holder->category)))
		return E_NOT_ADMITTED;
	if (sitting->capacity > 0 && inside >= sitting->capacity)
		return E_SESSION_FULL;
	return E_OK;
}
