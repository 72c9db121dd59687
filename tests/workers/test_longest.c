/* The longest of random visits, against the sum of each whole session by itself. */
#include "tests/harness.h"

#include "workers/longest.h"
#include "workers/whole.h"

#define CHANCE(below) ((int)(random() % (below)))

enum { ROUNDS = 20000, COUNT = 8 };

static uint16_t whole_of[COUNT];
static int64_t halves[COUNT];
static struct state programme = {.whole_of = whole_of, .halves = halves};
static struct visit visits[COUNT];
static size_t count;

static void draw_programme(void)
{
	for (uint16_t i = 0; i < COUNT; i++) {
		whole_of[i] = CHANCE(5) == 0 ? SESSION_NONE : i;
		if (i > 0 && CHANCE(3) == 0)
			whole_of[i] = whole_of[CHANCE(i)]; /* a further part */
		halves[i] = CHANCE(4) == 0 ? ABSENT : CHANCE(60) * WHOLE_MINUTE;
	}
}

/* Visits to some sessions, in any order. */
static void draw_visits(void)
{
	int first = CHANCE(COUNT);

	count = 0;
	for (int n = 0; n < COUNT; n++) {
		bool open = CHANCE(3) == 0;
		int64_t since = CHANCE(100) * WHOLE_MINUTE;

		if (CHANCE(3) == 0)
			continue;
		visits[count++] = (struct visit){
			.session = (uint16_t)((first + n * 3) % COUNT), .settled_ms = CHANCE(4) * WHOLE_MINUTE * CHANCE(600) / 2,
			.since = open ? since : ABSENT, .until = open ? since + CHANCE(50) * WHOLE_MINUTE : ABSENT,
			.assumed = open && CHANCE(2) == 0};
	}
}

/* 0 when a part of it is not settled. */
static int64_t whole_ms(uint16_t whole)
{
	int64_t ms = 0;

	for (size_t i = 0; i < count; i++) {
		if (whole_of[visits[i].session] != whole)
			continue;
		if (visits[i].assumed)
			return 0;
		ms += visits[i].settled_ms + (visits[i].since == ABSENT ? 0 : visits[i].until - visits[i].since);
	}
	return ms;
}

static struct longest plain_longest(void)
{
	struct longest longest = {.minutes = NOWHERE};

	for (uint16_t whole = 0; whole < COUNT; whole++) {
		int64_t ms = whole_ms(whole), minutes = ms / WHOLE_MINUTE;

		if (ms <= 0)
			continue;
		if (minutes > WHOLE_MINUTES_MAX)
			minutes = WHOLE_MINUTES_MAX;
		if (minutes > longest.minutes)
			longest.minutes = (int16_t)minutes;
		if (halves[whole] != ABSENT && ms >= halves[whole])
			longest.half = true;
	}
	return longest;
}

static void it_is_the_most_that_any_whole_comes_to(void **state)
{
	(void)state;
	srandom(20240229);
	for (int round = 0; round < ROUNDS; round++) {
		draw_programme();
		draw_visits();
		if (!longest_same(longest_of(&programme, false, visits, count), plain_longest()))
			fail_msg("round %d: %d minutes, not %d, or a half", round,
				 longest_of(&programme, false, visits, count).minutes, plain_longest().minutes);
	}
}

static void whoever_takes_part_by_video_was_nowhere(void **state)
{
	(void)state;
	whole_of[0] = 0;
	visits[0] = (struct visit){.settled_ms = 10 * WHOLE_MINUTE, .since = ABSENT, .until = ABSENT};
	assert_int_equal(longest_of(&programme, false, visits, 1).minutes, 10);
	assert_int_equal(longest_of(&programme, true, visits, 1).minutes, NOWHERE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_the_most_that_any_whole_comes_to),
		cmocka_unit_test(whoever_takes_part_by_video_was_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
