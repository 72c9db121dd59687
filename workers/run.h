/*
 * One intake on its way through the writer: sorted by event, decided, stored, and finished. For the files that share what
 * the writer is made of: writer.c, run.c, writer_questions.c.
 */
#ifndef HUDUR_WORKERS_RUN_H
#define HUDUR_WORKERS_RUN_H

#include "workers/reserve.h"
#include "workers/task.h"
#include "workers/writer.h"

/* What one event has waiting in this run. */
struct queue {
	struct event *event;
	struct incoming *first, **end;
	uint32_t count;
	struct batch batch;
	enum error e; /* of deciding it, or else of storing it */
	enum error tidied;
	bool in_reserve; /* decided when the reserve had been given up */
	struct queue *next;
};

/* One intake on its way through. */
struct run {
	struct writer *writer;
	struct intake *intake;
	struct arena *arena; /* the intake's, until its replies are handed out */
	struct arena own;    /* of queues */
	struct queue *queues;
	int64_t now;
	bool has_files; /* it asked for them, or cannot be stored as it was decided: not for the other thread */
	bool is_void;   /* it was decided on what was then undone */
	bool stored;    /* all of it */
	bool tidied;    /* by run_tidy */
};

struct writer {
	struct writer_settings settings;
	struct folder folder;
	struct reserve reserve;
	struct tasks tasks;
	struct worker_status status;
	struct run runs[2]; /* one is decided while the other is stored */
	const struct aside *aside; /* NULL: nobody else stores */
	struct run *given;         /* to the other thread, which has the files meanwhile; NULL: they are ours */
	bool rested, untidy, distrusted;
};

/* ---- run.c ---- */

/* Answers or decides all that the intake holds. When it is void after that, what it stood on was undone: decide it again. */
void run_decide(struct run *run);
void run_decide_again(struct run *run);

/* After run_store: counts what was stored, tries again or refuses what was not. False when the disk cannot be trusted. */
bool run_finish(struct run *run);

/* ---- writer_questions.c ---- */

/* The questions that the writer answers itself, into ticket->reply: it alone knows the folder. */
void run_answer(struct run *run, struct ticket *ticket);

/* ---- writer.c ---- */

/* Before a run uses any file. False: it is void. */
bool run_ask_files(void *run);

/* True when there is room now for what may use the reserve. */
bool writer_spend_reserve(struct writer *writer);
bool writer_keeps_out(const struct writer *writer, const struct operation *operation);

/* The event's log is to be moved into its file. */
bool writer_log_is_long(const struct writer *writer, const struct event *event);

void writer_tell_storage(struct writer *writer, const struct event *event, enum error e);

#endif
