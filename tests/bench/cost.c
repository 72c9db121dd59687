/*
 * What a scan costs the writer, without a network: the real writer and store over a fixed input. For instructions a scan:
 * valgrind --tool=callgrind --toggle-collect=cost_scans build/tests/bench/bench cost
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "schema/clock.h"
#include "schema/mdp.h"
#include "tests/bench/cost.h"
#include "tests/bench/crowd.h"
#include "workers/writer.h"

enum { PEOPLE = 2000, ROUNDS = 6, BATCH = 256 };

struct bill {
	struct writer *writer;
	struct intake intake;
	struct crowd crowd;
	char address[MDP_PACKED_MAX];
	uint32_t next_id, next_badge;
	bool badges;
};

static void take_reply(void *context, void *origin, struct text address, struct text id, struct text map)
{
	struct bill *bill = context;
	struct arena arena = {0};
	struct reply reply;

	(void)origin;
	(void)address;
	(void)id;
	if (message_decode(&message_reply, map, &arena, &reply, NULL) || reply.status != status_ok) {
		fprintf(stderr, "cost: refused: %.*s\n", (int)reply.detail.size, reply.detail.at);
		exit(1);
	}
	arena_free(&arena);
	if (bill->badges)
		crowd_take_badge(&bill->crowd, bill->next_badge++, map);
}

static bool ignore_event(void *context, const struct event *event)
{
	(void)context;
	(void)event;
	return true;
}

static void print_line(void *context, const char *sentence)
{
	(void)context;
	fprintf(stderr, "cost: %s\n", sentence);
}

static void flush(struct bill *bill)
{
	if (!writer_run(bill->writer, &bill->intake, bill->crowd.now))
		exit(1);
	intake_hand_out(&bill->intake, bill->crowd.now, take_reply, bill);
	intake_reset(&bill->intake);
}

static void send_all(struct bill *bill, const struct requests *requests)
{
	const struct mdp_address from = {1, TEXT("cost"), TEXT("administrator"), text_of(requests->service)};
	struct text address = mdp_pack_address(&from, bill->address);

	for (uint32_t i = 0; i < requests->count; i++) {
		unsigned char id[ID_SIZE] = {0};

		for (int b = 0; b < 4; b++)
			id[b + 8] = (unsigned char)(bill->next_id >> (24 - 8 * b));
		bill->next_id++;
		intake_take(&bill->intake, NULL, address, (struct text){(char *)id, ID_SIZE}, requests->maps[i],
			    bill->crowd.now);
		if (bill->intake.count == BATCH || i + 1 == requests->count)
			flush(bill);
	}
}

void cost_scans(struct bill *bill, const struct requests *scans)
{
	send_all(bill, scans);
}

int cost_run(void)
{
	char folder[] = "/tmp/hudur-cost.XXXXXX";
	struct bill bill = {.next_id = 1};
	const struct writer_settings settings = {
		.folder = folder, .random = randombytes_buf, .event_added = ignore_event,
		.log = print_line, .context = &bill,
	};
	struct requests part;
	int64_t begun;

	if (sodium_init() < 0 || !mkdtemp(folder) || !(bill.writer = writer_new(&settings)))
		return 1;
	crowd_init(&bill.crowd, PEOPLE, INT64_C(1709200800000));
	part = crowd_event(&bill.crowd);
	send_all(&bill, &part);
	part = crowd_imports(&bill.crowd);
	send_all(&bill, &part);
	part = crowd_check_ins(&bill.crowd);
	bill.badges = true;
	send_all(&bill, &part);
	bill.badges = false;
	part = crowd_scans(&bill.crowd, 0, ROUNDS);
	begun = clock_monotonic_us();
	cost_scans(&bill, &part);
	printf("%.2f us a scan\n", (double)(clock_monotonic_us() - begun) / part.count);
	writer_free(bill.writer);
	intake_free(&bill.intake);
	crowd_free(&bill.crowd);
	return 0;
}
