/* powerloss ROUNDS SEED [FIRST]: rounds from FIRST (0) on; the last line is what they came to, as JSON. */
#include <sodium.h>
#include <stdlib.h>

#include "tests/powerloss/course.h"

static int64_t number(int argc, char **argv, int which, int64_t otherwise)
{
	return argc > which && *argv[which] ? strtoll(argv[which], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
	int64_t rounds = number(argc, argv, 1, 200), seed = number(argc, argv, 2, 1), first = number(argc, argv, 3, 0);
	struct course course;

	if (sodium_init() < 0 || !course_begin(&course, (uint64_t)seed, DISK_HONEST))
		return 1;
	course_run(&course, first, first + rounds);
	course_end(&course);
	printf("{\"rounds\":%lld,\"acked\":%lld,\"lost\":%lld,\"wrong\":%lld,\"seed\":%lld}\n",
	       (long long)course.rounds, (long long)course.acked, (long long)course.lost, (long long)course.wrong,
	       (long long)seed);
	return course.wrong != 0;
}
