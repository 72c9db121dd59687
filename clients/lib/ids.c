/* Makes ids from the clock and libsodium's generator. */
#include "clients/lib/ids.h"

#include <sodium.h>

void request_id_make(int64_t unix_ms, uint8_t id[ID_SIZE])
{
	randombytes_buf(id, ID_SIZE);
	for (int i = 0; i < 6; i++)
		id[i] = (uint8_t)((uint64_t)unix_ms >> (40 - 8 * i));
	id[6] = (uint8_t)(0x70 | (id[6] & 0x0f));
	id[8] = (uint8_t)(0x80 | (id[8] & 0x3f));
}

void device_id_make(uint8_t id[ID_SIZE])
{
	randombytes_buf(id, ID_SIZE);
}
