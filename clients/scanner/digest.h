/* One number for many bytes: finds a slot, and tells that a file is not what was written. */
#ifndef HUDUR_CLIENTS_SCANNER_DIGEST_H
#define HUDUR_CLIENTS_SCANNER_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* FNV-1a of 64 bits, http://www.isthe.com/chongo/tech/comp/fnv/. Guards against accidents, not against people. */
static inline uint64_t digest_of(const char *bytes, size_t size)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
	return hash;
}

#endif
