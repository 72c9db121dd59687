/*
 * Several messages between our broker and one of our workers, sent as one: what RFC 18 would send as six frames for each
 * request and each answer, through two sockets and two threads each time, took a sixth of all processor time under load.
 */
#ifndef HUDUR_SCHEMA_BUNDLE_H
#define HUDUR_SCHEMA_BUNDLE_H

#include "schema/mdp.h"

enum { BUNDLE_BYTES = 32 << 10 };

/* Zero-initialise `count` and `size`. */
struct bundle {
	uint32_t count, size;
	char bytes[BUNDLE_BYTES];
};

void bundle_clear(struct bundle *bundle);

/* Copies a REQUEST, PARTIAL or FINAL behind those that are there. False when it has no room for it. */
bool bundle_add(struct bundle *bundle, const struct mdp_worker_message *message);

/*
 * Takes the next message off the front; its texts are views. False at the end, or when what is there is none of the
 * three: then `bundle` is not empty.
 */
bool bundle_next(struct text *bundle, struct mdp_worker_message *message);

#endif
