/* The server's clock is set back or runs ahead: nothing expires, nothing reorders, no answer given changes. */
#include "tests/harness.h"
#include "tests/workers/meeting.h"

#define HOUR INT64_C(3600000)
#define YEAR (INT64_C(365) * 24 * HOUR)

static struct meeting *m;

static int set_up(void **state)
{
	(void)state;
	m = meeting_begin();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	meeting_free(m);
	return 0;
}

/* An answer, and what it says it goes by. */
struct answer {
	int64_t as_of, ledger, total;
};

static struct answer ask(int64_t as_of)
{
	struct figures_query q;
	struct figures_report report;

	message_clear(&message_figures_query, &q);
	q.as_of = as_of;
	assert_int_equal(meeting_do(m, "figures", "figures", &q, &report), E_OK);
	return (struct answer){report.as_of, report.ledger, report.total_high};
}

static void still_the_same(struct answer was)
{
	struct answer is = ask(was.as_of);

	assert_int_equal(is.ledger, was.ledger);
	assert_int_equal(is.total, was.total);
}

/* One after the other by number and by time, with no gap. */
static void in_order(void)
{
	struct changes_query all = {.since = 0, .limit = 200};
	struct changed out;

	assert_int_equal(meeting_do(m, "changes", "changes", &all, &out), E_OK);
	for (uint32_t i = 1; i < out.entries.count; i++) {
		const struct change *one = LIST_AT(out.entries, change, i - 1), *next = one + 1;

		assert_int_equal(next->ledger, one->ledger + 1);
		assert_true(next->received >= one->received);
	}
}

static const char name[] = "A. Sample";

/* A person every ten minutes, and after each a figure. */
static void go_on(struct answer *answers, int count)
{
	for (int i = 0; i < count; i++) {
		meeting_welcome(m, name, "TR", category_delegate);
		answers[i] = ask(ABSENT);
		m->now += 10 * 60000;
	}
}

static void answers_stay_when_the_clock_is_set_back_an_hour(void **state)
{
	struct answer before[6], during[6], after[3];

	(void)state;
	meeting_at(m, 1, 9, 0);
	go_on(before, 6);
	m->now -= HOUR;
	go_on(during, 6);
	m->now += HOUR + 1;
	go_on(after, 3);
	for (int i = 0; i < 6; i++) {
		assert_int_equal(before[i].total, i + 1);
		assert_int_equal(during[i].total, i + 7);
		still_the_same(before[i]);
		still_the_same(during[i]);
	}
	for (int i = 0; i < 3; i++)
		still_the_same(after[i]);
	in_order();
}

static void answers_stay_when_it_ran_a_year_ahead_and_was_put_right(void **state)
{
	struct answer before[2], ahead[2], after[4];

	(void)state;
	meeting_at(m, 1, 9, 0);
	go_on(before, 2);
	m->now += YEAR;
	go_on(ahead, 2);
	m->now -= YEAR;
	go_on(after, 4);
	assert_int_equal(after[3].total, 8);
	for (int i = 0; i < 4; i++) {
		still_the_same(after[i]);
		still_the_same(i % 2 ? ahead[i / 2] : before[i / 2]);
	}
	in_order();
}

/* The clock stands still: what is stored next is received later all the same. */
static void answers_stay_within_a_millisecond(void **state)
{
	struct answer answers[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		meeting_welcome(m, name, "TR", category_delegate);
		answers[i] = ask(ABSENT);
		assert_int_equal(answers[i].total, i + 1);
	}
	for (int i = 0; i < 4; i++)
		still_the_same(answers[i]);
	in_order();
}

/* What was received lately may still be on its way to the disk, so even a second ago is not over. */
static void nothing_is_told_as_of_what_is_not_decided(void **state)
{
	static const int64_t later[] = {-1000, 0, HOUR, YEAR};

	(void)state;
	for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
		struct answer last, told;

		meeting_welcome(m, name, "TR", category_delegate);
		last = ask(ABSENT);
		m->now += 2000;
		told = ask(m->now + later[i]);
		assert_int_equal(told.as_of, last.as_of);
		assert_int_equal(told.total, last.total);
		m->now -= 1500;
		meeting_welcome(m, name, "EG", category_delegate);
		still_the_same(told);
		assert_int_equal(ask(last.as_of - 1).as_of, last.as_of - 1);
	}
}

