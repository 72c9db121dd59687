/* The functions of hudur.h. */
#include "clients/lib/handle.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "clients/lib/dating.h"
#include "clients/lib/ids.h"

enum { SERVICE_MAX_SIZE = 128 };

static const char default_endpoint[] = "tcp://127.0.0.1:5570";

static int fail(struct hudur *handle, const char *sentence)
{
	snprintf(handle->complaint.sentence, sizeof handle->complaint.sentence, "%s", sentence);
	return -1;
}

/* ---- making and freeing ---- */

static bool enqueue(struct hudur *handle, int64_t n, const uint8_t *id, struct text service, struct text map)
{
	struct parcel *parcel = parcel_new(true, id, service, map);

	if (!parcel)
		return false;
	parcel->n = n;
	parcel->made = MADE_LONG_AGO;
	dating_add(handle, parcel);
	handle->backlog++;
	return true;
}

static bool enqueue_kept(void *context, int64_t n, const uint8_t *id, struct text service,
			 struct text map)
{
	struct hudur *handle = context;

	if (!seal_is_sealed(map))
		return enqueue(handle, n, id, service, map);
	handle->sealed++;
	return true;
}

/*
 * What was sealed belongs to its id and its service: it can neither be put under another id nor be sent elsewhere. Into
 * `room`; absent when the service is longer than any that this library keeps.
 */
static struct text bound_to(const uint8_t *id, struct text service, char room[ID_SIZE + SERVICE_MAX_SIZE])
{
	if (service.size > SERVICE_MAX_SIZE)
		return (struct text){0};
	memcpy(room, id, ID_SIZE);
	memcpy(room + ID_SIZE, service.at, service.size);
	return (struct text){room, ID_SIZE + service.size};
}

static bool enqueue_sealed(void *context, int64_t n, const uint8_t *id, struct text service,
			   struct text sealed)
{
	char room[ID_SIZE + SERVICE_MAX_SIZE];
	struct text bound = bound_to(id, service, room), map;
	struct hudur *handle = context;
	bool added;

	if (!seal_is_sealed(sealed) || outbox_find(&handle->connection.outbox, id) ||
	    !bound.at || !seal_open(handle->seal, sealed, bound, &map))
		return true;
	added = enqueue(handle, n, id, service, map);
	free((char *)map.at);
	handle->sealed -= added;
	return added;
}

int hudur_seal(struct hudur *handle, const void *secret, size_t size)
{
	if (!handle->usable)
		return -1;
	if (size > SEAL_SECRET_MAX)
		return fail(handle, "A secret has at most 1024 bytes.");
	seal_free(handle->seal);
	handle->seal = seal_new((struct text){secret, (uint32_t)size});
	if (!handle->seal)
		return fail(handle, error_sentence(E_NO_MEMORY));
	return spool_each(handle->spool, enqueue_sealed, handle, &handle->complaint) ? 0 : -1;
}

int64_t hudur_sealed(const struct hudur *handle)
{
	return handle->sealed;
}

static const char *choose_endpoints(const struct hudur_options *options)
{
	const char *named = getenv("HUDUR_ENDPOINT");

	if (options->endpoints)
		return options->endpoints;
	return named && *named ? named : default_endpoint;
}

/* It goes into every stamp: what the table would refuse there is refused here. */
static bool check_actor(struct hudur *handle, const char *actor)
{
	struct complaint complaint;
	struct stamp stamp;

	message_clear(&message_stamp, &stamp);
	stamp.actor = text_of(actor);
	if (message_check(&message_stamp, &stamp, &complaint) == E_OK)
		return true;
	snprintf(handle->complaint.sentence, sizeof handle->complaint.sentence,
		 "The name of who acts cannot be used: %.150s; write 1 to 64 bytes of UTF-8.",
		 complaint.sentence);
	return false;
}

