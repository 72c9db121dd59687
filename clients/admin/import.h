/* hudur admin import: nominations from a CSV file, row by row. */
#ifndef HUDUR_CLIENTS_IMPORT_H
#define HUDUR_CLIENTS_IMPORT_H

#include "clients/cli/command.h"

int import_run(struct options *options, const struct command *command, char **words);

#endif
