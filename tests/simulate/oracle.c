/* A row for each id that a client ever kept or sent. */
#include "tests/simulate/oracle.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "clients/lib/spool.h"
#include "schema/arena.h"

struct oracle oracle;
static struct arena arena;

struct sent *oracle_find(const void *id)
{
	for (unsigned i = oracle.count; i-- > 0;)
		if (memcmp(oracle.sent[i].id, id, ID_SIZE) == 0)
			return &oracle.sent[i];
	return NULL;
}

static struct sent *get(const struct process *client, const uint8_t *id)
{
	struct sent *sent = oracle_find(id);

	if (sent)
		return sent;
	if (oracle.count == SENT_MAX) {
		world_fail("the oracle has no room for more requests");
		return &oracle.sent[0];
	}
	sent = &oracle.sent[oracle.count++];
	*sent = (struct sent){.client = client};
	memcpy(sent->id, id, ID_SIZE);
	return sent;
}

void oracle_kept(const struct process *client, const uint8_t *id)
{
	struct sent *sent = get(client, id);

	note("keeps", client->name, (int64_t)(sent - oracle.sent), 0);
	sent->kept = client->life;
}

static bool is_write(struct text service, const struct request *request, const struct operation **operation)
{
	const char *slash = service.at ? memrchr(service.at, '/', service.size) : NULL;

	if (!slash)
		return false;
	*operation = operation_find((struct text){slash + 1, (uint32_t)(service.at + service.size - slash - 1)},
				    request->op);
	return *operation && (*operation)->access == ACCESS_WRITE;
}

/* The bytes sent under an id never change, and no number is given twice by a device. */
static void check_bytes(struct sent *sent, const struct request *request, struct text map)
{
	unsigned char digest[DIGEST_BYTES];

	crypto_generichash(digest, sizeof digest, (const unsigned char *)map.at, map.size, NULL, 0);
	if (sent->seen) {
		if (memcmp(sent->digest, digest, sizeof digest) != 0)
			world_fail("%s sent other bytes under an id it had sent before", sent->client->name);
		return;
	}
	sent->seen = true;
	sent->number = request->seq;
	memcpy(sent->digest, digest, sizeof digest);
	memcpy(sent->device, request->device.at, ID_SIZE);
	for (const struct sent *other = oracle.sent; other < oracle.sent + oracle.count; other++)
		if (other != sent && other->seen && other->number == sent->number &&
		    memcmp(other->device, sent->device, ID_SIZE) == 0)
			world_fail("%s sent number %" PRId64 " under two ids", sent->client->name, sent->number);
}

void oracle_sent(const struct process *client, const struct frames *frames)
{
	struct mdp_client_message message;
	struct request request;
	const struct operation *operation;
	struct sent *sent;

	arena_reset(&arena);
	if (!mdp_read_client(frames, &message) || message.bodies != 2 || message.body[0].size != ID_SIZE ||
	    message_decode(&message_request, message.body[1], &arena, &request, NULL)) {
		world_fail("%s sent what is no request", client->name);
		return;
	}
	if (!is_write(message.service, &request, &operation))
		return;
	sent = get(client, (const uint8_t *)message.body[0].at);
	sent->operation = operation;
	check_bytes(sent, &request, message.body[1]);
}

/* ---- answers ---- */

/* As the ledger keeps it: the result's own bytes. */
static bool hash_result(const struct sent *sent, struct text map, uint64_t *hash)
{
	char result[4096];
	struct text bytes;

	if (sent->operation->result->size > sizeof result ||
	    message_decode_rest(sent->operation->result, map, &arena, result, NULL) ||
	    message_encode(sent->operation->result, result, &arena, &bytes))
		return false;
	*hash = hash_bytes(HASH_START, bytes.at, bytes.size);
	return true;
}

static void take_final(struct sent *sent, const struct reply *reply, struct text map)
{
	uint64_t result = 0;
	char reason[33];

	snprintf(reason, sizeof reason, "%.*s", (int)reply->reason.size, reply->reason.at ? reply->reason.at : "");
	if (reply->status == status_ok && !hash_result(sent, map, &result))
		world_fail("%s got an ok whose result cannot be read", sent->client->name);
	if (sent->answered && (strcmp(sent->reason, reason) != 0 || sent->result != result))
		world_fail("%s got two answers to one request: %s and %s", sent->client->name, sent->reason, reason);
	memcpy(sent->reason, reason, sizeof reason);
	sent->result = result;
	sent->answered = true;
	oracle.answers++;
}

void oracle_answered(const struct process *client, const struct hudur_reply *got)
{
	struct text map = {got->map, (uint32_t)got->size};
	struct sent *sent = oracle_find(got->id);
	struct reply reply;

	if (!sent)
		return; /* to a question */
	arena_reset(&arena);
	if (message_decode(&message_reply, map, &arena, &reply, NULL)) {
		world_fail("%s got an answer that cannot be read", client->name);
		return;
	}
	note("is answered", client->name, (int64_t)(sent - oracle.sent), reply.status);
	if (sent->client != client || !sent->seen)
		world_fail("%s got an answer to what it did not send", client->name);
	else if (reply.status == status_busy)
		world_fail("%s was handed out busy for a write", client->name);
	else if (reply.status == status_error)
		sent->rejected = true;
	else
		take_final(sent, &reply, map);
}

static bool mark_rejected(void *context, const struct rejected *rejected)
{
	unsigned char digest[DIGEST_BYTES];

	(void)context;
	crypto_generichash(digest, sizeof digest, (const unsigned char *)rejected->map.at, rejected->map.size, NULL, 0);
	for (struct sent *sent = oracle.sent; sent < oracle.sent + oracle.count; sent++)
		if (sent->seen && memcmp(sent->digest, digest, sizeof digest) == 0)
			sent->rejected = true;
	return true;
}

void oracle_rejected(const char *spool)
{
	struct complaint complaint;

	if (!spool_each_rejected(spool, mark_rejected, NULL, &complaint))
		world_fail("%s", complaint.sentence);
	for (const struct sent *sent = oracle.sent; sent < oracle.sent + oracle.count; sent++)
		oracle.rejections += sent->rejected && sent->client->name[1] == spool[2];
}

/* One that was killed after it took an answer out of its spool and before it showed it is not told again. */
const struct sent *oracle_untold(void)
{
	for (const struct sent *sent = oracle.sent; sent < oracle.sent + oracle.count; sent++)
		if (sent->kept && sent->kept == sent->client->life && !sent->answered && !sent->rejected)
			return sent;
	return NULL;
}
