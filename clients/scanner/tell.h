/* How a door tells its answers: a banner on a terminal, else one line, JSON or CSV each. */
#ifndef HUDUR_CLIENTS_SCANNER_TELL_H
#define HUDUR_CLIENTS_SCANNER_TELL_H

#include "clients/cli/options.h"
#include "clients/scanner/verdict.h"

/* FORMAT_TABLE prints lines; on a terminal a large coloured banner above each, and a bell on no. */
struct teller {
	enum format format;
	bool banner;
	int64_t untold; /* what standard output did not take; it was said on standard error */
};

void teller_start(struct teller *teller, enum format format, bool terminal);

/*
 * One answer, flushed at once. The badge's text is shown as it is when it is clean, else as "(unreadable)". `recorded`: the
 * scan, and what was decided of it, is in the spool or answered.
 */
void tell_verdict(struct teller *teller, const struct passing *passing,
		  const struct verdict *verdict, bool recorded);

/* Where the door stands now: after `in`, `out`, `session CODE`. */
void tell_place(struct teller *teller, const char *session, enum direction direction);

/* Anything else that was answered no: a line that is no scan, a session that does not exist. */
void tell_no(struct teller *teller, const char *what, const char *reason, const char *sentence);

#endif
