/* hudur report figures: what is counted, as of when, how sure, for how many. */
#ifndef HUDUR_CLIENTS_FIGURES_H
#define HUDUR_CLIENTS_FIGURES_H

#include <jansson.h>

#include "clients/cli/operation.h"

/* A figure with all its pages' rows, and what was asked. */
struct figure {
	const struct figures_query *query;
	struct figures_report report;
	struct zone *zone; /* the caller's; NULL: UTC */
	struct arena *arena;
};

int figures_run(struct options *options, const struct command *command, char **words);

/* Asks for all pages. EXIT_DONE, or what a complaint returned. */
int figure_ask(struct order *order, struct caller *caller, struct arena *arena,
	       struct figure *figure);

/* "12", or "12–15" when the two differ. Arena. */
struct text figure_range(int64_t low, int64_t high, struct arena *arena);

/* Two lines for people: what is counted, and as of when. */
void figure_heading(const struct figure *figure, FILE *out);

void figure_table(const struct figure *figure, FILE *out);
void figure_csv(const struct figure *figure, FILE *out);

/* NULL when memory is out. Of qualifier attended every count of persons and entities is [low,
 * high], of other qualifiers those in lines by session and any whose bounds differ. */
json_t *figure_json(const struct figure *figure);

#endif
