/* The broker's own replies: the request's id copied unread, and a map. */
#include "broker/answer.h"

#include <assert.h>

#include "broker/caller.h"
#include "broker/ticket.h"

static struct text id_of(struct text first)
{
	return first.size <= ECHO_MAX ? first : (struct text){0};
}

struct recipient recipient_of_request(struct text peer, const struct mdp_client_message *request)
{
	return (struct recipient){peer, request->dialect, request->service,
				  id_of(request->body[0])};
}

struct recipient recipient_of_ticket(const struct ticket *ticket)
{
	struct text first = {ticket->bytes, ticket->sizes[0]};

	return (struct recipient){ticket->caller->entry.name, ticket->dialect,
				  ticket->service->entry.name, id_of(first)};
}

void answer_frames(struct broker *broker, const struct recipient *to, const struct text *body,
		   uint32_t bodies)
{
	struct mdp_client_message message = {
		.dialect = to->dialect,
		.command = MDP_CLIENT_FINAL,
		.service = to->service,
		.bodies = bodies,
	};

	memcpy(message.body, body, bodies * sizeof *body);
	caller_send(broker, to->peer, &message);
}

static void answer_map(struct broker *broker, const struct recipient *to, struct text map)
{
	struct text body[2] = {to->id, map};

	if (to->id.at)
		answer_frames(broker, to, body, 2);
	else
		answer_frames(broker, to, &map, 1);
}

/* A clock that was set wildly wrong must not take the broker down with it. */
static int64_t wall_clock(const struct broker *broker)
{
	int64_t now = broker->now.wall;

	return now < 0 ? 0 : now > TIME_MAX ? TIME_MAX : now;
}

static int64_t retry_ms(enum error error)
{
	return error == E_NO_WORKER ? RETRY_NO_WORKER : RETRY_OVERLOADED;
}

static void answer_reply(struct broker *broker, const struct recipient *to, struct reply *reply)
{
	struct text map;

	reply->now = wall_clock(broker);
	if (reply->status == status_busy)
		broker->counters.busy++;
	if (message_encode(&message_reply, reply, &broker->arena, &map) == E_OK)
		answer_map(broker, to, map);
	else
		broker->counters.dropped++; /* memory is out */
}

void answer(struct broker *broker, const struct recipient *to, enum error error, const char *detail)
{
	struct reply reply;

	message_clear(&message_reply, &reply);
	reply.status = error_status(error);
	reply.reason = text_of(error_name(error));
	reply.detail = text_of(detail ? detail : error_sentence(error));
	if (reply.status == status_busy)
		reply.retry_ms = retry_ms(error);
	answer_reply(broker, to, &reply);
}

void answer_closed(struct broker *broker, const struct recipient *to)
{
	struct reply reply;

	message_clear(&message_reply, &reply);
	reply.status = error_status(E_OVERLOADED);
	reply.reason = text_of(error_name(E_OVERLOADED));
	reply.detail =
		TEXT("Two files of this event are offered and nobody can tell which one is meant; "
		     "an administrator must take one away.");
	reply.retry_ms = RETRY_CLOSED;
	answer_reply(broker, to, &reply);
}

enum error answer_result(struct broker *broker, const struct recipient *to,
			 const struct message *message, const void *result)
{
	struct reply reply;
	struct text map;
	enum error error;

	message_clear(&message_reply, &reply);
	reply.status = status_ok;
	reply.now = wall_clock(broker);
	error = message_encode_two(&message_reply, &reply, message, result, &broker->arena, &map);
	if (error == E_OK)
		answer_map(broker, to, map);
	return error;
}

void answer_ticket(struct broker *broker, struct ticket *ticket, enum error error)
{
	struct recipient to = recipient_of_ticket(ticket);

	answer(broker, &to, error, NULL);
	ticket_release(broker, ticket);
}

void answer_ticket_closed(struct broker *broker, struct ticket *ticket)
{
	struct recipient to = recipient_of_ticket(ticket);

	answer_closed(broker, &to);
	ticket_release(broker, ticket);
}
