/* A cursor over MessagePack that believes no announced size, and the check made of it. */
#include "schema/pack.h"

static bool take(struct text *rest, uint64_t size, struct text *body)
{
	if (size > rest->size)
		return false;
	*body = (struct text){rest->at, (uint32_t)size};
	rest->at += size;
	rest->size -= (uint32_t)size;
	return true;
}

/* Big-endian, as the whole format is. */
static bool take_number(struct text *rest, unsigned width, uint64_t *number)
{
	struct text body;

	if (!take(rest, width, &body))
		return false;
	*number = 0;
	for (unsigned i = 0; i < width; i++)
		*number = *number << 8 | (uint8_t)body.at[i];
	return true;
}

static bool number_is(struct pack_item *item, enum pack_kind kind, int64_t number)
{
	item->kind = kind;
	item->number = number;
	return true;
}

static bool body_is(struct text *rest, struct pack_item *item, enum pack_kind kind, uint64_t size)
{
	item->kind = kind;
	return take(rest, size, &item->body);
}

/* An entry takes a byte at least, a pair two. */
static bool entries_are(const struct text *rest, struct pack_item *item, enum pack_kind kind,
			uint64_t count)
{
	item->kind = kind;
	item->count = (uint32_t)count;
	return count <= rest->size / (kind == PACK_MAP ? 2 : 1);
}

/* The forms whose head 0xc4..0xdf is followed by a length, a count or a number of `width` bytes. */
static bool next_sized(struct text *rest, uint8_t head, unsigned width, struct pack_item *item)
{
	uint64_t n;

	if (!take_number(rest, width, &n))
		return false;
	switch (head) {
	case 0xc4: case 0xc5: case 0xc6:
		return body_is(rest, item, PACK_BIN, n);
	case 0xc7: case 0xc8: case 0xc9:
		return body_is(rest, item, PACK_EXT, n + 1);
	case 0xca: case 0xcb:
		return number_is(item, PACK_FLOAT, 0);
	case 0xcc: case 0xcd: case 0xce: case 0xcf:
		if (n > INT64_MAX)
			return number_is(item, PACK_HUGE, 0);
		return number_is(item, PACK_INT, (int64_t)n);
	case 0xd0:
		return number_is(item, PACK_INT, (int8_t)n);
	case 0xd1:
		return number_is(item, PACK_INT, (int16_t)n);
	case 0xd2:
		return number_is(item, PACK_INT, (int32_t)n);
	case 0xd3:
		return number_is(item, PACK_INT, (int64_t)n);
	case 0xd9: case 0xda: case 0xdb:
		return body_is(rest, item, PACK_STR, n);
	case 0xdc: case 0xdd:
		return entries_are(rest, item, PACK_ARRAY, n);
	default:
		return entries_are(rest, item, PACK_MAP, n);
	}
}

/* Bytes of that number after the heads 0xc0..0xdf, by their last five bits. */
static const uint8_t widths[32] = {
	[0x04] = 1, 2, 4, /* bin */
	[0x07] = 1, 2, 4, /* ext */
	[0x0a] = 4, 8,    /* float */
	[0x0c] = 1, 2, 4, 8, 1, 2, 4, 8, /* uint, int */
	[0x19] = 1, 2, 4, /* str */
	[0x1c] = 2, 4, 2, 4, /* array, map */
};

bool pack_next(struct text *rest, struct pack_item *item)
{
	struct text first;
	uint8_t head;

	*item = (struct pack_item){.kind = PACK_NIL};
	if (!take(rest, 1, &first))
		return false;
	head = (uint8_t)*first.at;
	if (head <= 0x7f || head >= 0xe0)
		return number_is(item, PACK_INT, (int8_t)head);
	if (head <= 0x8f)
		return entries_are(rest, item, PACK_MAP, head & 0x0f);
	if (head <= 0x9f)
		return entries_are(rest, item, PACK_ARRAY, head & 0x0f);
	if (head <= 0xbf)
		return body_is(rest, item, PACK_STR, head & 0x1f);
	if (head == 0xc2 || head == 0xc3)
		return number_is(item, PACK_BOOL, head & 1);
	if (head >= 0xd4 && head <= 0xd8)
		return body_is(rest, item, PACK_EXT, (UINT64_C(1) << (head - 0xd4)) + 1);
	if (head <= 0xc1)
		return head == 0xc0;
	return next_sized(rest, head, widths[head & 0x1f], item);
}

static uint64_t entries(const struct pack_item *item)
{
	return item->kind == PACK_MAP ? UINT64_C(2) * item->count : item->count;
}

bool pack_skip(struct text *rest)
{
	struct pack_item item;

	for (uint64_t pending = 1; pending; pending--) {
		if (!pack_next(rest, &item))
			return false;
		pending += entries(&item);
	}
	return true;
}

bool pack_is_bounded(struct text bytes)
{
	uint64_t left[PACK_DEPTH_MAX], pending = 1; /* entries to come: per level, and in all */
	unsigned depth = 0;
	struct pack_item item;

	while (pending) {
		if (!pack_next(&bytes, &item))
			return false;
		pending += entries(&item) - 1;
		if (pending > bytes.size)
			return false;
		if (depth)
			left[depth - 1]--;
		if (item.kind == PACK_ARRAY || item.kind == PACK_MAP) {
			if (depth == PACK_DEPTH_MAX)
				return false;
			left[depth++] = entries(&item);
		}
		while (depth && !left[depth - 1])
			depth--;
	}
	return bytes.size == 0;
}
