/* All that an event's file says, in one number. */
#ifndef HUDUR_TESTS_POWERLOSS_STATE_DIGEST_H
#define HUDUR_TESTS_POWERLOSS_STATE_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The last ledger row's number, and a digest of every row of every table but the one with the file's own identity. False when the file cannot be
 * read or holds no tables.
 */
bool state_digest(const char *path, int64_t *ledger, uint64_t *digest);

#endif
