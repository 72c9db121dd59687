/* Kills a process at a system call of the test's choice. */
#ifndef HUDUR_TESTS_WORKERS_KILLED_H
#define HUDUR_TESTS_WORKERS_KILLED_H

/*
 * Forks, lets the child run `work`, and kills it when its first thread has entered or left `calls` system calls. How many
 * there were: less than `calls` when it was over by then. Fails the test when the child ended with anything but 0; where
 * nobody may trace a child, the test says that it did not run and is skipped.
 */
int killed_after(int calls, void (*work)(void *context), void *context);

#endif
