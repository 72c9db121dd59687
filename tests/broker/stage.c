/* Plays both sides of the broker and keeps what it says. */
#include "tests/broker/stage.h"

#include <string.h>

struct stage stage;

static char *copy_text(struct text from, struct text *to, char *at)
{
	if (from.size)
		memcpy(at, from.at, from.size);
	*to = (struct text){at, from.size};
	return at + from.size;
}

static void keep(enum side side, struct text peer, const struct frames *frames)
{
	struct sent *sent;
	size_t size = 0;
	char *at;

	for (uint32_t i = 0; i < frames->count; i++)
		size += frames->at[i].size;
	sent = calloc(1, sizeof *sent + size);
	assert_non_null(sent);
	at = (char *)(sent + 1);
	sent->side = side;
	memcpy(sent->peer, peer.at, peer.size);
	sent->frames.count = frames->count;
	for (uint32_t i = 0; i < frames->count; i++)
		at = copy_text(frames->at[i], &sent->frames.at[i], at);
	*stage.last = sent;
	stage.last = &sent->next;
}

static void keep_each(struct text peer, struct text bundle)
{
	struct mdp_worker_message message;
	struct frames frames;

	stage.bundles++;
	while (bundle_next(&bundle, &message)) {
		mdp_write_worker(&message, &frames);
		keep(SIDE_WORKER, peer, &frames);
	}
	assert_int_equal(bundle.size, 0);
}

static enum delivery take(void *context, enum side side, struct text peer,
			  const struct frames *frames)
{
	assert_ptr_equal(context, &stage);
	if (text_is(peer, stage.full))
		return DELIVERY_FULL;
	if (text_is(peer, stage.gone))
		return DELIVERY_GONE;
	if (side == SIDE_WORKER && frames->count == 2 && frames->at[1].at[0] == MDP_HEARTBEAT)
		stage.heartbeats++;
	else if (side == SIDE_WORKER && frames->at[1].at[0] == MDP_BUNDLE)
		keep_each(peer, frames->at[2]);
	else
		keep(side, peer, frames);
	return DELIVERY_SENT;
}

void stage_open_with(const char *role, const char *key)
{
	struct broker_options options = {
		.send = take,
		.context = &stage,
		.principal = TEXT("local"),
		.role = text_of(role),
		.heartbeat_ms = BEAT,
	};

	memcpy(options.key, key, strnlen(key, sizeof options.key));
	memset(&stage, 0, sizeof stage);
	stage.last = &stage.first;
	stage.now = (struct moment){1000000, WALL};
	stage.broker = broker_new(&options, stage.now);
	assert_non_null(stage.broker);
}

void stage_open(const char *role)
{
	stage_open_with(role, "not so secret");
}

int stage_setup(void **state)
{
	(void)state;
	stage_open("desk");
	return 0;
}

int stage_teardown(void **state)
{
	(void)state;
	broker_free(stage.broker);
	while (stage.first) {
		struct sent *sent = stage.first;

		stage.first = sent->next;
		free(sent);
	}
	arena_free(&stage.arena);
	return 0;
}

void stage_jump(int64_t ms)
{
	stage.now.monotonic += ms;
	stage.now.wall += ms;
	broker_tick(stage.broker, stage.now);
	stage_flush();
}

void stage_wait(int64_t ms)
{
	for (int64_t passed = 0; passed < ms; passed += BEAT / 10)
		stage_jump(BEAT / 10);
}

/* Each frame is a copy of its exact size, so that a sanitizer sees a byte read beyond it. */
static void receive_copy(enum side side, const char *peer, const struct frames *frames)
{
	struct frames copies = {.count = frames->count};
	char *kept[FRAMES_MAX];

	for (uint32_t i = 0; i < frames->count; i++) {
		kept[i] = malloc(frames->at[i].size ? frames->at[i].size : 1);
		assert_non_null(kept[i]);
		copy_text(frames->at[i], &copies.at[i], kept[i]);
	}
	broker_receive(stage.broker, side, text_of(peer), &copies, stage.now);
	for (uint32_t i = 0; i < frames->count; i++)
		free(kept[i]);
	if (!stage.hurried)
		stage_flush();
}

void stage_flush(void)
{
	broker_flush(stage.broker);
}

void stage_send(enum side side, const char *peer, uint32_t count, ...)
{
	struct frames frames = {.count = count};
	va_list args;

	assert_true(count <= FRAMES_MAX);
	va_start(args, count);
	for (uint32_t i = 0; i < count; i++)
		frames.at[i] = va_arg(args, struct text);
	va_end(args);
	receive_copy(side, peer, &frames);
}

static struct text id_of(char id)
{
	static char bytes[ID_SIZE];

	memset(bytes, id, sizeof bytes);
	return (struct text){bytes, sizeof bytes};
}

void ask(const char *client, const char *service, char id, const char *body)
{
	stage_send(SIDE_CLIENT, client, 5, TEXT("MDPC02"), TEXT("\1"), text_of(service), id_of(id),
		   text_of(body));
}

void ready(const char *worker, const char *service)
{
	stage_send(SIDE_WORKER, worker, 3, TEXT("MDPW02"), TEXT("\1"), text_of(service));
}

