/* A real file system of a few MiB that a test can fill. Only root can have one; it is gone with the process. */
#ifndef HUDUR_TESTS_WORKERS_SMALL_DISK_H
#define HUDUR_TESTS_WORKERS_SMALL_DISK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Mounts a tmpfs of that size where TMPDIR then points. False, after a sentence, when this user may not: the test has
 * not run, and must say so (skip).
 */
bool small_disk_mount(int64_t size);
void small_disk_unmount(void);

/* Takes all room but so many bytes; again with more or less; 0 bytes left is full. */
void small_disk_leave(int64_t bytes);

/* Gives all of it back. */
void small_disk_clear(void);

int64_t small_disk_room(void);

#endif
