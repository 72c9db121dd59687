/* Who counts as what, and who is behind a figure: each trap with the meeting that falls into it. */
#include "tests/harness.h"
#include "tests/workers/asking.h"

static void accept_also(int64_t person, const char *entity, bool accepted)
{
	struct amend amend;
	struct accredit accredit;

	message_clear(&message_amend, &amend);
	amend.person = person;
	amend.also = text_of(entity);
	amend.why = TEXT("Two letters came");
	assert_int_equal(meeting_do(m, "registration", "amend", &amend, NULL), E_OK);
	message_clear(&message_accredit, &accredit);
	accredit.person = person;
	accredit.also = accepted;
	assert_int_equal(meeting_do(m, "registration", "accredit", &accredit, NULL), E_OK);
}

/* ---- who counts as what ---- */

static void two_hats_are_one_person(void **state)
{
	struct role_plan roles[] = {
		{.session = TEXT("S1"), .role = programme_role_chair, .position = 1, .printed = TEXT("A. Sample")},
		{.session = TEXT("S2"), .role = programme_role_speaker, .position = 1, .printed = TEXT("A. Sample")},
	};
	struct load load;

	(void)state;
	one_delegate();
	message_clear(&message_load, &load);
	load.event = TEXT("m");
	load.roles = (struct list){roles, 2};
	assert_int_equal(meeting_do(m, "events", "load", &load, NULL), E_OK);
	expect(qualifier_registered, NULL, 1, 1);
	expect(qualifier_checked_in, NULL, 1, 1);
	assert_int_equal(report.representatives_high, 1);
}

static void institution_staff_count_under_the_institution(void **state)
{
	(void)state;
	meeting_welcome(m, "A. Sample", "INST", category_delegate);
	ask(query(qualifier_checked_in, NULL));
	assert_int_equal(report.institution_persons_high, 1);
	assert_int_equal(report.institutions_high, 1);
	assert_int_equal(report.states_high, 0);
	assert_int_equal(row("TR")->high, 0);
	assert_int_equal(row("INST")->high, 1);
}

static void neither_state_nor_institution_is_a_third_kind(void **state)
{
	(void)state;
	meeting_welcome(m, "A. Sample", "BANK", category_delegate);
	meeting_welcome(m, "B. Sample", "PROJ", category_delegate);
	meeting_welcome(m, "C. Sample", NULL, category_delegate);
	ask(query(qualifier_checked_in, NULL));
	assert_int_equal(report.other_persons_high, 2);
	assert_int_equal(report.others_high, 2);
	assert_int_equal(report.unstated_high, 1);
	assert_int_equal(report.states_high, 0);
	assert_int_equal(row("MA")->high, 0);
	assert_int_equal(row("not_stated")->high, 1);
	assert_int_equal(report.total_high, 3);
}

static void host_inflation_can_be_left_out(void **state)
{
	struct figures_query q = query(qualifier_checked_in, NULL);

	(void)state;
	for (int i = 0; i < 5; i++)
		meeting_welcome(m, "Of the host", "MA", category_delegate);
	one_delegate();
	ask(q);
	assert_int_equal(report.representatives_high, 6);
	assert_int_equal(report.states_high, 2);
	q.without_host = true;
	ask(q);
	assert_int_equal(report.representatives_high, 1);
	assert_int_equal(report.states_high, 1);
	assert_int_equal(report.in_good_standing, 55);
	assert_int_equal(report.total_high, 1);
	assert_null(row("MA"));
	assert_int_equal(people(q).people.count, 1);
}

