/* Requests written as JSON, sent as their bytes; answers kept until the test is over. */
#include "tests/harness.h"
#include "tests/workers/office.h"

#include <dirent.h>
#include <sodium.h>
#include <unistd.h>

#include "schema/message_json.h"

static const char programme[] =
	"'event': 'e1', 'name_en': 'Invented meeting', 'zone': 'UTC',"
	"'days': [{'day': 1, 'date': '2024-02-29', 'starts': 1709164800000, 'ends': 1709251200000},"
	" {'day': 2, 'date': '2024-03-01', 'starts': 1709251200000, 'ends': 1709337600000}],"
	"'entities': [{'entity': 'MA', 'kind': 'state', 'name_en': 'Morocco'},"
	" {'entity': 'TR', 'kind': 'state', 'name_en': 'Türkiye'}],"
	"'standings': [{'entity': 'MA', 'standing': 'member'}, {'entity': 'TR', 'standing': 'member'}],"
	"'rooms': [{'room': 'HALL'}, {'room': 'B'}],"
	"'sessions': [{'session': 'PLENARY', 'type': 'plenary', 'counts': true, 'room': 'HALL', 'day': 1,"
	"  'starts': 1709197200000, 'ends': 1709208000000},"
	" {'session': 'WORKSHOP', 'type': 'workshop', 'counts': true, 'room': 'B', 'day': 1,"
	"  'starts': 1709197200000, 'ends': 1709208000000}]";

/* ---- what the writer asks of its surroundings ---- */

static void keep(void *context, void *origin, struct text address, struct text id, struct text map)
{
	struct office *office = context;
	struct office_answer *answer = arena_alloc(&office->arena, sizeof *answer);

	(void)address;
	(void)id;
	assert_non_null(answer);
	*answer = (struct office_answer){.origin = origin, .map = arena_text(&office->arena, map),
					 .next = office->answers};
	assert_int_equal(message_decode(&message_reply, answer->map, &office->arena, &answer->reply, NULL), E_OK);
	office->answers = answer;
}

static bool count_told(void *context, const struct event *event)
{
	struct office *office = context;

	(void)event;
	if (office->deaf)
		return false;
	office->told++;
	return true;
}

static void keep_log(void *context, const char *sentence)
{
	struct office *office = context;
	size_t used = strlen(office->log);

	snprintf(office->log + used, sizeof office->log - used, "%s\n", sentence);
}

static void open_writer(struct office *office)
{
	const struct writer_settings settings = {
		.folder = office->folder, .reserve = office->reserve, .random = randombytes_buf, .event_added = count_told,
		.log = keep_log, .context = office,
	};

	office->writer = writer_new(&settings);
	office->reader = reader_new(office->folder);
	assert_non_null(office->writer);
	assert_non_null(office->reader);
	writer_scan(office->writer);
}

static void close_writer(struct office *office)
{
	reader_free(office->reader);
	writer_free(office->writer);
	intake_free(&office->intake);
}

void office_restart(struct office *office)
{
	close_writer(office);
	open_writer(office);
}

/* ---- a case's beginning and end ---- */

static void remove_folder(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(folder), entry->d_name, 0);
	if (folder)
		closedir(folder);
	rmdir(path);
}

int office_setup(void **state)
{
	const char *temporary = getenv("TMPDIR");
	struct office *office = calloc(1, sizeof *office);

	if (!office || sodium_init() < 0)
		return -1;
	*state = office;
	office->now = OFFICE_NOW;
	office->role = "administrator";
	office->device = 'd';
	snprintf(office->folder, sizeof office->folder, "%.60s/office-XXXXXX", temporary ? temporary : "/tmp");
	if (!mkdtemp(office->folder))
		return -1;
	open_writer(office);
	office_do(office, "ok", "main/events", "load", "%s", programme);
	office_do(office, "ok", "main/events", "open_event", "'event': 'e1'");
	return 0;
}

