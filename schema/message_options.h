/* A message's fields as options of a command line: --session D1-06 --direction in. */
#ifndef HUDUR_SCHEMA_MESSAGE_OPTIONS_H
#define HUDUR_SCHEMA_MESSAGE_OPTIONS_H

#include <stdio.h>

#include "schema/message.h"

/*
 * Tries args[0] as an option of `message`; args ends with NULL, as argv does. Returns how many of args it used:
 * 1 or 2; 0 when the message has no such option, so that another table can be tried; -1 with a complaint
 * ("--badge: longer than 256 bytes") when its value does not fit.
 *
 * Field some_name is --some-name VALUE or --some-name=VALUE; a BOOL stands alone; ENUM takes its word; TIME takes
 * RFC 3339 or Unix milliseconds; BIN takes hexadecimal digits; a LIST is no option.
 * `record` was cleared with message_clear before the first call. Texts are views into args, bytes lie in the arena.
 */
int message_option(const struct message *message, char *const *args, struct arena *arena, void *record,
		   struct complaint *complaint);

/* message_check after the last option, whose complaint names the option. */
enum error message_options_check(const struct message *message, const void *record,
				 struct complaint *complaint);

/* One line for each option, with its sentence. Lists and `op` are left out. */
void message_options_help(FILE *out, const struct message *message);

#endif