static int open_parts(struct hudur *handle, const struct hudur_options *options)
{
	int64_t offset;

	if (sodium_init() < 0)
		return fail(handle,
			    "The system gives no random numbers; nothing can be sent safely.");
	handle->clocked = clock_open(&handle->clock) == 0;
	if (!handle->clocked)
		return fail(handle,
			    "The file named in HUDUR_CLOCK cannot be used; unset HUDUR_CLOCK.");
	if (options->actor && !check_actor(handle, options->actor))
		return -1;
	if (!endpoints_read(choose_endpoints(options), &handle->endpoints, &handle->complaint))
		return -1;
	handle->actor = options->actor ? strdup(options->actor) : NULL;
	handle->connectable =
		connection_init(&handle->connection, &handle->endpoints, &handle->clock);
	if (!handle->connectable || (options->actor && !handle->actor))
		return fail(handle, "Memory or file descriptors are short; try again.");
	if (!spool_open(options->spool, &handle->spool, &handle->complaint))
		return -1;
	if (spool_offset(handle->spool, &offset))
		skew_recall(&handle->connection.skew, offset);
	return spool_each(handle->spool, enqueue_kept, handle, &handle->complaint) ? 0 : -1;
}

int hudur_new(const struct hudur_options *options, struct hudur **out)
{
	static const struct hudur_options none;
	struct hudur *handle = calloc(1, sizeof *handle);

	*out = handle;
	if (!handle)
		return -1;
	TAILQ_INIT(&handle->answers.list);
	TAILQ_INIT(&handle->postponing.list);
	outbox_init(&handle->connection.outbox);
	handle->usable = open_parts(handle, options ? options : &none) == 0;
	return handle->usable ? 0 : -1;
}

void hudur_free(struct hudur *handle)
{
	if (!handle)
		return;
	if (handle->usable && handle->connection.skew.count > 0)
		spool_measured(handle->spool, handle->connection.skew.offset);
	if (handle->connectable)
		connection_release(&handle->connection);
	spool_close(handle->spool);
	seal_free(handle->seal);
	answers_release(&handle->answers);
	answers_release(&handle->postponing);
	arena_free(&handle->arena);
	if (handle->clocked)
		clock_close(&handle->clock);
	free(handle->shown);
	free(handle->actor);
	free(handle);
}

const char *hudur_error(const struct hudur *handle)
{
	return handle ? handle->complaint.sentence : "Memory is short; try again.";
}

/* ---- asking ---- */

/*
 * A number has no gaps per event, and what concerns a whole event names it in the map, not in the
 * service.
 */
static struct text event_of(struct text service, struct text map, struct arena *arena)
{
	const char *slash = memrchr(service.at, '/', service.size);
	struct event_ref named;

	if (!slash)
		return service;
	if (text_is((struct text){slash, (uint32_t)(service.at + service.size - slash)},
		    "/events") &&
	    message_decode(&message_event_ref, map, arena, &named, NULL) == E_OK)
		return named.event;
	return (struct text){service.at, (uint32_t)(slash - service.at)};
}

/* What the server will read is checked here, so that a wrong map is refused to whoever made it. */
static int stamp_map(struct hudur *handle, struct text map, int64_t seq, int64_t at,
		     struct text *stamped)
{
	struct stamp stamp;
	struct request request;
	struct complaint complaint;
	struct text added = {0};
	enum error error;

	message_clear(&message_stamp, &stamp);
	stamp.device = (struct text){(const char *)spool_device(handle->spool), ID_SIZE};
	stamp.seq = seq;
	stamp.at = at;
	if (dating_is_compared(handle))
		stamp.offset = handle->connection.skew.offset;
	stamp.backlog = handle->backlog;
	stamp.actor = text_of(handle->actor);
	error = message_check(&message_stamp, &stamp, &complaint);
	if (!error)
		error = message_encode(&message_stamp, &stamp, &handle->arena, &added);
	if (!error)
		error = message_join(map, added, &handle->arena, stamped);
	if (!error)
		error = message_decode(&message_request, *stamped, &handle->arena, &request,
				       &complaint);
	if (!error && stamp.offset == ABSENT && stamped->size > MESSAGE_MAX - OFFSET_SIZE_MAX)
		error = E_TOO_LARGE;
	if (!error)
		return 0;
	if (error != E_MALFORMED)
		return fail(handle, error_sentence(error));
	snprintf(handle->complaint.sentence, sizeof handle->complaint.sentence,
		 "The request's map is not well-formed: %.200s", complaint.sentence);
	return -1;
}

static int check_call(struct hudur *handle, const char *service, const void *map, size_t size,
		      int64_t at)
{
	size_t length = strlen(service);

	free(handle->shown);
	handle->shown = NULL;
	arena_reset(&handle->arena);
	if (!handle->usable)
		return -1;
	if (length < 1 || length > SERVICE_MAX_SIZE)
		return fail(handle, "A service's name has 1 to 128 bytes.");
	if (!map || size > MESSAGE_MAX)
		return fail(handle, error_sentence(map ? E_TOO_LARGE : E_MALFORMED));
	if (at < 0 || at > TIME_MAX)
		return fail(handle, "The time of the request lies before 1970 or after 9999; set "
				    "the device's clock.");
	return 0;
}