int office_teardown(void **state)
{
	struct office *office = *state;
	char backups[sizeof office->folder + 16];

	close_writer(office);
	arena_free(&office->arena);
	snprintf(backups, sizeof backups, "%s/backups", office->folder);
	remove_folder(backups);
	remove_folder(office->folder);
	free(office);
	return 0;
}

/* ---- asking ---- */

static void read_json(struct office *office, const char *object, const struct operation *operation, void *record)
{
	struct complaint complaint = {{0}};
	json_t *json = json_loads(object, 0, NULL);

	if (!json || message_from_json(operation->request, json, &office->arena, record, &complaint) != E_OK)
		fail_msg("%s %s: %s", operation->op, object, complaint.sentence);
	json_decref(json);
}

static struct office_request make(struct office *office, const char *service, const char *op, const char *object)
{
	const char *slash = strrchr(service, '/');
	const struct operation *operation = operation_find(text_of(slash + 1), text_of(op));
	struct office_request made = {.service = service};
	char *id = arena_alloc(&office->arena, ID_SIZE), *device = arena_alloc(&office->arena, ID_SIZE);
	struct request head;
	void *record;

	if (!operation || !id || !device) {
		fail_msg("%s %s: no such operation, or no memory", service, op);
		return made;
	}
	record = arena_alloc(&office->arena, operation->request->size);
	assert_non_null(record);
	read_json(office, object, operation, record);
	randombytes_buf(id, ID_SIZE);
	memset(device, office->device, ID_SIZE);
	message_clear(&message_request, &head);
	head.op = text_of(op);
	if (operation->access == ACCESS_WRITE && operation->id != OP_attendance_scan_batch) {
		head.device = (struct text){device, ID_SIZE};
		head.seq = ++office->seq;
		head.at = office->now;
	}
	made.id = (struct text){id, ID_SIZE};
	assert_int_equal(message_encode_two(&message_request, &head, operation->request, record, &office->arena,
					    &made.map), E_OK);
	return made;
}

/* "{fields}", with " where the test wrote '. */
static const char *print(struct office *office, const char *fields, va_list arguments)
{
	enum { SIZE = 65536 };
	char *object = arena_alloc(&office->arena, SIZE);
	int size;

	assert_non_null(object);
	object[0] = '{';
	size = vsnprintf(object + 1, SIZE - 2, fields, arguments) + 1;
	assert_in_range(size, 1, SIZE - 2);
	object[size] = '}';
	for (int i = 0; i < size; i++)
		if (object[i] == '\'')
			object[i] = '"';
	return object;
}

struct office_request office_request(struct office *office, const char *service, const char *op,
				     const char *fields, ...)
{
	va_list arguments;
	const char *object;

	va_start(arguments, fields);
	object = print(office, fields, arguments);
	va_end(arguments);
	return make(office, service, op, object);
}

static struct text address_of(struct office *office, const struct office_request *request)
{
	char *buffer = arena_alloc(&office->arena, MDP_PACKED_MAX);
	const struct mdp_address address = {1, TEXT("local"), text_of(office->role), text_of(request->service)};

	assert_non_null(buffer);
	return mdp_pack_address(&address, buffer);
}

void office_take_into(struct office *office, struct intake *intake, const void *origin,
		      const struct office_request *request)
{
	union { const void *in; void *out; } passed = {origin}; /* the writer hands it back unread */

	intake_take(intake, passed.out, address_of(office, request), request->id, request->map, office->now);
}

void office_take(struct office *office, const void *origin, const struct office_request *request)
{
	office_take_into(office, &office->intake, origin, request);
}

void office_hand_out(struct office *office, struct intake *intake)
{
	intake_hand_out(intake, office->now, keep, office);
	intake_reset(intake);
}

bool office_flush(struct office *office)
{
	bool trusted = writer_run(office->writer, &office->intake, office->now);

	if (trusted)
		office_hand_out(office, &office->intake);
	intake_reset(&office->intake);
	return trusted;
}

