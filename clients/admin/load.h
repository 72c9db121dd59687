/* hudur admin load: a meeting's file, checked as a whole and sent in parts. */
#ifndef HUDUR_CLIENTS_LOAD_H
#define HUDUR_CLIENTS_LOAD_H

#include "clients/cli/command.h"

int load_run(struct options *options, const struct command *command, char **words);

#endif
