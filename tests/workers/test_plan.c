/* What makes no programme is refused before any of it is written. */
#include "tests/harness.h"
#include "tests/workers/asking.h"

static enum error load_days(struct day_plan *days, uint32_t count)
{
	struct load load;

	message_clear(&message_load, &load);
	load.event = TEXT("m");
	load.days = (struct list){days, count};
	return meeting_do(m, "events", "load", &load, NULL);
}

static struct day_plan day(int number, int from)
{
	return (struct day_plan){.day = number, .date = TEXT("2024-03-01"), .starts = meeting_time(from, 0, 0),
				 .ends = meeting_time(from + 1, 0, 0)};
}

static bool says(const char *words)
{
	return memmem(m->head.detail.at, m->head.detail.size, words, strlen(words));
}

static uint32_t days_there_are(void)
{
	struct programme programme;

	assert_int_equal(meeting_do(m, "changes", "programme", &(struct programme_query){.cursor = ABSENT}, &programme),
			 E_OK);
	return programme.days.count;
}

static void days_are_few_and_follow_each_other(void **state)
{
	struct day_plan days[62];

	(void)state;
	days[0] = day(63, 63);
	assert_int_equal(load_days(days, 1), E_MALFORMED);
	assert_true(says("day 63"));
	days[0] = day(4, 4);
	assert_int_equal(load_days(days, 1), E_MALFORMED);
	assert_true(says("no day 3"));
	days[0] = day(3, 2);
	assert_int_equal(load_days(days, 1), E_MALFORMED);
	assert_true(says("before day 2 ends"));
	days[0] = day(3, 3);
	days[0].ends = days[0].starts;
	assert_int_equal(load_days(days, 1), E_END_BEFORE_START);
	assert_int_equal(days_there_are(), 2);
	for (int i = 0; i < 62; i++)
		days[i] = day(i + 1, i + 1);
	assert_int_equal(load_days(days, 62), E_OK);
	assert_int_equal(days_there_are(), 62);
	meeting_at(m, 62, 9, 0);
	one_delegate();
	assert_int_equal(ask(query(qualifier_seen, NULL))->total_high, 1);
}

static struct amend_session amendment(const char *session)
{
	struct amend_session in;

	message_clear(&message_amend_session, &in);
	in.session = text_of(session);
	in.why = TEXT("Asked for");
	return in;
}

static enum error amend(const struct amend_session *in)
{
	return meeting_do(m, "attendance", "amend_session", in, NULL);
}

static void a_session_admits_categories_alone(void **state)
{
	struct amend_session in = amendment("S1");

	(void)state;
	in.admits = TEXT("head heads");
	assert_int_equal(amend(&in), E_MALFORMED);
	assert_true(says("heads is no category"));
	in.admits = TEXT("head delegate");
	assert_int_equal(amend(&in), E_OK);
}

static void a_session_is_in_a_room_that_there_is(void **state)
{
	struct amend_session in = amendment("S1");
	struct room_plan room = {.room = TEXT("tent")};
	struct session_plan plan;
	struct load load;

	(void)state;
	in.room = TEXT("tent");
	assert_int_equal(amend(&in), E_UNKNOWN_ROOM);
	assert_true(says("tent"));
	message_clear(&message_session_plan, &plan);
	message_clear(&message_load, &load);
	plan.session = TEXT("X1");
	plan.type = session_type_panel;
	plan.room = in.room;
	load.event = TEXT("m");
	load.sessions = (struct list){&plan, 1};
	assert_int_equal(meeting_do(m, "events", "load", &load, NULL), E_UNKNOWN_ROOM);
	load.rooms = (struct list){&room, 1};
	assert_int_equal(meeting_do(m, "events", "load", &load, NULL), E_OK);
	assert_int_equal(amend(&in), E_OK);
}

static void a_session_continues_another_one(void **state)
{
	struct amend_session in = amendment("P1");

	(void)state;
	in.continues = TEXT("P0");
	assert_int_equal(amend(&in), E_UNKNOWN_SESSION);
	assert_true(says("P0"));
	in.continues = TEXT("P1");
	assert_int_equal(amend(&in), E_MALFORMED);
	in.continues = TEXT("P1B");
	assert_int_equal(amend(&in), E_MALFORMED);
	assert_true(says("itself"));
	in.continues = TEXT("S1");
	assert_int_equal(amend(&in), E_OK);
}

static void a_session_starts_on_its_day(void **state)
{
	struct amend_session in = amendment("S1");

	(void)state;
	in.starts = meeting_time(6, 10, 0);
	in.ends = meeting_time(6, 11, 0);
	assert_int_equal(amend(&in), E_OUTSIDE_HOURS);
	in = amendment("T1");
	in.day = 1;
	assert_int_equal(amend(&in), E_OUTSIDE_HOURS);
	assert_true(says("T1 would not start on its day 1"));
	in.day = 9;
	assert_int_equal(amend(&in), E_OUTSIDE_HOURS);
	assert_true(says("no day 9"));
	in.day = 2;
	in.starts = meeting_time(2, 9, 0);
	assert_int_equal(amend(&in), E_OK);
}

static void a_gavel_falls_on_a_day_of_the_event(void **state)
{
	struct gavel in;

	(void)state;
	message_clear(&message_gavel, &in);
	in.session = TEXT("T1");
	in.time = meeting_time(366, 11, 0);
	assert_int_equal(meeting_do(m, "attendance", "close_session", &in, NULL), E_OUTSIDE_HOURS);
	assert_int_equal(meeting_do(m, "attendance", "open_session", &in, NULL), E_OUTSIDE_HOURS);
	assert_int_equal(meeting_do(m, "attendance", "clear", &in, NULL), E_OUTSIDE_HOURS);
	in.time = meeting_time(3, 1, 0);
	assert_int_equal(meeting_do(m, "attendance", "close_session", &in, NULL), E_OK);
}

static void a_plan_loaded_again_takes_nothing_away(void **state)
{
	struct session_plan plan;
	struct load load;
	struct programme programme;

	(void)state;
	message_clear(&message_session_plan, &plan);
	message_clear(&message_load, &load);
	plan.session = TEXT("S1");
	plan.type = session_type_plenary;
	plan.counts = true;
	plan.title_en = TEXT("Another title");
	load.event = TEXT("m");
	load.sessions = (struct list){&plan, 1};
	assert_int_equal(meeting_do(m, "events", "load", &load, NULL), E_OK);
	assert_int_equal(meeting_do(m, "changes", "programme", &(struct programme_query){.cursor = ABSENT}, &programme),
			 E_OK);
	for (uint32_t i = 0; i < programme.sessions.count; i++) {
		const struct session_line *line = LIST_AT(programme.sessions, session_line, i);

		if (!text_is(line->session, "S1"))
			continue;
		assert_true(text_is(line->room, "hall"));
		assert_int_equal(line->starts, meeting_time(1, 10, 0));
		assert_true(text_is(line->title_en, "Another title"));
		return;
	}
	fail();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(days_are_few_and_follow_each_other),
		TEST(a_session_admits_categories_alone),
		TEST(a_session_is_in_a_room_that_there_is),
		TEST(a_session_continues_another_one),
		TEST(a_session_starts_on_its_day),
		TEST(a_gavel_falls_on_a_day_of_the_event),
		TEST(a_plan_loaded_again_takes_nothing_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
