/* Majordomo frames by position, and the two small arrays that ride in them. */
#include "schema/mdp.h"

#include <assert.h>
#include <msgpack.h>

/* ---- frames ---- */

/* Takes frames from the front; `next` stands at the first that was not taken. */
struct walk {
	const struct frames *frames;
	uint32_t next;
};

static struct walk walk_of(const struct frames *frames)
{
	assert(frames->count <= FRAMES_MAX);
	return (struct walk){frames, 0};
}

static bool take(struct walk *walk, struct text *frame)
{
	if (walk->next >= walk->frames->count)
		return false;
	*frame = walk->frames->at[walk->next++];
	return true;
}

static bool take_filled(struct walk *walk, struct text *frame)
{
	return take(walk, frame) && frame->size > 0;
}

static bool take_empty(struct walk *walk)
{
	struct text frame;

	return take(walk, &frame) && frame.size == 0;
}

/* One byte from 1 to `last`; 0 when it is anything else. */
static unsigned take_command(struct walk *walk, unsigned last)
{
	struct text frame;
	unsigned command;

	if (!take(walk, &frame) || frame.size != 1)
		return 0;
	command = (unsigned char)frame.at[0];
	return command <= last ? command : 0;
}

static uint32_t take_rest(struct walk *walk, struct text *body)
{
	uint32_t count = 0;

	while (take(walk, &body[count]))
		count++;
	return count;
}

static bool is_at_end(const struct walk *walk)
{
	return walk->next == walk->frames->count;
}

bool mdp_read_client(const struct frames *frames, struct mdp_client_message *message)
{
	struct walk walk = walk_of(frames);
	struct text header;
	unsigned command = MDP_CLIENT_REQUEST;

	if (!take(&walk, &header))
		return false;
	message->dialect.empty = header.size == 0;
	if (message->dialect.empty && !take(&walk, &header))
		return false;
	message->dialect.version1 = text_is(header, "MDPC01");
	if (!message->dialect.version1) {
		if (!text_is(header, "MDPC02"))
			return false;
		command = take_command(&walk, MDP_CLIENT_FINAL);
	}
	if (!command || !take_filled(&walk, &message->service))
		return false;
	message->command = (enum mdp_client_command)command;
	message->bodies = take_rest(&walk, message->body);
	return message->bodies > 0;
}

static bool read_addressed(struct walk *walk, struct mdp_worker_message *message)
{
	if (!take_filled(walk, &message->address) || !take_empty(walk))
		return false;
	message->bodies = take_rest(walk, message->body);
	return message->bodies > 0;
}

static bool read_ready(struct walk *walk, struct mdp_worker_message *message)
{
	return take_filled(walk, &message->service) &&
	       (is_at_end(walk) || (take_filled(walk, &message->offer) && is_at_end(walk)));
}

bool mdp_read_worker(const struct frames *frames, struct mdp_worker_message *message)
{
	struct walk walk = walk_of(frames);
	struct text header;
	unsigned command;

	if (!take(&walk, &header) || !text_is(header, "MDPW02"))
		return false;
	command = take_command(&walk, MDP_DISCONNECT);
	if (!command)
		return false;
	message->command = (enum mdp_worker_command)command;
	message->service = message->offer = message->address = (struct text){0};
	message->bodies = 0;
	switch (message->command) {
	case MDP_READY:
		return read_ready(&walk, message);
	case MDP_REQUEST:
	case MDP_PARTIAL:
	case MDP_FINAL:
		return read_addressed(&walk, message);
	case MDP_HEARTBEAT:
	case MDP_DISCONNECT:
		return is_at_end(&walk);
	}
	return false;
}

static void put(struct frames *frames, struct text frame)
{
	assert(frames->count < FRAMES_MAX);
	frames->at[frames->count++] = frame;
}

static void put_command(struct frames *frames, unsigned command)
{
	static const char commands[] = "\0\1\2\3\4\5\6";

	assert(command >= 1 && command <= MDP_DISCONNECT);
	put(frames, (struct text){commands + command, 1});
}

static void put_body(struct frames *frames, const struct text *body, uint32_t bodies)
{
	for (uint32_t i = 0; i < bodies; i++)
		put(frames, body[i]);
}

void mdp_write_client(const struct mdp_client_message *message, struct frames *frames)
{
	frames->count = 0;
	if (message->dialect.empty)
		put(frames, TEXT(""));
	put(frames, message->dialect.version1 ? TEXT("MDPC01") : TEXT("MDPC02"));
	if (!message->dialect.version1)
		put_command(frames, message->command);
	put(frames, message->service);
	put_body(frames, message->body, message->bodies);
}

void mdp_write_worker(const struct mdp_worker_message *message, struct frames *frames)
{
	frames->count = 0;
	put(frames, TEXT("MDPW02"));
	put_command(frames, message->command);
	switch (message->command) {
	case MDP_READY:
		put(frames, message->service);
		if (message->offer.at)
			put(frames, message->offer);
		break;
	case MDP_REQUEST:
	case MDP_PARTIAL:
	case MDP_FINAL:
		put(frames, message->address);
		put(frames, TEXT(""));
		put_body(frames, message->body, message->bodies);
		break;
	case MDP_HEARTBEAT:
	case MDP_DISCONNECT:
		break;
	}
}

/* ---- offer and address, written ---- */

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
	msgpack_pack_array(&packer, 3);
	msgpack_pack_int64(&packer, offer->credit);
	if (offer->instance.at)
		msgpack_pack_bin_with_body(&packer, offer->instance.at, offer->instance.size);
	else
		msgpack_pack_nil(&packer);
	msgpack_pack_int64(&packer, offer->epoch);
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
	msgpack_pack_str_with_body(&packer, address->service.at, address->service.size);
	return (struct text){buffer, sink.size};
}

/* ---- offer and address, read ----
 * Both stand on the path of every request and are a few items long, so both are read in place:
 * msgpack-c would allocate a zone for each.
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
static struct text read_instance(struct reader *reader)
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

	read_array(&reader, 3);
	offer->credit = read_natural(&reader);
	offer->instance = read_instance(&reader);
	offer->epoch = read_natural(&reader);
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
	address->service = read_str(&reader);
	return is_read(&reader);
}