struct office_answer office_answer_to(struct office *office, const void *origin)
{
	for (const struct office_answer *i = office->answers; i; i = i->next)
		if (i->origin == origin)
			return *i;
	fail_msg("there is no answer; the log says: %s", office->log);
	return (struct office_answer){0};
}

struct office_answer office_ask(struct office *office, const struct office_request *request)
{
	int here;

	office->answers = NULL;
	office_take(office, &here, request);
	assert_true(office_flush(office));
	return office_answer_to(office, &here);
}

struct office_answer office_do(struct office *office, const char *ends, const char *service, const char *op,
			       const char *fields, ...)
{
	struct office_request request;
	struct office_answer answer;
	va_list arguments;

	va_start(arguments, fields);
	request = make(office, service, op, print(office, fields, arguments));
	va_end(arguments);
	answer = office_ask(office, &request);
	assert_string_equal(office_ending(office, &answer), ends);
	return answer;
}

struct office_answer office_read(struct office *office, const struct office_request *request)
{
	struct office_answer answer = {0};

	answer.map = arena_text(&office->arena, reader_answer(office->reader, address_of(office, request),
							       request->map, office->now));
	assert_int_equal(message_decode(&message_reply, answer.map, &office->arena, &answer.reply, NULL), E_OK);
	return answer;
}

void office_result(struct office *office, const struct office_answer *answer, const struct message *message,
		   void *result)
{
	struct complaint complaint = {{0}};

	if (message_decode(message, answer->map, &office->arena, result, &complaint) != E_OK)
		fail_msg("%s", complaint.sentence);
}

const char *office_ending(struct office *office, const struct office_answer *answer)
{
	struct text reason = answer->reply.reason;

	return answer->reply.status == status_ok ? "ok"
		: arena_printf(&office->arena, "%.*s", (int)reason.size, reason.at).at;
}

void office_load(struct office *office, const char *event)
{
	office_do(office, "ok", "main/events", "load", "'event': '%s', 'zone': 'UTC', 'days': [{'day': 1, "
		  "'date': '2024-02-29', 'starts': %lld, 'ends': %lld}], 'rooms': [{'room': 'HALL'}], 'sessions': "
		  "[{'session': 'PLENARY', 'room': 'HALL', 'day': 1, 'type': 'plenary', 'counts': true, 'starts': %lld, "
		  "'ends': %lld}]", event, (long long)OFFICE_NOW - 36000000, (long long)OFFICE_NOW + 36000000,
		  (long long)OFFICE_NOW - 3600000, (long long)OFFICE_NOW + 7200000);
	office_do(office, "ok", "main/events", "open_event", "'event': '%s'", event);
}

/* ---- what it came to ---- */

int64_t office_admit(struct office *office, const char *name, char badge[16])
{
	struct office_answer answer = office_do(office, "ok", "e1/registration", "register",
		"'name': '%s', 'entity': 'TR', 'category': 'delegate', 'accredit': true", name);
	struct checked_in in;
	struct registered registered;

	office_result(office, &answer, &message_registered, &registered);
	answer = office_do(office, "ok", "e1/checkin", "check_in", "'person': %lld, 'issue': true",
			   (long long)registered.person);
	office_result(office, &answer, &message_checked_in, &in);
	snprintf(badge, 16, "%.*s", (int)in.badge.size, in.badge.at);
	return registered.person;
}

int64_t office_ledger(const struct office *office)
{
	return office_ledger_of(office, "e1");
}

int64_t office_ledger_of(const struct office *office, const char *event)
{
	char path[128];
	struct driver *store;
	int64_t last = -1;

	snprintf(path, sizeof path, "%s/%s.hudur", office->folder, event);
	assert_int_equal(driver_open(path, DRIVER_READ, &store), E_OK);
	assert_int_equal(driver_begin(store), E_OK);
	assert_int_equal(ledger_last(store, &last), E_OK);
	driver_rollback(store);
	driver_free(store);
	return last;
}

const struct person *office_person(const struct office *office, int64_t number)
{
	const struct person *person = state_person(&writer_events(office->writer)->event->state, number);

	assert_non_null(person);
	return person;
}
