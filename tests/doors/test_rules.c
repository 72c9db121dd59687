/* Over random days a door that knows everything decides as the writer does: both are asked, by their real code. */
#include "clients/scanner/verdict.h"

#include "tests/harness.h"
#include "tests/workers/meeting.h"

enum { HISTORIES = 25, STEPS = 120, PERSONS = 6, DOORS = 3 };

static const char *const sessions[] = {"S1", "S2", "LUNCH", "P1", "W1", "COFFEE", "P1B", "BOARD", "NIGHT", "NONE"};

struct day {
	struct meeting *m;
	struct snapshot snapshot;
	struct seen seen;
	uint64_t random;
	struct text badges[64];
	uint32_t badge_count;
	int compared, admitted, flagged, refused;
};

static uint32_t dice(struct day *day, uint32_t sides)
{
	day->random ^= day->random << 13;
	day->random ^= day->random >> 7;
	day->random ^= day->random << 17;
	return (uint32_t)(day->random >> 20) % sides;
}

/* ---- what the door is told, as its refresh would take it ---- */

static void take_badges(struct day *day)
{
	struct badges_changed page;

	do {
		struct changes_query query = {.since = day->snapshot.next, .limit = 200};

		assert_int_equal(meeting_do(day->m, "changes", "badges", &query, &page), E_OK);
		assert_int_equal(snapshot_merge(&day->snapshot, &page), E_OK);
	} while (page.after_ms == 0);
}

static void take_programme(struct day *day)
{
	struct programme_query query = {.cursor = ABSENT};
	struct plan plan = {0};
	int64_t cursor;

	assert_int_equal(meeting_do(day->m, "changes", "programme", &query, NULL), E_OK);
	assert_int_equal(plan_add(&plan, day->m->reply, &cursor), E_OK);
	assert_int_equal(cursor, ABSENT);
	assert_int_equal(plan_finish(&plan), E_OK);
	snapshot_replan(&day->snapshot, &plan);
}

static void take_changes(struct day *day)
{
	struct changed page;

	do {
		struct changes_query query = {.since = day->seen.next, .limit = 200};

		assert_int_equal(meeting_do(day->m, "changes", "changes", &query, &page), E_OK);
		for (uint32_t i = 0; i < page.entries.count; i++)
			assert_int_equal(seen_take(&day->seen, LIST_AT(page.entries, change, i)), E_OK);
	} while (page.after_ms == 0);
}

/* ---- what happens ---- */

static void add_badge(struct day *day, struct text badge)
{
	if (day->badge_count < 64)
		day->badges[day->badge_count++] = arena_text(&day->m->arena, badge);
}

/* One is not accredited, and one was never checked in. */
static void welcome(struct day *day, int number)
{
	static const enum category categories[] = {category_head, category_delegate, category_press};
	struct registration in;
	struct registered out;
	struct issued issued;

	message_clear(&message_registration, &in);
	in.name = TEXT("A. Sample");
	in.name.at = arena_printf(&day->m->arena, "Sample %d", number).at;
	in.name.size = (uint32_t)strlen("Sample 0");
	in.category = categories[number % 3];
	in.accredit = number != 5;
	assert_int_equal(meeting_do(day->m, "registration", "register", &in, &out), E_OK);
	if (number < 4) {
		add_badge(day, meeting_check_in(day->m, out.person));
		return;
	}
	assert_int_equal(meeting_do(day->m, "checkin", "issue", &(struct issue){.person = out.person}, &issued), E_OK);
	add_badge(day, issued.badge);
}

