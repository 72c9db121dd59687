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
	arena_free(&crowd->scans);
}

static struct text encode(struct crowd *crowd, struct arena *arena, const char *op, uint32_t door,
			  const struct message *message, const void *record)
{
	struct request request;
	struct text map;

	message_clear(&message_request, &request);
	request.op = text_of(op);
	request.device = (struct text){crowd->doors[door % CROWD_DOORS], 16};
	request.seq = ++crowd->numbers[door % CROWD_DOORS];
	request.at = crowd->now;
	request.offset = 0;
	if (message_encode_two(&message_request, &request, message, record, arena, &map))
		abort();
	return map;
}

struct text crowd_question(struct crowd *crowd, const char *op, const struct message *message, const void *record)
{
	struct request request;
	struct text map;

	message_clear(&message_request, &request);
	request.op = text_of(op);
	if (message_encode_two(&message_request, &request, message, record, &crowd->arena, &map))
		abort();
	return map;
}

static struct requests requests_new(struct arena *arena, const char *service, uint32_t count)
{
	return (struct requests){service, arena_alloc(arena, count * sizeof(struct text)), count};
}

/* ---- the event ---- */

static const char *const states[] = {"MA", "TR", "SN", "MY", "AZ", "EG", "ID", "PK"};

/* A programme in which every session goes on all the time. */
static struct text load_event(struct crowd *crowd, struct text event)
{
	const int64_t hour = 3600000;
	struct day_plan day = {.day = 1, .date = TEXT("2024-02-29"), .starts = crowd->now - 12 * hour,
			       .ends = crowd->now + 12 * hour};
	struct entity_plan entities[8];
	struct standing_plan standings[8];
	struct session_plan sessions[CROWD_SESSIONS];
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
	load.event = event;
	load.zone = TEXT("UTC");
	load.days = (struct list){&day, 1};
	load.entities = (struct list){entities, 8};
	load.standings = (struct list){standings, 8};
	load.sessions = (struct list){sessions, CROWD_SESSIONS};
	return encode(crowd, &crowd->arena, "load", 0, &message_load, &load);
}

static struct text open_event(struct crowd *crowd, struct text event)
{
	struct event_ref ref = {.event = event};

	return encode(crowd, &crowd->arena, "open_event", 0, &message_event_ref, &ref);
}

struct requests crowd_event(struct crowd *crowd)
{
	struct requests requests = requests_new(&crowd->arena, "bench/events", 2);

	requests.maps[0] = load_event(crowd, TEXT("bench"));
	requests.maps[1] = open_event(crowd, TEXT("bench"));
	return requests;
}

struct requests crowd_idle_events(struct crowd *crowd, uint32_t count)
{
	struct requests requests = requests_new(&crowd->arena, "bench/events", 2 * count);

	for (uint32_t i = 0; i < count; i++) {
		struct text event = arena_printf(&crowd->arena, "idle-%u", i);

		requests.maps[2 * i] = load_event(crowd, event);
		requests.maps[2 * i + 1] = open_event(crowd, event);
	}
	return requests;
}

/* ---- people ---- */

static const char *const syllables[] = {
	"ba", "dar", "fi", "gul", "ha", "jem", "ka", "lin", "mo", "nar", "o", "pel", "qa", "ri", "sam", "tu", "vo", "wen",
	"ya", "zor",
};
enum { SYLLABLES = sizeof syllables / sizeof *syllables };

/* Neighbours in number are none in the alphabet. */
static uint32_t scatter(uint32_t person)
{
	return person * 2654435761u >> 4;
}

struct text crowd_given(struct arena *arena, uint32_t person)
{
	uint32_t n = scatter(person);

	return arena_printf(arena, "%s%s", syllables[n % SYLLABLES], syllables[n / SYLLABLES % SYLLABLES]);
}

struct text crowd_family(struct arena *arena, uint32_t person)
{
	uint32_t n = scatter(person) / (SYLLABLES * SYLLABLES);

	return arena_printf(arena, "%s%s%s", syllables[n % SYLLABLES], syllables[n / SYLLABLES % SYLLABLES],
			    syllables[person % SYLLABLES]);
}

static struct text name_of(struct crowd *crowd, uint32_t person)
{
	struct text given = crowd_given(&crowd->arena, person), family = crowd_family(&crowd->arena, person);

	return arena_printf(&crowd->arena, "%.*s %.*s %u", (int)given.size, given.at, (int)family.size, family.at,
			    person);
}

struct requests crowd_imports(struct crowd *crowd)
{
	struct requests requests = requests_new(&crowd->arena, "bench/registration", crowd->people / CHUNK);

	for (uint32_t c = 0; c < requests.count; c++) {
		struct nomination rows[CHUNK];
		struct import import = {.rows = {rows, CHUNK}, .accredit = true};

		for (uint32_t i = 0; i < CHUNK; i++) {
			message_clear(&message_nomination, &rows[i]);
			rows[i].name = name_of(crowd, c * CHUNK + i);
			rows[i].entity = text_of(states[i % 8]);
			rows[i].category = category_delegate;
		}
		requests.maps[c] = encode(crowd, &crowd->arena, "import", 0, &message_import, &import);
	}
	return requests;
}

struct requests crowd_check_ins(struct crowd *crowd)
{
	struct requests requests = requests_new(&crowd->arena, "bench/checkin", crowd->people);

	for (uint32_t i = 0; i < crowd->people; i++) {
		struct check_in check_in = {.person = i + 1, .issue = true};

		requests.maps[i] = encode(crowd, &crowd->arena, "check_in", i, &message_check_in, &check_in);
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

/* ---- scans ---- */

static struct scan next_scan(struct crowd *crowd, char session[8])
{
	uint32_t person = (uint32_t)(crowd->next_scan % crowd->people);
	uint32_t pass = (uint32_t)(crowd->next_scan / crowd->people);

	if (person == 0)
		crowd->now += 60000;
	crowd->next_scan++;
	snprintf(session, 8, "S%u", pass / 2 % CROWD_SESSIONS);
	return (struct scan){.badge = crowd->badges[person], .session = text_of(session),
			     .direction = pass % 2 ? direction_out : direction_in};
}

static struct text scan_map(struct crowd *crowd, struct arena *arena)
{
	uint32_t door = (uint32_t)(crowd->next_scan % CROWD_DOORS);
	char session[8];
	struct scan scan = next_scan(crowd, session);

	return encode(crowd, arena, "scan", door, &message_scan, &scan);
}

struct requests crowd_scans(struct crowd *crowd, uint32_t count)
{
	struct requests requests;

	arena_reset(&crowd->scans);
	requests = requests_new(&crowd->scans, "bench/attendance", count);
	for (uint32_t i = 0; i < count; i++)
		requests.maps[i] = scan_map(crowd, &crowd->scans);
	return requests;
}

struct text crowd_plain_scan(struct crowd *crowd)
{
	char session[8];
	struct scan scan = next_scan(crowd, session);
	struct request request;
	struct text map;

	message_clear(&message_request, &request);
	request.op = TEXT("scan");
	if (message_encode_two(&message_request, &request, &message_scan, &scan, &crowd->arena, &map))
		abort();
	return map;
}
