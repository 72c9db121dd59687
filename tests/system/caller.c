/* Requests from JSON to bytes, and a DEALER socket to send them by. */
#include "tests/harness.h"
#include "tests/system/caller.h"
#include "tests/system/stage.h"

#include <sodium.h>
#include <time.h>
#include <zmq.h>

#include "schema/clock.h"
#include "schema/message_json.h"

void caller_open(struct caller *caller, const char *endpoint)
{
	const int none = 0;

	*caller = (struct caller){.context = zmq_ctx_new(), .wire = wire_new()};
	assert_true(caller->context && caller->wire && sodium_init() >= 0);
	caller->socket = zmq_socket(caller->context, ZMQ_DEALER);
	assert_non_null(caller->socket);
	zmq_setsockopt(caller->socket, ZMQ_LINGER, &none, sizeof none);
	assert_int_equal(zmq_connect(caller->socket, endpoint), 0);
}

void caller_close(struct caller *caller)
{
	wire_free(caller->wire);
	zmq_close(caller->socket);
	zmq_ctx_term(caller->context);
	arena_free(&caller->arena);
}

/* ---- a request's bytes ---- */

static int64_t wall_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void read_json(const struct operation *operation, char *object, struct arena *arena, void *record)
{
	struct complaint complaint = {{0}};
	json_t *json;

	for (char *at = object; *at; at++)
		if (*at == '\'')
			*at = '"';
	json = json_loads(object, 0, NULL);
	if (!json || message_from_json(operation->request, json, arena, record, &complaint) != E_OK)
		fail_msg("%s %s: %s", operation->op, object, complaint.sentence);
	json_decref(json);
}

static void begin(struct request *head, struct device *device, const struct operation *operation)
{
	message_clear(&message_request, head);
	head->op = text_of(operation->op);
	if (operation->access == ACCESS_READ)
		return;
	if (!device->seq)
		randombytes_buf(device->id, ID_SIZE);
	head->device = (struct text){device->id, ID_SIZE};
	head->seq = ++device->seq;
	head->at = wall_ms();
}

void device_ask(struct device *device, struct asked *asked, const char *service, const char *op,
		const char *fields, ...)
{
	const char *slash = strrchr(service, '/');
	const struct operation *operation = operation_find(text_of(slash ? slash + 1 : service), text_of(op));
	struct arena arena = {0};
	char object[MAP_MAX];
	struct request head;
	struct text map;
	va_list list;
	void *record;
	int size;

	assert_non_null(operation);
	va_start(list, fields);
	object[0] = '{';
	size = vsnprintf(object + 1, sizeof object - 2, fields, list) + 1;
	va_end(list);
	assert_in_range(size, 1, MAP_MAX - 2);
	object[size] = '}';
	object[size + 1] = '\0';
	record = arena_alloc(&arena, operation->request->size);
	assert_non_null(record);
	read_json(operation, object, &arena, record);
	begin(&head, device, operation);
	assert_int_equal(message_encode_two(&message_request, &head, operation->request, record, &arena, &map), E_OK);
	assert_in_range(map.size, 1, MAP_MAX);
	snprintf(asked->service, sizeof asked->service, "%s", service);
	randombytes_buf(asked->id, ID_SIZE);
	memcpy(asked->map, map.at, map.size);
	asked->map_size = map.size;
	arena_free(&arena);
}

/* ---- sending and receiving ---- */

void caller_send(struct caller *caller, const struct asked *asked)
{
	const struct mdp_client_message message = {
		.command = MDP_CLIENT_REQUEST, .service = text_of(asked->service),
		.body = {{asked->id, ID_SIZE}, {asked->map, asked->map_size}}, .bodies = 2,
	};
	struct frames frames;

	mdp_write_client(&message, &frames);
	wire_send(caller->socket, (struct text){0}, &frames);
}

bool caller_receive(struct caller *caller, int64_t within_ms, struct told *told)
{
	int64_t until = clock_monotonic_ms() + within_ms;
	struct mdp_client_message message;
	struct frames frames;

	while (wire_receive(caller->socket, caller->wire, NULL, &frames) != WIRE_OK) {
		zmq_pollitem_t item = {.socket = caller->socket, .events = ZMQ_POLLIN};
		int64_t left = until - clock_monotonic_ms();

		if (left <= 0 || zmq_poll(&item, 1, left) <= 0)
			return false;
	}
	assert_true(mdp_read_client(&frames, &message));
	assert_int_equal(message.command, MDP_CLIENT_FINAL);
	assert_int_equal(message.bodies, 2);
	assert_int_equal(message.body[0].size, ID_SIZE);
	memcpy(told->id, message.body[0].at, ID_SIZE);
	told->map = message.body[1];
	arena_reset(&caller->arena);
	assert_int_equal(message_decode(&message_reply, told->map, &caller->arena, &told->reply, NULL), E_OK);
	return true;
}

