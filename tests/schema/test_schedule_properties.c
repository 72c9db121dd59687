/* Starts and followers in random programmes, against the rule told in the plainest way: by looking at every session. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <sys/wait.h>
#include <unistd.h>

#include "schema/schedule.h"
#include "tests/schema/simulation.h"

#define MINUTE INT64_C(60000)
#define MIDNIGHT INT64_C(1709161200000)

enum { ROUNDS = 20000, MOST = 12 };

static struct event_day days[DAYS];
static struct sitting sittings[MOST];
static struct schedule schedule;

static int64_t wild_time(void)
{
	return chance(3) ? MIDNIGHT + chance(MINUTES / 30) * 30 * MINUTE : ABSENT;
}

static void draw_sitting(struct sitting *sitting)
{
	*sitting = (struct sitting){
		.room = (uint16_t)chance(ROOMS), .continues = SESSION_NONE, .counts = chance(4) != 0,
		.starts = wild_time(), .ends = wild_time(), .opened = wild_time(), .closed = wild_time()};
}

static void draw_programme(void)
{
	for (int i = 0; i < DAYS; i++)
		days[i] = (struct event_day){MIDNIGHT + i * DAY * MINUTE, MIDNIGHT + (i + 1) * DAY * MINUTE};
	schedule = (struct schedule){sittings, NULL, days, (uint32_t)(1 + chance(MOST)), 0, (uint32_t)chance(DAYS + 1), 0};
	for (uint32_t i = 0; i < schedule.sitting_count; i++)
		draw_sitting(&sittings[i]);
	schedule_join_rooms(&schedule);
}

/* ---- the rule ---- */

static int64_t own_start(const struct sitting *sitting)
{
	return sitting->opened != ABSENT ? sitting->opened : sitting->starts;
}

static int64_t rank(const struct sitting *sitting)
{
	return sitting->starts != ABSENT ? sitting->starts : sitting->opened;
}

static bool share_room(const struct sitting *one, const struct sitting *other)
{
	return one != other && one->room == other->room && one->counts && other->counts;
}

static int64_t plain_start(uint16_t session)
{
	const struct sitting *sitting = &sittings[session];
	int64_t planned = own_start(sitting), start = planned;

	if (sitting->opened != ABSENT || planned == ABSENT || !sitting->counts)
		return planned;
	for (uint16_t i = 0; i < schedule.sitting_count; i++) {
		int64_t end;
		bool assumed;

		if (!share_room(&sittings[i], sitting) || rank(&sittings[i]) == ABSENT ||
		    rank(&sittings[i]) >= sitting->starts)
			continue;
		end = schedule_end(&schedule, i, own_start(&sittings[i]), &assumed);
		if (!assumed && end > start)
			start = end;
	}
	return start;
}

static bool follows(const struct sitting *sitting, int64_t end, bool assumed, const struct sitting *next)
{
	bool is_its_end = end == sitting->closed || end == sitting->ends;

	if (is_its_end && next->starts != ABSENT && sitting->ends != ABSENT && next->starts <= sitting->ends)
		return true;
	return assumed ? own_start(next) < end : own_start(next) <= end;
}

/* When whoever is in the one from `from` on goes over into the other, which ends later; ABSENT: never. */
static int64_t turn_into(uint16_t session, int64_t from, uint16_t next)
{
	bool assumed, ignored;
	int64_t end = schedule_end(&schedule, session, from, &assumed), turn = plain_start(next);

	if (!follows(&sittings[session], end, assumed, &sittings[next]))
		return ABSENT;
	turn = turn < end ? turn : end;
	turn = turn < from ? from : turn;
	return schedule_end(&schedule, next, turn, &ignored) > turn ? turn : ABSENT;
}

