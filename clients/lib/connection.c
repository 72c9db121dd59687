/* Ties the outbox to a socket: one broker at a time, the next one when this one is silent. */
#include "clients/lib/connection.h"

#include "clients/lib/ids.h"

enum { TIMEOUT_MAX_MS = 60000 };

#define NEVER (INT64_MIN / 2)

bool connection_init(struct connection *connection, const struct endpoints *endpoints,
		     const struct clock *clock)
{
	*connection = (struct connection){
		.endpoints = endpoints,
		.clock = clock,
		.opened = NEVER,
		.probe.sent = NEVER,
	};
	outbox_init(&connection->outbox);
	connection->dealer = dealer_new();
	return connection->dealer != NULL;
}

void connection_release(struct connection *connection)
{
	outbox_release(&connection->outbox);
	dealer_free(connection->dealer);
	arena_free(&connection->arena);
	connection->dealer = NULL;
}

/* ---- receiving ---- */

static void measure(struct connection *connection, const struct reply *reply, int64_t sent_wall,
		    int64_t sent, int64_t now)
{
	skew_measure(&connection->skew, sent_wall, clock_now(connection->clock), reply->now,
		     now - sent, now);
}

/*
 * Fills all but the parcel. A reply that cannot be read is no reply; the request will be sent
 * again.
 */
static bool read_arrival(struct connection *connection, const struct frames *frames, uint8_t *id,
			 struct arrival *arrival)
{
	struct mdp_client_message message;

	if (!mdp_read_client(frames, &message) || message.command == MDP_CLIENT_REQUEST ||
	    message.bodies != 2 || message.body[0].size != ID_SIZE)
		return false;
	memcpy(id, message.body[0].at, ID_SIZE);
	arrival->map = message.body[1];
	arrival->final = message.command == MDP_CLIENT_FINAL;
	arena_reset(&connection->arena);
	return message_decode(&message_reply, arrival->map, &connection->arena, &arrival->reply,
			      NULL) == E_OK;
}

/* A round trip is known only when the request went once: else it may answer either sending. */
static bool match(struct connection *connection, const uint8_t *id, int64_t now,
		  struct arrival *arrival)
{
	struct probe *probe = &connection->probe;
	struct parcel *parcel;

	if (probe->state == PROBE_OUT && memcmp(probe->id, id, ID_SIZE) == 0) {
		measure(connection, &arrival->reply, probe->sent_wall, probe->sent, now);
		probe->state = PROBE_NONE;
		return false;
	}
	parcel = outbox_find(&connection->outbox, id);
	if (!parcel)
		return false;
	if (parcel->place == PLACE_FLIGHT && parcel->sendings == 1 && arrival->final)
		measure(connection, &arrival->reply, parcel->sent_wall, parcel->sent, now);
	arrival->parcel = parcel;
	return true;
}

bool connection_receive(struct connection *connection, int64_t now, struct arrival *arrival)
{
	struct frames frames;
	uint8_t id[ID_SIZE];

	while (dealer_receive(connection->dealer, &frames)) {
		if (!read_arrival(connection, &frames, id, arrival))
			continue;
		connection->quiet_since = now;
		connection->online = true;
		if (match(connection, id, now, arrival))
			return true;
	}
	return false;
}

/* ---- the connection itself ---- */

static void forget_flight(struct connection *connection)
{
	outbox_return(&connection->outbox);
	connection->probe.state = PROBE_NONE;
}

static void open_current(struct connection *connection, int64_t now)
{
	forget_flight(connection);
	connection->refused = false;
	connection->opened = now;
	connection->quiet_since = now;
	if (!dealer_open(connection->dealer, connection->endpoints->at[connection->current]))
		connection->current = (connection->current + 1) % connection->endpoints->count;
}

static void move_on(struct connection *connection, int64_t now)
{
	connection->online = false;
	connection->current = (connection->current + 1) % connection->endpoints->count;
	open_current(connection, now);
}

static void hear_news(struct connection *connection)
{
	enum dealer_news news;

	while ((news = dealer_news(connection->dealer)) != DEALER_QUIET) {
		if (news == DEALER_LOST)
			forget_flight(connection);
		else
			connection->refused = true;
	}
}