/* Its answer, past those of others that come late. */
static bool receive_this(struct caller *caller, const struct asked *asked, int64_t within_ms, struct told *told)
{
	int64_t until = clock_monotonic_ms() + within_ms;

	while (caller_receive(caller, until - clock_monotonic_ms(), told))
		if (memcmp(told->id, asked->id, ID_SIZE) == 0)
			return true;
	return false;
}

void caller_insist(struct caller *caller, const struct asked *asked, struct told *told)
{
	int64_t until = clock_monotonic_ms() + PATIENCE_MS;
	struct told late;

	for (;;) {
		if (clock_monotonic_ms() > until)
			fail_msg("%s is never answered", asked->service);
		caller_send(caller, asked);
		if (!receive_this(caller, asked, 1000, told))
			continue;
		if (told->reply.status != status_busy)
			return;
		/* nothing else is expected: this waits, and takes what comes late */
		receive_this(caller, asked, told->reply.retry_ms < 100 ? told->reply.retry_ms : 100, &late);
	}
}

static const char *ending(struct caller *caller, const struct told *told)
{
	return told->reply.status == status_ok ? "ok"
		: arena_text(&caller->arena, told->reply.reason).at;
}

void caller_do(struct caller *caller, const struct asked *asked, const char *ends)
{
	struct told told;

	caller_insist(caller, asked, &told);
	if (strcmp(ending(caller, &told), ends) != 0)
		fail_msg("%s ended with %s instead of %s: %.*s", asked->service, ending(caller, &told), ends,
			 (int)told.reply.detail.size, told.reply.detail.at);
}

void caller_result(struct caller *caller, const struct told *told, const struct message *message, void *result)
{
	struct complaint complaint = {{0}};

	if (message_decode(message, told->map, &caller->arena, result, &complaint) != E_OK)
		fail_msg("%s", complaint.sentence);
}

/* ---- a meeting ---- */

/* One day around now, whatever the hour: an event's midnight is what its plan says. */
static void load(struct caller *caller, struct device *device, const char *event)
{
	const long long day = 86400000, now = wall_ms(), first = now - day / 2;
	char service[SERVICE_MAX] = "main/events";
	struct asked asked;

	device_ask(device, &asked, service, "load",
		   "'event': '%s', 'zone': 'UTC',"
		   "'days': [{'day': 1, 'date': '2024-02-29', 'starts': %lld, 'ends': %lld}],"
		   "'entities': [{'entity': 'TR', 'kind': 'state'}], 'standings': [{'entity': 'TR', 'standing': 'member'}],"
		   "'sessions': [{'session': 'PLENARY', 'type': 'plenary', 'counts': true, 'day': 1, 'starts': %lld,"
		   " 'ends': %lld}]", event, first, first + day, now - day / 24, now + day / 24);
	caller_do(caller, &asked, "ok");
	device_ask(device, &asked, service, "open_event", "'event': '%s'", event);
	caller_do(caller, &asked, "ok");
}

void caller_prepare(struct caller *caller, struct device *device, const char *event, char badge[16])
{
	char service[SERVICE_MAX];
	struct checked_in in;
	struct asked asked;
	struct told told;

	load(caller, device, event);
	snprintf(service, sizeof service, "%s/registration", event);
	device_ask(device, &asked, service, "register", "'name': 'Invented Person', 'entity': 'TR', 'accredit': true");
	caller_do(caller, &asked, "ok");
	snprintf(service, sizeof service, "%s/checkin", event);
	device_ask(device, &asked, service, "check_in", "'person': 1, 'issue': true");
	caller_insist(caller, &asked, &told);
	caller_result(caller, &told, &message_checked_in, &in);
	snprintf(badge, 16, "%.*s", (int)in.badge.size, in.badge.at);
}

int64_t caller_ledger(struct caller *caller, const char *event)
{
	struct device reader = {.seq = 0};
	char service[SERVICE_MAX];
	struct changed page = {.next = 0, .after_ms = 0};
	struct asked asked;
	struct told told;
	int64_t count = 0;

	snprintf(service, sizeof service, "%s/changes", event);
	do {
		device_ask(&reader, &asked, service, "changes", "'since': %lld, 'limit': 200", (long long)page.next);
		caller_insist(caller, &asked, &told);
		caller_result(caller, &told, &message_changed, &page);
		count += page.entries.count;
	} while (page.after_ms == 0);
	return count;
}