static void good_standing_is_56_not_57(void **state)
{
	struct figures_query q = query(qualifier_checked_in, NULL);
	int64_t base = 0;

	(void)state;
	meeting_welcome(m, "A. Sample", "SY", category_delegate);
	ask(q);
	assert_int_equal(report.in_good_standing, 56);
	assert_int_equal(report.states_high, 0);
	assert_int_equal(report.observer_persons_high, 1);
	assert_int_equal(row("SY")->standing, standing_suspended);
	q.by = dimension_group;
	ask(q);
	for (uint32_t i = 0; i < report.rows.count; i++) {
		const struct figure_row *group = LIST_AT(report.rows, figure_row, i);

		if (group->in_good_standing == ABSENT)
			continue;
		base += group->in_good_standing;
		assert_true(group->states_high <= group->in_good_standing);
	}
	assert_int_equal(base, 56);
}

static void an_accepted_second_representation_adds_a_state(void **state)
{
	struct figures_query q = query(qualifier_checked_in, NULL);
	int64_t person = meeting_register(m, "A. Sample", "TR", category_delegate);

	(void)state;
	meeting_check_in(m, person);
	accept_also(person, "SN", false);
	ask(q);
	assert_int_equal(report.states_high, 1);
	accept_also(person, "SN", true);
	ask(q);
	assert_int_equal(report.states_high, 2);
	assert_int_equal(report.representatives_high, 1);
	assert_int_equal(row("SN")->high, 0);
	assert_int_equal(row("SN")->also, 1);
	q.line = TEXT("SN");
	assert_int_equal(people(q).people.count, 1);
	assert_true(text_is(LIST_AT(people(q).people, person_line, 0)->also, "SN"));
}

static void support_staff_are_no_representatives(void **state)
{
	(void)state;
	meeting_welcome(m, "A. Sample", "EG", category_interpreter);
	meeting_welcome(m, "B. Sample", "TR", category_none);
	ask(query(qualifier_checked_in, NULL));
	assert_int_equal(report.representatives_high, 1);
	assert_int_equal(report.support_high, 1);
	assert_int_equal(report.states_high, 1);
	assert_int_equal(row("EG")->support, 1);
	assert_int_equal(report.total_high, 2);
}

static void remote_is_in_no_figure_on_site(void **state)
{
	static const enum qualifier on_site[] = {qualifier_checked_in, qualifier_seen, qualifier_present,
						 qualifier_attended};
	struct registration in;
	struct registered out;
	struct text badge;

	(void)state;
	message_clear(&message_registration, &in);
	in.name = TEXT("By video");
	in.entity = TEXT("TR");
	in.accredit = in.remote = true;
	assert_int_equal(meeting_do(m, "registration", "register", &in, &out), E_OK);
	badge = meeting_check_in(m, out.person);
	pass(badge, "S1", direction_in, 10, 0);
	meeting_at(m, 1, 10, 50);
	expect(qualifier_registered, NULL, 1, 1);
	expect(qualifier_accredited, NULL, 1, 1);
	for (size_t i = 0; i < sizeof on_site / sizeof *on_site; i++)
		expect(on_site[i], NULL, 0, 0);
}

static void a_group_arriving_together_is_handed_badges_not_checked_in(void **state)
{
	struct text badge = {0};

	(void)state;
	for (int i = 0; i < 6; i++) {
		struct issue issue;
		struct issued issued;
		struct hand_over hand_over;

		message_clear(&message_issue, &issue);
		issue.person = meeting_register(m, "One of six", "EG", category_delegate);
		assert_int_equal(meeting_do(m, "checkin", "issue", &issue, &issued), E_OK);
		message_clear(&message_hand_over, &hand_over);
		hand_over.badge = badge = issued.badge;
		hand_over.to = TEXT("A colleague");
		assert_int_equal(meeting_do(m, "checkin", "hand_over", &hand_over, NULL), E_OK);
	}
	expect(qualifier_checked_in, NULL, 0, 0);
	assert_int_equal(meeting_do(m, "checkin", "check_in",
				    &(struct check_in){.person = ABSENT, .badge = badge}, NULL), E_OK);
	expect(qualifier_checked_in, NULL, 1, 1);
	expect(qualifier_seen, NULL, 1, 1);
}

