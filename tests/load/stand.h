/* A real broker and a real worker in a folder of their own, what they are called from outside, and how large they are. */
#ifndef HUDUR_TESTS_LOAD_STAND_H
#define HUDUR_TESTS_LOAD_STAND_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct stand {
	char folder[512], listen[128];
	pid_t broker, worker;
};

/* Below BUILD, with the programs of BUILD/bin. False with a sentence on standard error. */
bool stand_open(struct stand *stand, const char *build);

/* Ends both in order and removes the folder; false, with a sentence, when one did not end so. */
bool stand_close(struct stand *stand);

/* Resident memory now, KiB; processor time so far, microseconds. */
int64_t resident_kib(pid_t pid);
int64_t cpu_us(pid_t pid);

/* Processor time that all programs of the machine have used so far, microseconds. */
int64_t machine_us(void);

#endif
