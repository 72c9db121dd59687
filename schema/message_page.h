/* The reference part of PROTOCOL.md, printed from the tables so that it cannot be out of date unnoticed. */
#ifndef HUDUR_SCHEMA_MESSAGE_PAGE_H
#define HUDUR_SCHEMA_MESSAGE_PAGE_H

#include <stdio.h>

/* The line of PROTOCOL.md above the reference. */
#define MESSAGE_PAGE_MARK \
	"<!-- reference: printed from messages.def, operations.def, enums.def and errors.def; " \
	"do not edit below -->\n"

/* Markdown: operations, messages, vocabularies, reasons. */
void message_page(FILE *out);

#endif