/*
 * With the offset in its map the server can tell when the request happened, however wrong the
 * device's clock.
 */
static void measure_first(struct hudur *handle)
{
	int64_t now = clock_monotonic_ms(), until = now + MEASURE_MS;

	if (handle->tried_to_measure || dating_is_compared(handle))
		return;
	handle->tried_to_measure = true;
	if (handle->first_read && now - handle->first_read >= MEASURE_MS)
		return; /* a read has waited for that long already, so nobody is there */
	for (;;) {
		handle_turn(handle);
		if (dating_is_compared(handle) || clock_monotonic_ms() >= until)
			return;
		handle_wait(handle, until);
	}
}

static void dispatch(struct hudur *handle, struct parcel *parcel, uint8_t *id)
{
	memcpy(id, parcel->id, ID_SIZE);
	memcpy(handle->latest, id, ID_SIZE);
	parcel->made = clock_monotonic_ms();
	if (parcel->write)
		dating_add(handle, parcel);
	else
		outbox_add(&handle->connection.outbox, parcel);
	handle_turn(handle);
}

/* Sealed if that is wanted. False, with nothing kept, when the disk or memory is short. */
static bool keep_map(struct hudur *handle, struct parcel *parcel)
{
	char room[ID_SIZE + SERVICE_MAX_SIZE];
	struct text bound = bound_to(parcel->id, parcel->service, room), map = parcel->map;
	bool kept;

	if (handle->seal && !seal_shut(handle->seal, parcel->map, bound, &map)) {
		fail(handle, error_sentence(E_NO_MEMORY));
		spool_abandon(handle->spool);
		return false;
	}
	kept = spool_keep(handle->spool, parcel->id, parcel->service, map, dating_is_compared(handle), &parcel->n,
			  &handle->complaint);
	if (handle->seal)
		free((char *)map.at);
	return kept;
}

/* The parcel is made before the commit: once a request is kept, nothing may fail any more. */
static struct parcel *keep(struct hudur *handle, struct text service, struct text map, int64_t at)
{
	struct text stamped;
	uint8_t id[ID_SIZE];
	int64_t seq;
	struct parcel *parcel = NULL;

	if (!spool_number(handle->spool, event_of(service, map, &handle->arena), &seq,
			  &handle->complaint))
		return NULL;
	request_id_make(clock_now(&handle->clock), id);
	if (stamp_map(handle, map, seq, at, &stamped) == 0) {
		parcel = parcel_new(true, id, service, stamped);
		if (!parcel)
			fail(handle, error_sentence(E_NO_MEMORY));
	}
	if (!parcel) {
		spool_abandon(handle->spool);
		return NULL;
	}
	if (keep_map(handle, parcel)) {
		handle->number = seq;
		handle->at = at + (handle->connection.skew.known ? handle->connection.skew.offset : 0);
		return parcel;
	}
	free(parcel);
	return NULL;
}

int hudur_write(struct hudur *handle, const char *service, const void *map, size_t size, int64_t at,
		uint8_t *id)
{
	struct parcel *parcel;

	if (check_call(handle, service, map, size, at))
		return -1;
	measure_first(handle);
	parcel = keep(handle, text_of(service), (struct text){map, (uint32_t)size},
		      at ? at : clock_now(&handle->clock));
	if (!parcel)
		return -1;
	handle->backlog++;
	dispatch(handle, parcel, id);
	return 0;
}

void hudur_stamped(const struct hudur *handle, struct hudur_stamp *stamp)
{
	*stamp = (struct hudur_stamp){.number = handle->number, .at = handle->at};
	if (handle->usable)
		memcpy(stamp->device, spool_device(handle->spool), ID_SIZE);
}

int hudur_read(struct hudur *handle, const char *service, const void *map, size_t size, uint8_t *id)
{
	struct text stamped;
	struct parcel *parcel;

	if (check_call(handle, service, map, size, 0) ||
	    stamp_map(handle, (struct text){map, (uint32_t)size}, ABSENT, ABSENT,
		      &stamped))
		return -1;
	request_id_make(clock_now(&handle->clock), id);
	parcel = parcel_new(false, id, text_of(service), stamped);
	if (!parcel)
		return fail(handle, error_sentence(E_NO_MEMORY));
	parcel->n = ++handle->reads;
	if (!handle->first_read)
		handle->first_read = clock_monotonic_ms();
	dispatch(handle, parcel, id);
	return 0;
}

