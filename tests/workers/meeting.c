/* Plays the worker's part around the writer's and the reader's state machines. */
#include "tests/workers/meeting.h"

#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "schema/mdp.h"
#include "tests/harness.h"
#include "workers/reader.h"
#include "workers/writer.h"

#define HOUR INT64_C(3600000)
#define MINUTE INT64_C(60000)
#define DAY (24 * HOUR)
/* 29 February 2024, midnight in a zone of +01:00 */
#define FIRST_MIDNIGHT INT64_C(1709161200000)

static void take_reply(void *context, void *origin, struct text address, struct text id, struct text map)
{
	struct meeting *m = context;

	(void)origin;
	(void)address;
	(void)id;
	m->reply = arena_text(&m->arena, map);
}

static bool ignore_event(void *context, const struct event *event)
{
	(void)context;
	(void)event;
	return true;
}

static void print_log(void *context, const char *sentence)
{
	(void)context;
	print_message("writer: %s\n", sentence);
}

static void open_writer(struct meeting *m)
{
	m->writer = writer_new(&(struct writer_settings){
		.folder = m->folder, .random = randombytes_buf, .event_added = ignore_event, .log = print_log,
		.context = m,
	});
	assert_non_null(m->writer);
	assert_true(writer_scan(m->writer));
}

void meeting_restart(struct meeting *m)
{
	meeting_flush(m);
	writer_free(m->writer);
	open_writer(m);
}

struct meeting *meeting_new(void)
{
	const char *where = getenv("TMPDIR");
	struct meeting *m = calloc(1, sizeof *m);

	assert_non_null(m);
	m->now = FIRST_MIDNIGHT;
	m->offset = ABSENT;
	snprintf(m->folder, sizeof m->folder, "%s/hudur-meeting-XXXXXX", where ? where : "/tmp");
	assert_non_null(mkdtemp(m->folder));
	open_writer(m);
	m->reader = reader_new(m->folder);
	assert_non_null(m->reader);
	return m;
}

void meeting_free(struct meeting *m)
{
	struct dirent *entry;
	DIR *folder;

	reader_free(m->reader);
	writer_free(m->writer);
	intake_free(&m->intake);
	folder = opendir(m->folder);
	while (folder && (entry = readdir(folder)))
		unlinkat(dirfd(folder), entry->d_name, 0);
	if (folder)
		closedir(folder);
	rmdir(m->folder);
	arena_free(&m->arena);
	free(m);
}

/* ---- asking ---- */

static struct text pack_address(const char *service, char *buffer)
{
	char full[64];
	bool of_events = strcmp(service, "events") == 0;

	snprintf(full, sizeof full, "%s/%s", of_events ? "test" : "m", service);
	return mdp_pack_address(&(struct mdp_address){.ticket = 1, .principal = TEXT("test"),
						      .role = TEXT("administrator"), .service = text_of(full)}, buffer);
}

static struct text pack_request(struct meeting *m, const struct operation *operation, const void *fields)
{
	char device[16] = {'d', 'e', 'v', 'i', 'c', 'e', (char)('0' + m->device)};
	struct request request;
	struct text map;

	message_clear(&message_request, &request);
	request.op = text_of(operation->op);
	if (operation->access == ACCESS_WRITE) {
		request.device = (struct text){device, sizeof device};
		request.seq = ++m->numbers[m->device];
		request.at = m->now - m->late + m->skew;
		request.offset = m->offset;
	}
	assert_int_equal(message_encode_two(&message_request, &request, operation->request, fields, &m->arena, &map),
			 E_OK);
	return map;
}

static void send(struct meeting *m, const struct operation *operation, struct text map)
{
	char buffer[MDP_PACKED_MAX];
	struct text address = pack_address(operation->service, buffer);

	m->reply = (struct text){0};
	m->request = map;
	if (operation->access == ACCESS_READ)
		m->reply = arena_text(&m->arena, reader_answer(m->reader, address, map, m->now));
	else
		intake_take(&m->intake, NULL, address, (struct text){m->id, sizeof m->id}, map, m->now);
}

static const struct operation *find_operation(const char *service, const char *op)
{
	const struct operation *operation = operation_find(text_of(service), text_of(op));

	assert_non_null(operation);
	return operation;
}

void meeting_flush(struct meeting *m)
{
	if (!m->intake.count)
		return;
	assert_true(writer_run(m->writer, &m->intake, m->now));
	intake_hand_out(&m->intake, m->now, take_reply, m);
	intake_reset(&m->intake);
}

