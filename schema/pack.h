/* Bounds MessagePack before it is unpacked: nested arrays of 150 bytes can make msgpack-c reserve a gigabyte. */
#ifndef HUDUR_SCHEMA_PACK_H
#define HUDUR_SCHEMA_PACK_H

#include "schema/errors.h"
#include "schema/text.h"

enum { PACK_DEPTH_MAX = 5 };

/*
 * True when `bytes` are exactly one MessagePack object, nested at most PACK_DEPTH_MAX deep, in which every
 * announced count and length fits into the bytes that are left. Reads each byte at most once; allocates nothing.
 * A scalar has depth 0, a map or array of scalars depth 1.
 */
bool pack_is_bounded(struct text bytes);

enum pack_kind {
	PACK_NIL, PACK_BOOL, PACK_INT,
	PACK_HUGE, /* an integer beyond INT64_MAX; its value is not kept */
	PACK_FLOAT, PACK_STR, PACK_BIN, PACK_EXT, PACK_ARRAY, PACK_MAP
};

/* A scalar with its value, or the head of an array or map, whose entries follow. */
struct pack_item {
	enum pack_kind kind;
	uint32_t count;   /* ARRAY: entries; MAP: pairs */
	int64_t number;   /* BOOL, INT */
	struct text body; /* STR, BIN, EXT: a view */
};

/*
 * Takes the next item off the front of `rest`. False, and `rest` is of no further use, when it does not fit into
 * `rest` or there is no such item. Safe on hostile input.
 */
bool pack_next(struct text *rest, struct pack_item *item);

/* Takes one whole object with everything in it off the front of `rest`; false as above. */
bool pack_skip(struct text *rest);

#endif
