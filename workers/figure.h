/* One figure being made: the question, who there is, what each comes to, and the table they are counted into. */
#ifndef HUDUR_WORKERS_FIGURE_H
#define HUDUR_WORKERS_FIGURE_H

#include "workers/question.h"
#include "workers/roll.h"
#include "workers/tabulate.h"

/* What a person comes to in what was asked. */
struct verdict {
	uint8_t bits;  /* REPRESENTED_LOW, REPRESENTED_HIGH: counted for certain, counted at most */
	struct span ms; /* in the sessions in question, for presence */
};

struct figure {
	struct reading *reading;
	struct moment moment;
	struct state state;
	struct question question;
	struct roll roll;
	struct table table;
	struct verdict *verdicts; /* by person; made with the roll */
};

/*
 * Finds the moment, the state and the question. `past` asks for the ledger even for now. Close the figure in any
 * case; everything but the state lives in the reading's arena.
 */
enum error figure_open(struct figure *figure, struct reading *reading, const struct figures_query *in, bool past);
void figure_close(struct figure *figure);

/* Counts into the table. */
enum error figure_count(struct figure *figure);

/* From the roll alone: each person's verdict, by sessions where `through_sessions`, and nothing is counted. */
enum error figure_judge(struct figure *figure, bool through_sessions);

#endif
