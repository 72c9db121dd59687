/* When a request happened, for one made before the device's clock was ever compared with the server's. */
#ifndef HUDUR_CLIENTS_DATING_H
#define HUDUR_CLIENTS_DATING_H

#include "clients/lib/handle.h"

/*
 * A map has to leave this much room for the offset that it may still be given: a key and a number, and a head that grows when
 * a map has more than 15 pairs.
 */
enum { OFFSET_SIZE_MAX = 7 + 9 + 2 };

/*
 * Takes a write over. One without an offset is held until the clock was compared for the first time, and never was sent
 * before; so it may still be given that first offset, the same after any restart, and the bytes sent under its id never
 * change.
 */
void dating_add(struct hudur *handle, struct parcel *parcel);

/* Lets go what is held, once there is a first offset. What memory does not suffice for stays until the next time. */
void dating_release(struct hudur *handle);

#endif
