/*
 * What the writer does beside its batches, by the piece: copying an event to a file of its own, and having one verified.
 * Each event has at most one task of each kind; who asks for a second joins the first.
 */
#ifndef HUDUR_WORKERS_TASK_H
#define HUDUR_WORKERS_TASK_H

#include "workers/inspection.h"

enum task_kind { TASK_BACKUP, TASK_VERIFY };

struct task;

/* Zero-initialise with folder. Free before its events are closed. */
struct tasks {
	const char *folder;
	struct task *first;
	int64_t last; /* number given */
	char distrust[EVENT_ID_MAX + FINDING_SIZE]; /* a sentence once a sync failed, for good; empty: none did */
};

/*
 * The task of that number, or with ABSENT the one under way, or a new one. NULL when memory is out. A number that is
 * not known any more gets a task that has failed.
 */
const struct task *tasks_ask(struct tasks *tasks, enum task_kind kind, struct event *event, int64_t number, int64_t now);

/* What is known of it; texts are views that hold until the next call. Lists live in the arena. E_OK or E_NO_MEMORY. */
enum error task_tell_backup(const struct task *task, struct backup_state *out);
enum error task_tell_verify(const struct task *task, struct arena *arena, struct verify_state *out);

/*
 * Does a slice of the copy that was begun first: others wait until that one is whole, and files are looked through one
 * after the other. `full`: the disk is, and copies are given up. True when there is more to do at once.
 */
bool tasks_go_on(struct tasks *tasks, bool full);

/* A slice of a copy is to be done: the event's file is needed. */
bool tasks_are_copying(const struct tasks *tasks);

/* The event's log is too long: whoever reads the event lets go of it. */
void tasks_let_go(struct tasks *tasks, const struct event *event);

void tasks_free(struct tasks *tasks);

/* Removes what a copy of this event that was not finished has left. Only for who holds the event. */
void tasks_clean(const char *folder, struct text event);

#endif
