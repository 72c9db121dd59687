/* One field of a record as text. */
#ifndef HUDUR_CLIENTS_CELL_H
#define HUDUR_CLIENTS_CELL_H

#include <stdio.h>

#include "schema/message.h"
#include "schema/zone.h"

enum cell_style {
	CELL_SHOWN, /* for eyes: times in the zone, yes for true and nothing for false */
	CELL_EXACT  /* for programs: RFC 3339 with the zone's offset, true and false */
};

/* Blank when the field is absent; a LIST is its number of records. View or arena. */
struct text cell_write(const struct field *field, const void *record, enum cell_style style,
		       struct zone *zone, struct arena *arena);

/* The field as a heading: "in good standing". Arena. */
const char *cell_title(const struct field *field, struct arena *arena);

/* One RFC 4180 field: in quotes when it must be; `last` ends the line with CR LF. */
void cell_csv(FILE *out, struct text cell, bool last);

#endif
