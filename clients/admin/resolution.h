/* hudur admin resolve: an entry of the ledger, or the missing numbers of a device. */
#ifndef HUDUR_CLIENTS_RESOLUTION_H
#define HUDUR_CLIENTS_RESOLUTION_H

#include "clients/cli/command.h"

/* Refuses what names neither of the two, both, or no device. */
int resolution_prepare(const struct options *options, void *request);

#endif