static enum error read_reply(struct meeting *m, const struct operation *operation, void *result)
{
	struct complaint complaint = {{0}};

	assert_non_null(m->reply.at);
	assert_int_equal(message_decode(&message_reply, m->reply, &m->arena, &m->head, &complaint), E_OK);
	if (m->head.status != status_ok)
		return error_from_name(m->head.reason);
	if (result && message_decode(operation->result, m->reply, &m->arena, result, &complaint))
		fail_msg("%s: %s", operation->op, complaint.sentence);
	return E_OK;
}

void meeting_post(struct meeting *m, const char *service, const char *op, const void *fields)
{
	const struct operation *operation = find_operation(service, op);

	m->ids++;
	memcpy(m->id, &m->ids, sizeof m->ids);
	send(m, operation, pack_request(m, operation, fields));
}

enum error meeting_do(struct meeting *m, const char *service, const char *op, const void *fields, void *result)
{
	meeting_post(m, service, op, fields);
	meeting_flush(m);
	return read_reply(m, find_operation(service, op), result);
}

enum error meeting_again(struct meeting *m, int times)
{
	struct request request;
	const struct operation *operation = NULL;

	assert_int_equal(message_decode(&message_request, m->request, &m->arena, &request, NULL), E_OK);
	for (size_t i = 0; i < OP_COUNT && !operation; i++)
		if (text_is(request.op, operations[i].op))
			operation = &operations[i];
	assert_non_null(operation);
	for (int i = 0; i < times; i++)
		send(m, operation, m->request);
	meeting_flush(m);
	return read_reply(m, operation, NULL);
}

/* ---- time ---- */

int64_t meeting_time(int day, int hour, int minute)
{
	return FIRST_MIDNIGHT + (day - 1) * DAY + hour * HOUR + minute * MINUTE;
}

void meeting_at(struct meeting *m, int day, int hour, int minute)
{
	m->now = meeting_time(day, hour, minute);
}

/* ---- the event ---- */

enum { STATES = 57 };

static const struct session_plan *programme(uint32_t *count)
{
	static struct session_plan plans[11];
	static const struct {
		const char *code, *room, *continues;
		enum session_type type;
		bool counts;
		int day, from, until; /* minutes of the day; 0: not planned */
	} rows[] = {
		{"S1", "hall", NULL, session_type_panel, true, 1, 600, 690},
		{"S2", "hall", NULL, session_type_panel, true, 1, 690, 750},
		{"LUNCH", "hall", NULL, session_type_break, false, 1, 750, 840},
		{"P1", "hall", NULL, session_type_plenary, true, 1, 840, 930},
		{"W1", "annex", NULL, session_type_workshop, true, 1, 840, 930},
		{"COFFEE", "hall", NULL, session_type_break, false, 1, 930, 945},
		{"P1B", "hall", "P1", session_type_plenary, true, 1, 945, 1035},
		{"BOARD", NULL, NULL, session_type_board, true, 1, 0, 0},
		{"DINNER", NULL, NULL, session_type_social, false, 1, 1170, 0},
		{"NIGHT", "hall", NULL, session_type_plenary, true, 1, 1320, 1410},
		{"T1", "hall", NULL, session_type_plenary, true, 2, 570, 660},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		message_clear(&message_session_plan, &plans[i]);
		plans[i].session = text_of(rows[i].code);
		plans[i].position = (int64_t)i + 1;
		plans[i].day = rows[i].day;
		plans[i].room = text_of(rows[i].room);
		plans[i].type = rows[i].type;
		plans[i].counts = rows[i].counts;
		plans[i].title_en = text_of(rows[i].code);
		plans[i].continues = text_of(rows[i].continues);
		if (rows[i].from)
			plans[i].starts = meeting_time(rows[i].day, 0, rows[i].from);
		if (rows[i].until)
			plans[i].ends = meeting_time(rows[i].day, 0, rows[i].until);
	}
	*count = sizeof rows / sizeof *rows;
	return plans;
}

