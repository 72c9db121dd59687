/* The list of badges in memory: a hash table by code, fed by pages of changes. */
#include "clients/scanner/snapshot.h"

#include <assert.h>
#include <stdlib.h>

#include "clients/scanner/digest.h"

void snapshot_init(struct snapshot *snapshot, struct text event)
{
	assert(event.size <= SNAPSHOT_EVENT_MAX);
	*snapshot = (struct snapshot){.as_of = ABSENT};
	if (event.size > 0)
		memcpy(snapshot->event, event.at, event.size);
}

void snapshot_free(struct snapshot *snapshot)
{
	free(snapshot->badges);
	free(snapshot->slots);
	plan_free(&snapshot->plan);
	*snapshot = (struct snapshot){.as_of = ABSENT, .seen = snapshot->seen};
}

/* The slot that holds the code, or the free one where it belongs. There is always a free one. */
static uint32_t *slot_of(const struct snapshot *snapshot, const char *code)
{
	uint32_t mask = snapshot->badge_room * 2 - 1;
	uint64_t hash = digest_of(code, strlen(code));

	for (uint32_t i = (uint32_t)(hash ^ hash >> 32) & mask;; i = (i + 1) & mask) {
		uint32_t *slot = &snapshot->slots[i];
		if (*slot == 0 || strcmp(snapshot->badges[*slot - 1].code, code) == 0)
			return slot;
	}
}

static enum error room_double(struct snapshot *snapshot)
{
	uint32_t room = snapshot->badge_room ? snapshot->badge_room * 2 : 256;
	struct known_badge *badges = realloc(snapshot->badges, room * sizeof *badges);

	if (!badges)
		return E_NO_MEMORY;
	snapshot->badges = badges;
	uint32_t *slots = calloc((size_t)room * 2, sizeof *slots);
	if (!slots)
		return E_NO_MEMORY;
	free(snapshot->slots);
	snapshot->slots = slots;
	snapshot->badge_room = room;
	for (uint32_t i = 0; i < snapshot->badge_count; i++)
		*slot_of(snapshot, badges[i].code) = i + 1;
	return E_OK;
}

static enum error badge_put(struct snapshot *snapshot, const struct known_badge *badge)
{
	if (snapshot->badge_count == snapshot->badge_room) {
		enum error e = room_double(snapshot);
		if (e)
			return e;
	}
	uint32_t *slot = slot_of(snapshot, badge->code);
	if (*slot == 0 && snapshot->badge_count == SNAPSHOT_BADGES_MAX)
		return E_TOO_LARGE;
	if (*slot == 0)
		*slot = ++snapshot->badge_count;
	snapshot->badges[*slot - 1] = *badge;
	return E_OK;
}

enum error snapshot_merge(struct snapshot *snapshot, const struct badges_changed *changes)
{
	for (uint32_t i = 0; i < changes->badges.count; i++) {
		const struct badge_line *line = LIST_AT(changes->badges, badge_line, i);
		struct known_badge badge = {
			.person = line->person,
			.state = line->state,
			.registration = line->registration,
			.category = line->category,
			.checked_in = line->checked_in,
		};
		if (badge_read(text_of(snapshot->event), line->badge, badge.code) != E_OK)
			continue;
		enum error e = badge_put(snapshot, &badge);
		if (e)
			return e;
	}
	snapshot->next = changes->next;
	return E_OK;
}

void snapshot_replan(struct snapshot *snapshot, struct plan *plan)
{
	assert(plan->complete);
	plan_free(&snapshot->plan);
	snapshot->plan = *plan;
	*plan = (struct plan){0};
}

const struct known_badge *snapshot_find(const struct snapshot *snapshot, const char *code)
{
	if (snapshot->badge_room == 0)
		return NULL;
	uint32_t slot = *slot_of(snapshot, code);
	return slot ? &snapshot->badges[slot - 1] : NULL;
}
