/* Polls a door's list and programme, one question at a time, and saves what it learned. */
#include "clients/scanner/refresh.h"

#include <errno.h>
#include <stdio.h>

#include "schema/clock.h"

enum {
	ROUND_MIN_MS = 200,
	ROUND_MAX_MS = 60000,
	RETRY_MS = 3000,
	PATIENCE_MS = 15000, /* an answer that did not come by then was lost on the way */
	PROGRAMME_MS = 10000, /* a gavel or a changed room is known at the doors within this time */
	SAVE_MS = 30000,
	SAVING_MS = 50, /* until it is looked whether the last list is written and another waits */
	CHANGES_PAGES = 5, /* in one round, so that a busy meeting's scans never keep a reprint waiting */
	PAGE = 200
};

void refresh_start(struct refresh *refresh, struct hudur *hudur, struct snapshot *live, const char *path)
{
	*refresh = (struct refresh){.hudur = hudur, .live = live, .path = path, .first = true};
	snapshot_init(&refresh->whole, text_of(live->event));
	snprintf(refresh->service, sizeof refresh->service, "%s/changes", live->event);
}

static void later(struct refresh *refresh, int64_t ms)
{
	refresh->asked = ASKED_NOTHING;
	refresh->due = clock_monotonic_ms() + ms;
}

static void ask(struct refresh *refresh, enum refresh_asked what, const char *op,
		const struct message *message, const void *query)
{
	struct arena arena = {0};
	struct request request;
	struct text map;

	message_clear(&message_request, &request);
	request.op = text_of(op);
	if (message_encode_two(&message_request, &request, message, query, &arena, &map) == E_OK &&
	    hudur_read(refresh->hudur, refresh->service, map.at, map.size, refresh->id) == 0) {
		refresh->asked = what;
		refresh->patient_until = clock_monotonic_ms() + PATIENCE_MS;
	} else {
		later(refresh, RETRY_MS);
	}
	arena_free(&arena);
}

static void ask_badges(struct refresh *refresh)
{
	int64_t since = refresh->first ? refresh->whole.next : refresh->live->next;
	struct changes_query query = {.since = since, .limit = PAGE};

	ask(refresh, ASKED_BADGES, "badges", &message_changes_query, &query);
}

static void ask_programme(struct refresh *refresh)
{
	struct programme_query query = {.cursor = refresh->cursor};

	ask(refresh, ASKED_PROGRAMME, "programme", &message_programme_query, &query);
}

static void ask_changes(struct refresh *refresh)
{
	struct changes_query query = {.since = refresh->live->seen->next, .limit = PAGE};

	ask(refresh, ASKED_CHANGES, "changes", &message_changes_query, &query);
}

/* While scans keep the connection alive the library sees no reason to send a read again. */
static void give_up(struct refresh *refresh)
{
	hudur_forget(refresh->hudur, refresh->id);
	later(refresh, 0);
}

static void saved_tell(struct refresh *refresh, int why)
{
	if (why == 0 || refresh->save_failed)
		return;
	fprintf(stderr, "hudur-scan: the list cannot be kept in %s (%s): a restart without network "
		"would begin without it. Give another file with --snapshot.\n", refresh->path, strerror(why));
	refresh->save_failed = true;
}

/* When the last one is being written still, later. */
static void save(struct refresh *refresh)
{
	int why;

	if (saver_take(&refresh->saver, &why))
		saved_tell(refresh, why);
	if (!refresh->unsaved || refresh->saver.running)
		return;
	refresh->unsaved = false;
	refresh->saved_at = clock_monotonic_ms();
	if (saver_start(&refresh->saver, refresh->live, refresh->path) != 0)
		saved_tell(refresh, errno);
}

