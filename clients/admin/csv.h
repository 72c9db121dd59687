/* Reads comma-separated files (RFC 4180) as people really save them, in bounded memory. */
#ifndef HUDUR_CLIENTS_CSV_H
#define HUDUR_CLIENTS_CSV_H

#include <stdio.h>

#include "schema/text.h"

enum { CSV_FIELDS_MAX = 64, CSV_FIELD_MAX = 4096, CSV_LINE_MAX = 65536, CSV_AHEAD = 8192 };

/* Why a row cannot be used. The rows after it can. */
enum csv_fault {
	CSV_FINE,
	CSV_FIELD_TOO_LONG, /* over CSV_FIELD_MAX bytes */
	CSV_LINE_TOO_LONG,  /* over CSV_LINE_MAX bytes */
	CSV_TOO_MANY,       /* over CSV_FIELDS_MAX fields */
	CSV_AFTER_QUOTE,    /* "abc"def */
	CSV_OPEN_QUOTE,     /* the file ends inside quotes */
	CSV_NOT_UTF8
};

/* Fields are views that hold until the next row; white space around them is trimmed. */
struct csv_row {
	int64_t line; /* where it begins; the first line is 1 */
	enum csv_fault fault;
	uint32_t count;
	struct text fields[CSV_FIELDS_MAX];
};

/* A byte-order mark is skipped. The separator is the one of , ; and tab that the first line has
 * most of. */
struct csv {
	FILE *file;
	int64_t line;
	char separator;
	int pushed; /* a byte read too far, or EOF */
	uint32_t used;             /* of bytes */
	size_t ahead_at, ahead_count;
	char bytes[CSV_LINE_MAX];  /* the row's fields */
	char ahead[CSV_AHEAD];     /* the file's beginning, looked at to find the separator */
};

/* `csv` is some 64 KiB: allocate it. The file stays the caller's. */
void csv_start(struct csv *csv, FILE *file);

/* 1: a row, look at its fault first; 0: the end; -1: the file could not be read, errno says why.
 * Rows without anything in them are skipped. */
int csv_next(struct csv *csv, struct csv_row *row);

/* What the fault means, for a person: "not UTF-8". */
const char *csv_fault_sentence(enum csv_fault fault);

#endif
