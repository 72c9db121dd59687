/* Ids that need nobody's agreement: of requests and of devices. */
#ifndef HUDUR_CLIENTS_IDS_H
#define HUDUR_CLIENTS_IDS_H

#include <stdint.h>

#include "schema/mdp.h"

/*
 * A UUID of version 7 (RFC 9562) made at that moment: sorts by time, 74 bits are random.
 * sodium_init came first.
 */
void request_id_make(int64_t unix_ms, uint8_t id[ID_SIZE]);

/* 16 random bytes. */
void device_id_make(uint8_t id[ID_SIZE]);

#endif
