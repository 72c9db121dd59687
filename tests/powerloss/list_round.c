/* Records a list that is saved again and again, cuts it off, and loads what is left. */
#include "tests/powerloss/list_round.h"

#include <stdlib.h>

#include "clients/scanner/snapshot_file.h"
#include "schema/badge.h"
#include "tests/powerloss/calls.h"

enum { MARK_SAVING, MARK_SAVED, SAVES = 6 };

static const char event[] = "alpha";

/* The nth list: `next` tells them apart. */
static void make_list(struct snapshot *snapshot, int64_t number)
{
	snapshot_init(snapshot, text_of(event));
	for (int64_t i = 0; i < number * 40; i++) {
		unsigned char random[8] = {0, 0, 0, 0, 0, 0, (unsigned char)(i >> 8), (unsigned char)i};
		char code[BADGE_SIZE + 1];
		struct badge_line line = {.badge = {code, BADGE_SIZE}, .person = i + 1, .state = badge_state_issued,
					  .registration = registration_state_accredited, .category = category_delegate};
		struct badges_changed page = {.badges = {&line, 1}, .next = number};

		badge_make(text_of(event), random, code);
		if (snapshot_merge(snapshot, &page) != E_OK)
			abort();
	}
	snapshot->as_of = number;
}

void listing_record(struct listing *listing, struct course *course, uint64_t seed)
{
	char folder[128], path[256];

	(void)seed;
	*listing = (struct listing){.record = {.count = 0}};
	course_folder(course, "list", folder);
	snprintf(path, sizeof path, "%s/door.list", folder);
	calls_watch(folder, &listing->record);
	for (int64_t i = 1; i <= SAVES; i++) {
		struct snapshot snapshot;

		make_list(&snapshot, i);
		record_mark(&listing->record, MARK_SAVING, i);
		if (snapshot_save(&snapshot, path) != 0)
			abort();
		record_mark(&listing->record, MARK_SAVED, i);
		snapshot_free(&snapshot);
	}
	calls_unwatch();
}

void listing_free(struct listing *listing)
{
	record_free(&listing->record);
}

void listing_cut(struct listing *listing, struct course *course)
{
	struct chance chance = course_chance(course);
	int64_t saving = 0, saved = 0, found;
	struct snapshot snapshot;
	const char *why = "";
	char folder[128], path[256];
	int loaded;

	course->subject = "list";
	course->cut = (uint32_t)chance_below(&chance, listing->record.count + UINT64_C(1));
	for (uint32_t i = 0; i < course->cut; i++)
		if (listing->record.entries[i].what == DEED_MARK)
			*(listing->record.entries[i].file == MARK_SAVED ? &saved : &saving) = listing->record.entries[i].at;
	course_folder(course, "left", folder);
	snprintf(path, sizeof path, "%s/door.list", folder);
	rebuild(&listing->record, course->cut, course->honesty, &chance, folder);
	snapshot_init(&snapshot, text_of(event));
	loaded = snapshot_load(&snapshot, path, &why);
	found = loaded > 0 ? snapshot.next : 0;
	course->acked += saved > 0;
	if (loaded < 0)
		course_wrong(course, saved > 0, "the list cannot be used: %s", why);
	else if (found < saved || found > saving || snapshot.badge_count != found * 40)
		course_wrong(course, found < saved, "list %lld was saved and list %lld is found", (long long)saved,
			     (long long)found);
	snapshot_free(&snapshot);
}
