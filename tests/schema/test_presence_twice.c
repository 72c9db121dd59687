/* Before and after: a long past is left out where later passages have nothing to do with it, and nowhere else. */
#include "tests/schema/twice.h"
#include "tests/schema/two_days.h"

/* Each time somebody passed; the last time is what is returned. */
static int expect(void)
{
	int left_out = 0;

	for (size_t n = 0; n <= passage_count; n++)
		left_out = expect_twice("all passages", &schedule, passages, n, passage_count, attestations, attestation_count);
	return passage_count ? expect_twice("the last passage", &schedule, passages, passage_count - 1, passage_count,
					    attestations, attestation_count) : left_out;
}

static void went_to(uint16_t session, int64_t since, int64_t until)
{
	scan(session, IN, since);
	scan(session, OUT, until);
}

static void earlier_sessions_are_left_out(void **state)
{
	(void)state;
	went_to(PANEL1, AT(1, 14, 0), AT(1, 15, 20));
	went_to(PANEL2, AT(1, 15, 50), AT(1, 17, 0));
	went_to(PLAN1, AT(2, 9, 40), AT(2, 11, 0));
	went_to(PLAN2, AT(2, 11, 20), AT(2, 12, 40));
	assert_int_equal(expect(), 3);
}

static void a_session_that_one_comes_back_to_is_told_in_whole(void **state)
{
	(void)state;
	went_to(PARALLEL, AT(1, 14, 0), AT(1, 14, 20));
	went_to(PANEL1, AT(1, 14, 30), AT(1, 14, 50));
	went_to(PARALLEL, AT(1, 15, 0), AT(1, 16, 0));
	assert_int_equal(expect(), 0);
}

static void so_is_one_that_one_was_carried_into(void **state)
{
	(void)state;
	went_to(VIEWS, AT(2, 14, 50), AT(2, 16, 5));
	went_to(CLOSING, AT(2, 16, 10), AT(2, 16, 20));
	assert_int_equal(expect(), 0);
}

static void so_is_one_that_one_would_have_been_carried_into(void **state)
{
	(void)state;
	went_to(CLOSING, AT(2, 13, 0), AT(2, 13, 10));
	went_to(VIEWS, AT(2, 14, 50), AT(2, 15, 30));
	assert_int_equal(expect(), 0);
}

static void whoever_was_gone_before_it_began_was_not_carried_into_it(void **state)
{
	(void)state;
	went_to(PLAN1, AT(2, 9, 40), AT(2, 10, 50));
	went_to(VIEWS, AT(2, 14, 50), AT(2, 15, 50));
	went_to(CLOSING, AT(2, 16, 0), AT(2, 16, 20));
	assert_int_equal(expect(), 2);
}

static void what_somebody_vouches_for_is_told_in_whole(void **state)
{
	(void)state;
	attest(PANEL1, AT(1, 14, 30), AT(1, 15, 30));
	went_to(PANEL1, AT(1, 14, 0), AT(1, 15, 0));
	went_to(PLAN1, AT(2, 9, 40), AT(2, 11, 0));
	assert_int_equal(expect(), 0);
}

static void without_an_out_nothing_is_left_out(void **state)
{
	(void)state;
	scan(PANEL1, IN, AT(1, 14, 0));
	scan(PANEL2, IN, AT(1, 15, 50));
	scan(PLAN1, IN, AT(2, 9, 40));
	scan(PLAN1, OUT, AT(2, 10, 40));
	assert_int_equal(expect(), 0);
}

/* What is dropped of all passages is dropped here too. */
static void more_than_can_be_kept_is_left_to_a_walk_through_all(void **state)
{
	(void)state;
	for (int i = 0; i < 590; i++)
		scan(i % 2 ? PARALLEL : PANEL1, IN, AT(1, 14, 0) + i * 1000);
	went_to(PANEL1, AT(1, 15, 0), AT(1, 15, 10));
	went_to(PLAN1, AT(2, 9, 40), AT(2, 11, 0));
	assert_int_equal(expect(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(earlier_sessions_are_left_out, reset),
		cmocka_unit_test_setup(a_session_that_one_comes_back_to_is_told_in_whole, reset),
		cmocka_unit_test_setup(so_is_one_that_one_was_carried_into, reset),
		cmocka_unit_test_setup(so_is_one_that_one_would_have_been_carried_into, reset),
		cmocka_unit_test_setup(whoever_was_gone_before_it_began_was_not_carried_into_it, reset),
		cmocka_unit_test_setup(what_somebody_vouches_for_is_told_in_whole, reset),
		cmocka_unit_test_setup(without_an_out_nothing_is_left_out, reset),
		cmocka_unit_test_setup(more_than_can_be_kept_is_left_to_a_walk_through_all, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
