/* A list of records as a table, and a single record as lines: what print.h does for people. */
#ifndef HUDUR_CLIENTS_LISTING_H
#define HUDUR_CLIENTS_LISTING_H

#include "clients/cli/grid.h"
#include "clients/cli/print.h"

/* Zero-initialise, then listing_start. */
struct listing {
	const struct printing *printing;
	const struct message *record;
	const struct field *fields[GRID_COLUMNS_MAX];
	struct grid_column columns[GRID_COLUMNS_MAX];
	uint32_t count;
	struct grid grid;
	struct arena arena; /* titles */
	bool begun;         /* rows were printed already: there were too many to keep */
};

/* What a table shows of a wide record is a choice of its fields; JSON and CSV have everything. */
void listing_start(struct listing *listing, const struct printing *printing,
		   const struct message *record);

/* `title` is printed before the first rows unless NULL. False when memory is out. */
bool listing_add(struct listing *listing, const struct list *list, const char *title);
void listing_print(struct listing *listing, const char *title);
void listing_free(struct listing *listing);

/* "field  value" lines of what is there, without its lists. */
void listing_card(const struct printing *printing, const struct message *message,
		  const void *record);

/* One field as this printing shows it; the zone is asked for only with a time. View or arena. */
struct text printing_cell(const struct printing *printing, const struct message *message,
			  const struct field *field, const void *record, struct arena *arena);

#endif
