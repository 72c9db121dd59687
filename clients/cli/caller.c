/* Opens the library, and closes it when what earlier runs left is settled. */
#include "clients/cli/caller.h"

#include <errno.h>
#include <inttypes.h>

#include "clients/cli/moment.h"
#include "clients/cli/spool_path.h"

static void tell_simulated(const struct caller *caller)
{
	struct arena arena = {0};
	struct text now = moment_stamp(NULL, clock_now(&caller->clock), &arena);

	cli_complain(caller->options, "the clock is simulated: %.*s.", (int)now.size, now.at);
	arena_free(&arena);
}

static int open_library(struct caller *caller, const char *spool)
{
	const struct options *options = caller->options;
	struct hudur_options wanted = {options->endpoints, spool, options->actor};

	return hudur_new(&wanted, &caller->hudur) == 0 ? EXIT_DONE : EXIT_NOT_DONE;
}

static int refuse_library(struct caller *caller)
{
	cli_complain(caller->options, "%s",
		     caller->hudur ? hudur_error(caller->hudur)
				   : "Memory is short; close something and try again.");
	return EXIT_NOT_DONE;
}

/* A second program of the same kind gets a spool of its own: each belongs to one process. */
static int open_own_spool(struct caller *caller)
{
	for (int n = 1; n <= SPOOLS_MAX; n++) {
		if (!spool_path(caller->options->program, n, caller->spool,
				sizeof(caller->spool))) {
			cli_complain(caller->options,
				     "The folder for %s cannot be made: %s. Name another file with "
				     "--spool.",
				     caller->spool, strerror(errno));
			return EXIT_NOT_DONE;
		}
		if (open_library(caller, caller->spool) == EXIT_DONE)
			return EXIT_DONE;
		if (!spool_is_held(caller->spool))
			return refuse_library(caller);
		hudur_free(caller->hudur);
		caller->hudur = NULL;
	}
	cli_complain(caller->options,
		     "All %d spools up to %s are in use; end one of those programs, or name a file "
		     "with --spool.",
		     SPOOLS_MAX, caller->spool);
	return EXIT_NOT_DONE;
}

int caller_open(struct caller *caller, const struct options *options, bool writes)
{
	int result;

	*caller = (struct caller){.options = options};
	if (clock_open(&caller->clock))
		return EXIT_NOT_DONE;
	if (clock_is_simulated(&caller->clock))
		tell_simulated(caller);
	if (!writes)
		return open_library(caller, NULL) == EXIT_DONE ? EXIT_DONE : refuse_library(caller);
	if (!options->spool)
		result = open_own_spool(caller);
	else if (open_library(caller, options->spool) != EXIT_DONE)
		result = refuse_library(caller);
	else
		result = EXIT_DONE;
	if (options->spool)
		snprintf(caller->spool, sizeof(caller->spool), "%s", options->spool);
	if (result == EXIT_DONE)
		caller->backlog = hudur_backlog(caller->hudur);
	return result;
}

/* What an earlier run left behind is sent first by the library; here its answers are looked at. */
static void settle_backlog(struct caller *caller)
{
	int64_t end = clock_monotonic_ms() + caller->options->timeout_ms;
	struct arena arena = {0};
	struct hudur_reply answer;

	while (hudur_backlog(caller->hudur) > 0 && clock_monotonic_ms() < end) {
		struct reply reply;
		struct text why;

		if (hudur_next(caller->hudur, (int)(end - clock_monotonic_ms()), &answer) != 1)
			break;
		if (message_decode(&message_reply, (struct text){answer.map, (uint32_t)answer.size},
				   &arena, &reply, NULL) != E_OK ||
		    reply.status == status_ok)
			continue;
		why = caller_explain(&reply, &arena);
		cli_complain(caller->options,
			     "A request to %s that an earlier run had left was %.*s",
			     answer.service, (int)why.size, why.at);
	}
	int64_t waiting = hudur_backlog(caller->hudur);
	if (waiting > 0)
		cli_complain(caller->options, "%" PRId64 " %s in %s; the next command that writes sends %s.", waiting,
			     waiting == 1 ? "request waits" : "requests wait", caller->spool,
			     waiting == 1 ? "it" : "them");
	arena_free(&arena);
}

void caller_close(struct caller *caller)
{
	if (caller->hudur && caller->backlog > 0)
		settle_backlog(caller);
	hudur_free(caller->hudur);
	zone_close(caller->zone);
	clock_close(&caller->clock);
	*caller = (struct caller){0};
}

static struct zone *zone_of(const struct programme *programme)
{
	char name[65] = "";

	if (programme->event.count) {
		struct text zone = LIST_AT(programme->event, event_line, 0)->zone;

		snprintf(name, sizeof(name), "%.*s", (int)zone.size, zone.at ? zone.at : "");
	}
	return zone_open(name);
}

struct zone *caller_zone(struct caller *caller)
{
	struct programme_query query;
	struct arena arena = {0};
	struct answer answer;

	if (caller->zone_asked || !caller->options->event)
		return caller->zone;
	caller->zone_asked = true;
	message_clear(&message_programme_query, &query);
	if (caller_ask(caller, &operations[OP_changes_programme], &query, &arena, &answer) ==
	    EXIT_DONE)
		caller->zone = zone_of(answer.result);
	arena_free(&arena);
	return caller->zone;
}
