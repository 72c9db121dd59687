/* Decides at a door without the server, reads the server's decision, and words both. */
#include "clients/scanner/verdict.h"

#include <inttypes.h>
#include <stdio.h>

#include "schema/admission.h"

/* By a doubtful clock the session runs, unless it was closed when the list was made. */
static int64_t time_of(const struct snapshot *snapshot, const struct passing *passing, uint16_t session)
{
	const struct schedule *schedule = &snapshot->plan.schedule;
	int64_t closed, start;

	if (!passing->doubtful || session == SESSION_NONE)
		return passing->at;
	closed = schedule->sittings[session].closed;
	start = schedule_start(schedule, session);
	if (start == ABSENT || (closed != ABSENT && closed <= snapshot->as_of))
		return snapshot->as_of;
	return start;
}

static enum error judged(const struct snapshot *snapshot, const struct passing *passing,
			 const struct credential *holder)
{
	const struct schedule *schedule = &snapshot->plan.schedule;
	uint16_t session = SESSION_NONE;

	enum error e = E_OK;

	if (snapshot->plan.complete)
		session = schedule_find(schedule, passing->session);
	if (snapshot->plan.complete && !passing->doubtful)
		e = admission_time(schedule, passing->at, passing->at);
	if (!e && snapshot->plan.stage)
		e = admission_event(snapshot->plan.stage, ABSENT, passing->at);
	if (e)
		return e;
	e = admission_judge(schedule, session, holder, passing->direction, time_of(snapshot, passing, session), 0);
	/* without a programme nothing is known against the session */
	return e == E_UNKNOWN_SESSION && !snapshot->plan.complete ? E_OK : e;
}

static void stranger_judged(const struct snapshot *snapshot, const struct passing *passing,
			    struct verdict *verdict)
{
	static const struct credential stranger = {
		.known = true,
		.badge = badge_state_handed_over,
		.registration = registration_state_accredited,
	};
	enum error e = judged(snapshot, passing, &stranger);

	verdict->admitted = e == E_OK;
	verdict->reason = e ? e : E_UNKNOWN_BADGE;
	verdict->flag = e ? flag_none : flag_unknown_badge;
}

/* The schedule with what the door knows of rooms that were cleared. */
static struct schedule with_clearings(const struct snapshot *snapshot, struct arena *arena)
{
	const struct seen *seen = snapshot->seen;
	struct schedule schedule = snapshot->plan.schedule;

	schedule.clearing_count = 0;
	schedule.clearings = arena_alloc(arena, (seen->clearing_count + 1) * sizeof *schedule.clearings);
	for (uint32_t i = 0; schedule.clearings && i < seen->clearing_count; i++) {
		const struct seen_clearing *clearing = &seen->clearings[i];
		struct text room = *clearing->room ? text_of(clearing->room) : (struct text){0};
		uint16_t number = plan_room(&snapshot->plan, room, text_of(clearing->session));

		if (number != SESSION_NONE)
			schedule.clearings[schedule.clearing_count++] = (struct clearing){number, clearing->at};
	}
	return schedule;
}

static enum error flag_judged(const struct snapshot *snapshot, const struct passing *passing,
			      const struct known_badge *badge, enum flag *flag)
{
	const struct seen *seen = snapshot->seen;
	struct passage passages[LATELY_MAX + 1];
	struct arena arena = {0};
	struct schedule schedule = with_clearings(snapshot, &arena);
	struct passage next = {seen_time(seen, badge->person, passing->at), seen->door,
			       schedule_find(&schedule, passing->session), (uint8_t)passing->direction};
	size_t count = seen_passages(seen, badge->person, next.at, &schedule, passages, LATELY_MAX + 1);
	enum error e = lately_judge(&schedule, passages, count, &next, badge->checked_in, flag);

	arena_free(&arena);
	return e;
}

static void known_judged(const struct snapshot *snapshot, const struct passing *passing,
			 const struct known_badge *badge, struct verdict *verdict)
{
	struct credential holder = {true, badge->state, badge->registration, badge->category};

	verdict->category = badge->category;
	verdict->person = badge->person;
	verdict->reason = judged(snapshot, passing, &holder);
	if (verdict->reason == E_OK && snapshot->plan.complete && snapshot->seen)
		verdict->reason = flag_judged(snapshot, passing, badge, &verdict->flag);
	verdict->admitted = verdict->reason == E_OK;
}

int64_t verdict_list_age(int64_t as_of, int64_t now, bool doubtful)
{
	if (as_of == ABSENT)
		return ABSENT;
	if (now < as_of)
		return doubtful ? AGE_UNKNOWN : 0;
	return now - as_of;
}