void hudur_expect(struct hudur *handle, const char *event)
{
	if (handle->usable)
		spool_heard_of(handle->spool, text_of(event));
}

void hudur_forget(struct hudur *handle, const uint8_t *id)
{
	struct parcel *parcel;

	if (!handle->usable)
		return;
	parcel = outbox_find(&handle->connection.outbox, id);
	if (parcel && !parcel->write)
		outbox_remove(&handle->connection.outbox, parcel);
}

/* ---- answers ---- */

static int hand_out(struct hudur *handle, struct kept_answer *kept, struct hudur_reply *reply)
{
	handle->shown = kept;
	memcpy(reply->id, kept->id, ID_SIZE);
	reply->service = kept->service;
	reply->map = kept->map.at;
	reply->size = kept->map.size;
	dealer_ring(handle->connection.dealer, !TAILQ_EMPTY(&handle->answers.list));
	return 1;
}

/* `id` NULL: any. With `patient` signals are waited over: a call has one answer to wait for. */
static int await(struct hudur *handle, const uint8_t *id, int timeout_ms, struct hudur_reply *reply)
{
	int64_t until = timeout_ms < 0 ? INT64_MAX : clock_monotonic_ms() + timeout_ms;
	struct kept_answer *kept;

	for (;;) {
		handle_turn(handle);
		kept = answers_take(&handle->answers, id);
		if (kept)
			return hand_out(handle, kept, reply);
		if (clock_monotonic_ms() >= until)
			return 0;
		if (!handle_wait(handle, until) && !id)
			return 0;
	}
}

int hudur_next(struct hudur *handle, int timeout_ms, struct hudur_reply *reply)
{
	free(handle->shown);
	handle->shown = NULL;
	return handle->usable ? await(handle, NULL, timeout_ms, reply) : -1;
}

static void give_up(struct hudur *handle, const uint8_t *id, struct hudur_reply *reply)
{
	struct kept_answer *kept = answers_take(&handle->postponing, id);

	hudur_forget(handle, id);
	*reply = (struct hudur_reply){.size = 0};
	if (kept)
		hand_out(handle, kept, reply);
}

int hudur_call(struct hudur *handle, const char *service, const void *map, size_t size, bool write,
	       int timeout_ms, struct hudur_reply *reply)
{
	uint8_t id[ID_SIZE];
	int result = write ? hudur_write(handle, service, map, size, 0, id)
			   : hudur_read(handle, service, map, size, id);

	if (result)
		return -1;
	result = await(handle, id, timeout_ms, reply);
	if (result == 0)
		give_up(handle, id, reply);
	return result;
}

/* ---- what is known ---- */

int hudur_fd(const struct hudur *handle)
{
	return handle->connectable ? dealer_fd(handle->connection.dealer) : -1;
}

int hudur_timeout(const struct hudur *handle)
{
	if (!handle->usable)
		return 60000;
	if (!TAILQ_EMPTY(&handle->answers.list))
		return 0;
	return (int)connection_timeout(&handle->connection, clock_monotonic_ms());
}

int64_t hudur_backlog(const struct hudur *handle)
{
	return handle->backlog;
}

void hudur_each(const struct hudur *handle, void (*visit)(void *context, const struct hudur_kept *kept), void *context)
{
	const struct parcel *parcel;

	for (int place = 0; handle->usable && place < PLACE_COUNT; place++)
		TAILQ_FOREACH(parcel, &handle->connection.outbox.lists[place], link)
			if (parcel->write)
				visit(context, &(struct hudur_kept){parcel->id, parcel->service.at,
								    parcel->service.size, parcel->map.at,
								    parcel->map.size});
}

int64_t hudur_now(const struct hudur *handle)
{
	return clock_now(&handle->clock);
}

bool hudur_offset(const struct hudur *handle, int64_t *offset)
{
	*offset = handle->connection.skew.offset;
	return handle->connection.skew.known;
}

bool hudur_is_compared(const struct hudur *handle)
{
	return handle->usable && dating_is_compared(handle);
}

bool hudur_is_online(const struct hudur *handle)
{
	return handle->usable && connection_is_online(&handle->connection, clock_monotonic_ms());
}