/* Of all that may follow the first in the printed order, of equals the one that was added first. */
static uint16_t plain_follower(uint16_t session, int64_t from, int64_t *at)
{
	int64_t begun = rank(&sittings[session]) != ABSENT ? rank(&sittings[session]) : from;
	uint16_t follower = SESSION_NONE;
	bool assumed;

	*at = schedule_end(&schedule, session, from, &assumed);
	*at = *at < from ? from : *at;
	for (uint16_t i = 0; i < schedule.sitting_count; i++) {
		int64_t turn = ABSENT;

		if (share_room(&sittings[session], &sittings[i]) && rank(&sittings[i]) > begun)
			turn = turn_into(session, from, i);
		if (turn == ABSENT || (follower != SESSION_NONE && rank(&sittings[i]) >= rank(&sittings[follower])))
			continue;
		follower = i;
		*at = turn;
	}
	return follower;
}

/* ---- what must hold ---- */

static void check_programme(int round)
{
	for (uint16_t i = 0; i < schedule.sitting_count; i++) {
		int64_t from = MIDNIGHT + chance(MINUTES) * MINUTE, at, plain_at;
		bool assumed, its_end_is;
		uint16_t follower = schedule_follower(&schedule, i, from, &at, &assumed);

		if (schedule_start(&schedule, i) != plain_start(i))
			fail_msg("round %d: session %d starts at another time", round, i);
		if (follower != plain_follower(i, from, &plain_at) || at != plain_at)
			fail_msg("round %d: session %d has another follower", round, i);
		(void)schedule_end(&schedule, i, from, &its_end_is);
		if (assumed != its_end_is)
			fail_msg("round %d: the end of session %d is assumed, or is not", round, i);
	}
}

static void who_shares_a_room_is_found_as_by_looking_at_all(void **state)
{
	(void)state;
	seed = UINT64_C(0x20240229);
	for (int round = 0; round < ROUNDS; round++) {
		draw_programme();
		check_programme(round);
	}
}

static void gavels_plans_and_what_counts_may_change_meanwhile(void **state)
{
	(void)state;
	seed = UINT64_C(0x20240301);
	for (int round = 0; round < ROUNDS; round++) {
		draw_programme();
		for (uint32_t i = 0; i < schedule.sitting_count; i++) {
			struct sitting kept = sittings[i];

			draw_sitting(&sittings[i]);
			sittings[i].room = kept.room;
			sittings[i].first_in_room = kept.first_in_room;
			sittings[i].next_in_room = kept.next_in_room;
		}
		check_programme(round);
	}
}

static void joined_anew_they_have_other_rooms(void **state)
{
	(void)state;
	seed = UINT64_C(0x20240302);
	for (int round = 0; round < ROUNDS; round++) {
		draw_programme();
		sittings[chance((int)schedule.sitting_count)].room = (uint16_t)chance(ROOMS);
		if (schedule.sitting_count < MOST)
			draw_sitting(&sittings[schedule.sitting_count++]);
		schedule_join_rooms(&schedule);
		check_programme(round);
	}
}

static void expect_abort(void)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		int64_t at;
		bool assumed;

		if (freopen("/dev/null", "w", stderr))
			(void)schedule_follower(&schedule, 0, MIDNIGHT, &at, &assumed);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void a_programme_that_was_not_joined_is_refused(void **state)
{
	(void)state;
	draw_programme();
	schedule = (struct schedule){sittings, NULL, days, 2, 0, DAYS, 0};
	draw_sitting(&sittings[0]);
	draw_sitting(&sittings[1]);
	sittings[0].counts = sittings[1].counts = true;
	sittings[0].room = sittings[1].room = 1;
	expect_abort();
	schedule_join_rooms(&schedule);
	sittings[0].room = 2;
	expect_abort();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_shares_a_room_is_found_as_by_looking_at_all),
		cmocka_unit_test(gavels_plans_and_what_counts_may_change_meanwhile),
		cmocka_unit_test(joined_anew_they_have_other_rooms),
		cmocka_unit_test(a_programme_that_was_not_joined_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