void verdict_alone(const struct snapshot *snapshot, const struct passing *passing,
		   struct verdict *verdict)
{
	char code[BADGE_SIZE + 1];
	enum error e = badge_read(text_of(snapshot->event), passing->badge, code);

	*verdict = (struct verdict){.local = true, .age = ABSENT, .person = ABSENT, .ledger = ABSENT};
	verdict->age = verdict_list_age(snapshot->as_of, passing->at, passing->doubtful);
	if (e) {
		verdict->reason = e == E_OTHER_EVENT ? e : E_MALFORMED;
		return;
	}
	const struct known_badge *badge = snapshot_find(snapshot, code);
	if (badge && badge->state != badge_state_blank) /* a blank's holder is not known yet */
		known_judged(snapshot, passing, badge, verdict);
	else
		stranger_judged(snapshot, passing, verdict);
}

static void scanned_read(struct text map, struct arena *arena, struct verdict *verdict)
{
	struct scanned scanned;

	if (message_decode(&message_scanned, map, arena, &scanned, NULL) != E_OK)
		return;
	verdict->flag = scanned.flag;
	verdict->person = scanned.person;
	verdict->ledger = scanned.ledger;
	verdict->category = scanned.category;
	if (scanned.entity.at)
		memcpy(verdict->entity, scanned.entity.at, scanned.entity.size);
}

bool verdict_of_reply(struct text map, struct verdict *verdict)
{
	struct arena arena = {0};
	struct reply reply;
	bool decided = false;

	*verdict = (struct verdict){.age = ABSENT, .person = ABSENT, .ledger = ABSENT};
	if (message_decode(&message_reply, map, &arena, &reply, NULL) == E_OK) {
		decided = reply.status == status_ok || reply.status == status_refused;
		verdict->admitted = reply.status == status_ok;
		if (reply.status == status_refused) {
			verdict->reason = error_from_name(reply.reason);
			if (verdict->reason == E_OK) /* a reason younger than this program */
				verdict->reason = E_NOT_ADMITTED;
		}
		if (decided)
			scanned_read(map, &arena, verdict);
	}
	arena_free(&arena);
	return decided;
}

void verdict_age(int64_t age, char *text, size_t size)
{
	int64_t minutes = age / 60000;

	if (age == ABSENT)
		snprintf(text, size, "no list yet");
	else if (age == AGE_UNKNOWN)
		snprintf(text, size, "list of unknown age");
	else if (minutes < 1)
		snprintf(text, size, "list less than a minute old");
	else if (minutes < 60)
		snprintf(text, size, "list %" PRId64 " min old", minutes);
	else
		snprintf(text, size, "list %" PRId64 " h %" PRId64 " min old", minutes / 60, minutes % 60);
}

static const char *flag_words(enum flag flag)
{
	switch (flag) {
	case flag_already_inside: return "already inside";
	case flag_lent_badge:     return "already inside, by another door a moment ago: look at the badge's holder";
	case flag_moved:          return "left the other room";
	case flag_out_without_in: return "had not entered";
	case flag_not_checked_in: return "not checked in at the desk";
	case flag_unknown_badge:  return "not in my list: let in, a supervisor will look at it";
	default:                  return vocabulary_word(&vocabulary_flag, flag);
	}
}

const char *verdict_sentence(const struct verdict *verdict)
{
	if (verdict->admitted)
		return verdict->flag ? flag_words(verdict->flag) : "";
	if (verdict->local && verdict->reason == E_MALFORMED)
		return "This is not a badge code; scan again or send the person to the registration desk.";
	return error_sentence(verdict->reason);
}

static void holder_tell(const struct verdict *verdict, char *text, size_t size)
{
	const char *category = vocabulary_word(&vocabulary_category, verdict->category);

	snprintf(text, size, "%s%s%s%s", verdict->entity[0] ? " " : "", verdict->entity,
		 category ? " " : "", category ? category : "");
}

void verdict_tell(const struct verdict *verdict, const char *code, char text[VERDICT_TEXT_MAX])
{
	char holder[64] = "", age[48] = "", offline[80] = "";

	if (verdict->admitted)
		holder_tell(verdict, holder, sizeof holder);
	if (verdict->local) {
		verdict_age(verdict->age, age, sizeof age);
		snprintf(offline, sizeof offline, " [offline, %s]", age);
	}
	const char *sentence = verdict_sentence(verdict);
	if (!verdict->admitted)
		snprintf(text, VERDICT_TEXT_MAX, "NO %s %s: %s%s", code, error_name(verdict->reason), sentence,
			 offline);
	else
		snprintf(text, VERDICT_TEXT_MAX, "YES %s%s%s%s%s%s", code, holder, *sentence ? " (" : "",
			 sentence, *sentence ? ")" : "", offline);
}
