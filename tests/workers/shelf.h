/* An event with a copy from before its last entries, and no writer: for tests of what restores the one from the other. */
#ifndef HUDUR_TESTS_WORKERS_SHELF_H
#define HUDUR_TESTS_WORKERS_SHELF_H

#include "tests/workers/office.h"
#include "workers/restore.h"

struct shelf {
	struct office *office;
	char copy[160], live[160], badge[16];
	int64_t then, now; /* ledger of the copy and of the event */
};

/* Of one case; its state is the shelf. */
int shelf_setup(void **state);
int shelf_teardown(void **state);

/* Makes the event, its copy and its last entries in an office of its own, whose writer goes on. 0, or -1. */
int shelf_fill(struct shelf *shelf);
void shelf_end_writer(struct office *office);

/* Copies the office's event. */
struct backup_state shelf_back_up(struct office *office);

/* The last entry of a file that is verified; a difference fails the test. */
int64_t shelf_ledger_of(const char *path);

enum error shelf_restore(const struct shelf *shelf, bool replace, char why[RESTORE_WHY_MAX]);

/* Files of the folder whose names hold this; one of their names. */
int shelf_count(const struct shelf *shelf, const char *part, char one[160]);

/* With its files. */
void shelf_empty_folder(const char *folder);

#endif