static void nominated_walked_in_or_did_not_come(void **state)
{
	int64_t cancelled = meeting_register(m, "Cancelled", "EG", category_delegate), walk_in;
	struct registration in;
	struct registered out;

	(void)state;
	one_delegate();
	meeting_register(m, "Absent", "SN", category_delegate);
	message_clear(&message_registration, &in);
	in.name = TEXT("From the street");
	in.entity = TEXT("TR");
	in.walk_in = in.accredit = true;
	assert_int_equal(meeting_do(m, "registration", "register", &in, &out), E_OK);
	walk_in = out.person;
	expect(qualifier_nominated, NULL, 3, 3);
	expect(qualifier_walk_in, NULL, 1, 1);
	expect(qualifier_no_show, NULL, 3, 3);
	meeting_check_in(m, walk_in);
	assert_int_equal(meeting_do(m, "registration", "cancel",
				    &(struct cancel){.person = cancelled, .why = TEXT("Called home")}, NULL), E_OK);
	expect(qualifier_nominated, NULL, 3, 3);
	expect(qualifier_walk_in, NULL, 1, 1);
	expect(qualifier_no_show, NULL, 1, 1);
	assert_true(ask(query(qualifier_no_show, NULL))->provisional);
	assert_int_equal(row("SN")->high, 1);
	assert_int_equal(people(query(qualifier_no_show, NULL)).people.count, 1);
}

static void what_was_attended_stays_attended(void **state)
{
	int64_t person = meeting_register(m, "A. Sample", "TR", category_delegate);
	struct text badge = meeting_check_in(m, person);

	(void)state;
	pass(badge, "S1", direction_in, 10, 0);
	pass(badge, "S1", direction_out, 11, 0);
	meeting_at(m, 1, 13, 0);
	assert_int_equal(meeting_do(m, "registration", "cancel",
				    &(struct cancel){.person = person, .why = TEXT("Called home")}, NULL), E_OK);
	expect(qualifier_registered, NULL, 0, 0);
	expect(qualifier_accredited, NULL, 0, 0);
	expect(qualifier_checked_in, NULL, 1, 1);
	expect(qualifier_attended, "S1", 1, 1);
	assert_int_equal(unresolved(flag_left_after), 1);
}

/* ---- the people behind it ---- */

static void a_figure_can_be_expanded(void **state)
{
	struct figures_query q = query(qualifier_checked_in, NULL);
	struct people_counted out;
	int64_t counted = 0;

	(void)state;
	for (int i = 0; i < 130; i++) {
		char name[32];

		snprintf(name, sizeof name, "Sample %d", i);
		meeting_welcome(m, name, i % 2 ? "TR" : "EG", i % 5 ? category_delegate : category_none);
	}
	do {
		out = people(q);
		counted += out.people.count;
		q.cursor = out.cursor;
	} while (out.cursor != ABSENT);
	assert_int_equal(counted, 130);
	q.cursor = INT64_MAX;
	assert_int_equal(people(q).people.count, 0);
	assert_int_equal(ask(q)->rows.count, 0);
	q.cursor = ABSENT;
	q.line = TEXT("EG");
	assert_int_equal(people(q).people.count, 65);
	assert_true(text_is(LIST_AT(people(q).people, person_line, 0)->name, "Sample 0"));
	q.by = dimension_category;
	q.line = TEXT("not_stated");
	assert_int_equal(people(q).people.count, 26);
}

static void a_session_line_names_who_was_in_it(void **state)
{
	struct figures_query q = query(qualifier_checked_in, NULL);
	struct text one = one_delegate(), two = meeting_welcome(m, "B. Sample", "EG", category_delegate);

	(void)state;
	pass(one, "S1", direction_in, 10, 0);
	pass(one, "S1", direction_out, 11, 0);
	pass(two, "W1", direction_in, 14, 0);
	meeting_at(m, 1, 15, 0);
	q.by = dimension_session;
	ask(q);
	assert_int_equal(report.total_high, 2);
	assert_int_equal(row("S1")->high, 1);
	assert_int_equal(row("W1")->high, 1);
	assert_int_equal(row("S2")->high, 0);
	q.line = TEXT("W1");
	assert_int_equal(people(q).people.count, 1);
	assert_true(text_is(LIST_AT(people(q).people, person_line, 0)->name, "B. Sample"));
	q.qualifier = qualifier_attended;
	assert_int_equal(people(q).people.count, 1);
}

