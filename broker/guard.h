/*
 * Cuts the connection that sends much and delivers nothing. ZeroMQ keeps the parts of a message out
 * of sight until the last one has come, and no option of it bounds how many there are.
 */
#ifndef HUDUR_BROKER_GUARD_H
#define HUDUR_BROKER_GUARD_H

#include <stdbool.h>
#include <stdint.h>

/* More than any message that is taken and all that the kernel holds back for us, bytes. */
enum { GUARD_PATIENCE = 16 << 20 };

struct guard;

/* NULL when memory is out. */
struct guard *guard_new(void);
void guard_free(struct guard *guard);

/* A connection came or went, by its descriptor, which others own. */
void guard_opened(struct guard *guard, int fd);
void guard_closed(struct guard *guard, int fd);

/* A whole message came by it. */
void guard_delivered(struct guard *guard, int fd);

/* Looks at each TCP connection; call it several times a second. Returns how many were cut. */
int guard_check(struct guard *guard);

#endif
