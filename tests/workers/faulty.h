/* A disk under SQLite that fails when a test says so. */
#ifndef HUDUR_TESTS_WORKERS_FAULTY_H
#define HUDUR_TESTS_WORKERS_FAULTY_H

/* How many of the next calls fail; 0: none. Folders are synced by the project's own code, past SQLite. */
extern int faulty_syncs, faulty_writes, faulty_folder_syncs;

/* The errno that SQLite finds when something failed; 0: the system's. */
extern int faulty_cause;

/* SQLite's files go through it from now on. */
void faulty_install(void);

#endif
