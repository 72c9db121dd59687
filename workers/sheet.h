/* One page of rows of an answer: as many as fit into a message. */
#ifndef HUDUR_WORKERS_SHEET_H
#define HUDUR_WORKERS_SHEET_H

#include "schema/message.h"

/* What is left of a message for the rest of the answer is enough for its other fields. */
enum { SHEET_BYTES = 60 * 1024 };

struct sheet {
	const struct message *record;
	struct arena *arena;
	struct list rows;
	uint32_t most;
	size_t bytes;
	bool full; /* a row did not fit: there are more */
};

/* E_OK or E_NO_MEMORY. */
enum error sheet_init(struct sheet *sheet, const struct message *record, uint32_t most, struct arena *arena);

/* Adds a copy that owns its texts, or sets `full`. Once full, nothing more goes in. E_OK or E_NO_MEMORY. */
enum error sheet_add(struct sheet *sheet, const void *row);

/*
 * Cuts a list that was read whole to the rows that fit: at most `most`, and what they come to on the wire is taken
 * from `budget` (SHEET_BYTES for a whole answer).
 */
enum error sheet_trim(const struct message *record, struct list *rows, uint32_t most, struct arena *arena,
		      size_t *budget);

#endif
