/* What a keyboard-wedge scanner types: lines of bytes, told apart before anything else looks at them. */
#ifndef HUDUR_CLIENTS_SCANNER_LINE_H
#define HUDUR_CLIENTS_SCANNER_LINE_H

#include <stdbool.h>

#include "schema/text.h"

enum { LINE_MAX_BYTES = 256 };

enum line_kind {
	LINE_EMPTY,
	LINE_IN,       /* "in": from now on people enter */
	LINE_OUT,      /* "out" */
	LINE_SESSION,  /* "session CODE"; `text` is the code, maybe empty */
	LINE_CODE,     /* anything else that is text; `text` is trimmed */
	LINE_TOO_LONG, /* over LINE_MAX_BYTES; `text` is its beginning */
	LINE_GARBAGE   /* not UTF-8, or with control characters */
};

struct line {
	enum line_kind kind;
	struct text text; /* view into the reader, until its next call */
};

/* Zero-initialise. */
struct line_reader {
	char bytes[LINE_MAX_BYTES];
	uint32_t used;
	bool overflowed, fresh;
};

/*
 * Takes bytes up to and with the next end of line and returns how many. `*complete` tells whether `line` holds one;
 * otherwise all bytes were taken and more are needed. Lines end with LF, CR or both.
 */
size_t line_take(struct line_reader *reader, const char *bytes, size_t size, struct line *line,
		 bool *complete);

/* At the end of the input: true when a last line without an end stands in the reader. */
bool line_last(struct line_reader *reader, struct line *line);

#endif
