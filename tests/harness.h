/* Included before every test program: CASE=replay in the environment runs only the cases whose names hold "replay". */
#ifndef HUDUR_TESTS_HARNESS_H
#define HUDUR_TESTS_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static inline void choose_cases(void)
{
	static char pattern[128]; /* cmocka keeps the pointer */
	const char *wanted = getenv("CASE");

	if (!wanted || !*wanted)
		return;
	snprintf(pattern, sizeof pattern, "*%s*", wanted);
	cmocka_set_test_filter(pattern);
}

#undef cmocka_run_group_tests
#define cmocka_run_group_tests(tests, setup, teardown) \
	(choose_cases(), \
	 _cmocka_run_group_tests(#tests, tests, sizeof(tests) / sizeof((tests)[0]), setup, teardown))

/* The value of main, for a program without group fixtures. */
#define RUN_TESTS(tests) cmocka_run_group_tests(tests, NULL, NULL)

#endif
