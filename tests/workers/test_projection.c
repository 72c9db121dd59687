/* What the projections say now is what the ledger comes to: seeded random meetings, asked both ways. */
#include "tests/harness.h"
#include "tests/workers/meeting.h"
#include "tests/workers/older.h"
#include "workers/verify.h"

enum { PEOPLE = 40, STEPS = 700, BADGES = 200 };

static uint64_t seed;
static struct meeting *m;
static struct text badges[BADGES];
static uint32_t badge_count;
static struct text stock[BADGES];
static uint32_t stock_count;
static int64_t person_count;

/* Numerical Recipes' generator: the same on every machine. */
static uint32_t pick(uint32_t below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33) % below;
}

static bool chance(uint32_t in)
{
	return pick(in) == 0;
}

static const char *session(void)
{
	static const char *const codes[] = {"S1", "S2", "LUNCH", "P1", "W1", "COFFEE", "P1B", "BOARD", "DINNER", "NIGHT",
					    "T1"};

	return codes[pick(sizeof codes / sizeof *codes)];
}

static struct text entity(void)
{
	static const char *const codes[] = {"MA", "EG", "TR", "AZ", "S06", "S07", "SY", "OB", "INST", "BANK", "PROJ"};
	uint32_t i = pick(sizeof codes / sizeof *codes + 1);

	return i < sizeof codes / sizeof *codes ? text_of(codes[i]) : (struct text){0};
}

static int64_t somebody(void)
{
	return pick((uint32_t)person_count) + 1;
}

static struct text some_badge(void)
{
	return badge_count && !chance(30) ? badges[pick(badge_count)] : TEXT("no such badge");
}

static void keep_badge(struct text code)
{
	if (code.at && badge_count < BADGES)
		badges[badge_count++] = code;
}

static struct text next_blank(void)
{
	return stock_count && chance(2) ? stock[--stock_count] : (struct text){0};
}

/* ---- what happens ---- */

static void registers(void)
{
	struct registration in;
	struct registered out;

	message_clear(&message_registration, &in);
	in.name = TEXT("Invented Sample");
	in.entity = entity();
	if (chance(4))
		in.also = entity();
	in.category = (enum category)pick(category_count);
	in.level = (enum level)pick(level_count);
	in.gender = (enum gender)pick(gender_count);
	in.language = (enum language)pick(language_count);
	in.remote = chance(8);
	in.walk_in = chance(8);
	in.accredit = !chance(6);
	in.check_in = chance(4);
	in.badge = next_blank();
	if (!meeting_do(m, "registration", "register", &in, &out))
		person_count = out.person;
}

static void checks_in(void)
{
	struct checked_in out;

	if (!meeting_do(m, "checkin", "check_in",
			&(struct check_in){.person = somebody(), .issue = !chance(5), .blank = next_blank()}, &out))
		keep_badge(out.badge);
}

/* They are scanned before they are bound, and some never are. */
static void makes_blanks(void)
{
	struct blanks out;

	if (meeting_do(m, "checkin", "issue_blanks", &(struct issue_blanks){.count = 3}, &out))
		return;
	for (uint32_t i = 0; i < out.badges.count && badge_count < BADGES; i++) {
		struct text code = LIST_AT(out.badges, blank, i)->badge;

		keep_badge(code);
		stock[stock_count++] = badges[badge_count - 1];
	}
}

static void scans(void)
{
	struct scan in;

	message_clear(&message_scan, &in);
	in.badge = some_badge();
	in.session = text_of(session());
	in.direction = chance(3) ? direction_out : direction_in;
	meeting_post(m, "attendance", "scan", &in);
}

/* What an unconnected door decided: the scan too, in either order, or never. */
static void decides(void)
{
	struct scan scan;
	struct decided decided;
	uint64_t id = m->ids + (chance(2) ? 2 : 1);
	bool scan_first = id == m->ids + 1, both = !chance(4);
	char bytes[16] = {0};

	memcpy(bytes, &id, sizeof id);
	message_clear(&message_scan, &scan);
	message_clear(&message_decided, &decided);
	scan.badge = decided.badge = some_badge();
	scan.session = decided.session = text_of(session());
	scan.direction = decided.direction = chance(3) ? direction_out : direction_in;
	decided.scan = (struct text){bytes, sizeof bytes};
	decided.admitted = !chance(3);
	if (scan_first && both)
		meeting_post(m, "attendance", "scan", &scan);
	meeting_post(m, "attendance", "decided", &decided);
	if (!scan_first && both)
		meeting_post(m, "attendance", "scan", &scan);
}

static void amends(void)
{
	struct amend in;

	message_clear(&message_amend, &in);
	in.person = somebody();
	in.why = TEXT("chance");
	in.entity = entity();
	if (chance(2))
		in.also = entity();
	in.level = (enum level)pick(level_count);
	meeting_post(m, "registration", "amend", &in);
}

