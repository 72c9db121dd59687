/* How a test program runs its cases: CASE in the environment chooses by name. */
#ifndef HUDUR_TESTS_HARNESS_H
#define HUDUR_TESTS_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* The value of main: `return RUN_TESTS(tests);`. CASE=replay runs those whose names hold "replay". */
#define RUN_TESTS(tests) (choose_cases(), cmocka_run_group_tests(tests, NULL, NULL))

static inline void choose_cases(void)
{
	static char pattern[128]; /* cmocka keeps the pointer */
	const char *wanted = getenv("CASE");
	if (!wanted || !*wanted)
		return;
	snprintf(pattern, sizeof(pattern), "*%s*", wanted);
	cmocka_set_test_filter(pattern);
}

#endif