static const struct entity_plan *entities(uint32_t *count)
{
	static const char *const codes[] = {"MA", "EG", "TR", "SN", "AZ"};
	static const char *const groups[] = {"north", "south", "east"};
	static char made[STATES][4];
	static struct entity_plan plans[STATES + 4];
	static const struct {
		const char *code, *country;
		enum entity_kind kind;
	} others[] = {
		{"OB", NULL, entity_kind_state}, {"INST", "TR", entity_kind_institution},
		{"BANK", "MA", entity_kind_other}, {"PROJ", NULL, entity_kind_other},
	};

	for (size_t i = 0; i < STATES; i++) {
		snprintf(made[i], sizeof made[i], "S%02u", (unsigned)(i + 1) % 100);
		message_clear(&message_entity_plan, &plans[i]);
		plans[i].entity = text_of(i < 5 ? codes[i] : i == STATES - 1 ? "SY" : made[i]);
		plans[i].kind = entity_kind_state;
		plans[i].region = text_of(groups[i % 3]);
		plans[i].region_inferred = i == 4;
	}
	for (size_t i = 0; i < 4; i++) {
		message_clear(&message_entity_plan, &plans[STATES + i]);
		plans[STATES + i].entity = text_of(others[i].code);
		plans[STATES + i].kind = others[i].kind;
		plans[STATES + i].country = text_of(others[i].country);
	}
	*count = STATES + 4;
	return plans;
}

static const struct standing_plan *standings(const struct entity_plan *states, uint32_t *count)
{
	static struct standing_plan plans[STATES + 2];

	for (size_t i = 0; i < STATES; i++)
		plans[i] = (struct standing_plan){.entity = states[i].entity, .standing = standing_member,
						  .since = ABSENT, .until = ABSENT};
	/* 15 August 2012 to 7 March 2025 */
	plans[STATES] = (struct standing_plan){.entity = TEXT("SY"), .standing = standing_suspended,
					       .since = INT64_C(1344988800000), .until = INT64_C(1741305600000)};
	plans[STATES + 1] = (struct standing_plan){.entity = TEXT("OB"), .standing = standing_observer,
						   .since = ABSENT, .until = ABSENT};
	*count = STATES + 2;
	return plans;
}

static void load(struct meeting *m)
{
	struct day_plan days[] = {{.day = 1, .date = TEXT("2024-02-29")}, {.day = 2, .date = TEXT("2024-03-01")}};
	struct room_plan rooms[] = {{.room = TEXT("hall")}, {.room = TEXT("annex")}, {.room = TEXT("store")}};
	struct load event;

	message_clear(&message_load, &event);
	for (int i = 0; i < 2; i++) {
		days[i].starts = meeting_time(i + 1, 0, 0);
		days[i].ends = meeting_time(i + 2, 0, 0);
	}
	event.event = TEXT("m");
	event.name_en = TEXT("An invented meeting");
	event.host = TEXT("MA");
	event.days = (struct list){days, 2};
	event.rooms = (struct list){rooms, 3};
	event.entities.items = (void *)(uintptr_t)entities(&event.entities.count);
	event.standings.items = (void *)(uintptr_t)standings(event.entities.items, &event.standings.count);
	event.sessions.items = (void *)(uintptr_t)programme(&event.sessions.count);
	assert_int_equal(meeting_do(m, "events", "load", &event, NULL), E_OK);
}

struct meeting *meeting_begin(void)
{
	struct meeting *m = meeting_new();

	meeting_at(m, 1, 8, 0);
	load(m);
	assert_int_equal(meeting_do(m, "events", "open_event", &(struct event_ref){.event = TEXT("m")}, NULL), E_OK);
	return m;
}

/* ---- what most tests do ---- */

int64_t meeting_register(struct meeting *m, const char *name, const char *entity, enum category category)
{
	struct registration in;
	struct registered out;

	message_clear(&message_registration, &in);
	in.name = text_of(name);
	in.entity = text_of(entity);
	in.category = category;
	in.accredit = true;
	assert_int_equal(meeting_do(m, "registration", "register", &in, &out), E_OK);
	return out.person;
}

struct text meeting_check_in(struct meeting *m, int64_t person)
{
	struct check_in in;
	struct checked_in out;

	message_clear(&message_check_in, &in);
	in.person = person;
	in.issue = true;
	assert_int_equal(meeting_do(m, "checkin", "check_in", &in, &out), E_OK);
	return out.badge;
}

struct text meeting_welcome(struct meeting *m, const char *name, const char *entity, enum category category)
{
	return meeting_check_in(m, meeting_register(m, name, entity, category));
}

enum error meeting_scan(struct meeting *m, struct text badge, const char *session, enum direction direction)
{
	struct scan in;

	message_clear(&message_scan, &in);
	in.badge = badge;
	in.session = text_of(session);
	in.direction = direction;
	return meeting_do(m, "attendance", "scan", &in, NULL);
}

enum error meeting_gavel(struct meeting *m, const char *op, const char *session)
{
	struct gavel in;

	message_clear(&message_gavel, &in);
	in.session = text_of(session);
	return meeting_do(m, "attendance", op, &in, NULL);
}
