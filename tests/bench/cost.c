/*
 * What a scan costs the writer, without a network: the real writer and store over an input that is the same each time.
 * instructions.py counts its instructions.
 */
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "schema/clock.h"
#include "schema/mdp.h"
#include "tests/bench/cost.h"
#include "tests/bench/crowd.h"
#include "tests/bench/stand.h"
#include "workers/writer.h"

enum { PEOPLE = 1000, SCANS = 6000, BATCH = 256 };

struct bill {
	struct writer *writer;
	struct intake intake;
	struct crowd crowd;
	char address[MDP_PACKED_MAX];
	uint32_t next_id, next_badge;
	bool badges;
};

/* ---- numbers that nobody could tell from random ones, and the same each time: xorshift, Marsaglia 2003 ---- */

static const char *seeded_name(void)
{
	return "seeded";
}

static uint32_t seeded_number(void)
{
	static uint32_t state = 2463534242u;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static void seeded_bytes(void *const bytes, const size_t size)
{
	for (size_t i = 0; i < size; i++)
		((unsigned char *)bytes)[i] = (unsigned char)(seeded_number() >> 11);
}

static struct randombytes_implementation seeded = {
	.implementation_name = seeded_name, .random = seeded_number, .buf = seeded_bytes,
};

/* ---- the writer ---- */

/* A map that begins with its status, "ok": reading all of it would be counted with the scan. */
static bool says_ok(struct text map)
{
	static const char ok[] = "\xa6status\xa2ok";

	return map.size > sizeof ok && memcmp(map.at + 1, ok, sizeof ok - 1) == 0;
}

static void take_reply(void *context, void *origin, struct text address, struct text id, struct text map)
{
	struct bill *bill = context;

	(void)origin;
	(void)address;
	(void)id;
	if (!says_ok(map)) {
		fprintf(stderr, "cost: a request was not answered ok\n");
		exit(1);
	}
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

static void set_up(struct bill *bill)
{
	struct requests part = crowd_event(&bill->crowd);

	send_all(bill, &part);
	part = crowd_imports(&bill->crowd);
	send_all(bill, &part);
	part = crowd_check_ins(&bill->crowd);
	bill->badges = true;
	send_all(bill, &part);
	bill->badges = false;
}

int cost_run(void)
{
	const char *place = getenv("TMPDIR");
	char folder[512];
	struct bill bill = {.next_id = 1};
	const struct writer_settings settings = {
		.folder = folder, .random = randombytes_buf, .event_added = ignore_event,
		.log = print_line, .context = &bill,
	};
	struct requests scans;
	int64_t begun;

	snprintf(folder, sizeof folder, "%.400s/hudur-cost.XXXXXX", place ? place : "/tmp");
	randombytes_set_implementation(&seeded);
	if (sodium_init() < 0 || !mkdtemp(folder) || !(bill.writer = writer_new(&settings)))
		return 1;
	crowd_init(&bill.crowd, PEOPLE, INT64_C(1709200800000));
	set_up(&bill);
	scans = crowd_scans(&bill.crowd, SCANS);
	begun = clock_monotonic_us();
	cost_scans(&bill, &scans);
	printf("{\"scans\": %u, \"us\": %.2f, \"compiler\": \"%s\", \"sqlite\": \"%s\"}\n", scans.count,
	       (double)(clock_monotonic_us() - begun) / scans.count, __VERSION__, sqlite3_libversion());
	writer_free(bill.writer);
	intake_free(&bill.intake);
	crowd_free(&bill.crowd);
	stand_remove(folder);
	return 0;
}
