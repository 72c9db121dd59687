/* What workers say: offers, answers, signs of life. */
#include "broker/inbox.h"

#include "broker/backend.h"
#include "broker/caller.h"
#include "broker/offer.h"
#include "broker/ticket.h"

/*
 * Somebody we do not know takes us for its broker: perhaps we are new here. It will come back
 * with READY.
 */
static void send_away(struct broker *broker, struct text peer)
{
	struct stranger *last = &broker->stranger;

	if (text_equal(peer, (struct text){last->identity, last->size}) &&
	    broker->now.monotonic - last->told < broker->options.heartbeat_ms / 2)
		return;
	memcpy(last->identity, peer.at, peer.size);
	last->size = peer.size;
	last->told = broker->now.monotonic;
	backend_tell(broker, peer, MDP_DISCONNECT);
}

/* A foreign worker with a fixed identity says READY again: it was restarted and forgot what it had.
 */
static bool was_restarted(const struct backend *backend, const struct mdp_worker_message *message)
{
	return !message->offer.at && offer_find(backend, message->service);
}

/* There is no room for it. One that offers other services goes on with those; a new one is sent
 * away. */
static void refuse_ready(struct broker *broker, struct text peer, enum error error)
{
	if (error == E_MALFORMED || directory_find(&broker->backends, peer))
		broker->counters.malformed++;
	else
		send_away(broker, peer);
}

static void take_ready(struct broker *broker, struct text peer,
		       const struct mdp_worker_message *message)
{
	struct backend *backend = (struct backend *)directory_find(&broker->backends, peer);
	enum error error;
	bool is_new;

	if (backend && was_restarted(backend, message)) {
		backend_doom(broker, backend);
		backend_bury_doomed(broker);
		backend = NULL;
	}
	is_new = !backend;
	error = offer_take(broker, peer, message, &backend);
	if (error) {
		refuse_ready(broker, peer, error);
		return;
	}
	backend->heard = broker->now.monotonic;
	if (is_new) /* it need not wait for the next beat to know that we are here */
		backend_tell(broker, peer, MDP_HEARTBEAT);
	backend_feed(broker, backend);
}

static void forward(struct broker *broker, const struct ticket *ticket,
		    const struct mdp_worker_message *answer)
{
	struct mdp_client_message message;

	message.dialect = ticket->dialect;
	message.command = answer->command == MDP_FINAL ? MDP_CLIENT_FINAL : MDP_CLIENT_PARTIAL;
	message.service = ticket->service->entry.name;
	message.bodies = answer->bodies;
	memcpy(message.body, answer->body, answer->bodies * sizeof *answer->body);
	/* in the 0.1 dialect the first answer is the last */
	if (message.dialect.version1 && message.command == MDP_CLIENT_PARTIAL)
		broker->counters.dropped++;
	else
		caller_send(broker, ticket->caller->entry.name, &message);
}

static void take_answer(struct broker *broker, struct backend *backend,
			const struct mdp_worker_message *message)
{
	struct mdp_address address;
	struct ticket *ticket = NULL;

	if (mdp_unpack_address(message->address, &address))
		ticket = ticket_find(broker, address.ticket);
	if (!ticket || ticket->backend != backend) {
		broker->counters.unknown_tickets++;
		return;
	}
	forward(broker, ticket, message);
	if (message->command == MDP_FINAL) {
		backend_take_back(backend, &backend->tickets, ticket);
		ticket_release(broker, ticket);
	}
}

/* Each as if it had come alone. */
static void take_answers(struct broker *broker, struct backend *backend, struct text bundle)
{
	struct mdp_worker_message message;

	while (bundle_next(&bundle, &message))
		if (message.command != MDP_REQUEST)
			take_answer(broker, backend, &message);
	if (bundle.size)
		broker->counters.malformed++;
}

static void from_stranger(struct broker *broker, struct text peer, enum mdp_worker_command command)
{
	if (command == MDP_HEARTBEAT)
		send_away(broker, peer);
	else if (command != MDP_DISCONNECT)
		broker->counters.unknown_tickets++;
}

void inbox_message(struct broker *broker, struct text peer, const struct frames *frames)
{
	struct mdp_worker_message message;
	struct backend *backend;

	if (!mdp_read_worker(frames, &message) || message.command == MDP_REQUEST) {
		broker->counters.malformed++;
		return;
	}
	if (message.command == MDP_READY) {
		take_ready(broker, peer, &message);
		return;
	}
	backend = (struct backend *)directory_find(&broker->backends, peer);
	if (!backend) {
		from_stranger(broker, peer, message.command);
		return;
	}
	backend->heard = broker->now.monotonic;
	if (message.command == MDP_DISCONNECT)
		backend_doom(broker, backend);
	else if (message.command == MDP_BUNDLE)
		take_answers(broker, backend, message.bundle);
	else if (message.command != MDP_HEARTBEAT)
		take_answer(broker, backend, &message);
	backend_feed(broker, backend);
}
