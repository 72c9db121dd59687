/* hudur admin backup, restore and verify: copies of an event, and whether it is whole. */
#ifndef HUDUR_CLIENTS_COPIES_H
#define HUDUR_CLIENTS_COPIES_H

#include "clients/cli/command.h"

int backup_run(struct options *options, const struct command *command, char **words);

/* Of the event while it goes on; of a file when one is named, by the worker's program on this machine. */
int verify_run(struct options *options, const struct command *command, char **words);
int restore_run(struct options *options, const struct command *command, char **words);

#endif