static void desk(struct day *day)
{
	int64_t person = 1 + dice(day, PERSONS);
	struct text badge = day->badges[dice(day, day->badge_count)];
	struct issued issued;

	switch (dice(day, 7)) {
	case 0:
		meeting_do(day->m, "checkin", "revoke", &(struct revoke){.badge = badge, .why = TEXT("Lost")}, NULL);
		break;
	case 1:
		if (!meeting_do(day->m, "checkin", "reissue",
				&(struct reissue){.person = person, .why = TEXT("Lost")}, &issued))
			add_badge(day, issued.badge);
		break;
	case 2:
		if (dice(day, 4) == 0)
			meeting_do(day->m, "registration", "cancel",
				   &(struct cancel){.person = person, .why = TEXT("Called home")}, NULL);
		break;
	case 3:
		meeting_do(day->m, "checkin", "check_in",
			   &(struct check_in){.person = person}, NULL);
		break;
	case 4:
		meeting_do(day->m, "checkin", "undo_check_in",
			   &(struct undo_check_in){.person = person, .day = ABSENT, .why = TEXT("Mistaken")}, NULL);
		break;
	case 5:
		meeting_do(day->m, "registration", "accredit", &(struct accredit){.person = person}, NULL);
		break;
	default:
		meeting_do(day->m, "checkin", "hand_over",
			   &(struct hand_over){.badge = badge, .to = TEXT("A colleague")}, NULL);
	}
}

static void chair(struct day *day)
{
	static const char *const ops[] = {"open_session", "close_session", "clear"};
	struct amend_session amend;

	if (dice(day, 5) == 0) {
		message_clear(&message_amend_session, &amend);
		amend.session = text_of(sessions[dice(day, 9)]);
		amend.why = TEXT("Restricted");
		amend.admits = TEXT("head press");
		meeting_do(day->m, "attendance", "amend_session", &amend, NULL);
		return;
	}
	meeting_gavel(day->m, ops[dice(day, 3)], sessions[dice(day, 9)]);
}

/* A door was alone: its decision comes, and the scan before it, after it, or never. */
static void alone(struct day *day)
{
	struct text badge = day->badges[dice(day, day->badge_count)];
	const char *session = sessions[dice(day, 10)];
	enum direction direction = dice(day, 3) ? direction_in : direction_out;
	uint32_t order = dice(day, 3);
	struct decided decided;
	uint64_t next = day->m->ids + 2;
	char id[16] = {0};

	day->m->late = dice(day, 3) * INT64_C(900000);
	if (order == 0)
		meeting_scan(day->m, badge, session, direction);
	message_clear(&message_decided, &decided);
	if (order == 0)
		memcpy(id, day->m->id, sizeof id);
	else
		memcpy(id, &next, sizeof next);
	decided.scan = (struct text){id, sizeof id};
	decided.badge = badge;
	decided.session = text_of(session);
	decided.direction = direction;
	decided.admitted = dice(day, 3) != 0;
	meeting_do(day->m, "attendance", "decided", &decided, NULL);
	if (order == 1)
		meeting_scan(day->m, badge, session, direction);
	else
		day->m->ids++;
	day->m->late = 0;
}

/* ---- both are asked ---- */

static struct verdict ask_door(struct day *day, struct text badge, const char *session, enum direction direction)
{
	struct meeting *m = day->m;
	char device[16] = {'d', 'e', 'v', 'i', 'c', 'e', (char)('0' + m->device)};
	struct passing passing = {badge, text_of(session), direction,
				  m->now + m->skew + (m->offset == ABSENT ? 0 : m->offset), false};
	struct verdict verdict;

	take_badges(day);
	take_programme(day);
	take_changes(day);
	day->snapshot.seen = &day->seen;
	day->seen.door = lately_door((struct text){device, sizeof device});
	verdict_alone(&day->snapshot, &passing, &verdict);
	return verdict;
}

