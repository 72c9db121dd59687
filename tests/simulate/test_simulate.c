/* Some hundred seeds hold, each replays identically, and defects are found. */
#include "tests/harness.h"

#include "tests/simulate/actors.h"
#include "tests/simulate/oracle.h"

#if defined(__SANITIZE_ADDRESS__)
#define SLOW 1
#elif defined(__has_feature)
#define SLOW __has_feature(address_sanitizer)
#else
#define SLOW 0
#endif

enum { SEEDS = SLOW ? 60 : 300, MUTANT_SEEDS = SLOW ? 150 : 400, TWICE = 20 };

static int make_scenery(void **state)
{
	(void)state;
	scenery_make();
	return 0;
}

static int free_scenery(void **state)
{
	(void)state;
	scenery_free();
	return 0;
}

static void seeds_hold(void **state)
{
	unsigned acked = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		if (!scenario_run(seed, false))
			fail_msg("seed %u: %s", (unsigned)seed, world.failure);
		acked += oracle.answers;
	}
	assert_true(acked > 5 * SEEDS); /* else nothing was tried */
}

static void a_seed_replays_identically(void **state)
{
	uint64_t last = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= TWICE; seed++) {
		uint64_t hash;

		scenario_run(seed, false);
		hash = world.hash;
		scenario_run(seed + 1000, false);
		scenario_run(seed, false);
		assert_true(world.hash == hash);
		assert_true(hash != last);
		last = hash;
	}
}

/* The first seed that finds it, 0: none does. */
static unsigned find_mutant(const char *name)
{
	unsigned found = 0;

	assert_true(mutant_choose(name));
	for (unsigned seed = 1; seed <= MUTANT_SEEDS && !found; seed++)
		if (!scenario_run(seed, false))
			found = seed;
	if (found)
		print_message("%s: seed %u: %s\n", name, found, world.failure);
	mutant_choose(NULL);
	return found;
}

static void defects_are_found(void **state)
{
	(void)state;
	for (int i = 0; mutant_names[i]; i++)
		if (!find_mutant(mutant_names[i]))
			fail_msg("%s was not found in %d seeds", mutant_names[i], MUTANT_SEEDS);
	assert_true(scenario_run(1, false)); /* it is they that failed */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seeds_hold),
		cmocka_unit_test(a_seed_replays_identically),
		cmocka_unit_test(defects_are_found),
	};

	return cmocka_run_group_tests(tests, make_scenery, free_scenery);
}
