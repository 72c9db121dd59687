/* hudur admin open and close: of a session or room the gavel, of the event itself its beginning and
 * end. */
#ifndef HUDUR_CLIENTS_GAVEL_H
#define HUDUR_CLIENTS_GAVEL_H

#include "clients/cli/command.h"

int gavel_open_run(struct options *options, const struct command *command, char **words);
int gavel_close_run(struct options *options, const struct command *command, char **words);

/* A gavel names a session or a room. */
int gavel_prepare(const struct options *options, void *request);

#endif
