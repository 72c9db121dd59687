/* hudur admin rejected: what devices sent and the service would not take, for a person to look at. */
#ifndef HUDUR_CLIENTS_REJECTED_H
#define HUDUR_CLIENTS_REJECTED_H

#include "clients/cli/command.h"

int rejected_run(struct options *options, const struct command *command, char **words);

#endif