int refresh_run(struct refresh *refresh)
{
	int64_t now = clock_monotonic_ms(), left = refresh->due - now;

	save(refresh);
	int most = refresh->saver.running ? SAVING_MS : 1000;
	if (refresh->asked != ASKED_NOTHING && now < refresh->patient_until)
		return most;
	if (refresh->asked != ASKED_NOTHING)
		give_up(refresh);
	else if (left > 0)
		return left < most ? (int)left : most;
	ask_badges(refresh);
	return most;
}

static void round_end(struct refresh *refresh)
{
	if (refresh->first) {
		struct snapshot old = *refresh->live;
		refresh->whole.seen = old.seen;
		*refresh->live = refresh->whole;
		refresh->whole = old;
		snapshot_free(&refresh->whole);
		refresh->first = false;
	}
	refresh->live->as_of = refresh->fetched_at;
	later(refresh, refresh->wait_ms);
	refresh->refusal = E_OK;
	if (refresh->path && (refresh->changed || clock_monotonic_ms() - refresh->saved_at > SAVE_MS))
		refresh->unsaved = true;
	refresh->changed = false;
	save(refresh);
}

/* A copy of the event was restored. */
static bool is_another(struct refresh *refresh, struct text instance)
{
	if (refresh->live->seen)
		seen_follow(refresh->live->seen, instance);
	return instance_follow(refresh->instance, instance) == INSTANCE_ANOTHER;
}

/*
 * The server's ledger is shorter than what we have seen, or another instance's: it is another file now, and nothing we
 * know holds.
 */
static void begin_anew(struct refresh *refresh)
{
	snapshot_free(&refresh->whole);
	snapshot_init(&refresh->whole, text_of(refresh->live->event));
	refresh->first = true;
	refresh->planned_at = 0;
	if (refresh->live->seen)
		seen_clear(refresh->live->seen);
	later(refresh, 0);
}

/* A door that begins goes by what passed lately, not by all that ever did. */
static void list_known(struct refresh *refresh)
{
	const struct plan *plan = refresh->first ? &refresh->whole.plan : &refresh->live->plan;
	struct seen *seen = refresh->live->seen;

	if (!seen) {
		round_end(refresh);
		return;
	}
	if (seen->next == 0 && plan->ledger > SEEN_PAST)
		seen->next = plan->ledger - SEEN_PAST;
	refresh->pages = 0;
	ask_changes(refresh);
}

static int64_t clamped(int64_t ms)
{
	return ms < ROUND_MIN_MS ? ROUND_MIN_MS : ms > ROUND_MAX_MS ? ROUND_MAX_MS : ms;
}

static void badges_taken(struct refresh *refresh, const struct badges_changed *page)
{
	struct snapshot *list = refresh->first ? &refresh->whole : refresh->live;
	int64_t since = list->next;

	if (is_another(refresh, page->instance) || page->next < since) {
		begin_anew(refresh);
		return;
	}
	enum error e = snapshot_merge(list, page);
	if (page->badges.count > 0)
		refresh->changed = true;
	refresh->wait_ms = clamped(page->after_ms);
	later(refresh, RETRY_MS);
	if (e) {
		refresh->refusal = e;
	} else if (page->after_ms == 0 && page->next > since) {
		ask_badges(refresh);
	} else if (refresh->planned_at == 0 || refresh->stale ||
		   clock_monotonic_ms() - refresh->planned_at >= PROGRAMME_MS) {
		plan_free(&refresh->plan);
		refresh->cursor = ABSENT;
		refresh->stale = false;
		ask_programme(refresh);
	} else {
		list_known(refresh);
	}
}

/* What moves the programme is known at once and not only when it is asked for next. */
static bool is_of_programme(const struct change *change)
{
	static const char *const ops[] = {"open_session", "close_session", "amend_session", "load", "open_event",
					  "close_event"};

	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		if (!change->reason.at && text_is(change->op, ops[i]))
			return true;
	return false;
}

