/* Bytes sealed under a secret, so that whoever takes the disk can neither read them nor change them unseen. */
#ifndef HUDUR_CLIENTS_SEAL_H
#define HUDUR_CLIENTS_SEAL_H

#include <stdbool.h>

#include "schema/text.h"

/*
 * libsodium: the secret is stretched by Argon2id (crypto_pwhash, interactive limits, some 64 MiB and a tenth of a
 * second for each salt), the bytes are sealed by XChaCha20-Poly1305 under a random nonce. A sealed run of bytes begins
 * with SEAL_MARK, which begins no MessagePack, then salt, nonce, bytes and tag.
 */
enum { SEAL_MARK = 0xC1, SEAL_SALT_SIZE = 16, SEAL_SECRET_MAX = 1024 };

struct seal;

/* Copies the secret (at most SEAL_SECRET_MAX bytes) into locked memory. NULL when memory is out. */
struct seal *seal_new(struct text secret);
void seal_free(struct seal *seal);

bool seal_is_sealed(struct text bytes);

/*
 * `bound` is not stored, and has to be the same when it is opened: what the bytes belong to. The result is owned by
 * the caller (free). False when memory is out, and for seal_open also when the secret is another one or a byte was
 * changed.
 */
bool seal_shut(struct seal *seal, struct text bytes, struct text bound, struct text *sealed);
bool seal_open(struct seal *seal, struct text sealed, struct text bound, struct text *bytes);

#endif
