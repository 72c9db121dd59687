/* Nothing that was acknowledged is lost with the power; and where the disk lies, that is noticed. */
#include "tests/powerloss/course.h"

#include <sodium.h>

#include "tests/harness.h"

enum { SEED = 7 };

/* Rounds of ten, of which only those from `from` until `end`. */
static struct course run_kind(enum honesty honesty, int64_t tens, int64_t from, int64_t end)
{
	struct course course;

	assert_true(sodium_init() >= 0);
	assert_true(course_begin(&course, SEED, honesty));
	course.quiet = honesty == DISK_LIES;
	for (int64_t i = 0; i < tens; i++)
		course_run(&course, i * 10 + from, i * 10 + end);
	course_end(&course);
	return course;
}

static void nothing_is_lost_with_the_power(void **state)
{
	struct course course = run_kind(DISK_HONEST, 4, 0, 10);

	(void)state;
	assert_int_equal(course.rounds, 40);
	assert_int_equal(course.lost, 0);
	assert_int_equal(course.wrong, 0);
	assert_true(course.acked > 1000);
}

static void a_disk_that_lies_to_the_writer_is_noticed(void **state)
{
	(void)state;
	assert_true(run_kind(DISK_LIES, 1, 0, 4).lost > 0);
}

static void a_disk_that_lies_to_the_one_who_restores_is_noticed(void **state)
{
	(void)state;
	assert_true(run_kind(DISK_LIES, 6, 6, 7).lost > 0);
}

static void a_disk_that_lies_to_the_spool_is_noticed(void **state)
{
	(void)state;
	assert_true(run_kind(DISK_LIES, 3, 7, 9).lost > 0);
}

static void a_disk_that_lies_about_the_list_is_noticed(void **state)
{
	(void)state;
	assert_true(run_kind(DISK_LIES, 6, 9, 10).lost > 0);
}

static void a_round_is_the_same_each_time(void **state)
{
	struct course first = run_kind(DISK_LIES, 1, 0, 8), second = run_kind(DISK_LIES, 1, 0, 8);

	(void)state;
	assert_int_equal(first.acked, second.acked);
	assert_int_equal(first.lost, second.lost);
	assert_int_equal(first.wrong, second.wrong);
	assert_int_equal(first.cut, second.cut);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost_with_the_power),
		cmocka_unit_test(a_disk_that_lies_to_the_writer_is_noticed),
		cmocka_unit_test(a_disk_that_lies_to_the_one_who_restores_is_noticed),
		cmocka_unit_test(a_disk_that_lies_to_the_spool_is_noticed),
		cmocka_unit_test(a_disk_that_lies_about_the_list_is_noticed),
		cmocka_unit_test(a_round_is_the_same_each_time),
	};

	return RUN_TESTS(tests);
}
