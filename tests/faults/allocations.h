/*
 * Memory that runs out once, at the allocation that a test says: of the project's code, by the linker's --wrap, or of
 * SQLite, by its own allocator. MessagePack's packers are inline and write where they are told; what they ask for, if
 * anything, is asked for by the project's code.
 */
#ifndef HUDUR_TESTS_FAULTS_ALLOCATIONS_H
#define HUDUR_TESTS_FAULTS_ALLOCATIONS_H

#include <stdbool.h>
#include <stdint.h>

enum allocator { ALLOCATOR_OURS, ALLOCATOR_SQLITE, ALLOCATOR_COUNT };

/* Puts itself under SQLite; before SQLite is used for the first time. */
void allocations_install(void);

/* Counts from now on, and fails the nth; 0: none. */
void allocations_watch(enum allocator allocator, int64_t nth);

/* How many there were; nothing is counted any more. */
int64_t allocations_unwatch(void);

/* While the test itself works. */
void allocations_pause(bool paused);

#endif
