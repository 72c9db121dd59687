/* Runs an operation from the command line: its request's fields are the options, its result is
 * printed. */
#ifndef HUDUR_CLIENTS_OPERATION_H
#define HUDUR_CLIENTS_OPERATION_H

#include "clients/cli/order.h"
#include "clients/cli/print.h"

/* All of it: read, ask page after page, print. What `hudur X command` does unless it has its own
 * way. */
int operation_run(struct options *options, const struct command *command, char **words);

/* The latter half: asks page after page and prints. */
int operation_ask(struct order *order, struct caller *caller);

/* How this caller prints to standard output. */
struct printing caller_printing(struct caller *caller);

#endif
