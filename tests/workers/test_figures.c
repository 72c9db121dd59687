/* The traps of counting a meeting, each with the meeting that falls into it. */
#include "tests/harness.h"
#include "tests/workers/meeting.h"

static struct meeting *m;
static struct figures_report report;

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

/* ---- asking ---- */

static struct figures_query query(enum qualifier qualifier, const char *session)
{
	struct figures_query q;

	message_clear(&message_figures_query, &q);
	q.qualifier = qualifier;
	q.session = text_of(session);
	return q;
}

static enum error ask_for(struct figures_query q)
{
	return meeting_do(m, "figures", "figures", &q, &report);
}

static const struct figures_report *ask(struct figures_query q)
{
	assert_int_equal(ask_for(q), E_OK);
	return &report;
}

/* Low and high persons of a qualifier in a session. */
static void expect(enum qualifier qualifier, const char *session, int64_t low, int64_t high)
{
	ask(query(qualifier, session));
	assert_int_equal(report.total_low, low);
	assert_int_equal(report.total_high, high);
}

static const struct figure_row *row(const char *key)
{
	for (uint32_t i = 0; i < report.rows.count; i++)
		if (text_is(LIST_AT(report.rows, figure_row, i)->key, key))
			return LIST_AT(report.rows, figure_row, i);
	return NULL;
}

static int64_t unresolved(enum flag flag)
{
	for (uint32_t i = 0; i < report.unresolved.count; i++)
		if (LIST_AT(report.unresolved, unresolved_count, i)->flag == flag)
			return LIST_AT(report.unresolved, unresolved_count, i)->count;
	return 0;
}

static struct people_counted people(struct figures_query q)
{
	struct people_counted out;

	assert_int_equal(meeting_do(m, "figures", "people", &q, &out), E_OK);
	return out;
}

/* Low and high minutes of the only person who attended. */
static void expect_minutes(const char *session, int64_t low, int64_t high)
{
	struct figures_query q = query(qualifier_attended, session);
	struct people_counted out;

	q.minutes = 1;
	out = people(q);
	assert_int_equal(out.people.count, 1);
	assert_int_equal(LIST_AT(out.people, person_line, 0)->low, low);
	assert_int_equal(LIST_AT(out.people, person_line, 0)->high, high);
}

static void pass(struct text badge, const char *session, enum direction direction, int hour, int minute)
{
	meeting_at(m, 1, hour, minute);
	assert_int_equal(meeting_scan(m, badge, session, direction), E_OK);
}

static struct text one_delegate(void)
{
	return meeting_welcome(m, "A. Sample", "TR", category_delegate);
}

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

/* ---- intervals ---- */

static void in_without_out_is_between_nothing_and_all(void **state)
{
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "P1", direction_in, 14, 0);
	pass(badge, "P1", direction_out, 14, 10);
	pass(badge, "NIGHT", direction_in, 22, 0);
	meeting_at(m, 1, 23, 0);
	expect(qualifier_present, "NIGHT", 1, 1);
	expect(qualifier_attended, "NIGHT", 1, 1);
	meeting_at(m, 2, 0, 30);
	expect(qualifier_present, NULL, 0, 0);
	expect(qualifier_attended, "NIGHT", 0, 1);
	assert_int_equal(unresolved(flag_open_interval), 1);
	meeting_at(m, 2, 12, 0);
	expect(qualifier_attended, "NIGHT", 0, 1);
	expect_minutes("NIGHT", 0, 90);
}

static void out_without_in_is_no_minute(void **state)
{
	struct figures_query q = query(qualifier_attended, "S1");
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "S1", direction_out, 11, 0);
	q.minutes = 0;
	ask(q);
	assert_int_equal(report.total_high, 0);
	assert_int_equal(unresolved(flag_out_without_in), 1);
}

static void parallel_sessions_never_pass_the_clock(void **state)
{
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "P1", direction_in, 14, 0);
	pass(badge, "W1", direction_in, 14, 40);
	meeting_at(m, 1, 15, 0);
	expect(qualifier_present, "P1", 0, 0);
	expect(qualifier_present, "W1", 1, 1);
	expect(qualifier_present, NULL, 1, 1);
	pass(badge, "W1", direction_out, 15, 30);
	expect_minutes("P1", 40, 40);
	expect_minutes("W1", 50, 50);
	expect_minutes(NULL, 90, 90);
	expect(qualifier_attended, "W1", 1, 1);
	assert_int_equal(unresolved(flag_moved), 1);
}

