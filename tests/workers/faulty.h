/* A disk under SQLite that fails when a test says so. */
#ifndef HUDUR_TESTS_WORKERS_FAULTY_H
#define HUDUR_TESTS_WORKERS_FAULTY_H

/* How many of the next calls fail; 0: none. */
extern int faulty_syncs, faulty_writes;

/* SQLite's files go through it from now on. */
void faulty_install(void);

#endif
