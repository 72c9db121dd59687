/* The order of sending, by feeding time. */
#include "clients/lib/outbox.h"

#include "tests/harness.h"

static struct outbox box;

static int set_up(void **state)
{
	(void)state;
	outbox_init(&box);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	outbox_release(&box);
	return 0;
}

static struct parcel *add(bool write, int64_t n, int64_t made)
{
	uint8_t id[ID_SIZE] = {(uint8_t)n, write};
	struct parcel *parcel = parcel_new(write, id, TEXT("e/attendance"), TEXT("\x80"));

	assert_non_null(parcel);
	parcel->n = n;
	parcel->made = made;
	outbox_add(&box, parcel);
	return parcel;
}

/* Sends what is next and returns its n, 0 when nothing may go. */
static int64_t send_next(int64_t now)
{
	struct parcel *parcel = outbox_next(&box, now);

	if (!parcel)
		return 0;
	outbox_sent(&box, parcel, now, 0);
	return parcel->n;
}

static void live_goes_before_backlog(void **state)
{
	(void)state;
	add(true, 1, MADE_LONG_AGO);
	add(true, 2, MADE_LONG_AGO);
	add(true, 3, 1000);
	add(true, 4, 1000);
	assert_int_equal(send_next(1000), 3);
	assert_int_equal(send_next(1000), 4);
	assert_int_equal(send_next(1000), 1);
	assert_int_equal(send_next(1000), 2);
	assert_int_equal(send_next(1000), 0);
}

static void reads_go_first(void **state)
{
	(void)state;
	add(true, 7, 1000);
	add(false, 1, 1000);
	assert_int_equal(send_next(1000), 1);
	assert_int_equal(send_next(1000), 7);
}

static void sixteen_are_in_flight(void **state)
{
	struct parcel *first;

	(void)state;
	first = add(true, 1, MADE_LONG_AGO);
	for (int64_t n = 2; n <= 20; n++)
		add(true, n, MADE_LONG_AGO);
	for (int64_t n = 1; n <= FLIGHT_MAX; n++)
		assert_int_equal(send_next(0), n);
	assert_int_equal(send_next(0), 0);
	outbox_remove(&box, first);
	assert_int_equal(send_next(0), 17);
	assert_int_equal(send_next(0), 0);
}

static void age_makes_backlog(void **state)
{
	(void)state;
	add(true, 1, 1000);
	add(true, 2, 3000);
	assert_int_equal(send_next(1000 + LIVE_MS), 2);
	assert_int_equal(send_next(1000 + LIVE_MS), 1);
}

static void silence_sends_again(void **state)
{
	(void)state;
	add(true, 1, 0);
	add(false, 1, 0);
	assert_int_equal(send_next(0), 1);
	assert_int_equal(send_next(0), 1);
	assert_int_equal(send_next(RESEND_MS - 1), 0);
	assert_int_equal(outbox_due(&box), RESEND_MS);
	assert_true(outbox_next(&box, RESEND_MS)->write);
	assert_int_equal(send_next(RESEND_MS), 1);
	assert_int_equal(send_next(RESEND_MS), 0); /* the read is not asked twice */
}

static void reconnect_brings_back_in_order(void **state)
{
	(void)state;
	for (int64_t n = 1; n <= 20; n++)
		add(true, n, MADE_LONG_AGO);
	for (int i = 0; i < FLIGHT_MAX; i++)
		send_next(0);
	add(true, 21, 0);
	outbox_return(&box);
	assert_int_equal(send_next(1), 21);
	for (int64_t n = 1; n < FLIGHT_MAX; n++)
		assert_int_equal(send_next(1), n);
	assert_int_equal(send_next(1), 0);
}

static void busy_is_put_off(void **state)
{
	struct parcel *parcel = add(true, 1, 0);

	(void)state;
	assert_int_equal(send_next(0), 1);
	outbox_put_off(&box, parcel, 700);
	assert_int_equal(outbox_due(&box), 700);
	assert_false(outbox_is_waiting(&box));
	assert_int_equal(send_next(699), 0);
	assert_int_equal(send_next(700), 1);
}

static void busy_holds_backlog_back_not_live(void **state)
{
	struct parcel *parcel;

	(void)state;
	for (int64_t n = 1; n <= 20; n++)
		add(true, n, MADE_LONG_AGO);
	while ((parcel = outbox_next(&box, 0))) {
		outbox_sent(&box, parcel, 0, 0);
		outbox_put_off(&box, parcel, 60000);
	}
	assert_int_equal(box.counts[PLACE_PUT_OFF], FLIGHT_MAX);
	assert_false(outbox_is_waiting(&box));
	add(true, 21, 0);
	assert_int_equal(send_next(0), 21);
	assert_int_equal(send_next(0), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(live_goes_before_backlog), CASE(reads_go_first),
		CASE(sixteen_are_in_flight),    CASE(age_makes_backlog),
		CASE(silence_sends_again),      CASE(reconnect_brings_back_in_order),
		CASE(busy_is_put_off),          CASE(busy_holds_backlog_back_not_live),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