static void compare(struct day *day, uint64_t seed, int step)
{
	struct text badge = day->badges[dice(day, day->badge_count)];
	const char *session = sessions[dice(day, 10)];
	enum direction direction = dice(day, 3) ? direction_in : direction_out;
	struct verdict alone = ask_door(day, badge, session, direction);
	struct scanned out = {0};
	struct scan in;

	message_clear(&message_scan, &in);
	in.badge = badge;
	in.session = text_of(session);
	in.direction = direction;
	enum error e = meeting_do(day->m, "attendance", "scan", &in, &out);
	if (alone.admitted != (e == E_OK) || alone.reason != e || (!e && alone.flag != out.flag))
		fail_msg("history %d, step %d, %s %s: the door says %s%s, the writer %s%s", (int)seed, step, session,
			 vocabulary_word(&vocabulary_direction, direction),
			 alone.reason ? error_name(alone.reason) : "ok ",
			 alone.flag ? vocabulary_word(&vocabulary_flag, alone.flag) : "", e ? error_name(e) : "ok ",
			 !e && out.flag ? vocabulary_word(&vocabulary_flag, out.flag) : "");
	day->compared++;
	day->refused += e != E_OK;
	day->admitted += e == E_OK;
	day->flagged += !e && out.flag;
}

static void step(struct day *day, uint64_t seed, int number)
{
	static const int64_t pauses[] = {0, 10000, 30000, 300000, 600000, 1500000};
	struct meeting *m = day->m;

	m->now += pauses[dice(day, 6)];
	m->device = (uint8_t)dice(day, DOORS);
	m->offset = m->device == 2 ? -3600000 : 0;
	m->skew = m->device == 2 ? 3600000 : 0;
	if (dice(day, 12) == 0)
		m->skew -= 1800000; /* its clock was set back and nobody measured it yet */
	switch (dice(day, 10)) {
	case 0: desk(day); break;
	case 1: alone(day); break;
	case 2: chair(day); break;
	default: compare(day, seed, number);
	}
}

static void live(struct day *day, uint64_t seed)
{
	day->m = meeting_begin();
	day->random = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
	day->badge_count = 0;
	snapshot_init(&day->snapshot, TEXT("m"));
	assert_true(seen_open(&day->seen, NULL, 0));
	for (int i = 0; i < PERSONS; i++)
		welcome(day, i);
	meeting_at(day->m, 1, 9, 0);
	for (int i = 0; i < STEPS; i++)
		step(day, seed, i);
	if (seed % 4 == 0) {
		meeting_do(day->m, "events", "close_event", &(struct event_ref){.event = TEXT("m")}, NULL);
		day->m->now += 60000;
		compare(day, seed, STEPS);
	}
	snapshot_free(&day->snapshot);
	seen_free(&day->seen);
	meeting_free(day->m);
}

static void door_decides_as_the_writer(void **state)
{
	static struct day day;

	(void)state;
	for (uint64_t seed = 1; seed <= HISTORIES; seed++)
		live(&day, seed);
	print_message("%d verdicts compared: %d yes, %d of them flagged, %d no\n", day.compared, day.admitted,
		      day.flagged, day.refused);
	assert_true(day.flagged > HISTORIES * 5 && day.refused > HISTORIES * 5);
}

/* The one answer that differs, and by intent: the writer never heard of the badge, the door may not have yet. */
static void a_badge_that_nobody_issued_is_let_in_alone(void **state)
{
	static struct day day;
	unsigned char random[8] = {1, 2, 3, 4, 5, 6, 7, 8};
	char code[BADGE_SIZE + 1];

	(void)state;
	day.m = meeting_begin();
	snapshot_init(&day.snapshot, TEXT("m"));
	assert_true(seen_open(&day.seen, NULL, 0));
	meeting_at(day.m, 1, 10, 0);
	badge_make(TEXT("m"), random, code);
	struct verdict alone = ask_door(&day, text_of(code), "S1", direction_in);
	assert_true(alone.admitted);
	assert_int_equal(alone.reason, E_UNKNOWN_BADGE);
	assert_int_equal(meeting_scan(day.m, text_of(code), "S1", direction_in), E_UNKNOWN_BADGE);
	alone = ask_door(&day, TEXT("no code"), "S1", direction_in);
	assert_false(alone.admitted);
	assert_int_equal(alone.reason, E_MALFORMED);
	snapshot_free(&day.snapshot);
	seen_free(&day.seen);
	meeting_free(day.m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(door_decides_as_the_writer),
		cmocka_unit_test(a_badge_that_nobody_issued_is_let_in_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
