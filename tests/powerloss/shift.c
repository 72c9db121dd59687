/* Encodes the requests, plays the broker, and keeps the answers. */
#include "tests/powerloss/shift.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "schema/badge.h"
#include "workers/folder.h"

const char *const shift_events[SHIFT_EVENTS] = {"alpha", "beta"};

enum { PEOPLE_MAX = 100, SESSIONS = 3 };
static const char *const sessions[SESSIONS] = {"OPENING", "PANEL", "WORKSHOP"};
static const int64_t hour = 3600000, begin = INT64_C(1709200800000);

/* ---- the plan ---- */

struct planning {
	struct shift *shift;
	struct chance *chance;
	uint32_t event, people;
	char badges[PEOPLE_MAX][BADGE_SIZE + 1];
};

static void *need(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

static const char *service_named(struct planning *planning, const char *service)
{
	return need((char *)(uintptr_t)arena_printf(&planning->shift->arena, "%s/%s%c", shift_events[planning->event],
						    service, 0).at);
}

static struct sent *add_sent(struct shift *shift)
{
	if (shift->count == shift->room) {
		shift->room = shift->room ? shift->room * 2 : 256;
		shift->all = need(realloc(shift->all, shift->room * sizeof *shift->all));
	}
	shift->all[shift->count] = (struct sent){.status = status_busy};
	return &shift->all[shift->count++];
}

static void plan_request(struct planning *planning, const char *service, const char *op, const void *fields)
{
	struct shift *shift = planning->shift;
	const struct operation *operation = need((void *)(uintptr_t)operation_find(text_of(service), text_of(op)));
	uint32_t door = (uint32_t)chance_below(planning->chance, SHIFT_DEVICES);
	char device[ID_SIZE] = {(char)('A' + door)};
	struct sent *sent = add_sent(shift);
	struct request head;

	randombytes_buf(sent->id, ID_SIZE);
	sent->event = planning->event;
	sent->service = service_named(planning, service);
	message_clear(&message_request, &head);
	head.op = text_of(op);
	head.device = (struct text){device, ID_SIZE};
	head.seq = ++shift->numbers[planning->event][door];
	head.at = shift->now += 1000;
	if (message_encode_two(&message_request, &head, operation->request, fields, &shift->arena, &sent->map))
		abort();
}

static void plan_load(struct planning *planning)
{
	struct day_plan day = {.day = 1, .date = TEXT("2024-02-29"), .starts = begin - 12 * hour, .ends = begin + 12 * hour};
	struct entity_plan entities[2];
	struct room_plan rooms[SESSIONS];
	struct session_plan plans[SESSIONS];
	struct event_ref ref = {.event = text_of(shift_events[planning->event])};
	struct load load;

	for (int i = 0; i < 2; i++) {
		message_clear(&message_entity_plan, &entities[i]);
		entities[i].entity = entities[i].name_en = i ? TEXT("TR") : TEXT("MA");
		entities[i].kind = entity_kind_state;
	}
	for (int i = 0; i < SESSIONS; i++) {
		message_clear(&message_room_plan, &rooms[i]);
		rooms[i].room = arena_printf(&planning->shift->arena, "ROOM-%d", i);
		message_clear(&message_session_plan, &plans[i]);
		plans[i].session = text_of(sessions[i]);
		plans[i].room = rooms[i].room;
		plans[i].day = 1;
		plans[i].type = session_type_panel;
		plans[i].counts = true;
		plans[i].starts = begin - hour;
		plans[i].ends = begin + 4 * hour;
	}
	message_clear(&message_load, &load);
	load.event = ref.event;
	load.zone = TEXT("UTC");
	load.days = (struct list){&day, 1};
	load.entities = (struct list){entities, 2};
	load.rooms = (struct list){rooms, SESSIONS};
	load.sessions = (struct list){plans, SESSIONS};
	plan_request(planning, "events", "load", &load);
	planning->shift->all[planning->shift->count - 1].loads = true;
	plan_request(planning, "events", "open_event", &ref);
}

/* Half of them are nominated in one chunk, the others come to the desk. */
static void plan_people(struct planning *planning)
{
	struct nomination rows[PEOPLE_MAX];
	struct import import = {.rows = {rows, planning->people / 2}, .accredit = true};
	struct registration desk;

	for (uint32_t i = 0; i < import.rows.count; i++) {
		message_clear(&message_nomination, &rows[i]);
		rows[i].name = arena_printf(&planning->shift->arena, "Invented Nominee %u", i);
		rows[i].entity = i % 2 ? TEXT("MA") : TEXT("TR");
		rows[i].category = category_delegate;
	}
	plan_request(planning, "registration", "import", &import);
	for (uint32_t i = import.rows.count; i < planning->people; i++) {
		message_clear(&message_registration, &desk);
		desk.name = arena_printf(&planning->shift->arena, "Invented Walker %u", i);
		desk.entity = i % 2 ? TEXT("MA") : TEXT("TR");
		desk.category = category_delegate;
		desk.walk_in = desk.accredit = true;
		plan_request(planning, "registration", "register", &desk);
	}
}

static void plan_check_ins(struct planning *planning)
{
	for (uint32_t i = 0; i < planning->people; i++) {
		struct check_in check_in;
		struct issue issue;
		unsigned char random[8];

		randombytes_buf(random, sizeof random);
		badge_make(text_of(shift_events[planning->event]), random, planning->badges[i]);
		message_clear(&message_check_in, &check_in);
		check_in.person = i + 1;
		message_clear(&message_issue, &issue);
		issue.person = i + 1;
		issue.badge = text_of(planning->badges[i]);
		plan_request(planning, "checkin", "check_in", &check_in);
		plan_request(planning, "checkin", "issue", &issue);
	}
}

static struct text random_badge(struct planning *planning)
{
	/* one in sixteen is nobody's */
	return chance_below(planning->chance, 16)
		? text_of(planning->badges[chance_below(planning->chance, planning->people)])
		: TEXT("0123456789ABCD");
}

static void plan_scan(struct planning *planning)
{
	struct scan scan;

	message_clear(&message_scan, &scan);
	scan.badge = random_badge(planning);
	scan.session = text_of(sessions[chance_below(planning->chance, SESSIONS)]);
	scan.direction = chance_coin(planning->chance) ? direction_in : direction_out;
	plan_request(planning, "attendance", "scan", &scan);
}

static void plan_oddity(struct planning *planning)
{
	struct reissue reissue;
	struct amend amend;

	message_clear(&message_reissue, &reissue);
	reissue.person = 1 + (int64_t)chance_below(planning->chance, planning->people);
	reissue.why = TEXT("lost");
	plan_request(planning, "checkin", "reissue", &reissue);
	message_clear(&message_amend, &amend);
	amend.person = 1 + (int64_t)chance_below(planning->chance, planning->people);
	amend.entity = chance_coin(planning->chance) ? TEXT("MA") : TEXT("TR");
	amend.why = TEXT("misheard");
	plan_request(planning, "registration", "amend", &amend);
}

static void plan_event(struct planning *planning, struct shift_size size, uint32_t inner)
{
	planning->people = size.people < PEOPLE_MAX ? size.people : PEOPLE_MAX;
	plan_load(planning);
	plan_people(planning);
	plan_check_ins(planning);
	for (uint32_t i = 0; i < size.scans; i++) {
		if (inner && i == size.scans / 2) {
			struct planning other = {planning->shift, planning->chance, .event = planning->event + 1};

			plan_event(&other, (struct shift_size){2 + size.people / 8, size.scans / 8, 1}, inner - 1);
		}
		plan_scan(planning);
		if (i % 16 == 15)
			plan_oddity(planning);
	}
}

void shift_plan(struct shift *shift, struct shift_size size, struct chance *chance)
{
	struct planning planning = {shift, chance, .event = 0};

	shift->now = begin;
	plan_event(&planning, size, size.events - 1);
}

void shift_free(struct shift *shift)
{
	shift_close(shift);
	arena_free(&shift->arena);
	arena_free(&shift->answers);
	free(shift->all);
	*shift = (struct shift){.count = 0};
}

void shift_forget(struct shift *shift)
{
	for (uint32_t i = 0; i < shift->count; i++) {
		shift->all[i].reply = (struct text){0};
		shift->all[i].status = status_busy;
	}
	arena_reset(&shift->answers);
}

/* ---- the writer ---- */

static bool ignore_event(void *context, const struct event *event)
{
	(void)context;
	(void)event;
	return true;
}

static void keep_sentence(void *context, const char *sentence)
{
	struct shift *shift = context;

	snprintf(shift->log, sizeof shift->log, "%s", sentence);
}

bool shift_open(struct shift *shift, const char *folder)
{
	const struct writer_settings settings = {
		.folder = folder, .random = randombytes_buf, .event_added = ignore_event,
		.log = keep_sentence, .context = shift,
	};

	*shift->log = 0;
	shift->writer = writer_new(&settings);
	shift->distrusted = false;
	if (!shift->writer || !intake_reserve(&shift->intake))
		return false;
	shift->distrusted = !writer_scan(shift->writer);
	return !shift->distrusted;
}

void shift_close(struct shift *shift)
{
	writer_free(shift->writer);
	shift->writer = NULL;
	intake_free(&shift->intake);
}

static void take_reply(void *context, void *origin, struct text address, struct text id, struct text map)
{
	struct shift *shift = context;
	struct sent *sent = origin;
	struct arena scratch = {0};
	struct reply reply;

	(void)address;
	(void)id;
	if (shift->outside)
		shift->outside(true);
	if (message_decode(&message_reply, map, &scratch, &reply, NULL))
		abort();
	sent->status = reply.status;
	sent->repeated = reply.repeated;
	sent->reply = arena_text(&shift->answers, map);
	arena_free(&scratch);
	if (shift->answered && !sent->question)
		shift->answered(shift->context, (uint32_t)(sent - shift->all));
	if (shift->outside)
		shift->outside(false);
}

static bool take(struct shift *shift, struct sent *sent)
{
	const struct mdp_address from = {1, TEXT("local"), TEXT("administrator"), text_of(sent->service)};
	char buffer[MDP_PACKED_MAX];
	struct text address = mdp_pack_address(&from, buffer), id = {sent->id, ID_SIZE};

	if (intake_take(&shift->intake, sent, address, id, sent->map, shift->now))
		return true;
	take_reply(shift, sent, address, id, intake_busy(&shift->intake, shift->now));
	return false;
}

bool shift_take(struct shift *shift, uint32_t number)
{
	return take(shift, &shift->all[number]);
}

bool shift_run(struct shift *shift)
{
	bool trusted = writer_run(shift->writer, &shift->intake, shift->now);

	if (trusted)
		intake_hand_out(&shift->intake, shift->now, take_reply, shift);
	intake_reset(&shift->intake);
	return trusted && writer_tidy(shift->writer);
}

bool shift_send(struct shift *shift, uint32_t first, uint32_t end, uint32_t batch)
{
	bool alone; /* nothing can be for an event until it is loaded */

	for (uint32_t i = first; i < end; i++) {
		if (shift_is_done(&shift->all[i]))
			continue;
		alone = !shift_offers(shift, shift->all[i].event);
		if (alone && !shift->all[i].loads)
			continue;
		if (alone && shift->intake.count && !shift_run(shift))
			return false;
		shift_take(shift, i);
		if ((alone || shift->intake.count >= batch) && !shift_run(shift))
			return false;
	}
	return !shift->intake.count || shift_run(shift);
}

bool shift_back_up(struct shift *shift, uint32_t event, int64_t task, struct backup_state *state)
{
	struct sent sent = {.service = "main/events", .status = status_busy, .question = true};
	struct event_task fields = {.event = text_of(shift_events[event]), .task = task ? task : ABSENT};
	char device[ID_SIZE] = "supervisor";
	struct request head;

	message_clear(&message_request, &head);
	head.op = TEXT("backup");
	head.device = (struct text){device, ID_SIZE};
	head.seq = 1;
	head.at = shift->now;
	if (message_encode_two(&message_request, &head, &message_event_task, &fields, &shift->answers, &sent.map))
		abort();
	return take(shift, &sent) && shift_run(shift) && sent.status == status_ok &&
	       message_decode(&message_backup_state, sent.reply, &shift->answers, state, NULL) == E_OK;
}

bool shift_is_done(const struct sent *sent)
{
	return sent->reply.at && (sent->status == status_ok || sent->status == status_refused);
}

bool shift_offers(const struct shift *shift, uint32_t event)
{
	for (const struct folder_event *e = writer_events(shift->writer); e; e = e->next)
		if (strcmp(e->event->id, shift_events[event]) == 0)
			return e->event->begun;
	return false;
}
