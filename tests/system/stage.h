/* Starts the real programs in a folder of its own, reads what they say, and ends them whatever happens. */
#ifndef HUDUR_TESTS_SYSTEM_STAGE_H
#define HUDUR_TESTS_SYSTEM_STAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* For whatever a test waits for; longer is a failure. */
enum { PATIENCE_MS = 15000 };

enum { PROGRAMS_MAX = 32, SAID_MAX = 16384 };

/* One program; standard output and error come by one pipe. */
struct program {
	const char *name;
	pid_t pid; /* and its group; 0: not running */
	int watch, pipe;
	size_t size;
	char said[SAID_MAX];
};

struct stage {
	char folder[80];
	struct program programs[PROGRAMS_MAX];
	int count;
};

/* cmocka's setup and teardown; *state is the stage. */
int stage_setup(void **state);
int stage_teardown(void **state);
#define STAGE_CASE(name) cmocka_unit_test_setup_teardown(name, stage_setup, stage_teardown)

/* "FOLDER/name", in a buffer of 160 bytes that the caller gives. */
const char *stage_path(const struct stage *stage, const char *name, char buffer[160]);

/* Writes a file into the stage's folder; copies one there. */
void stage_write(const struct stage *stage, const char *name, const void *bytes, size_t size);
void stage_copy(const struct stage *stage, const char *from, const char *to);

/* Starts HUDUR_BIN/name with these arguments up to a NULL. */
struct program *stage_start(struct stage *stage, const char *name, ...) __attribute__((sentinel));

/* Waits until it has said a line that begins so; the rest of that line goes to `rest`. Fails when it ends first. */
void program_line(struct program *program, const char *begins, char rest[160]);

/* Waits until it has said this somewhere. */
void program_says(struct program *program, const char *words);

/* Waits for its end: the exit status, or 128 plus the signal. All it said then stands in `said`. */
int program_wait(struct program *program);

/* At once and without mercy. */
void program_kill(struct program *program);

/* SIGTERM, and an end with status 0. */
void program_end(struct program *program);

/* It ends by itself, not with 0, after one sentence on one line that holds these words. */
void program_refuses(struct program *program, const char *words);

/* ---- brokers and workers ---- */

struct broker {
	struct program *program;
	char clients[160], workers[160];
};

/* A broker called `name` on a free port, or again on that of the one before it, with a heartbeat of 100 ms. */
void broker_start(struct stage *stage, struct broker *broker, const char *name);
void broker_again(struct stage *stage, struct broker *broker);

/* A worker on a folder of the stage, for one broker or two (NULL: only one). */
struct program *worker_start(struct stage *stage, const char *data, const struct broker *first,
			     const struct broker *second);

#endif