/* What was answered is answered again, however far the clocks went meanwhile. */
static void nothing_expires(void **state)
{
	static const int64_t jumps[] = {YEAR, -2 * YEAR, 50 * YEAR, -HOUR};
	struct text badge = meeting_welcome(m, name, "TR", category_delegate);
	struct answer was = ask(ABSENT);

	(void)state;
	meeting_at(m, 1, 10, 0);
	assert_int_equal(meeting_scan(m, badge, "S1", direction_in), E_OK);
	for (size_t i = 0; i < sizeof jumps / sizeof *jumps; i++) {
		m->now += jumps[i];
		assert_int_equal(meeting_again(m, 10), E_OK);
		assert_true(m->head.repeated);
		assert_int_equal(m->head.now, m->now); /* a device measures its offset by what the clock says */
	}
	assert_int_equal(ask(ABSENT).ledger, was.ledger + 1);
}

static int64_t minutes(const char *session)
{
	struct figures_query q;
	struct people_counted people;

	message_clear(&message_figures_query, &q);
	q.qualifier = qualifier_attended;
	q.session = text_of(session);
	q.minutes = 1;
	assert_int_equal(meeting_do(m, "figures", "people", &q, &people), E_OK);
	return people.people.count == 1 ? LIST_AT(people.people, person_line, 0)->low : -1;
}

/* A day ahead, a day behind, a year ahead: what the device measured takes it back. */
static void a_device_far_off_moves_no_interval(void **state)
{
	static const int64_t skews[] = {24 * HOUR, -24 * HOUR, YEAR, -YEAR};

	(void)state;
	for (size_t i = 0; i < sizeof skews / sizeof *skews; i++) {
		struct meeting *whole = m;

		if (i)
			m = meeting_begin();
		struct text badge = meeting_welcome(m, name, "TR", category_delegate);

		m->device = 1;
		m->skew = skews[i];
		m->offset = -skews[i];
		meeting_at(m, 1, 10, 0);
		assert_int_equal(meeting_scan(m, badge, "S1", direction_in), E_OK);
		meeting_at(m, 1, 10, 45);
		assert_int_equal(meeting_scan(m, badge, "S1", direction_out), E_OK);
		m->skew = m->offset = 0;
		meeting_at(m, 1, 12, 0);
		assert_int_equal(minutes("S1"), 45);
		if (i) {
			meeting_free(m);
			m = whole;
		}
	}
}

/* The server's clock goes back an hour between an entry and an exit; the device measures it again. */
static void a_stay_over_the_step_keeps_its_order(void **state)
{
	struct text badge = meeting_welcome(m, name, "TR", category_delegate);

	(void)state;
	m->device = 1;
	m->offset = 0;
	meeting_at(m, 1, 11, 0); /* the server's was an hour fast: it is 10:00 */
	assert_int_equal(meeting_scan(m, badge, "S1", direction_in), E_OK);
	meeting_at(m, 1, 10, 45);
	assert_int_equal(meeting_scan(m, badge, "S1", direction_out), E_OK);
	meeting_at(m, 1, 12, 0);
	in_order();
	assert_int_equal(minutes("S1"), -1); /* nobody knows how long, but nobody is left inside */
}

/* Of one device by its numbers, also when the lower one was stuck in its backlog; of two by their clocks. */
static void a_lower_number_that_comes_late_comes_before(void **state)
{
	struct text badge = meeting_welcome(m, name, "TR", category_delegate);

	(void)state;
	m->device = 1;
	m->offset = 0;
	m->numbers[1] = 1;
	meeting_at(m, 1, 10, 45);
	assert_int_equal(meeting_scan(m, badge, "S1", direction_out), E_OK);
	m->numbers[1] = 0;
	meeting_at(m, 1, 11, 0);
	assert_int_equal(meeting_scan(m, badge, "S1", direction_in), E_OK);
	meeting_at(m, 1, 12, 0);
	assert_int_equal(minutes("S1"), -1);
	m->device = 2;
	meeting_at(m, 1, 10, 30);
	assert_int_equal(meeting_scan(m, badge, "S1", direction_in), E_OK);
	meeting_at(m, 1, 12, 0);
	assert_int_equal(minutes("S1"), 30);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_stay_when_the_clock_is_set_back_an_hour),
		TEST(answers_stay_when_it_ran_a_year_ahead_and_was_put_right),
		TEST(answers_stay_within_a_millisecond),
		TEST(nothing_is_told_as_of_what_is_not_decided),
		TEST(nothing_expires),
		TEST(a_device_far_off_moves_no_interval),
		TEST(a_stay_over_the_step_keeps_its_order),
		TEST(a_lower_number_that_comes_late_comes_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
