/* Majordomo frames by position. */
#include "schema/mdp.h"

#include <assert.h>

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
	command = take_command(&walk, MDP_BUNDLE);
	if (!command)
		return false;
	message->command = (enum mdp_worker_command)command;
	message->service = message->offer = message->address = message->bundle = (struct text){0};
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
	case MDP_BUNDLE:
		return take_filled(&walk, &message->bundle) && is_at_end(&walk);
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
	static const char commands[] = "\0\1\2\3\4\5\6\7";

	assert(command >= 1 && command <= MDP_BUNDLE);
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
	case MDP_BUNDLE:
		put(frames, message->bundle);
		break;
	case MDP_HEARTBEAT:
	case MDP_DISCONNECT:
		break;
	}
}
