/*
 * make simulate: runs seeds one after the other, and every fiftieth twice, which must come to the same. MUTANT=name in
 * the environment switches a defect of mutants.c on.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/simulate/actors.h"
#include "tests/simulate/oracle.h"

enum {
	AGAIN = 50,
	SEED_S = 60, /* a seed takes some milliseconds: one that takes so long goes round in a circle */
};

static uint64_t number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

/* An assertion of the cores, for instance, or a loop without end: say by which seed. */
static void tell_crash(int number)
{
	signal(number, SIG_DFL);
	fprintf(stderr, "the program failed in the middle of seed %" PRIu64 "\n", world.seed);
	raise(number);
}

static bool run_twice(uint64_t seed, bool trace)
{
	uint64_t hash;
	bool good;

	alarm(SEED_S);
	good = scenario_run(seed, trace);
	if (!good || trace || seed % AGAIN)
		return good;
	hash = world.hash;
	good = scenario_run(seed, false);
	if (good && world.hash != hash)
		world_fail("run twice, it did not come to the same");
	return !world_failed();
}

int main(void)
{
	uint64_t first = number_of("SEED", number_of("FIRST", 1)), seeds = getenv("SEED") && *getenv("SEED")
		? 1 : number_of("SEEDS", 1000);
	uint64_t acked = 0, rejected = 0, failed = 0, hash = HASH_START;
	bool trace = number_of("TRACE", 0);

	if (!mutant_choose(getenv("MUTANT"))) {
		fprintf(stderr, "there is no such MUTANT\n");
		return 2;
	}
	signal(SIGABRT, tell_crash);
	signal(SIGSEGV, tell_crash);
	signal(SIGALRM, tell_crash);
	scenery_make();
	for (uint64_t seed = first; seed < first + seeds; seed++) {
		if (!run_twice(seed, trace)) {
			failed++;
			printf("seed %" PRIu64 ": %s; again: make simulate SEED=%" PRIu64 " TRACE=1\n", seed,
			       world.failure, seed);
		}
		acked += oracle.answers;
		rejected += oracle.rejections;
		hash = hash_bytes(hash, &world.hash, sizeof world.hash);
	}
	scenery_free();
	printf("{\"seeds\":%" PRIu64 ",\"first\":%" PRIu64 ",\"acked\":%" PRIu64 ",\"rejected\":%" PRIu64 ",\"failed\":%" PRIu64
	       ",\"hash\":\"%016" PRIx64 "\"}\n", seeds, first, acked, rejected, failed, hash);
	return failed ? 1 : 0;
}
