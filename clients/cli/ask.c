/* Asks the service, and says what went wrong in words. */
#include <stdlib.h>

#include "clients/cli/caller.h"

struct text caller_explain(const struct reply *reply, struct arena *arena)
{
	enum error e = error_from_name(reply->reason);
	struct text why = reply->detail;
	const char *status = vocabulary_word(&vocabulary_status, reply->status);

	if (!why.at)
		why = e ? text_of(error_sentence(e)) : TEXT("The service gave no reason.");
	if (!reply->reason.at)
		return arena_printf(arena, "%s: %.*s", status, (int)why.size, why.at);
	return arena_printf(arena, "%s: %.*s (%.*s)", status, (int)why.size, why.at,
			    (int)reply->reason.size, reply->reason.at);
}

static int name_service(struct caller *caller, const struct operation *operation,
			char service[SERVICE_MAX])
{
	const char *first = caller->options->event;

	if (strcmp(operation->service, "broker") == 0) {
		snprintf(service, SERVICE_MAX, "broker");
		return EXIT_DONE;
	}
	if (strcmp(operation->service, "events") == 0)
		first = caller->options->worker;
	if (!first)
		return cli_usage(caller->options, "Which event? Give --event.");
	if (snprintf(service, SERVICE_MAX, "%s/%s", first, operation->service) >= SERVICE_MAX)
		return cli_usage(caller->options, "--worker: the name is too long.");
	return EXIT_DONE;
}

static const char *endpoint_of(const struct caller *caller)
{
	const char *endpoints = caller->options->endpoints;

	if (!endpoints)
		endpoints = getenv("HUDUR_ENDPOINT");
	return endpoints && *endpoints ? endpoints : "tcp://127.0.0.1:5570";
}

/* What the service has put the request off with, if it did; else nobody is there. */
static int tell_silence(struct caller *caller, const char *service, bool write, const struct hudur_reply *last)
{
	struct text map = {last->map, (uint32_t)last->size};
	struct text why = TEXT("check that hudur serve runs, or name another broker with --endpoint.");
	const char *what = "did not answer";
	double seconds = caller->options->timeout_ms / 1000.0;
	bool kept = write && *caller->spool;
	struct arena arena = {0};
	struct reply reply;

	if (map.size && message_decode(&message_reply, map, &arena, &reply, NULL) == E_OK) {
		what = "did not do it";
		why = caller_explain(&reply, &arena);
	}
	cli_complain(caller->options, "%s at %s %s within %g s; %.*s%s%s%s", service, endpoint_of(caller), what,
		     seconds, (int)why.size, why.size ? why.at : "", kept ? " The request is kept in " : "",
		     kept ? caller->spool : "", kept ? " and sent by the next command that writes." : "");
	arena_free(&arena);
	return EXIT_NOT_DONE;
}

static int read_answer(struct caller *caller, const struct operation *operation,
		       const struct hudur_reply *from, struct arena *arena, struct answer *answer)
{
	/* the library's bytes go with the next call, the views must not */
	struct text map = arena_text(arena, (struct text){from->map, (uint32_t)from->size});
	struct complaint complaint = {"memory is short"};
	enum error e =
		map.at ? message_decode(&message_reply, map, arena, &answer->reply, &complaint)
		       : E_NO_MEMORY;

	if (!e && answer->reply.status == status_ok) {
		answer->result = arena_alloc(arena, operation->result->size);
		e = answer->result ? message_decode(operation->result, map, arena, answer->result,
						    &complaint)
				   : E_NO_MEMORY;
	}
	if (!e)
		return EXIT_DONE;
	answer->reply.status = status_none;
	cli_complain(caller->options,
		     "%s: the answer cannot be read (%s); is the broker of another version?",
		     from->service, complaint.sentence);
	return EXIT_NOT_DONE;
}

static int ask_once(struct caller *caller, const struct operation *operation, const char *service,
		    struct text map, int timeout_ms, struct hudur_reply *reply)
{
	bool write = operation->access == ACCESS_WRITE;
	int got = hudur_call(caller->hudur, service, map.at, map.size, write, timeout_ms, reply);

	if (got == 1)
		return EXIT_DONE;
	if (got == 0)
		return tell_silence(caller, service, write, reply);
	cli_complain(caller->options, "%s", hudur_error(caller->hudur));
	return EXIT_NOT_DONE;
}

static int encode(struct caller *caller, const struct operation *operation, const void *request,
		  struct arena *arena, struct text *map)
{
	struct request head;
	enum error e;

	message_clear(&message_request, &head);
	head.op = text_of(operation->op);
	e = message_encode_two(&message_request, &head, operation->request, request, arena, map);
	if (!e)
		return EXIT_DONE;
	cli_complain(caller->options, "%s: %s", operation->op, error_sentence(e));
	return EXIT_NOT_DONE;
}

/* A read that is answered busy is asked again; for writes the library does that. */
int caller_try(struct caller *caller, const struct operation *operation, const void *request,
	       struct arena *arena, struct answer *answer)
{
	int64_t end = clock_monotonic_ms() + caller->options->timeout_ms;
	char service[SERVICE_MAX];
	struct hudur_reply reply;
	struct text map;
	int result;

	message_clear(&message_reply, &answer->reply);
	answer->result = NULL;
	result = name_service(caller, operation, service);
	if (result == EXIT_DONE)
		result = encode(caller, operation, request, arena, &map);
	while (result == EXIT_DONE) {
		int64_t left = end - clock_monotonic_ms(), wait;

		result =
			ask_once(caller, operation, service, map, left > 1 ? (int)left : 1, &reply);
		if (result == EXIT_DONE)
			result = read_answer(caller, operation, &reply, arena, answer);
		if (result != EXIT_DONE || answer->reply.status != status_busy)
			break;
		wait = answer->reply.retry_ms == ABSENT ? 100 : answer->reply.retry_ms;
		if (clock_monotonic_ms() + wait >= end)
			break;
		/* nothing else is awaited: this only lets the time pass, with heartbeats */
		hudur_next(caller->hudur, (int)(wait > 10 ? wait : 10), &reply);
	}
	if (result == EXIT_DONE && answer->reply.status != status_ok)
		result = EXIT_NOT_DONE;
	return result;
}

int caller_ask(struct caller *caller, const struct operation *operation, const void *request,
	       struct arena *arena, struct answer *answer)
{
	int result = caller_try(caller, operation, request, arena, answer);
	char service[SERVICE_MAX];
	struct text why;

	if (result == EXIT_DONE || answer->reply.status == status_none ||
	    answer->reply.status == status_ok)
		return result;
	name_service(caller, operation, service);
	why = caller_explain(&answer->reply, arena);
	cli_complain(caller->options, "%s %s: %.*s", service, operation->op, (int)why.size, why.at);
	return result;
}

