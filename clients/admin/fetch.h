/* Copies a file on this machine whole or not at all. */
#ifndef HUDUR_CLIENTS_FETCH_H
#define HUDUR_CLIENTS_FETCH_H

#include <stdbool.h>
#include <stddef.h>

/* `to` must not be there. False after a sentence in `why`, and then `to` is not there either. */
bool fetch(const char *from, const char *to, char *why, size_t size);

#endif