/* Who passes a door need not check in again, and a stay that ends does not begin on that day. */
static void whoever_comes_in_is_seen_that_day(void **state)
{
	struct figures_query q = query(qualifier_seen, NULL);
	struct text badge = one_delegate();

	(void)state;
	q.day = 2;
	meeting_at(m, 2, 9, 20);
	assert_int_equal(meeting_scan(m, badge, "T1", direction_out), E_OK);
	assert_int_equal(ask(q)->total_high, 0);
	meeting_at(m, 2, 9, 40);
	assert_int_equal(meeting_scan(m, badge, "T1", direction_in), E_OK);
	assert_int_equal(ask(q)->total_high, 1);
	q.day = 1;
	assert_int_equal(ask(q)->total_high, 1);
}

static void what_is_unknown_is_told(void **state)
{
	struct figures_query q = query(qualifier_attended, "S9");

	(void)state;
	assert_int_equal(ask_for(q), E_UNKNOWN_SESSION);
	assert_non_null(memmem(m->head.detail.at, m->head.detail.size, "S9", 2));
	q = query(qualifier_present, NULL);
	q.room = TEXT("cellar");
	assert_int_equal(ask_for(q), E_UNKNOWN_ROOM);
	q = query(qualifier_seen, NULL);
	q.day = 3;
	assert_int_equal(ask_for(q), E_MALFORMED);
	q = query(qualifier_seen, NULL);
	q.line = TEXT("ZZ");
	assert_int_equal(meeting_do(m, "figures", "people", &q, NULL), E_UNKNOWN_ENTITY);
	q.by = dimension_level;
	assert_int_equal(meeting_do(m, "figures", "people", &q, NULL), E_MALFORMED);
}

static void a_session_is_asked_about_by_presence_alone(void **state)
{
	struct figures_query q = query(qualifier_none, "S1");

	(void)state;
	assert_int_equal(ask_for(q), E_MALFORMED);
	assert_non_null(memmem(m->head.detail.at, m->head.detail.size, "session:", 8));
	assert_int_equal(meeting_do(m, "figures", "people", &q, NULL), E_MALFORMED);
	q.qualifier = qualifier_attended;
	assert_int_equal(ask_for(q), E_OK);
	q = query(qualifier_seen, NULL);
	q.room = TEXT("hall");
	assert_int_equal(ask_for(q), E_MALFORMED);
	q.qualifier = qualifier_present;
	assert_int_equal(ask_for(q), E_OK);
	q.minutes = 10;
	assert_int_equal(ask_for(q), E_MALFORMED);
	q.qualifier = qualifier_attended;
	assert_int_equal(ask_for(q), E_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(two_hats_are_one_person),
		TEST(institution_staff_count_under_the_institution),
		TEST(neither_state_nor_institution_is_a_third_kind),
		TEST(host_inflation_can_be_left_out),
		TEST(nominated_walked_in_or_did_not_come),
		TEST(good_standing_is_56_not_57),
		TEST(an_accepted_second_representation_adds_a_state),
		TEST(support_staff_are_no_representatives),
		TEST(remote_is_in_no_figure_on_site),
		TEST(a_group_arriving_together_is_handed_badges_not_checked_in),
		TEST(what_was_attended_stays_attended),
		TEST(a_figure_can_be_expanded),
		TEST(a_session_line_names_who_was_in_it),
		TEST(whoever_comes_in_is_seen_that_day),
		TEST(what_is_unknown_is_told),
		TEST(a_session_is_asked_about_by_presence_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
