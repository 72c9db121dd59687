/*
 * A failed sync is remembered for as long as the machine runs: the kernel may show pages that never reached the disk,
 * and what another process stored behind them would be lost with them, acknowledged or not.
 */
#ifndef HUDUR_WORKERS_DISTRUST_H
#define HUDUR_WORKERS_DISTRUST_H

#include <stdbool.h>

/* One run of a machine, and a process in it. */
struct boot {
	char id[37]; /* https://www.man7.org/linux/man-pages/man4/random.4.html, boot_id */
	long process;
};

/* False when the system does not tell. In a file of its own, boot.c. */
bool boot_read(struct boot *boot);

/* Notes it in the event's lock file, `lock` being its descriptor. It need not outlast the machine, so is not synced. */
void distrust_note(int lock);

/* True when it was noted since the machine was started, by whichever process. */
bool distrust_is_noted(int lock);

#endif