static void watch_silence(struct connection *connection, int64_t now)
{
	bool waiting =
		outbox_is_waiting(&connection->outbox) || connection->probe.state != PROBE_NONE;

	if (waiting && !connection->waiting)
		connection->quiet_since = now;
	connection->waiting = waiting;
	if (waiting && now - connection->quiet_since >= SILENT_MS)
		move_on(connection, now);
	else if (connection->refused && connection->endpoints->count > 1 &&
		 now - connection->opened >= REFUSED_MS)
		move_on(connection, now);
}

/* When the clock should be measured again, were nothing else to do. */
static int64_t measure_due(const struct connection *connection, int64_t now)
{
	return skew_is_fresh(&connection->skew, now) ? now + SKEW_FRESH_MS
						     : connection->probe.sent + PROBE_MS;
}

static void judge_probe(struct connection *connection, int64_t now)
{
	struct probe *probe = &connection->probe;
	bool due;

	if (probe->state == PROBE_OUT && now - probe->sent >= SILENT_MS &&
	    connection->quiet_since > probe->sent)
		probe->state = PROBE_NONE; /* its answer got lost; others came since */
	if (outbox_is_waiting(&connection->outbox))
		due = connection->outbox.counts[PLACE_FLIGHT] &&
		      now - connection->quiet_since >= PROBE_MS;
	else
		due = measure_due(connection, now) <= now;
	if (due && probe->state == PROBE_NONE)
		probe->state = PROBE_DUE;
}

/* ---- sending ---- */

static bool send_request(struct connection *connection, const uint8_t *id, struct text service,
			 struct text map)
{
	struct mdp_client_message message = {
		.command = MDP_CLIENT_REQUEST,
		.service = service,
		.body = {{(const char *)id, ID_SIZE}, map},
		.bodies = 2,
	};
	struct frames frames;

	mdp_write_client(&message, &frames);
	return dealer_send(connection->dealer, &frames);
}

static bool send_probe(struct connection *connection, int64_t now)
{
	struct probe *probe = &connection->probe;
	struct request request;
	struct text map;

	message_clear(&message_request, &request);
	request.op = TEXT("status");
	arena_reset(&connection->arena);
	if (message_encode(&message_request, &request, &connection->arena, &map) != E_OK)
		return false;
	probe->sent_wall = clock_now(connection->clock);
	probe->sent = now;
	request_id_make(probe->sent_wall, probe->id);
	if (!send_request(connection, probe->id, TEXT("broker"), map))
		return false;
	probe->state = PROBE_OUT;
	return true;
}

static void send_all(struct connection *connection, int64_t now)
{
	struct parcel *parcel;

	connection->blocked = connection->probe.state == PROBE_DUE && !send_probe(connection, now);
	while (!connection->blocked && (parcel = outbox_next(&connection->outbox, now))) {
		int64_t wall = clock_now(connection->clock);

		if (send_request(connection, parcel->id, parcel->service, parcel->map))
			outbox_sent(&connection->outbox, parcel, now, wall);
		else
			connection->blocked = true;
	}
}

bool connection_step(struct connection *connection, int64_t now)
{
	if (!dealer_is_open(connection->dealer) && now - connection->opened >= REFUSED_MS)
		open_current(connection, now);
	hear_news(connection);
	judge_probe(connection, now);
	watch_silence(connection, now);
	send_all(connection, now);
	return dealer_is_readable(connection->dealer) ||
	       (connection->blocked && dealer_is_writable(connection->dealer));
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/*
 * While nothing can be sent, what is due makes no difference: the descriptor tells when it can
 * be.
 */
int64_t connection_timeout(const struct connection *connection, int64_t now)
{
	int64_t due = now + TIMEOUT_MAX_MS;

	if (!dealer_is_open(connection->dealer))
		due = earlier(due, connection->opened + REFUSED_MS);
	if (connection->refused && connection->endpoints->count > 1)
		due = earlier(due, connection->opened + REFUSED_MS);
	if (connection->waiting)
		due = earlier(due, connection->quiet_since + SILENT_MS);
	if (!connection->blocked)
		due = earlier(due, outbox_due(&connection->outbox));
	if (!connection->blocked && connection->probe.state == PROBE_NONE)
		due = earlier(due, connection->waiting ? connection->quiet_since + PROBE_MS
						       : measure_due(connection, now));
	return due > now ? due - now : 0;
}

bool connection_is_online(const struct connection *connection, int64_t now)
{
	return connection->online &&
	       !(connection->waiting && now - connection->quiet_since >= SILENT_MS);
}
