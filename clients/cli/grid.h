/* Aligned columns on a terminal, for text of any script. */
#ifndef HUDUR_CLIENTS_GRID_H
#define HUDUR_CLIENTS_GRID_H

#include <stdio.h>

#include "schema/arena.h"

enum { GRID_COLUMNS_MAX = 40 };

struct grid_column {
	const char *title;
	bool right;    /* numbers */
	uint32_t most; /* cells wider than this are cut with an ellipsis; 0: never */
};

struct grid_row {
	struct grid_row *next;
	struct text cells[];
};

/* Zero-initialise, then grid_start. The columns are the caller's. */
struct grid {
	const struct grid_column *columns;
	uint32_t count;
	struct arena arena;
	struct grid_row *first, *last;
	uint32_t rows;
};

void grid_start(struct grid *grid, const struct grid_column *columns, uint32_t count);

/* Adds a row of `count` cells, which are copied. Absent cells are blank. False only when memory is
 * out. */
bool grid_add(struct grid *grid, const struct text *cells);

/* Prints titles and rows without the columns that are blank throughout; forgets the rows. */
void grid_print(struct grid *grid, FILE *out);

void grid_free(struct grid *grid);

/* Columns of a terminal that the text fills: marks fill none, wide characters two. */
uint32_t text_width(struct text text);

#endif