static void attests(void)
{
	struct attest in;

	message_clear(&message_attest, &in);
	in.person = somebody();
	in.session = text_of(session());
	in.source = evidence_eyes;
	in.witness = in.why = TEXT("chance");
	if (chance(2))
		in.since = m->now - (int64_t)pick(7200000);
	if (chance(2))
		in.until = m->now + (int64_t)pick(3600000);
	meeting_post(m, "attendance", "attest", &in);
}

static void falls_the_gavel(void)
{
	static const char *const ops[] = {"open_session", "close_session", "clear"};
	struct gavel in;

	message_clear(&message_gavel, &in);
	in.session = text_of(session());
	if (chance(2))
		in.time = m->now - (int64_t)pick(1800000);
	meeting_post(m, "attendance", ops[pick(3)], &in);
}

static void replans(void)
{
	struct amend_session in;

	message_clear(&message_amend_session, &in);
	in.session = TEXT("W1");
	in.why = TEXT("chance");
	in.ends = meeting_time(1, 15, (int)pick(60) + 1);
	meeting_post(m, "attendance", "amend_session", &in);
}

static void changes_standing(void)
{
	int64_t person = somebody();
	struct replace replace;
	struct registered out;
	struct issued issued;
	struct reissue reissue = {.person = person, .why = TEXT("chance")};

	message_clear(&message_replace, &replace);
	replace.person = person;
	replace.why = TEXT("chance");
	replace.name = TEXT("Instead Sample");
	switch (pick(7)) {
	case 0:
		meeting_do(m, "registration", "cancel", &(struct cancel){.person = person, .why = TEXT("chance")}, NULL);
		return;
	case 1:
		if (!meeting_do(m, "registration", "replace", &replace, &out))
			person_count = out.person;
		return;
	case 2:
		meeting_do(m, "checkin", "undo_check_in",
			   &(struct undo_check_in){.person = person, .day = ABSENT, .why = TEXT("chance")}, NULL);
		return;
	case 3:
		if (!meeting_do(m, "checkin", "reissue", &reissue, &issued))
			keep_badge(issued.badge);
		return;
	case 4:
		meeting_do(m, "checkin", "revoke",
			   &(struct revoke){.badge = some_badge(), .why = TEXT("chance")}, NULL);
		return;
	default:
		meeting_do(m, "registration", "accredit",
			   &(struct accredit){.person = person, .also = chance(2)}, NULL);
	}
}

/* Any row: most are no open question, and are refused. */
static void resolves(void)
{
	struct resolve in = {.ledger = 1 + pick((uint32_t)m->ids), .why = TEXT("Seen")};

	meeting_post(m, "attendance", "resolve", &in);
}

static void step(void)
{
	m->now += pick(180000);
	m->device = (uint8_t)pick(MEETING_DEVICES);
	m->skew = m->device == 1 ? 3600000 : m->device == 2 ? -600000 : 0;
	m->offset = m->device == 1 ? -3600000 : ABSENT;
	m->late = chance(10) ? pick(7200000) : 0;
	if (chance(50))
		m->numbers[m->device]++;
	switch (pick(16)) {
	case 0:
		registers();
		break;
	case 1:
	case 2:
		checks_in();
		break;
	case 3:
		amends();
		break;
	case 4:
		attests();
		break;
	case 5:
		changes_standing();
		break;
	case 6:
		chance(3) ? resolves() : decides();
		break;
	case 8:
		if (stock_count < 4)
			makes_blanks();
		else
			scans();
		break;
	case 7:
		chance(3) ? replans() : falls_the_gavel();
		break;
	default:
		scans();
	}
	m->late = 0;
}

/* ---- asking both ways ---- */

static struct text answer(const char *op, const void *query, void *result)
{
	enum error e = meeting_do(m, "figures", op, query, result);

	if (e)
		fail_msg("%s: %.*s", op, (int)m->head.detail.size, m->head.detail.at);
	return m->reply;
}

/* `as_of` is to take in all that was received. */
static void compare_as_of(struct figures_query q, int64_t as_of)
{
	struct figures_report report;
	struct text now, then;

	q.as_of = ABSENT;
	now = answer("figures", &q, &report);
	q.as_of = as_of == ABSENT ? report.as_of : as_of;
	then = answer("figures", &q, NULL);
	if (!text_equal(now, then))
		fail_msg("%s by %s differs: session %.*s, day %d, seed step at %lld",
			 vocabulary_word(&vocabulary_qualifier, q.qualifier),
			 vocabulary_word(&vocabulary_dimension, q.by), (int)q.session.size,
			 q.session.at ? q.session.at : "", (int)(q.day == ABSENT ? 0 : q.day), (long long)m->now);
}

static void compare(struct figures_query q)
{
	compare_as_of(q, ABSENT);
}

