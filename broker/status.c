/* Tells what the broker has done and what is on offer. */
#include "broker/status.h"

#include "broker/service.h"

/* ---- mmi ---- */

static bool is_mmi(struct text service)
{
	return service.size >= 4 && memcmp(service.at, "mmi.", 4) == 0;
}

bool status_owns(struct text service)
{
	return text_is(service, "broker") || is_mmi(service);
}

static bool is_available(struct broker *broker, struct text name)
{
	const struct service *service = service_find(broker, name);

	if (text_is(name, "broker") || text_is(name, "mmi.service"))
		return true;
	return service && service->offer_count && !service->closed;
}

/*
 * RFC 8: the answer's body is a code. A request that has an id before the name gets its id
 * back first.
 */
static void answer_mmi(struct broker *broker, const struct recipient *to,
		       const struct mdp_client_message *request)
{
	struct text name = request->body[request->bodies - 1];
	struct text body[2] = {to->id, TEXT("501")};

	if (text_is(request->service, "mmi.service"))
		body[1] = is_available(broker, name) ? TEXT("200") : TEXT("404");
	if (request->bodies > 1 && to->id.at)
		answer_frames(broker, to, body, 2);
	else
		answer_frames(broker, to, body + 1, 1);
}

/* ---- broker ---- */

static void fill_line(const struct service *service, struct service_line *line)
{
	message_clear(&message_service_line, line);
	line->service = service->entry.name;
	line->workers = service->offer_count;
	line->waiting = service->waiting_count;
	line->closed = service->closed;
}

static void fill_services(struct broker *broker, struct list *list)
{
	struct service_line *lines =
		arena_alloc(&broker->arena, STATUS_SERVICES_MAX * sizeof *lines);
	struct service *service;

	list->items = lines;
	list->count = 0;
	TAILQ_FOREACH(service, &broker->offered, link)
	{
		if (!lines || list->count == STATUS_SERVICES_MAX)
			return;
		fill_line(service, &lines[list->count++]);
	}
}

static void fill_status(struct broker *broker, struct broker_status *status)
{
	message_clear(&message_broker_status, status);
	status->requests = broker->counters.requests;
	status->replies = broker->counters.replies;
	status->busy = broker->counters.busy;
	status->dropped = broker->counters.dropped;
	status->malformed = broker->counters.malformed;
	status->unknown_tickets = broker->counters.unknown_tickets;
	status->workers_lost = broker->counters.workers_lost;
	status->waiting = broker->ticket_count;
	fill_services(broker, &status->services);
}

/* As many services as fit into one message. */
static void answer_status(struct broker *broker, const struct recipient *to)
{
	struct broker_status status;
	enum error error;

	fill_status(broker, &status);
	while ((error = answer_result(broker, to, &message_broker_status, &status)) ==
		       E_TOO_LARGE &&
	       status.services.count)
		status.services.count /= 2;
	if (error)
		answer(broker, to, error, NULL);
}

static void answer_broker(struct broker *broker, const struct recipient *to,
			  const struct mdp_client_message *request)
{
	struct complaint complaint = {"A request has two body frames: its id and a map."};
	enum error error = E_MALFORMED;
	struct request in;

	if (request->bodies == 2)
		error = message_decode(&message_request, request->body[1], &broker->arena, &in,
				       &complaint);
	if (error)
		answer(broker, to, error, error == E_MALFORMED ? complaint.sentence : NULL);
	else if (!text_is(in.op, "status"))
		answer(broker, to, E_UNSUPPORTED, NULL);
	else
		answer_status(broker, to);
}

bool status_request(struct broker *broker, const struct recipient *to,
		    const struct mdp_client_message *request)
{
	if (text_is(request->service, "broker"))
		answer_broker(broker, to, request);
	else if (is_mmi(request->service))
		answer_mmi(broker, to, request);
	else
		return false;
	return true;
}
