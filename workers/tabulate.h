/*
 * Persons counted into a headline and lines, by the definitions of a figure. It knows what persons are and nothing
 * of where they come from: persons alike may be given one by one or as a number of them.
 */
#ifndef HUDUR_WORKERS_TABULATE_H
#define HUDUR_WORKERS_TABULATE_H

#include "workers/state.h"

/* Whom the headline tells apart. Suspended members, and states without standing, sit with the observers. */
enum standing_class {
	CLASS_MEMBER, CLASS_OBSERVER, CLASS_INSTITUTION, CLASS_OTHER, CLASS_UNSTATED, CLASS_COUNT
};

/* Of `low` it is certain, up to `high` it may be. */
struct span {
	int64_t low, high;
};

struct table_line {
	struct text key, name_en, name_fr, name_ar; /* views: into the state, or of whoever fills the line */
	struct span persons;
	struct span support, also;
	uint8_t *states;       /* by entity: REPRESENTED_ bits of member states; NULL: the line tells of no states */
	bool not_applicable;
};

enum { REPRESENTED_LOW = 1, REPRESENTED_HIGH = 2, LINE_NONE = -1 };

struct table {
	const struct state *state;
	struct arena *arena;
	enum dimension by;
	uint16_t left_out;   /* the host, or ENTITY_NONE */
	struct table_line *lines;
	uint32_t line_count;
	uint32_t *line_of;   /* by entity: its line by country, group and kind */
	uint8_t *entities;   /* by entity: REPRESENTED_ bits of who has somebody, not support, counted */
	struct span classes[CLASS_COUNT], support, total;
};

enum standing_class table_class(const struct state *state, uint16_t entity);
bool table_is_support(uint8_t category);

/*
 * An empty table; everything in it lives in the arena, and the state must outlive it. By session and by day it has
 * `own_lines` lines that the caller gives keys and names; otherwise the number is ignored. E_OK or E_NO_MEMORY.
 */
enum error table_init(struct table *table, const struct state *state, struct arena *arena, enum dimension by,
		      uint32_t own_lines, bool without_host);

/* Counts persons into the headline and, unless lines are by session or day, into their line. */
void table_count(struct table *table, const struct profile *who, int64_t low, int64_t high);

/* Counts persons into a line by session or day. */
void table_count_line(struct table *table, uint32_t line, const struct profile *who, int64_t low, int64_t high);

/* Whether such persons are left out with the host. */
bool table_leaves_out(const struct table *table, const struct profile *who);

/* The line of these persons; LINE_NONE by session and day. */
int64_t table_line_of(const struct table *table, const struct profile *who);

/* The line of that key, or LINE_NONE. */
int64_t table_find_line(const struct table *table, struct text key);

/* Sets the report's headline. */
void table_headline(const struct table *table, struct figures_report *report);

/*
 * The rows from number `from` on, with texts of their own in `arena`, until a page is full.
 * `next` is the number of rows so far, or ABSENT at the end.
 */
enum error table_rows(const struct table *table, int64_t from, struct arena *arena, struct list *rows,
		      int64_t *next);

#endif
