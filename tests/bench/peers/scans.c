/*
 * Our side of the comparison with other servers: sets a meeting up at a broker and measures when it is told to, so that
 * whoever asks can let the others take turns. Standard input: `scans` or `batches`, a line each; standard output:
 * `ready BYTES`, the size of a scan's map, and for each line `rate PER_SECOND`.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/clock.h"
#include "schema/message.h"
#include "tests/bench/crowd.h"
#include "tests/bench/batches.h"

/* All scans of ROUNDS rounds make whole batches. */
enum { CONNECTIONS = 64, IN_FLIGHT = 16, PEOPLE = 25600, ROUNDS = 4 };

struct side {
	const char *endpoint;
	struct crowd crowd;
	struct arena scratch;
};

static int fail(const char *what)
{
	fprintf(stderr, "scans: %s\n", what);
	return 1;
}

static bool is_ok(void *context, uint32_t n, struct text map)
{
	struct side *side = context;
	struct reply reply;
	bool ok;

	arena_reset(&side->scratch);
	ok = !message_decode(&message_reply, map, &side->scratch, &reply, NULL) && reply.status == status_ok &&
	     !reply.repeated;
	if (!ok)
		fprintf(stderr, "scans: request %u was not answered ok\n", n);
	return ok;
}

static bool all_ok(void *context, uint32_t n, struct text map)
{
	struct side *side = context;
	struct scan_batch_replies replies;
	struct arena arena = {0}; /* is_ok takes the other one back */
	bool ok = is_ok(side, n, map) &&
		  !message_decode_rest(&message_scan_batch_replies, map, &arena, &replies, NULL) &&
		  replies.replies.count == BATCH_SCANS;

	for (uint32_t i = 0; ok && i < replies.replies.count; i++)
		ok = is_ok(side, n, LIST_AT(replies.replies, packed, i)->map);
	arena_free(&arena);
	return ok;
}

static bool take_badge(void *context, uint32_t n, struct text map)
{
	return crowd_take_badge(&((struct side *)context)->crowd, n, map);
}

static bool send(struct side *side, const struct requests *requests, int connections, int in_flight, check_fn *check,
		 double *seconds)
{
	struct load_result result;
	bool done = load_run(side->endpoint, connections, in_flight, requests, check, side, &result);

	free(result.latencies_us);
	*seconds = result.seconds;
	return done;
}

static bool set_up(struct side *side)
{
	const struct requests event = crowd_event(&side->crowd), imports = crowd_imports(&side->crowd);
	const struct requests check_ins = crowd_check_ins(&side->crowd);
	double seconds;

	return send(side, &event, 1, 1, is_ok, &seconds) && send(side, &imports, 1, 4, is_ok, &seconds) &&
	       send(side, &check_ins, CONNECTIONS, IN_FLIGHT, take_badge, &seconds);
}

/* Made anew for each turn and taken back after it: what is sent is never sent again. */
static bool measure(struct side *side, bool batched)
{
	struct requests scans = crowd_scans(&side->crowd, PEOPLE * ROUNDS), batches = scans;
	struct arena arena = {0};
	double seconds;
	bool done;

	if (batched)
		batches = batches_of(&scans, &arena);
	done = send(side, &batches, CONNECTIONS, batched ? BATCHES_IN_FLIGHT : IN_FLIGHT, batched ? all_ok : is_ok,
		    &seconds);
	arena_free(&arena);
	if (done)
		printf("rate %.1f\n", scans.count / seconds);
	return done;
}

static uint32_t size_of_a_scan(struct side *side)
{
	return crowd_scans(&side->crowd, PEOPLE).maps[0].size;
}

static int serve(struct side *side)
{
	char line[64];

	printf("ready %u\n", size_of_a_scan(side));
	while (fgets(line, sizeof line, stdin)) {
		bool batched = strcmp(line, "batches\n") == 0;

		if (!batched && strcmp(line, "scans\n") != 0)
			return fail("told neither `scans` nor `batches`");
		if (!measure(side, batched))
			return fail("the scans were not all stored");
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct side side = {.endpoint = argc == 2 ? argv[1] : NULL};
	struct clock clock = {0};
	int status;

	if (!side.endpoint)
		return fail("usage: scans ENDPOINT");
	if (sodium_init() < 0)
		return fail("no source of random numbers");
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	crowd_init(&side.crowd, PEOPLE, clock_now(&clock));
	status = set_up(&side) ? serve(&side) : fail("the meeting could not be set up");
	crowd_free(&side.crowd);
	arena_free(&side.scratch);
	return status;
}
