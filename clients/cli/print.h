/* Prints what the service answered: a table for people, JSON and CSV for programs. */
#ifndef HUDUR_CLIENTS_PRINT_H
#define HUDUR_CLIENTS_PRINT_H

#include <stdio.h>

#include "clients/cli/options.h"
#include "schema/message.h"
#include "schema/zone.h"

/* How to print. */
struct printing {
	enum format format;
	FILE *out;
	struct zone *(*zone)(void *context); /* called once a time is to be shown; NULL: UTC */
	void *context;
	int64_t simulated; /* the simulated clock, said above tables; ABSENT: the machine's own */
};

/*
 * One answer that may come in pages. Table: the fields of the first page, then a table for each
 * list. JSON: the first page's object with the lists of all pages. CSV: the last list of the
 * message, or the single record when it has none; RFC 4180, every field a column, RFC 3339 times.
 */
struct printer;

/* NULL when memory is out. `printing` is the caller's. */
struct printer *printer_new(const struct printing *printing, const struct message *message);

/* The record may go after the call. */
void printer_page(struct printer *printer, const void *record);

/* Prints what is left, unless a failure left nothing `whole`, and frees. False when something could
 * not be written. */
bool printer_end(struct printer *printer, bool whole);

/* Prints the records of one list as a table, nothing when there are none. */
void print_list(const struct printing *printing, const struct message *record,
		const struct list *list);

/* "Simulated clock: 2024-02-29 09:05" above a table, when it is simulated. */
void print_clock(const struct printing *printing);

/* Prints an object with a newline; false when it could not be written. */
struct json_t;
bool print_json(const struct printing *printing, struct json_t *json);

#endif
