/* The rows of a nominations file as records. */
#ifndef HUDUR_CLIENTS_NOMINATIONS_H
#define HUDUR_CLIENTS_NOMINATIONS_H

#include "clients/admin/csv.h"
#include "schema/message.h"

/* Which field of a nomination each column holds. */
struct nomination_columns {
	const struct field *fields[CSV_FIELDS_MAX];
	uint32_t count;
};

/* Reads the header: names of the fields in any case and order; `name` is needed. False with a
 * complaint (512 bytes) in one sentence that lists what is known. */
bool nominations_header(const struct csv_row *row, struct nomination_columns *columns,
			char complaint[512]);

/*
 * Reads one row; texts are copied into the arena. False with a complaint when it cannot be
 * registered as it is: a fault of the row, other columns than the header's, a word outside its
 * vocabulary, a field too long.
 */
bool nominations_row(const struct csv_row *row, const struct nomination_columns *columns,
		     struct arena *arena, struct nomination *nomination,
		     struct complaint *complaint);

#endif
