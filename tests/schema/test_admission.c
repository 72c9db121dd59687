/* Who may pass a door, and which refusal comes first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "schema/admission.h"

#define MIDNIGHT INT64_C(1709161200000)
#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define AT(day, hour, minute) \
	(MIDNIGHT + ((day) - 1) * 24 * HOUR + (hour) * HOUR + (minute) * MINUTE)

enum { PANEL, DINNER, BOARD, COUNT };

static struct event_day days[] = {{AT(1, 0, 0), AT(2, 0, 0)}, {AT(2, 0, 0), AT(3, 0, 0)}};
static struct sitting sittings[COUNT];
static struct schedule schedule;
static struct credential holder;

static int reset(void **state)
{
	const struct sitting blank = {.continues = SESSION_NONE, .counts = true, .starts = ABSENT,
				      .ends = ABSENT, .opened = ABSENT, .closed = ABSENT};

	(void)state;
	for (uint16_t i = 0; i < COUNT; i++) {
		sittings[i] = blank;
		sittings[i].room = i;
	}
	sittings[PANEL].starts = AT(1, 14, 0);
	sittings[PANEL].ends = AT(1, 15, 30);
	sittings[DINNER].starts = AT(1, 19, 30);
	sittings[DINNER].counts = false;
	schedule = (struct schedule){sittings, NULL, days, COUNT, 0, 2, 0};
	schedule_join_rooms(&schedule);
	holder = (struct credential){true, badge_state_handed_over, registration_state_accredited,
				     category_delegate};
	return 0;
}

static enum error enter(uint16_t session, int64_t at)
{
	return admission_judge(&schedule, session, &holder, direction_in, at, 0);
}

static enum error leave(uint16_t session, int64_t at)
{
	return admission_judge(&schedule, session, &holder, direction_out, at, 0);
}

static void an_accredited_delegate_enters(void **state)
{
	(void)state;
	assert_int_equal(enter(PANEL, AT(1, 14, 5)), E_OK);
	holder.badge = badge_state_issued;
	assert_int_equal(enter(PANEL, AT(1, 14, 5)), E_OK);
}

static void the_badge_is_judged_first(void **state)
{
	(void)state;
	holder.registration = registration_state_cancelled;
	holder.badge = badge_state_revoked;
	assert_int_equal(enter(SESSION_NONE, AT(1, 3, 0)), E_REVOKED_BADGE);
	assert_int_equal(leave(SESSION_NONE, AT(1, 3, 0)), E_REVOKED_BADGE);
	holder.known = false;
	assert_int_equal(enter(SESSION_NONE, AT(1, 3, 0)), E_UNKNOWN_BADGE);
	assert_int_equal(leave(PANEL, AT(1, 14, 5)), E_UNKNOWN_BADGE);
}

static void then_the_registration(void **state)
{
	static const struct {
		enum registration_state state;
		enum error error;
	} rows[] = {
		{registration_state_cancelled, E_CANCELLED},
		{registration_state_replaced, E_CANCELLED},
		{registration_state_registered, E_NOT_ACCREDITED},
		{registration_state_none, E_NOT_ACCREDITED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		holder.registration = rows[i].state;
		assert_int_equal(enter(SESSION_NONE, AT(1, 3, 0)), rows[i].error);
	}
}

static void then_the_session_its_hours_its_list_and_its_seats(void **state)
{
	(void)state;
	sittings[PANEL].admits = 1u << category_press;
	sittings[PANEL].capacity = 10;
	assert_int_equal(enter(SESSION_NONE, AT(1, 3, 0)), E_UNKNOWN_SESSION);
	assert_int_equal(enter(COUNT, AT(1, 3, 0)), E_UNKNOWN_SESSION);
	assert_int_equal(leave(COUNT, AT(1, 3, 0)), E_UNKNOWN_SESSION);
	assert_int_equal(enter(PANEL, AT(1, 3, 0)), E_OUTSIDE_HOURS);
	assert_int_equal(admission_judge(&schedule, PANEL, &holder, direction_in, AT(1, 14, 0), 10),
			 E_NOT_ADMITTED);
	holder.category = category_press;
	assert_int_equal(admission_judge(&schedule, PANEL, &holder, direction_in, AT(1, 14, 0), 10),
			 E_SESSION_FULL);
	assert_int_equal(admission_judge(&schedule, PANEL, &holder, direction_in, AT(1, 14, 0), 9), E_OK);
}

static void a_category_that_is_not_stated_is_one_of_its_own(void **state)
{
	(void)state;
	holder.category = category_none;
	assert_int_equal(enter(PANEL, AT(1, 14, 0)), E_OK);
	sittings[PANEL].admits = 1u << category_delegate;
	assert_int_equal(enter(PANEL, AT(1, 14, 0)), E_NOT_ADMITTED);
	sittings[PANEL].admits |= 1u << category_none;
	assert_int_equal(enter(PANEL, AT(1, 14, 0)), E_OK);
}

static void an_hour_early_and_an_hour_of_overrun(void **state)
{
	(void)state;
	assert_int_equal(enter(PANEL, AT(1, 13, 0) - 1), E_OUTSIDE_HOURS);
	assert_int_equal(enter(PANEL, AT(1, 13, 0)), E_OK);
	assert_int_equal(enter(PANEL, AT(1, 16, 30) - 1), E_OK);
	assert_int_equal(enter(PANEL, AT(1, 16, 30)), E_OUTSIDE_HOURS);
}

static void the_gavel_moves_the_hours(void **state)
{
	(void)state;
	sittings[PANEL].opened = AT(1, 13, 30);
	assert_int_equal(enter(PANEL, AT(1, 12, 30)), E_OK);
	sittings[PANEL].opened = AT(1, 14, 30);
	assert_int_equal(enter(PANEL, AT(1, 13, 0)), E_OK);
	sittings[PANEL].closed = AT(1, 17, 40);
	assert_int_equal(enter(PANEL, AT(1, 17, 39)), E_OK);
	assert_int_equal(enter(PANEL, AT(1, 17, 40)), E_OUTSIDE_HOURS);
	sittings[PANEL].closed = AT(1, 15, 0);
	assert_int_equal(enter(PANEL, AT(1, 15, 10)), E_OUTSIDE_HOURS);
}

static void a_dinner_without_end_admits_until_midnight(void **state)
{
	(void)state;
	assert_int_equal(enter(DINNER, AT(1, 18, 29)), E_OUTSIDE_HOURS);
	assert_int_equal(enter(DINNER, AT(1, 23, 59)), E_OK);
	assert_int_equal(enter(DINNER, AT(2, 0, 0)), E_OUTSIDE_HOURS);
}

static void a_board_without_times_admits_on_all_days(void **state)
{
	(void)state;
	assert_int_equal(enter(BOARD, AT(1, 0, 0) - 1), E_OUTSIDE_HOURS);
	assert_int_equal(enter(BOARD, AT(1, 0, 0)), E_OK);
	assert_int_equal(enter(BOARD, AT(2, 23, 59)), E_OK);
	assert_int_equal(enter(BOARD, AT(3, 0, 0)), E_OUTSIDE_HOURS);
	sittings[BOARD].closed = AT(1, 12, 0);
	assert_int_equal(enter(BOARD, AT(1, 12, 0)), E_OUTSIDE_HOURS);
}

static void whoever_is_in_may_leave(void **state)
{
	(void)state;
	sittings[PANEL].admits = 1u << category_press;
	sittings[PANEL].capacity = 1;
	sittings[PANEL].closed = AT(1, 15, 0);
	holder.registration = registration_state_cancelled;
	assert_int_equal(admission_judge(&schedule, PANEL, &holder, direction_out, AT(1, 20, 0), 7), E_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_accredited_delegate_enters, reset),
		cmocka_unit_test_setup(the_badge_is_judged_first, reset),
		cmocka_unit_test_setup(then_the_registration, reset),
		cmocka_unit_test_setup(then_the_session_its_hours_its_list_and_its_seats, reset),
		cmocka_unit_test_setup(a_category_that_is_not_stated_is_one_of_its_own, reset),
		cmocka_unit_test_setup(an_hour_early_and_an_hour_of_overrun, reset),
		cmocka_unit_test_setup(the_gavel_moves_the_hours, reset),
		cmocka_unit_test_setup(a_dinner_without_end_admits_until_midnight, reset),
		cmocka_unit_test_setup(a_board_without_times_admits_on_all_days, reset),
		cmocka_unit_test_setup(whoever_is_in_may_leave, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
