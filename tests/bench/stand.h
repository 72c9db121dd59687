/* A real broker and a real worker in a folder of their own, what they are called from outside, and how large they are. */
#ifndef HUDUR_TESTS_BENCH_STAND_H
#define HUDUR_TESTS_BENCH_STAND_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct stand {
	char folder[512], listen[128];
	const char *build;
	pid_t broker, worker;
};

/* The programs of BUILD/bin, in a new folder inside `inside`. False with a sentence on standard error. */
bool stand_open(struct stand *stand, const char *build, const char *inside);

/* Ends both in order and removes the folder; false, with a sentence, when one did not end so. */
bool stand_close(struct stand *stand);

/* The worker alone; it is started when it has said that it is ready. */
bool stand_stop_worker(struct stand *stand);
bool stand_start_worker(struct stand *stand);

/* A folder with all that is in it. */
void stand_remove(const char *folder);

/* Resident memory now, KiB; the most of it since the peak was last forgotten. */
int64_t resident_kib(pid_t pid);
int64_t peak_kib(pid_t pid);
void peak_forget(pid_t pid);

/* Processor time so far, microseconds: of a program, and of all of the machine's. */
int64_t cpu_us(pid_t pid);
int64_t machine_us(void);

#endif
