/*
 * ZeroMQ hands out one message of each sender in turn. Handled in that order, the answers to one
 * client would leave one by one, each with a system call here and another one there; what is handed
 * on together comes back together and leaves as one write.
 */
#include "broker/burst.h"

#include <stdlib.h>

enum { SLOTS = 2 * BURST_MAX };

struct burst {
	struct arrival all[BURST_MAX];
	uint32_t count;
	struct arrivals grouped;
	struct arrival *last[SLOTS]; /* of each sender, by the hash of its identity */
	struct arrival **senders[BURST_MAX]; /* the places there that are taken */
	uint32_t sender_count;
};

/* The first is made with the burst; when memory is out for one more, the burst ends before it. */
static bool has_wire(struct arrival *arrival)
{
	if (!arrival->wire)
		arrival->wire = wire_new();
	return arrival->wire != NULL;
}

struct burst *burst_new(void)
{
	struct burst *burst = calloc(1, sizeof *burst);

	if (burst && !has_wire(burst->all)) {
		burst_free(burst);
		return NULL;
	}
	return burst;
}

void burst_free(struct burst *burst)
{
	if (!burst)
		return;
	for (uint32_t i = 0; i < BURST_MAX; i++)
		wire_free(burst->all[i].wire);
	free(burst);
}

/* FNV-1a. Senders who make theirs collide cost at most BURST_MAX comparisons a message, and have to be as many. */
static uint32_t hash_of(struct text peer)
{
	uint32_t hash = 2166136261u;

	for (uint32_t i = 0; i < peer.size; i++)
		hash = (hash ^ (unsigned char)peer.at[i]) * 16777619u;
	return hash;
}

static struct arrival **last_of(struct burst *burst, struct text peer)
{
	for (uint32_t at = hash_of(peer);; at++) {
		struct arrival **last = &burst->last[at % SLOTS];

		if (!*last || text_equal((*last)->peer, peer))
			return last;
	}
}

static void group(struct burst *burst, struct arrival *arrival)
{
	struct arrival **last = last_of(burst, arrival->peer);

	if (*last) {
		STAILQ_INSERT_AFTER(&burst->grouped, *last, arrival, link);
	} else {
		STAILQ_INSERT_TAIL(&burst->grouped, arrival, link);
		burst->senders[burst->sender_count++] = last;
	}
	*last = arrival;
}

static uint32_t size_of(const struct frames *frames)
{
	uint32_t size = 0;

	for (uint32_t i = 0; i < frames->count; i++)
		size += frames->at[i].size;
	return size;
}

static bool is_enough(const struct burst *burst)
{
	return burst->count >= BURST_LEAST && burst->count >= BURST_EACH * burst->sender_count;
}

const struct arrivals *burst_read(struct burst *burst, void *socket, bool *more)
{
	uint32_t bytes = 0;

	*more = true;

	STAILQ_INIT(&burst->grouped);
	while (burst->sender_count)
		*burst->senders[--burst->sender_count] = NULL;
	for (burst->count = 0; burst->count < BURST_MAX && bytes < BURST_BYTES && !is_enough(burst); burst->count++) {
		struct arrival *arrival = &burst->all[burst->count];
		enum wire_result result;

		if (!has_wire(arrival))
			break;
		result = wire_receive(socket, arrival->wire, &arrival->peer, &arrival->frames);
		*more = result == WIRE_OK || result == WIRE_TOO_MANY;
		if (!*more)
			break;
		arrival->whole = result == WIRE_OK;
		bytes += size_of(&arrival->frames);
		group(burst, arrival);
	}
	return &burst->grouped;
}

void burst_release(struct burst *burst)
{
	for (uint32_t i = 0; i < burst->count; i++)
		wire_release(burst->all[i].wire);
	burst->count = 0;
}
