/* Bounds MessagePack before it is unpacked: nested arrays of 150 bytes can make msgpack-c reserve a gigabyte. */
#ifndef HUDUR_SCHEMA_PACK_H
#define HUDUR_SCHEMA_PACK_H

#include "schema/errors.h"
#include "schema/text.h"

enum { PACK_DEPTH_MAX = 5 };

/*
 * True when `bytes` are exactly one MessagePack object, nested at most PACK_DEPTH_MAX deep, in which every
 * announced count and length fits into the bytes that are left. Reads each byte at most once; allocates nothing.
 */
bool pack_is_bounded(struct text bytes);

#endif
