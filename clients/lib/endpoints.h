/* The brokers that a client may talk to, in the order in which it tries them. */
#ifndef HUDUR_CLIENTS_ENDPOINTS_H
#define HUDUR_CLIENTS_ENDPOINTS_H

#include <stdbool.h>

#include "schema/message.h"

enum { ENDPOINTS_MAX = 16, ENDPOINT_SIZE = 300 };

struct endpoints {
	char at[ENDPOINTS_MAX][ENDPOINT_SIZE];
	unsigned count;
};

/*
 * Reads "tcp://HOST:PORT,ipc://PATH", blanks around commas allowed. Only the spelling is judged,
 * nothing is looked up. False with a complaint that names the wrong one; `endpoints` is empty
 * then.
 */
bool endpoints_read(const char *list, struct endpoints *endpoints, struct complaint *complaint);

#endif