static void coffee_ends_presence_and_does_not_count(void **state)
{
	struct figures_query q = query(qualifier_attended, NULL);
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "S2", direction_in, 11, 30);
	pass(badge, "S2", direction_out, 12, 0);
	meeting_at(m, 1, 12, 10);
	expect(qualifier_present, NULL, 0, 0);
	pass(badge, "LUNCH", direction_in, 12, 40);
	pass(badge, "LUNCH", direction_out, 13, 40);
	expect_minutes(NULL, 30, 30);
	q.by = dimension_session;
	ask(q);
	assert_null(row("LUNCH"));
	assert_int_equal(row("S2")->low, 1);
	assert_int_equal(unresolved(flag_open_interval), 0);
}

static void abutting_sessions_need_no_second_scan(void **state)
{
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "S1", direction_in, 10, 0);
	meeting_at(m, 1, 11, 30);
	expect(qualifier_present, "S2", 1, 1);
	expect(qualifier_present, "S1", 0, 0);
	pass(badge, "S2", direction_out, 12, 30);
	expect(qualifier_attended, "S1", 1, 1);
	expect(qualifier_attended, "S2", 1, 1);
	expect_minutes("S1", 90, 90);
	expect_minutes("S2", 60, 60);
}

static void a_sitting_in_two_parts_is_one(void **state)
{
	struct figures_query q = query(qualifier_attended, NULL);
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "P1", direction_in, 14, 30);
	pass(badge, "P1", direction_out, 15, 30);
	pass(badge, "P1B", direction_in, 15, 45);
	pass(badge, "P1B", direction_out, 16, 15);
	expect(qualifier_attended, "P1", 1, 1);
	assert_int_equal(report.minutes, 90);
	expect(qualifier_attended, "P1B", 1, 1);
	expect_minutes("P1", 90, 90);
	q.by = dimension_session;
	ask(q);
	assert_int_equal(row("P1")->low, 1);
	assert_null(row("P1B"));
}

static void an_overrun_lasts_until_the_gavel(void **state)
{
	struct figures_query q = query(qualifier_present, "P1");
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "P1B", direction_in, 15, 45);
	meeting_at(m, 1, 17, 40);
	assert_int_equal(meeting_gavel(m, "close_session", "P1B"), E_OK);
	meeting_at(m, 1, 18, 0);
	expect_minutes("P1", 115, 115);
	q.at = meeting_time(1, 17, 30);
	assert_int_equal(ask(q)->total_high, 1);
	q.as_of = meeting_time(1, 17, 30);
	assert_int_equal(ask(q)->total_high, 0);
	q.as_of = ABSENT;
	q.at = meeting_time(1, 17, 40);
	assert_int_equal(ask(q)->total_high, 0);
}

static void a_room_is_occupied_before_its_session_begins(void **state)
{
	struct figures_query q = query(qualifier_present, NULL);
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "S1", direction_in, 9, 40);
	meeting_at(m, 1, 9, 50);
	expect(qualifier_present, "S1", 0, 0);
	q.room = TEXT("hall");
	assert_int_equal(ask(q)->total_high, 1);
	q.room = TEXT("annex");
	assert_int_equal(ask(q)->total_high, 0);
	q.room = TEXT("store");
	assert_int_equal(ask(q)->total_high, 0);
	meeting_at(m, 1, 10, 0);
	expect(qualifier_present, "S1", 1, 1);
	pass(badge, "S1", direction_out, 11, 0);
	expect_minutes("S1", 60, 60);
}

static void who_is_attested_is_present(void **state)
{
	struct figures_query q = query(qualifier_present, "S1");
	int64_t person = meeting_register(m, "A. Sample", "TR", category_delegate);
	struct attest attest;

	(void)state;
	message_clear(&message_attest, &attest);
	attest.person = person;
	attest.session = TEXT("S1");
	attest.source = evidence_paper;
	attest.witness = TEXT("A steward");
	attest.why = TEXT("The scanner's battery was empty");
	meeting_at(m, 1, 10, 30);
	assert_int_equal(meeting_do(m, "attendance", "attest", &attest, NULL), E_OK);
	expect(qualifier_present, "S1", 1, 1);
	meeting_at(m, 1, 18, 0);
	expect(qualifier_present, "S1", 0, 0);
	expect(qualifier_attended, "S1", 1, 1);
	q.at = meeting_time(1, 10, 10);
	assert_int_equal(ask(q)->total_high, 1);
	q.at = meeting_time(1, 9, 50);
	assert_int_equal(ask(q)->total_high, 0);
	assert_int_equal(unresolved(flag_not_checked_in), 0);
	q.at = ABSENT;
	assert_int_equal(ask(q)->total_high, 0);
	assert_int_equal(unresolved(flag_not_checked_in), 1);
}

