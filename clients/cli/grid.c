/* Aligns columns by what a terminal shows, not by bytes. */
#include "clients/cli/grid.h"

#include <utf8proc.h>

void grid_start(struct grid *grid, const struct grid_column *columns, uint32_t count)
{
	*grid = (struct grid){.columns = columns,
			      .count = count < GRID_COLUMNS_MAX ? count : GRID_COLUMNS_MAX};
}

/* The width of the first character; `size` receives its bytes. Broken bytes fill a column each. */
static uint32_t step(struct text rest, uint32_t *size)
{
	utf8proc_int32_t point;
	utf8proc_ssize_t read = utf8proc_iterate((const utf8proc_uint8_t *)rest.at,
						 (utf8proc_ssize_t)rest.size, &point);
	int width = read > 0 ? utf8proc_charwidth(point) : 1;

	*size = read > 0 ? (uint32_t)read : 1;
	return width > 0 ? (uint32_t)width : 0;
}

uint32_t text_width(struct text text)
{
	uint32_t width = 0, size;

	for (uint32_t i = 0; i < text.size; i += size)
		width += step((struct text){text.at + i, text.size - i}, &size);
	return width;
}

/* The longest beginning that fills at most `most` columns, marks included. */
static struct text head(struct text text, uint32_t most)
{
	uint32_t width = 0, size;

	for (uint32_t i = 0; i < text.size; i += size) {
		width += step((struct text){text.at + i, text.size - i}, &size);
		if (width > most)
			return (struct text){text.at, i};
	}
	return text;
}

static struct text fit(struct grid *grid, struct text cell, uint32_t most)
{
	struct text beginning;

	if (!most || text_width(cell) <= most)
		return arena_text(&grid->arena, cell);
	beginning = head(cell, most - 1);
	return arena_printf(&grid->arena, "%.*s…", (int)beginning.size, beginning.at);
}

bool grid_add(struct grid *grid, const struct text *cells)
{
	struct grid_row *row =
		arena_alloc(&grid->arena, sizeof(*row) + grid->count * sizeof(row->cells[0]));

	if (!row)
		return false;
	for (uint32_t i = 0; i < grid->count; i++)
		row->cells[i] = fit(grid, cells[i], grid->columns[i].most);
	if (grid->last)
		grid->last->next = row;
	else
		grid->first = row;
	grid->last = row;
	grid->rows++;
	return true;
}

static void pad(FILE *out, uint32_t columns)
{
	fprintf(out, "%*s", (int)columns, "");
}

static void print_cell(FILE *out, struct text cell, uint32_t width, bool right)
{
	uint32_t blank = width - text_width(cell);

	if (right)
		pad(out, blank);
	fwrite(cell.at, 1, cell.size, out);
	if (!right)
		pad(out, blank);
}

/* Blanks behind the last cell are left out. */
static void print_row(const struct grid *grid, FILE *out, const struct text *cells,
		      const uint32_t *widths)
{
	bool first = true;
	uint32_t owed = 0;

	for (uint32_t i = 0; i < grid->count; i++) {
		bool right = grid->columns[i].right;

		if (!widths[i])
			continue;
		owed += first ? 0 : 2;
		first = false;
		if (!cells[i].size) {
			owed += widths[i];
			continue;
		}
		pad(out, owed);
		owed = right ? 0 : widths[i] - text_width(cells[i]);
		print_cell(out, cells[i], right ? widths[i] : text_width(cells[i]), right);
	}
	fputc('\n', out);
}

void grid_print(struct grid *grid, FILE *out)
{
	uint32_t widths[GRID_COLUMNS_MAX] = {0};
	struct text titles[GRID_COLUMNS_MAX];

	for (const struct grid_row *row = grid->first; row; row = row->next)
		for (uint32_t i = 0; i < grid->count; i++)
			if (text_width(row->cells[i]) > widths[i])
				widths[i] = text_width(row->cells[i]);
	for (uint32_t i = 0; i < grid->count; i++) {
		titles[i] = text_of(grid->columns[i].title);
		if (widths[i] && widths[i] < text_width(titles[i]))
			widths[i] = text_width(titles[i]);
	}
	if (grid->first)
		print_row(grid, out, titles, widths);
	for (const struct grid_row *row = grid->first; row; row = row->next)
		print_row(grid, out, row->cells, widths);
	grid->first = grid->last = NULL;
	grid->rows = 0;
	arena_reset(&grid->arena);
}

void grid_free(struct grid *grid)
{
	arena_free(&grid->arena);
	grid->first = grid->last = NULL;
}
