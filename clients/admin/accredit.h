/* hudur admin accredit: one registration, or all that wait for it. */
#ifndef HUDUR_CLIENTS_ACCREDIT_H
#define HUDUR_CLIENTS_ACCREDIT_H

#include "clients/cli/command.h"

int accredit_run(struct options *options, const struct command *command, char **words);

#endif
