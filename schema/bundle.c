/*
 * Each message: one byte for its command, one for how many bodies it has, four, little-endian, for the size of its address
 * and of each body, then their bytes in the same order.
 */
#include "schema/bundle.h"

#include <assert.h>

#include "schema/little.h"

enum { HEAD = 2, SIZE = 4 };

void bundle_clear(struct bundle *bundle)
{
	bundle->count = bundle->size = 0;
}

static char *put(char *at, struct text text)
{
	if (text.size)
		memcpy(at, text.at, text.size);
	return at + text.size;
}

bool bundle_add(struct bundle *bundle, const struct mdp_worker_message *message)
{
	size_t size = HEAD + SIZE + message->address.size;
	char *at = bundle->bytes + bundle->size;

	assert(message->bodies > 0 && message->bodies <= WORKER_BODIES_MAX);
	for (uint32_t i = 0; i < message->bodies; i++)
		size += SIZE + message->body[i].size;
	if (size > sizeof bundle->bytes - bundle->size)
		return false;
	*at++ = (char)message->command;
	*at++ = (char)message->bodies;
	little_put(at, message->address.size, SIZE);
	for (uint32_t i = 0; i < message->bodies; i++)
		little_put(at += SIZE, message->body[i].size, SIZE);
	at = put(at + SIZE, message->address);
	for (uint32_t i = 0; i < message->bodies; i++)
		at = put(at, message->body[i]);
	bundle->size += (uint32_t)size;
	bundle->count++;
	return true;
}

static struct text take(struct text *from, uint32_t size)
{
	struct text taken = {from->at, size};

	from->at += size;
	from->size -= size;
	return taken;
}

/* Takes as many bytes as stand at `size`. */
static bool take_sized(struct text *from, const char *size, struct text *taken)
{
	uint64_t wanted = little_get(size, SIZE);

	if (wanted > from->size)
		return false;
	*taken = take(from, (uint32_t)wanted);
	return true;
}

static bool read_head(const struct text *bundle, struct mdp_worker_message *message)
{
	unsigned command, bodies;

	if (bundle->size < HEAD)
		return false;
	command = (unsigned char)bundle->at[0];
	bodies = (unsigned char)bundle->at[1];
	if (command < MDP_REQUEST || command > MDP_FINAL || !bodies || bodies > WORKER_BODIES_MAX)
		return false;
	*message = (struct mdp_worker_message){.command = (enum mdp_worker_command)command, .bodies = bodies};
	return bundle->size >= HEAD + SIZE * (1 + bodies);
}

bool bundle_next(struct text *bundle, struct mdp_worker_message *message)
{
	struct text rest = *bundle;
	const char *sizes;

	if (!read_head(bundle, message))
		return false;
	take(&rest, HEAD);
	sizes = take(&rest, SIZE * (1 + message->bodies)).at;
	if (!take_sized(&rest, sizes, &message->address) || !message->address.size)
		return false;
	for (uint32_t i = 0; i < message->bodies; i++)
		if (!take_sized(&rest, sizes + SIZE * (1 + i), &message->body[i]))
			return false;
	*bundle = rest;
	return true;
}
