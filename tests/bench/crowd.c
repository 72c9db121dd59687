/* Invented people, numbered. */
#include "tests/bench/crowd.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "schema/message.h"

enum { CHUNK = 100 };

void crowd_init(struct crowd *crowd, uint32_t people, int64_t now)
{
	*crowd = (struct crowd){.people = people, .now = now};
	crowd->badges = calloc(people, sizeof *crowd->badges);
	randombytes_buf(crowd->doors, sizeof crowd->doors);
}

void crowd_free(struct crowd *crowd)
{
	free(crowd->badges);
	arena_free(&crowd->arena);
}

static struct text encode(struct crowd *crowd, const char *op, uint32_t door, const struct message *message,
			  const void *record)
{
	struct request request;
	struct text map;

	message_clear(&message_request, &request);
	request.op = text_of(op);
	request.device = (struct text){crowd->doors[door % CROWD_DOORS], 16};
	request.seq = ++crowd->numbers[door % CROWD_DOORS];
	request.at = crowd->now;
	request.offset = 0;
	if (message_encode_two(&message_request, &request, message, record, &crowd->arena, &map))
		abort();
	return map;
}

static struct requests requests_new(struct crowd *crowd, const char *service, uint32_t count)
{
	return (struct requests){service, arena_alloc(&crowd->arena, count * sizeof(struct text)), count};
}

static const char *const states[] = {"MA", "TR", "SN", "MY", "AZ", "EG", "ID", "PK"};

struct requests crowd_event(struct crowd *crowd)
{
	const int64_t hour = 3600000;
	struct requests requests = requests_new(crowd, "bench/events", 2);
	struct day_plan day = {.day = 1, .date = TEXT("2024-02-29"), .starts = crowd->now - 12 * hour,
			       .ends = crowd->now + 12 * hour};
	struct entity_plan entities[8];
	struct standing_plan standings[8];
	struct session_plan sessions[CROWD_SESSIONS];
	struct event_ref ref = {.event = TEXT("bench")};
	struct load load;

	for (int i = 0; i < 8; i++) {
		message_clear(&message_entity_plan, &entities[i]);
		entities[i].entity = entities[i].name_en = text_of(states[i]);
		entities[i].kind = entity_kind_state;
		standings[i] = (struct standing_plan){text_of(states[i]), standing_member, ABSENT, ABSENT, 0};
	}
	for (int i = 0; i < CROWD_SESSIONS; i++) {
		message_clear(&message_session_plan, &sessions[i]);
		sessions[i].session = arena_printf(&crowd->arena, "S%d", i);
		sessions[i].day = 1;
		sessions[i].type = session_type_panel;
		sessions[i].counts = true;
		sessions[i].starts = crowd->now - hour;
		sessions[i].ends = crowd->now + 4 * hour;
	}
	message_clear(&message_load, &load);
	load.event = TEXT("bench");
	load.zone = TEXT("UTC");
	load.days = (struct list){&day, 1};
	load.entities = (struct list){entities, 8};
	load.standings = (struct list){standings, 8};
	load.sessions = (struct list){sessions, CROWD_SESSIONS};
	requests.maps[0] = encode(crowd, "load", 0, &message_load, &load);
	requests.maps[1] = encode(crowd, "open_event", 0, &message_event_ref, &ref);
	return requests;
}

struct requests crowd_imports(struct crowd *crowd)
{
	struct requests requests = requests_new(crowd, "bench/registration", crowd->people / CHUNK);

	for (uint32_t c = 0; c < requests.count; c++) {
		struct nomination rows[CHUNK];
		struct import import = {.rows = {rows, CHUNK}, .accredit = true};

		for (uint32_t i = 0; i < CHUNK; i++) {
			message_clear(&message_nomination, &rows[i]);
			rows[i].name = arena_printf(&crowd->arena, "Invented Person %u", c * CHUNK + i);
			rows[i].entity = text_of(states[i % 8]);
			rows[i].category = category_delegate;
		}
		requests.maps[c] = encode(crowd, "import", 0, &message_import, &import);
	}
	return requests;
}

struct requests crowd_check_ins(struct crowd *crowd)
{
	struct requests requests = requests_new(crowd, "bench/checkin", crowd->people);

	for (uint32_t i = 0; i < crowd->people; i++) {
		struct check_in check_in = {.person = i + 1, .issue = true};

		requests.maps[i] = encode(crowd, "check_in", i, &message_check_in, &check_in);
	}
	return requests;
}

bool crowd_take_badge(void *context, uint32_t person, struct text map)
{
	struct crowd *crowd = context;
	struct arena scratch = {0};
	struct checked_in reply;

	if (!message_decode(&message_checked_in, map, &scratch, &reply, NULL))
		crowd->badges[person] = arena_text(&crowd->arena, reply.badge);
	arena_free(&scratch);
	return crowd->badges[person].at != NULL;
}

static struct scan scan_of(const struct crowd *crowd, uint32_t person, uint32_t round, char session[8])
{
	snprintf(session, 8, "S%u", round / 2 % CROWD_SESSIONS);
	return (struct scan){.badge = crowd->badges[person], .session = text_of(session),
			     .direction = round % 2 ? direction_out : direction_in};
}

struct requests crowd_scans(struct crowd *crowd, uint32_t first_round, uint32_t rounds)
{
	struct requests requests = requests_new(crowd, "bench/attendance", crowd->people * rounds);
	uint32_t n = 0;
	char session[8];

	for (uint32_t r = first_round; r < first_round + rounds; r++) {
		crowd->now += 60000;
		for (uint32_t p = 0; p < crowd->people; p++) {
			struct scan scan = scan_of(crowd, p, r, session);

			requests.maps[n++] = encode(crowd, "scan", p, &message_scan, &scan);
		}
	}
	return requests;
}

struct text crowd_plain_scan(struct crowd *crowd, uint32_t person, uint32_t round)
{
	char session[8];
	struct scan scan = scan_of(crowd, person, round, session);
	struct request request;
	struct text map;

	message_clear(&message_request, &request);
	request.op = TEXT("scan");
	if (message_encode_two(&message_request, &request, &message_scan, &scan, &crowd->arena, &map))
		abort();
	return map;
}