static void compare_figures(void)
{
	static const char *const sessions[] = {NULL, "S1", "P1B", "BOARD", "LUNCH"};
	struct figures_query q;

	for (unsigned qualifier = 1; qualifier < qualifier_count; qualifier++) {
		for (unsigned by = 1; by < dimension_count; by++) {
			message_clear(&message_figures_query, &q);
			q.qualifier = (enum qualifier)qualifier;
			q.by = (enum dimension)by;
			if (q.qualifier >= qualifier_present)
				q.session = text_of(sessions[pick(5)]);
			q.without_host = chance(2);
			if (chance(2))
				q.day = pick(2) + 1;
			if (q.qualifier == qualifier_attended && chance(3))
				q.minutes = pick(60);
			if (q.qualifier >= qualifier_present && chance(4))
				q.room = TEXT("hall");
			compare(q);
		}
	}
}

/* Of the whole event, what is counted beside the ledger; also when the server's clock was set back. */
static void compare_attended(void)
{
	static const int64_t minutes[] = {ABSENT, 0, 1, 20, 45, 90};
	struct figures_query q;
	int64_t now = m->now;

	for (size_t i = 0; i < sizeof minutes / sizeof *minutes; i++) {
		message_clear(&message_figures_query, &q);
		q.qualifier = qualifier_attended;
		q.by = (enum dimension)(1 + pick(dimension_count - 1));
		q.minutes = minutes[i];
		compare_as_of(q, now + 86400000);
		m->now -= pick(3600000);
		compare_as_of(q, now + 86400000);
		m->now = now;
	}
}

static void compare_unresolved(void)
{
	struct unresolved_query q;
	struct unresolved_report now, then;

	message_clear(&message_unresolved_query, &q);
	assert_int_equal(meeting_do(m, "figures", "unresolved", &q, &now), E_OK);
	q.as_of = m->now;
	assert_int_equal(meeting_do(m, "figures", "unresolved", &q, &then), E_OK);
	assert_int_equal(now.rows.count, then.rows.count);
	assert_int_equal(now.counts.count, then.counts.count);
	for (uint32_t i = 0; i < now.counts.count; i++)
		assert_memory_equal(LIST_AT(now.counts, unresolved_count, i),
				    LIST_AT(then.counts, unresolved_count, i), sizeof(struct unresolved_count));
}

/* Everybody behind a figure is listed, and nobody else. */
static void compare_people(void)
{
	struct figures_query q;
	struct figures_report report;

	for (unsigned qualifier = 1; qualifier < qualifier_count; qualifier++) {
		struct people_counted out;
		int64_t listed = 0;

		message_clear(&message_figures_query, &q);
		q.qualifier = (enum qualifier)qualifier;
		assert_int_equal(meeting_do(m, "figures", "figures", &q, &report), E_OK);
		do {
			assert_int_equal(meeting_do(m, "figures", "people", &q, &out), E_OK);
			listed += out.people.count;
			q.cursor = out.cursor;
		} while (out.cursor != ABSENT);
		assert_int_equal(listed, report.total_high);
	}
}

static void fail_with(void *context, const char *sentence)
{
	(void)context;
	fail_msg("after seed %llu: %s", (unsigned long long)seed, sentence);
}

static int64_t verify_file_of_meeting(void)
{
	struct verdict verdict;
	char path[300];

	snprintf(path, sizeof path, "%s/m.hudur", m->folder);
	assert_int_equal(verify_file(path, fail_with, NULL, &verdict), E_OK);
	return verdict.ledger;
}

static void play(uint64_t with)
{
	seed = with;
	badge_count = stock_count = 0;
	person_count = 0;
	m = meeting_begin();
	for (int i = 0; i < PEOPLE; i++)
		registers();
	for (int i = 0; i < PEOPLE; i++)
		checks_in();
	for (int i = 0; i < STEPS; i++) {
		step();
		if (i % 100 != 99)
			continue;
		meeting_flush(m);
		compare_figures();
		compare_attended();
		compare_unresolved();
		compare_people();
		assert_in_range(verify_file_of_meeting(), 2 * PEOPLE, INT64_MAX);
		older_file_is_brought_up(m);
		meeting_restart(m);
	}
	meeting_free(m);
}

static void now_equals_a_replay_of_now(void **state)
{
	(void)state;
	for (uint64_t s = 1; s <= 3; s++)
		play(s);
}

/* What comes late by a lower number takes the earlier place, and the one that was there another time. */
static void what_moves_other_passages_is_compared_with_what_was(void **state)
{
	struct text badge;

	(void)state;
	m = meeting_begin();
	badge = meeting_welcome(m, "Invented Visitor", "TR", category_delegate);
	m->device = 1;
	m->offset = 0;
	for (int round = 0; round < 6; round++) {
		m->numbers[1] = 100 - 10 * round;
		meeting_at(m, 1, 10, 5 * round);
		assert_int_equal(meeting_scan(m, badge, round % 2 ? "S1" : "W1", round % 2 ? direction_in : direction_out), E_OK);
		verify_file_of_meeting();
	}
	meeting_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(now_equals_a_replay_of_now),
		cmocka_unit_test(what_moves_other_passages_is_compared_with_what_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