static void a_session_without_times_has_no_share(void **state)
{
	struct figures_query q = query(qualifier_attended, "BOARD");
	struct text badge = one_delegate();

	(void)state;
	pass(badge, "BOARD", direction_in, 10, 0);
	pass(badge, "BOARD", direction_out, 10, 45);
	assert_true(ask(q)->not_applicable);
	assert_int_equal(report.total_high, 0);
	assert_int_equal(report.minutes, ABSENT);
	q.minutes = 45;
	assert_false(ask(q)->not_applicable);
	assert_int_equal(report.total_low, 1);
	q.minutes = 46;
	assert_int_equal(ask(q)->total_high, 0);
	q = query(qualifier_attended, NULL);
	q.by = dimension_session;
	ask(q);
	assert_true(row("BOARD")->not_applicable);
	assert_false(row("S1")->not_applicable);
}

/* ---- two times ---- */

static void second_day_arrivals_count_from_their_day(void **state)
{
	struct figures_query q = query(qualifier_checked_in, NULL);

	(void)state;
	one_delegate();
	meeting_at(m, 2, 9, 0);
	meeting_welcome(m, "Late B. Sample", "EG", category_delegate);
	q.day = 1;
	assert_int_equal(ask(q)->total_high, 1);
	q.day = 2;
	assert_int_equal(ask(q)->total_high, 2);
	q.qualifier = qualifier_seen;
	assert_int_equal(ask(q)->total_high, 1);
	q.day = ABSENT;
	assert_int_equal(ask(q)->total_high, 2);
	q.by = dimension_day;
	ask(q);
	assert_int_equal(row("1")->high, 1);
	assert_int_equal(row("2")->high, 1);
	q.qualifier = qualifier_checked_in;
	ask(q);
	assert_int_equal(row("1")->high, 1);
	assert_int_equal(row("2")->high, 2);
	q.line = TEXT("1");
	assert_int_equal(people(q).people.count, 1);
}

static void a_day_ends_at_midnight_of_the_zone(void **state)
{
	struct figures_query q = query(qualifier_checked_in, NULL);

	(void)state;
	meeting_at(m, 1, 23, 59);
	one_delegate();
	meeting_at(m, 2, 0, 30);
	meeting_welcome(m, "B. Sample", "EG", category_delegate);
	q.day = 1;
	assert_int_equal(ask(q)->total_high, 1);
	q.day = 2;
	assert_int_equal(ask(q)->total_high, 2);
}

static void a_scanner_an_hour_off_moves_no_interval(void **state)
{
	struct text badge = one_delegate();

	(void)state;
	m->skew = 3600000;
	m->offset = -3600000;
	pass(badge, "S1", direction_in, 10, 0);
	pass(badge, "S1", direction_out, 11, 0);
	meeting_at(m, 1, 12, 0);
	expect(qualifier_attended, "S1", 1, 1);
	expect_minutes("S1", 60, 60);
}

static void a_thousand_replays_count_once(void **state)
{
	struct text badge = one_delegate();
	int64_t ledger;

	(void)state;
	pass(badge, "S1", direction_in, 10, 0);
	ledger = ask(query(qualifier_checked_in, NULL))->ledger;
	pass(badge, "S1", direction_out, 11, 0);
	meeting_at(m, 1, 12, 0);
	assert_int_equal(meeting_again(m, 1000), E_OK);
	assert_true(m->head.repeated);
	assert_int_equal(ask(query(qualifier_checked_in, NULL))->ledger, ledger + 1);
	expect(qualifier_attended, "S1", 1, 1);
	expect_minutes("S1", 60, 60);
	assert_int_equal(unresolved(flag_out_without_in), 0);
	assert_int_equal(unresolved(flag_missing_numbers), 0);
}

static void an_amended_country_leaves_the_old_answer(void **state)
{
	struct figures_query q = query(qualifier_checked_in, NULL);
	int64_t person = meeting_register(m, "A. Sample", "TR", category_delegate);
	struct amend amend;

	(void)state;
	meeting_check_in(m, person);
	meeting_at(m, 1, 12, 0);
	message_clear(&message_amend, &amend);
	amend.person = person;
	amend.entity = TEXT("AZ");
	amend.why = TEXT("The letter says so");
	assert_int_equal(meeting_do(m, "registration", "amend", &amend, NULL), E_OK);
	ask(q);
	assert_int_equal(row("TR")->high, 0);
	assert_int_equal(row("AZ")->high, 1);
	q.as_of = meeting_time(1, 11, 0);
	ask(q);
	assert_int_equal(row("TR")->high, 1);
	assert_int_equal(row("AZ")->high, 0);
	q.as_of = ABSENT;
	q.at = meeting_time(1, 11, 0);
	ask(q);
	assert_int_equal(row("AZ")->high, 1);
}

