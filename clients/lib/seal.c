/* Keeps one key for each salt it met; what it shuts takes the salt of what it last opened, so that there are few. */
#include "clients/lib/seal.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

enum {
	KEYS_MAX = 8,
	NONCE_SIZE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG_SIZE = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	NONCE_AT = 1 + SEAL_SALT_SIZE,
	HEAD_SIZE = NONCE_AT + NONCE_SIZE
};

static_assert(SEAL_SALT_SIZE == crypto_pwhash_SALTBYTES, "the salt is what crypto_pwhash takes");

struct key {
	unsigned char salt[SEAL_SALT_SIZE], bytes[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
};

struct seal {
	struct key keys[KEYS_MAX];
	int count;
	int current; /* what is shut goes by it */
	uint32_t size;
	char secret[SEAL_SECRET_MAX];
};

struct seal *seal_new(struct text secret)
{
	struct seal *seal = secret.size <= SEAL_SECRET_MAX ? sodium_malloc(sizeof *seal) : NULL;

	if (!seal)
		return NULL;
	memset(seal, 0, sizeof *seal);
	memcpy(seal->secret, secret.at, secret.size);
	seal->size = secret.size;
	return seal;
}

void seal_free(struct seal *seal)
{
	sodium_free(seal); /* wipes */
}

bool seal_is_sealed(struct text bytes)
{
	return bytes.size >= HEAD_SIZE + TAG_SIZE && (unsigned char)bytes.at[0] == SEAL_MARK;
}

/* The key's number; -1 when memory is out. The oldest but the current one makes room. */
static int key_for(struct seal *seal, const unsigned char *salt)
{
	int n = 0;

	while (n < seal->count && memcmp(seal->keys[n].salt, salt, SEAL_SALT_SIZE) != 0)
		n++;
	if (n < seal->count)
		return n;
	if (n == KEYS_MAX)
		n = seal->current == KEYS_MAX - 1 ? KEYS_MAX - 2 : KEYS_MAX - 1;
	struct key *key = &seal->keys[n];
	if (crypto_pwhash(key->bytes, sizeof key->bytes, seal->secret, seal->size, salt,
			  crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
			  crypto_pwhash_ALG_ARGON2ID13) != 0)
		return -1;
	memcpy(key->salt, salt, SEAL_SALT_SIZE);
	if (n == seal->count)
		seal->count++;
	return n;
}

static int current_key(struct seal *seal)
{
	unsigned char salt[SEAL_SALT_SIZE];

	if (seal->count)
		return seal->current;
	randombytes_buf(salt, sizeof salt);
	return key_for(seal, salt);
}

bool seal_shut(struct seal *seal, struct text bytes, struct text bound, struct text *sealed)
{
	int n = current_key(seal);
	size_t size = HEAD_SIZE + (size_t)bytes.size + TAG_SIZE;
	unsigned char *out = n >= 0 && size <= UINT32_MAX ? malloc(size) : NULL;

	if (!out)
		return false;
	out[0] = SEAL_MARK;
	memcpy(out + 1, seal->keys[n].salt, SEAL_SALT_SIZE);
	randombytes_buf(out + NONCE_AT, NONCE_SIZE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + HEAD_SIZE, NULL, (const unsigned char *)bytes.at, bytes.size,
						   (const unsigned char *)bound.at, bound.size, NULL, out + NONCE_AT,
						   seal->keys[n].bytes);
	*sealed = (struct text){(char *)out, (uint32_t)size};
	return true;
}

bool seal_open(struct seal *seal, struct text sealed, struct text bound, struct text *bytes)
{
	const unsigned char *in = (const unsigned char *)sealed.at;

	if (!seal_is_sealed(sealed))
		return false;
	int n = key_for(seal, in + 1);
	uint32_t size = sealed.size - HEAD_SIZE;
	unsigned char *out = n >= 0 ? malloc(size) : NULL;
	if (!out)
		return false;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, in + HEAD_SIZE, size,
						       (const unsigned char *)bound.at, bound.size, in + NONCE_AT,
						       seal->keys[n].bytes) != 0) {
		free(out);
		return false;
	}
	seal->current = n;
	*bytes = (struct text){(char *)out, size - TAG_SIZE};
	return true;
}