static void offer_terms(const char *worker, const char *service, const struct mdp_offer *terms)
{
	char buffer[MDP_PACKED_MAX];

	stage_send(SIDE_WORKER, worker, 4, TEXT("MDPW02"), TEXT("\1"), text_of(service),
		   mdp_pack_offer(terms, buffer));
}

void offer(const char *worker, const char *service, int64_t credit)
{
	offer_terms(worker, service, &(struct mdp_offer){.credit = credit, .bundles = true});
}

void offer_without_bundles(const char *worker, const char *service, int64_t credit)
{
	offer_terms(worker, service, &(struct mdp_offer){.credit = credit});
}

void offer_to_write(const char *worker, const char *service, int64_t credit, char file,
		    int64_t epoch)
{
	offer_terms(worker, service, &(struct mdp_offer){credit, id_of(file), epoch, true});
}

void heartbeat(const char *worker)
{
	stage_send(SIDE_WORKER, worker, 2, TEXT("MDPW02"), TEXT("\5"));
}

void disconnect(const char *worker)
{
	stage_send(SIDE_WORKER, worker, 2, TEXT("MDPW02"), TEXT("\6"));
}

static void respond(const char *worker, struct text command, const struct sent *request,
		    const char *body)
{
	const struct text *at = request->frames.at;

	stage_send(SIDE_WORKER, worker, 6, TEXT("MDPW02"), command, at[2], at[3], at[4],
		   text_of(body));
}

void partial(const char *worker, const struct sent *request, const char *body)
{
	respond(worker, TEXT("\3"), request, body);
}

void answer_with(const char *worker, const struct sent *request, const char *body)
{
	respond(worker, TEXT("\4"), request, body);
}

void answer_in(struct bundle *bundle, const struct sent *request, const char *body)
{
	const struct mdp_worker_message message = {
		.command = MDP_FINAL, .address = request->frames.at[2],
		.body = {request->frames.at[4], text_of(body)}, .bodies = 2,
	};

	assert_true(bundle_add(bundle, &message));
}

void send_bundle(const char *worker, const struct bundle *bundle)
{
	stage_send(SIDE_WORKER, worker, 3, TEXT("MDPW02"), TEXT("\7"), (struct text){bundle->bytes, bundle->size});
}

struct sent *next_sent(void)
{
	struct sent *sent = stage.shown ? stage.shown->next : stage.first;

	if (!sent)
		fail_msg("the broker sent nothing more");
	else
		stage.shown = sent;
	return sent;
}

void nothing_sent(void)
{
	assert_null(stage.shown ? stage.shown->next : stage.first);
}

static void is_text(struct text text, struct text expected)
{
	assert_int_equal(text.size, expected.size);
	assert_memory_equal(text.at, expected.at, expected.size);
}

struct sent *is_request(const char *worker, char id)
{
	struct sent *sent = next_sent();

	assert_int_equal(sent->side, SIDE_WORKER);
	assert_string_equal(sent->peer, worker);
	assert_int_equal(sent->frames.count, 6);
	is_text(sent->frames.at[0], TEXT("MDPW02"));
	is_text(sent->frames.at[1], TEXT("\2"));
	is_text(sent->frames.at[3], TEXT(""));
	is_text(sent->frames.at[4], id_of(id));
	return sent;
}

static struct sent *is_final(const char *client, char id)
{
	struct sent *sent = next_sent();

	assert_int_equal(sent->side, SIDE_CLIENT);
	assert_string_equal(sent->peer, client);
	assert_int_equal(sent->frames.count, 5);
	is_text(sent->frames.at[0], TEXT("MDPC02"));
	is_text(sent->frames.at[1], TEXT("\3"));
	is_text(sent->frames.at[3], id_of(id));
	return sent;
}

void is_reply(const char *client, char id, const char *body)
{
	is_text(is_final(client, id)->frames.at[4], text_of(body));
}

void is_told(const char *client, char id, enum error error)
{
	struct reply reply = reply_of(is_final(client, id));

	is_text(reply.reason, text_of(error_name(error)));
	assert_int_equal(reply.status, error_status(error));
	assert_true(reply.now > stage.now.wall - 3 * BEAT && reply.now <= stage.now.wall);
	assert_true(reply.detail.size > 10);
	assert_int_equal(reply.retry_ms > 0, reply.status == status_busy);
}

void is_dismissed(const char *worker)
{
	struct sent *sent = next_sent();

	assert_int_equal(sent->side, SIDE_WORKER);
	assert_string_equal(sent->peer, worker);
	assert_int_equal(sent->frames.count, 2);
	is_text(sent->frames.at[1], TEXT("\6"));
}

struct reply reply_of(const struct sent *sent)
{
	struct complaint complaint = {""};
	struct reply reply;

	if (message_decode(&message_reply, sent->frames.at[sent->frames.count - 1], &stage.arena,
			   &reply, &complaint))
		fail_msg("not a reply: %s", complaint.sentence);
	return reply;
}

struct mdp_address address_of(const struct sent *request)
{
	struct mdp_address address;

	assert_true(mdp_unpack_address(request->frames.at[2], &address));
	return address;
}

const struct broker_counters *counters(void)
{
	return broker_counters(stage.broker);
}
