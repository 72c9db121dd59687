/* One program that `hudur serve` keeps running: its process, its pipes, and how it fared. */
#ifndef HUDUR_CLIENTS_SERVE_CHILD_H
#define HUDUR_CLIENTS_SERVE_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Milliseconds: between a death and the next start, and how long a stopped process may stay so. */
enum { BACKOFF_MIN_MS = 100, BACKOFF_MAX_MS = 2000, STEADY_MS = 10000, STOPPED_MAX_MS = 10000 };

enum { SAID_MAX = 4096, LINE_SIZE = 512 };

struct child {
	const char *program; /* "hudur-broker" */
	const char *path;    /* of its file */
	char *const *argv;
	pid_t pid;    /* 0: not running */
	int out, err; /* our ends of its standard output and error; -1: closed */
	bool ready;   /* it said so, in this run */
	bool ever_ready;
	unsigned failures; /* starts in a row that ended before it was ready */
	int exit_status;   /* of the last run, as waitpid gives it */
	int64_t started, stopped_since, restart_at; /* monotonic ms; stopped_since 0: it runs */
	int64_t backoff;
	char line[LINE_SIZE];
	size_t line_size;
	char said[2]
		 [SAID_MAX]; /* on standard error before it was ready: the last start, this one */
	size_t said_size[2];
};

/* argv and path must outlive the child. */
void child_init(struct child *child, const char *program, const char *path, char *const *argv);

/* False when the system lets no process begin; said on standard error. */
bool child_start(struct child *child, int64_t now);

/* Reads what it wrote: lines of standard output go to `take`, standard error to ours. */
typedef void child_line(void *context, struct child *child, const char *line);
void child_listen(struct child *child, child_line *take, void *context);

/* It said that it is ready. */
void child_is_ready(struct child *child);

/*
 * Looks whether it ended or was stopped or continued. True when it ended since the last call:
 * exit_status is set, the pipes are drained, restart_at says when it may start again.
 */
bool child_look(struct child *child, int64_t now, child_line *take, void *context);

/* Sends a signal if it runs; a stopped one wakes up for it. */
void child_signal(struct child *child, int signal);

/* Kills it when it has been stopped for too long. */
void child_judge(struct child *child, int64_t now);

/* When child_judge or a start is due; INT64_MAX: never. */
int64_t child_due(const struct child *child);

/* "it ended with status 1" in a buffer of 64 bytes. */
const char *child_fate(const struct child *child, char *buffer);

#endif
