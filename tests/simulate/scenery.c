/* Makes the event file and the spools that each seed begins with, once, through the real writer and library. */
#include <malloc.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/hudur.h"
#include "schema/mdp.h"
#include "tests/simulate/actors.h"
#include "tests/simulate/disk.h"
#include "workers/writer.h"

/* A broker's tables are large and hardly touched: only what is mapped anew need not be cleared. */
enum { PEOPLE = 6, MAPPED_FROM = 1 << 18 };

struct scenery scenery;

struct making {
	struct writer *writer;
	struct intake intake;
	struct arena arena;
	int64_t number;
	struct text reply;
};

static bool ignore_event(void *context, const struct event *event)
{
	(void)context;
	(void)event;
	return true;
}

static void print(void *context, const char *sentence)
{
	(void)context;
	fprintf(stderr, "scenery: %s\n", sentence);
}

static void take(void *context, void *origin, struct text address, struct text id, struct text map)
{
	struct making *making = context;

	(void)origin;
	(void)address;
	(void)id;
	making->reply = arena_text(&making->arena, map);
}

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "scenery: %s failed\n", what);
	abort();
}

static void play(struct making *making, const char *service, const char *op, const void *fields, void *result)
{
	const struct operation *operation =
		operation_find(text_of(strrchr(service, '/') + 1), text_of(op));
	char id[ID_SIZE] = "scenery", device[ID_SIZE] = "scenery", packed[MDP_PACKED_MAX];
	struct text address = mdp_pack_address(&(struct mdp_address){.ticket = 1, .principal = TEXT("local"),
		.role = TEXT("administrator"), .service = text_of(service)}, packed);
	struct request request;
	struct reply head;
	struct text map = {0};

	message_clear(&message_request, &request);
	request.op = text_of(op);
	request.device = (struct text){device, ID_SIZE};
	request.seq = ++making->number;
	request.at = WALL_START;
	request.actor = TEXT("scenery");
	id[15] = (char)making->number;
	must(operation && message_encode_two(&message_request, &request, operation->request, fields, &making->arena,
					     &map) == E_OK, op);
	must(intake_take(&making->intake, NULL, address, (struct text){id, ID_SIZE}, map, WALL_START), op);
	must(writer_run(making->writer, &making->intake, WALL_START), op);
	intake_hand_out(&making->intake, WALL_START, take, making);
	intake_reset(&making->intake);
	must(message_decode(&message_reply, making->reply, &making->arena, &head, NULL) == E_OK &&
	     head.status == status_ok, op);
	if (result)
		must(message_decode(operation->result, making->reply, &making->arena, result, NULL) == E_OK, op);
}

static void load(struct making *making)
{
	const int64_t hour = INT64_C(3600000), midnight = WALL_START - 10 * hour;
	struct day_plan days[] = {
		{.day = 1, .date = TEXT("2024-02-29"), .starts = midnight, .ends = midnight + 24 * hour},
		{.day = 2, .date = TEXT("2024-03-01"), .starts = midnight + 24 * hour, .ends = midnight + 48 * hour},
	};
	struct room_plan rooms[] = {{.room = TEXT("hall")}, {.room = TEXT("annex")}};
	struct entity_plan entities[3];
	struct session_plan sessions[3];
	static const char *const codes[] = {"TR", "MA", "EG"}, *const names[] = {"S1", "S2", "W1"};
	struct load in;

	message_clear(&message_load, &in);
	for (int i = 0; i < 3; i++) {
		message_clear(&message_entity_plan, &entities[i]);
		entities[i].entity = text_of(codes[i]);
		entities[i].kind = entity_kind_state;
		message_clear(&message_session_plan, &sessions[i]);
		sessions[i].session = sessions[i].title_en = text_of(names[i]);
		sessions[i].position = i + 1;
		sessions[i].day = 1;
		sessions[i].room = i == 2 ? TEXT("annex") : TEXT("hall");
		sessions[i].type = session_type_plenary;
		sessions[i].counts = true;
		sessions[i].starts = WALL_START + (i == 1 ? 2 : 0) * hour;
		sessions[i].ends = sessions[i].starts + 2 * hour;
	}
	sessions[2].capacity = 2;
	in.event = TEXT("m");
	in.name_en = TEXT("An invented meeting");
	in.days = (struct list){days, 2};
	in.rooms = (struct list){rooms, 2};
	in.entities = (struct list){entities, 3};
	in.sessions = (struct list){sessions, 3};
	play(making, "w0/events", "load", &in, NULL);
	play(making, "w0/events", "open_event", &(struct event_ref){.event = TEXT("m")}, NULL);
}

static void invite(struct making *making)
{
	static const char *const entities[] = {"TR", "MA", "EG"};

	for (int i = 0; i < PEOPLE; i++) {
		struct registration in;
		struct registered registered;
		struct check_in arrival;
		struct checked_in done;

		message_clear(&message_registration, &in);
		message_clear(&message_check_in, &arrival);
		in.name = TEXT("Invented Sample");
		in.entity = text_of(entities[i % 3]);
		in.category = (enum category)1;
		in.accredit = true;
		play(making, "m/registration", "register", &in, &registered);
		arrival.person = registered.person;
		arrival.issue = true;
		play(making, "m/checkin", "check_in", &arrival, &done);
		snprintf(scenery.badges[scenery.badge_count++], sizeof scenery.badges[0], "%.*s",
			 (int)done.badge.size, done.badge.at);
	}
}

static struct image copy(const char *path)
{
	const struct file *file = disk_find(path);
	struct image image = {.size = file ? file->size : 0};

	must(file != NULL, path);
	image.bytes = malloc(image.size);
	must(image.bytes != NULL, path);
	memcpy(image.bytes, file->bytes, image.size);
	return image;
}

static void make_event(void)
{
	struct making making = {.number = 0};

	making.writer = writer_new(&(struct writer_settings){
		.folder = "/s0", .random = randombytes_buf, .event_added = ignore_event, .log = print,
	});
	must(making.writer && writer_scan(making.writer), "opening");
	load(&making);
	invite(&making);
	writer_free(making.writer);
	intake_free(&making.intake);
	arena_free(&making.arena);
	scenery.event = copy("/s0/m.hudur");
}

void scenery_make(void)
{
	char path[CLIENTS_MAX][16];

	mallopt(M_MMAP_THRESHOLD, MAPPED_FROM);
	must(sodium_init() >= 0, "libsodium");
	vfs_install();
	world_begin(0, false);
	machine_new("s", 0);
	make_event();
	for (unsigned c = 0; c < CLIENTS_MAX; c++) {
		struct hudur_options options = {.endpoints = "tcp://b0:1", .spool = path[c]};
		struct hudur *handle;

		machine_new("c", c);
		snprintf(path[c], sizeof path[c], "/c%u/spool", c % 10);
		must(hudur_new(&options, &handle) == 0, "a spool");
		hudur_free(handle);
		scenery.spools[c] = copy(path[c]);
	}
	world_end();
}

void scenery_free(void)
{
	free(scenery.event.bytes);
	for (int c = 0; c < CLIENTS_MAX; c++)
		free(scenery.spools[c].bytes);
	scenery = (struct scenery){.badge_count = 0};
}
