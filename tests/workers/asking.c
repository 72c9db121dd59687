/* What several tests of figures ask. */
#include "tests/workers/asking.h"

#include "tests/harness.h"

struct meeting *m;
struct figures_report report;

int begin_meeting(void **state)
{
	(void)state;
	m = meeting_begin();
	return 0;
}

int end_meeting(void **state)
{
	(void)state;
	meeting_free(m);
	return 0;
}

struct figures_query query(enum qualifier qualifier, const char *session)
{
	struct figures_query q;

	message_clear(&message_figures_query, &q);
	q.qualifier = qualifier;
	q.session = text_of(session);
	return q;
}

enum error ask_for(struct figures_query q)
{
	return meeting_do(m, "figures", "figures", &q, &report);
}

const struct figures_report *ask(struct figures_query q)
{
	assert_int_equal(ask_for(q), E_OK);
	return &report;
}

void expect(enum qualifier qualifier, const char *session, int64_t low, int64_t high)
{
	ask(query(qualifier, session));
	assert_int_equal(report.total_low, low);
	assert_int_equal(report.total_high, high);
}

const struct figure_row *row(const char *key)
{
	for (uint32_t i = 0; i < report.rows.count; i++)
		if (text_is(LIST_AT(report.rows, figure_row, i)->key, key))
			return LIST_AT(report.rows, figure_row, i);
	return NULL;
}

int64_t unresolved(enum flag flag)
{
	for (uint32_t i = 0; i < report.unresolved.count; i++)
		if (LIST_AT(report.unresolved, unresolved_count, i)->flag == flag)
			return LIST_AT(report.unresolved, unresolved_count, i)->count;
	return 0;
}

struct people_counted people(struct figures_query q)
{
	struct people_counted out;

	assert_int_equal(meeting_do(m, "figures", "people", &q, &out), E_OK);
	return out;
}

void expect_minutes(const char *session, int64_t low, int64_t high)
{
	struct figures_query q = query(qualifier_attended, session);
	struct people_counted out;

	q.minutes = 1;
	out = people(q);
	assert_int_equal(out.people.count, 1);
	assert_int_equal(LIST_AT(out.people, person_line, 0)->low, low);
	assert_int_equal(LIST_AT(out.people, person_line, 0)->high, high);
}

void pass(struct text badge, const char *session, enum direction direction, int hour, int minute)
{
	meeting_at(m, 1, hour, minute);
	assert_int_equal(meeting_scan(m, badge, session, direction), E_OK);
}

struct text one_delegate(void)
{
	return meeting_welcome(m, "A. Sample", "TR", category_delegate);
}
