/* Wraps maps that are encoded already. */
#include "tests/bench/batches.h"

#include <arpa/inet.h>
#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "schema/clock.h"
#include "schema/mdp.h"
#include "schema/message.h"
#include "tests/bench/crowd.h"

enum { ID_TIME = 6, ID_NUMBER = 12 };

/* Ids ascend, as UUIDv7 do (RFC 9562): the time first, last a number. */
static void begin_ids(unsigned char start[ID_SIZE])
{
	const struct clock machine = {0};
	int64_t now = clock_now(&machine);

	randombytes_buf(start, ID_SIZE);
	for (int i = ID_TIME - 1; i >= 0; i--, now >>= 8)
		start[i] = (unsigned char)now;
}

static struct text number_id(const unsigned char start[ID_SIZE], uint32_t n, struct arena *arena)
{
	const uint32_t big_endian = htonl(n);
	char *id = arena_alloc(arena, ID_SIZE);

	memcpy(id, start, ID_NUMBER);
	memcpy(id + ID_NUMBER, &big_endian, sizeof big_endian);
	return (struct text){id, ID_SIZE};
}

static struct text wrap(struct packed *parts, struct arena *arena)
{
	struct scan_batch batch = {.requests = {parts, BATCH_SCANS}};
	struct request request;
	struct text map;

	message_clear(&message_request, &request);
	request.op = TEXT("scan_batch");
	if (message_encode_two(&message_request, &request, &message_scan_batch, &batch, arena, &map))
		abort();
	return map;
}

struct requests batches_of(const struct requests *scans, struct arena *arena)
{
	struct requests batches = {scans->service, NULL, scans->count / BATCH_SCANS};
	unsigned char start[ID_SIZE];
	struct packed parts[BATCH_SCANS];

	assert(scans->count % (BATCH_SCANS * CROWD_DOORS) == 0);
	batches.maps = arena_alloc(arena, batches.count * sizeof *batches.maps);
	begin_ids(start);
	for (uint32_t b = 0; b < batches.count; b++) {
		uint32_t first = b / CROWD_DOORS * BATCH_SCANS * CROWD_DOORS + b % CROWD_DOORS;

		for (uint32_t i = 0; i < BATCH_SCANS; i++)
			parts[i] = (struct packed){.id = number_id(start, b * BATCH_SCANS + i, arena),
						   .map = scans->maps[first + i * CROWD_DOORS]};
		batches.maps[b] = wrap(parts, arena);
	}
	return batches;
}
