/* check.py, kept running: one question after the other. */
#ifndef HUDUR_TESTS_POWERLOSS_CHECKER_H
#define HUDUR_TESTS_POWERLOSS_CHECKER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct checker {
	FILE *questions, *answers;
	pid_t process;
};

/* False when it cannot be started from where we are. */
bool checker_start(struct checker *checker);
void checker_stop(struct checker *checker);

/* Compares an event's file with a ledger file. True: they agree; else `lost` and a sentence say how they do not. */
bool checker_ask(struct checker *checker, const char *file, const char *ledger, int64_t *lost, char sentence[512]);

#endif
