/*
 * What is asked of the disk, seen on its way to the kernel: recorded, or made to fail.
 *
 * calls.c defines libc's open, write, fsync and their kin once more; the linker takes these for the program and for
 * libsqlite3 alike. That is one level below a VFS of SQLite's own, because the unix VFS syncs directories by itself
 * and tells nobody above it, and because lists and copies are written without SQLite.
 */
#ifndef HUDUR_TESTS_POWERLOSS_CALLS_H
#define HUDUR_TESTS_POWERLOSS_CALLS_H

#include <stdbool.h>
#include <stdint.h>

struct record;

/* One thread. */
struct calls {
	char folder[128];      /* what lies in it is looked at; empty: nothing is */
	struct record *record; /* of what happens there; NULL: none is kept */
	int64_t syncs, writes; /* asked for since calls_watch */
	int64_t failing_sync, failing_write; /* this one fails, by EIO or ENOSPC, once; 0: none */
	bool failing_folders; /* every sync of a folder fails */
	bool folder_failed;   /* what failed was the sync of a folder */
};
extern struct calls calls;

/* Looks at a folder, by its absolute path, which is empty yet or whose files nobody has open. */
void calls_watch(const char *folder, struct record *record);
void calls_unwatch(void);

#endif
