/* The two small arrays that ride in Majordomo frames: a worker's offer and our client address. */
#include "schema/mdp.h"

#include <assert.h>
#include <msgpack.h>

struct sink {
	char *at;
	uint32_t size;
};

static int sink_write(void *context, const char *bytes, size_t size)
{
	struct sink *sink = context;

	assert(size <= MDP_PACKED_MAX - sink->size);
	memcpy(sink->at + sink->size, bytes, size);
	sink->size += (uint32_t)size;
	return 0;
}

struct text mdp_pack_offer(const struct mdp_offer *offer, char *buffer)
{
	struct sink sink = {buffer, 0};
	msgpack_packer packer;

	msgpack_packer_init(&packer, &sink, sink_write);
	msgpack_pack_array(&packer, offer->bundles ? 4 : 3);
	msgpack_pack_int64(&packer, offer->credit);
	if (offer->file.at)
		msgpack_pack_bin_with_body(&packer, offer->file.at, offer->file.size);
	else
		msgpack_pack_nil(&packer);
	msgpack_pack_int64(&packer, offer->epoch);
	if (offer->bundles)
		msgpack_pack_true(&packer);
	return (struct text){buffer, sink.size};
}

struct text mdp_pack_address(const struct mdp_address *address, char *buffer)
{
	struct sink sink = {buffer, 0};
	msgpack_packer packer;

	msgpack_packer_init(&packer, &sink, sink_write);
	msgpack_pack_array(&packer, 4);
	msgpack_pack_uint64(&packer, address->ticket);
	msgpack_pack_str_with_body(&packer, address->principal.at, address->principal.size);
	msgpack_pack_str_with_body(&packer, address->role.at, address->role.size);
	msgpack_pack_str_with_body(&packer, address->service.at, address->service.size);
	return (struct text){buffer, sink.size};
}

/*
 * Reading: an address stands on the path of every request and is a few items long, so it is read
 * in place; msgpack-c would allocate a zone for each.
 */

/* After the first thing that does not fit, everything reads as 0 and `bad` stays. */
struct reader {
	const unsigned char *at, *end;
	bool bad;
};

static struct reader reader_of(struct text bytes)
{
	const unsigned char *at = (const unsigned char *)bytes.at;

	return (struct reader){at, at + bytes.size, bytes.size == 0};
}

static uint64_t read_bytes(struct reader *reader, uint32_t count)
{
	uint64_t value = 0;

	if (reader->bad || (size_t)(reader->end - reader->at) < count) {
		reader->bad = true;
		return 0;
	}
	while (count--)
		value = value << 8 | *reader->at++;
	return value;
}

static void read_array(struct reader *reader, unsigned count)
{
	if (read_bytes(reader, 1) != (0x90u | count))
		reader->bad = true;
}

static uint64_t read_uint(struct reader *reader)
{
	uint64_t head = read_bytes(reader, 1);

	if (head < 0x80)
		return head;
	if (head >= 0xcc && head <= 0xcf)
		return read_bytes(reader, UINT32_C(1) << (head - 0xcc));
	reader->bad = true;
	return 0;
}

/* From 0 to INT64_MAX: neither a credit nor an epoch is ever below. */
static int64_t read_natural(struct reader *reader)
{
	uint64_t value = read_uint(reader);

	if (value > INT64_MAX)
		reader->bad = true;
	return reader->bad ? 0 : (int64_t)value;
}

static struct text read_run(struct reader *reader, uint64_t size)
{
	struct text run = {(const char *)reader->at, (uint32_t)size};

	if (reader->bad || size > (size_t)(reader->end - reader->at)) {
		reader->bad = true;
		return (struct text){0};
	}
	reader->at += size;
	return run;
}

static struct text read_str(struct reader *reader)
{
	uint64_t head = read_bytes(reader, 1);

	if (head >= 0xa0 && head <= 0xbf)
		return read_run(reader, head & 0x1f);
	if (head == 0xd9)
		return read_run(reader, read_bytes(reader, 1));
	reader->bad = true;
	return (struct text){0};
}

/* 16 bytes, or nil: absent. */
static struct text read_file(struct reader *reader)
{
	uint64_t head = read_bytes(reader, 1);

	if (head == 0xc0)
		return (struct text){0};
	if (head != 0xc4 || read_bytes(reader, 1) != ID_SIZE)
		reader->bad = true;
	return read_run(reader, ID_SIZE);
}

static bool is_read(const struct reader *reader)
{
	return !reader->bad && reader->at == reader->end;
}

bool mdp_unpack_offer(struct text bytes, struct mdp_offer *offer)
{
	struct reader reader = reader_of(bytes);

	offer->bundles = bytes.size > 0 && (unsigned char)bytes.at[0] == 0x94;
	read_array(&reader, offer->bundles ? 4 : 3);
	offer->credit = read_natural(&reader);
	offer->file = read_file(&reader);
	offer->epoch = read_natural(&reader);
	if (offer->bundles && read_bytes(&reader, 1) != 0xc3) /* true */
		reader.bad = true;
	return is_read(&reader);
}

bool mdp_unpack_address(struct text bytes, struct mdp_address *address)
{
	struct reader reader = reader_of(bytes);

	read_array(&reader, 4);
	address->ticket = read_uint(&reader);
	address->principal = read_str(&reader);
	address->role = read_str(&reader);
	address->service = read_str(&reader);
	return is_read(&reader);
}