static void a_replaced_delegate_leaves_the_old_answer(void **state)
{
	struct figures_query q = query(qualifier_registered, NULL);
	int64_t person = meeting_register(m, "A. Sample", "TR", category_delegate);
	struct replace replace;
	struct people_counted out;

	(void)state;
	meeting_at(m, 1, 12, 0);
	message_clear(&message_replace, &replace);
	replace.person = person;
	replace.why = TEXT("Ill");
	replace.name = TEXT("B. Instead");
	assert_int_equal(meeting_do(m, "registration", "replace", &replace, NULL), E_OK);
	assert_int_equal(ask(q)->total_high, 1);
	out = people(q);
	assert_int_equal(out.people.count, 1);
	assert_true(text_is(LIST_AT(out.people, person_line, 0)->name, "B. Instead"));
	q.as_of = meeting_time(1, 11, 0);
	out = people(q);
	assert_int_equal(out.people.count, 1);
	assert_true(text_is(LIST_AT(out.people, person_line, 0)->name, "A. Sample"));
}

static void a_late_scan_changes_no_earlier_answer(void **state)
{
	struct figures_query q = query(qualifier_present, "S1");
	struct text badge = one_delegate();

	(void)state;
	meeting_at(m, 1, 18, 0);
	m->late = meeting_time(1, 18, 0) - meeting_time(1, 10, 0);
	assert_int_equal(meeting_scan(m, badge, "S1", direction_in), E_OK);
	m->late = 0;
	q.at = meeting_time(1, 10, 30);
	assert_int_equal(ask(q)->total_high, 1);
	q.as_of = meeting_time(1, 17, 59);
	assert_int_equal(ask(q)->total_high, 0);
	q.as_of = meeting_time(1, 18, 0);
	assert_int_equal(ask(q)->total_high, 1);
	assert_int_equal(report.as_of, meeting_time(1, 18, 0));
}

static void a_check_in_taken_back_never_was(void **state)
{
	struct figures_query q = query(qualifier_checked_in, NULL);
	int64_t person = meeting_register(m, "A. Sample", "TR", category_delegate);
	struct undo_check_in undo = {.person = person, .day = ABSENT, .why = TEXT("The wrong Sample")};

	(void)state;
	meeting_check_in(m, person);
	meeting_at(m, 1, 12, 0);
	assert_int_equal(meeting_do(m, "checkin", "undo_check_in", &undo, NULL), E_OK);
	assert_int_equal(ask(q)->total_high, 0);
	q.at = meeting_time(1, 9, 0);
	assert_int_equal(ask(q)->total_high, 0);
	q.as_of = meeting_time(1, 9, 0);
	assert_int_equal(ask(q)->total_high, 1);
}

static void a_figure_is_provisional_until_the_event_has_closed(void **state)
{
	struct figures_query q = query(qualifier_checked_in, NULL);

	(void)state;
	assert_true(ask(q)->provisional);
	meeting_at(m, 2, 18, 0);
	assert_int_equal(meeting_do(m, "events", "close_event", &(struct event_ref){.event = TEXT("m")}, NULL), E_OK);
	assert_false(ask(q)->provisional);
	q.as_of = meeting_time(2, 17, 0);
	assert_true(ask(q)->provisional);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(two_hats_are_one_person),
		TEST(institution_staff_count_under_the_institution),
		TEST(neither_state_nor_institution_is_a_third_kind),
		TEST(host_inflation_can_be_left_out),
		TEST(good_standing_is_56_not_57),
		TEST(an_accepted_second_representation_adds_a_state),
		TEST(support_staff_are_no_representatives),
		TEST(remote_is_in_no_figure_on_site),
		TEST(a_group_arriving_together_is_handed_badges_not_checked_in),
		TEST(what_was_attended_stays_attended),
		TEST(in_without_out_is_between_nothing_and_all),
		TEST(out_without_in_is_no_minute),
		TEST(parallel_sessions_never_pass_the_clock),
		TEST(coffee_ends_presence_and_does_not_count),
		TEST(abutting_sessions_need_no_second_scan),
		TEST(a_sitting_in_two_parts_is_one),
		TEST(an_overrun_lasts_until_the_gavel),
		TEST(a_room_is_occupied_before_its_session_begins),
		TEST(who_is_attested_is_present),
		TEST(a_session_without_times_has_no_share),
		TEST(second_day_arrivals_count_from_their_day),
		TEST(a_day_ends_at_midnight_of_the_zone),
		TEST(a_scanner_an_hour_off_moves_no_interval),
		TEST(a_thousand_replays_count_once),
		TEST(an_amended_country_leaves_the_old_answer),
		TEST(a_replaced_delegate_leaves_the_old_answer),
		TEST(a_late_scan_changes_no_earlier_answer),
		TEST(a_check_in_taken_back_never_was),
		TEST(a_figure_is_provisional_until_the_event_has_closed),
		TEST(a_figure_can_be_expanded),
		TEST(a_session_line_names_who_was_in_it),
		TEST(what_is_unknown_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
