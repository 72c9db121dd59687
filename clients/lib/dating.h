/* When a request happened, for one made before the device's clock was compared with the server's in this run of a program. */
#ifndef HUDUR_CLIENTS_DATING_H
#define HUDUR_CLIENTS_DATING_H

#include "clients/lib/handle.h"

/*
 * A map has to leave this much room for the offset that it may still be given: a key and a number, and a head that grows when
 * a map has more than 15 pairs.
 */
enum { OFFSET_SIZE_MAX = 7 + 9 + 2 };

/* What was measured in an earlier run tells nothing for certain: the device's battery may have been empty since. */
static inline bool dating_is_compared(const struct hudur *handle)
{
	return handle->connection.skew.count > 0;
}

/*
 * Takes a write over. One that was kept without an offset is held until the clock is compared, and never was sent before; so
 * it may still be given the offset measured then, the same after any restart, and the bytes sent under its id never change.
 */
void dating_add(struct hudur *handle, struct parcel *parcel);

/* Lets go what is held, once the clock was compared. What memory or the disk does not suffice for stays until the next time. */
void dating_release(struct hudur *handle);

#endif