static void changes_taken(struct refresh *refresh, const struct changed *page)
{
	struct seen *seen = refresh->live->seen;

	if (is_another(refresh, page->instance) || page->next < seen->next) {
		begin_anew(refresh);
		return;
	}
	for (uint32_t i = 0; i < page->entries.count; i++) {
		const struct change *change = LIST_AT(page->entries, change, i);
		enum error e = seen_take(seen, change);

		if (e) {
			refresh->refusal = e;
			later(refresh, RETRY_MS);
			return;
		}
		if (is_of_programme(change))
			refresh->stale = true;
	}
	bool more = page->after_ms == 0 && page->entries.count > 0;
	if (more && ++refresh->pages < CHANGES_PAGES) {
		ask_changes(refresh);
		return;
	}
	round_end(refresh);
	if (more)
		later(refresh, 0);
}

static void programme_taken(struct refresh *refresh, struct text map)
{
	int64_t before = refresh->cursor == ABSENT ? 0 : refresh->cursor;
	enum error e = plan_add(&refresh->plan, map, &refresh->cursor);

	if (!e && refresh->cursor != ABSENT && refresh->cursor > before) {
		ask_programme(refresh);
		return;
	}
	if (!e)
		e = plan_finish(&refresh->plan);
	later(refresh, RETRY_MS);
	refresh->refusal = e;
	if (!e) {
		refresh->planned_at = clock_monotonic_ms();
		refresh->changed = true;
		snapshot_replan(refresh->first ? &refresh->whole : refresh->live, &refresh->plan);
		list_known(refresh);
	}
}

static void answer_taken(struct refresh *refresh, const struct reply *reply, struct text map,
			 struct arena *arena)
{
	struct badges_changed page;
	struct changed changes;

	if (reply->status != status_ok) {
		refresh->refusal = error_from_name(reply->reason);
		if (refresh->refusal == E_OK)
			refresh->refusal = E_UNSUPPORTED;
		later(refresh, reply->retry_ms == ABSENT ? RETRY_MS : clamped(reply->retry_ms));
		return;
	}
	if (refresh->asked == ASKED_PROGRAMME) {
		programme_taken(refresh, map);
		return;
	}
	if (refresh->asked == ASKED_CHANGES && message_decode(&message_changed, map, arena, &changes, NULL) == E_OK) {
		changes_taken(refresh, &changes);
		return;
	}
	refresh->fetched_at = reply->now;
	if (refresh->asked == ASKED_BADGES && message_decode(&message_badges_changed, map, arena, &page, NULL) == E_OK) {
		badges_taken(refresh, &page);
		return;
	}
	refresh->refusal = E_MALFORMED;
	later(refresh, RETRY_MS);
}

bool refresh_take(struct refresh *refresh, const struct hudur_reply *from)
{
	struct arena arena = {0};
	struct text map = {from->map, (uint32_t)from->size};
	struct reply reply;

	if (refresh->asked == ASKED_NOTHING || memcmp(from->id, refresh->id, HUDUR_ID_SIZE) != 0)
		return false;
	if (message_decode(&message_reply, map, &arena, &reply, NULL) == E_OK) {
		answer_taken(refresh, &reply, map, &arena);
	} else {
		refresh->refusal = E_MALFORMED;
		later(refresh, RETRY_MS);
	}
	arena_free(&arena);
	return true;
}

bool refresh_is_whole(const struct refresh *refresh)
{
	return !refresh->first;
}

bool refresh_found_nobody(const struct refresh *refresh)
{
	return refresh->refusal == E_UNKNOWN_EVENT || refresh->refusal == E_NO_WORKER;
}

void refresh_end(struct refresh *refresh)
{
	int why;

	if (saver_wait(&refresh->saver, &why))
		saved_tell(refresh, why);
	if (!refresh->first && refresh->path)
		saved_tell(refresh, snapshot_save(refresh->live, refresh->path) == 0 ? 0 : errno);
	snapshot_free(&refresh->whole);
	plan_free(&refresh->plan);
}
