/* Asks EVENT/people for the roster page by page, one question at a time, and saves what it learned. */
#include "clients/desk/fetch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "schema/clock.h"

enum {
	ROUND_MIN_MS = 200,
	ROUND_MAX_MS = 60000,
	RETRY_MS = 3000,
	PATIENCE_MS = 10000, /* an answer that did not come by then was lost on the way */
	SAVE_MS = 5000       /* a crash costs at most so much of the roster, which is fetched again */
};

void fetch_start(struct fetch *fetch, struct hudur *hudur, struct roster *live, const struct vault *vault)
{
	*fetch = (struct fetch){.hudur = hudur, .live = live, .vault = vault, .first = true, .cursor = ABSENT};
	roster_init(&fetch->whole, text_of(live->event));
	snprintf(fetch->service, sizeof fetch->service, "%s/people", live->event);
}

static void later(struct fetch *fetch, int64_t ms)
{
	fetch->asked = false;
	fetch->due = clock_monotonic_ms() + ms;
}

static void ask(struct fetch *fetch)
{
	struct roster_query query = {.since = fetch->first ? 0 : fetch->live->next, .cursor = fetch->cursor};
	struct arena arena = {0};
	struct request request;
	struct text map;

	message_clear(&message_request, &request);
	request.op = TEXT("roster");
	fetch->asked = message_encode_two(&message_request, &request, &message_roster_query, &query, &arena,
					  &map) == E_OK &&
		       hudur_read(fetch->hudur, fetch->service, map.at, map.size, fetch->id) == 0;
	fetch->asked_at = clock_monotonic_ms();
	if (!fetch->asked)
		later(fetch, RETRY_MS);
	arena_free(&arena);
}

static void save(struct fetch *fetch)
{
	struct text bytes;

	if (roster_encode(fetch->live, &bytes) != E_OK)
		return;
	if (vault_write(fetch->vault, bytes) != 0 && !fetch->save_failed) {
		fprintf(stderr, "hudur-desk: the roster cannot be kept in %s (%s): a restart without the broker would "
			"begin without it. Give another file with --roster.\n", fetch->vault->path, strerror(errno));
		fetch->save_failed = true;
	}
	free((char *)bytes.at);
	fetch->changed = false;
	fetch->saved_at = clock_monotonic_ms();
}

void fetch_end(struct fetch *fetch)
{
	if (!fetch->hudur)
		return;
	if (!fetch->first)
		save(fetch);
	roster_free(&fetch->whole);
	fetch->hudur = NULL;
}

int fetch_run(struct fetch *fetch)
{
	int64_t now = clock_monotonic_ms(), until = fetch->due;

	if (fetch->asked && now - fetch->asked_at >= PATIENCE_MS && hudur_is_online(fetch->hudur)) {
		hudur_forget(fetch->hudur, fetch->id);
		later(fetch, 0);
		until = now;
	}
	if (!fetch->asked && now >= until)
		ask(fetch);
	if (fetch->asked)
		until = fetch_is_silent(fetch) ? now + PATIENCE_MS : fetch->asked_at + FETCH_SILENT_MS;
	return until > now ? (int)(until - now) : 0;
}

void fetch_hurry(struct fetch *fetch)
{
	if (fetch->hudur && !fetch->asked)
		fetch->due = clock_monotonic_ms();
}

bool fetch_is_silent(const struct fetch *fetch)
{
	return fetch->hudur && fetch->asked && clock_monotonic_ms() - fetch->asked_at >= FETCH_SILENT_MS;
}

/* The whole one takes the place of what a file or an earlier ledger had held. */
static void round_end(struct fetch *fetch, int64_t now, int64_t after_ms)
{
	if (fetch->first) {
		struct roster old = *fetch->live;
		*fetch->live = fetch->whole;
		fetch->whole = old;
		roster_free(&fetch->whole);
		fetch->first = false;
		fetch->changed = true;
	}
	fetch->live->next = fetch->next;
	fetch->live->as_of = now;
	fetch->cursor = ABSENT;
	fetch->refusal = E_OK;
	if (fetch->changed && (fetch->saved_at == 0 || clock_monotonic_ms() - fetch->saved_at >= SAVE_MS))
		save(fetch);
	later(fetch, after_ms < ROUND_MIN_MS ? ROUND_MIN_MS : after_ms > ROUND_MAX_MS ? ROUND_MAX_MS : after_ms);
}

/* A ledger shorter than what was seen, or of another instance, is another file's: nothing that is known of it holds. */
static void begin_anew(struct fetch *fetch)
{
	roster_free(&fetch->whole);
	fetch->first = true;
	fetch->cursor = ABSENT;
	later(fetch, 0);
}

static void page_taken(struct fetch *fetch, const struct roster_page *page, int64_t now)
{
	struct roster *roster = fetch->first ? &fetch->whole : fetch->live;
	enum error e = E_OK;

	if (instance_follow(fetch->instance, page->instance) == INSTANCE_ANOTHER || (!fetch->first && page->next < roster->next)) {
		begin_anew(fetch);
		return;
	}
	if (fetch->cursor == ABSENT)
		fetch->next = page->next;
	for (uint32_t i = 0; !e && i < page->people.count; i++)
		e = roster_put(roster, LIST_AT(page->people, person_line, i));
	fetch->changed |= page->people.count > 0;
	if (e) {
		fetch->refusal = e;
		fetch->cursor = ABSENT;
		later(fetch, RETRY_MS);
	} else if (page->cursor != ABSENT && (fetch->cursor == ABSENT || page->cursor > fetch->cursor)) {
		fetch->cursor = page->cursor;
		ask(fetch);
	} else {
		round_end(fetch, now, page->after_ms);
	}
}

static void answer_taken(struct fetch *fetch, struct text map, struct arena *arena)
{
	struct roster_page page = {.next = 0};
	struct reply reply = {.now = 0};
	enum error e = message_decode(&message_reply, map, arena, &reply, NULL);

	if (!e && reply.status == status_ok)
		e = message_decode(&message_roster_page, map, arena, &page, NULL);
	else if (!e)
		e = error_from_name(reply.reason) ? error_from_name(reply.reason) : E_UNSUPPORTED;
	if (e) {
		fetch->refusal = e;
		later(fetch, RETRY_MS);
	} else {
		page_taken(fetch, &page, reply.now);
	}
}

bool fetch_take(struct fetch *fetch, const struct hudur_reply *from)
{
	struct arena arena = {0};

	if (!fetch->hudur || !fetch->asked || memcmp(from->id, fetch->id, HUDUR_ID_SIZE) != 0)
		return false;
	fetch->asked = false;
	answer_taken(fetch, (struct text){from->map, (uint32_t)from->size}, &arena);
	arena_free(&arena);
	return true;
}
