/* Begins copies, follows them, and holds what is left of them against the ledger. */
#include "tests/powerloss/copies.h"

#include <dirent.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/powerloss/state_digest.h"
#include "workers/verify.h"

/* ---- making them ---- */

static bool is_under_way(const struct backup_state *state)
{
	return state->stage == task_stage_copying || state->stage == task_stage_checking;
}

static void ask(struct shift *shift, uint32_t event, int64_t task, struct backup_state *state)
{
	if (!shift_back_up(shift, event, task, state))
		abort();
}

void copies_begin(struct copies *copies, struct shift *shift, struct record *record, uint32_t event)
{
	struct made_copy *copy = &copies->all[copies->count];
	struct backup_state state;

	if (copies->count == COPIES_MAX)
		return;
	*copy = (struct made_copy){.event = event, .begun = record->count};
	record_mark(record, MARK_COPYING, copies->count++);
	ask(shift, event, 0, &state);
	copy->task = state.task;
}

static void settle(struct made_copy *copy, const struct backup_state *state)
{
	const char *slash = state->file.at ? memrchr(state->file.at, '/', state->file.size) : NULL;

	copy->over = true;
	copy->done = state->stage == task_stage_done && slash;
	copy->ledger = state->ledger;
	if (copy->done)
		snprintf(copy->name, sizeof copy->name, "%.*s", (int)(state->file.at + state->file.size - slash - 1),
			 slash + 1);
}

void copies_go_on(struct copies *copies, struct shift *shift, struct record *record)
{
	struct made_copy *copy = copies->count ? &copies->all[copies->count - 1] : NULL;
	struct backup_state state;

	if (!copy || copy->over)
		return;
	writer_go_on(shift->writer);
	for (ask(shift, copy->event, copy->task, &state); state.stage == task_stage_checking; sched_yield())
		ask(shift, copy->event, copy->task, &state);
	if (is_under_way(&state))
		return;
	settle(copy, &state);
	if (copy->done)
		record_mark(record, MARK_COPIED, copies->count - 1);
}

void copies_end(struct copies *copies)
{
	if (copies->count)
		copies->all[copies->count - 1].over = true;
}

const struct made_copy *copies_told(const struct copies *copies, const struct record *record, uint32_t cut)
{
	const struct made_copy *told = NULL;

	for (uint32_t i = 0; i < cut; i++)
		if (record->entries[i].what == DEED_MARK && record->entries[i].file == MARK_COPIED)
			told = &copies->all[record->entries[i].at];
	return told;
}

/* ---- what is left of them ---- */

static void keep_difference(void *context, const char *sentence)
{
	snprintf(context, 256, "%s", sentence);
}

/* Entries that it holds; -1: it is not whole, which was told. */
static int64_t verify(struct course *course, const char *path)
{
	char difference[256] = "";
	struct verdict verdict;
	enum error e = verify_file(path, keep_difference, difference, &verdict);

	if (!e && !verdict.differences)
		return verdict.ledger;
	course_wrong(course, 0, "the copy %s is not whole: %s", path, e ? error_sentence(e) : difference);
	return -1;
}

static const struct made_copy *named(const struct copies *copies, const char *name)
{
	for (uint32_t i = 0; i < copies->count; i++)
		if (copies->all[i].done && strcmp(copies->all[i].name, name) == 0)
			return &copies->all[i];
	return NULL;
}

static void compare_state(const struct remains *remains, const struct made_copy *copy, const char *path)
{
	int64_t ledger = 0;
	uint64_t digest = 0;

	if (!state_digest(path, &ledger, &digest) || !digest || digest != remains->digests[copy->event][ledger])
		course_wrong(remains->course, 0, "the copy %s is not what the event was at %lld", copy->name,
			     (long long)ledger);
}

/* All that was sent until the cut may be in it, and what was acknowledged when it was begun must. */
static void ask_checker(const struct remains *remains, const struct made_copy *copy, const char *path)
{
	struct arena arena = {0};
	struct known known = known_new(&arena, remains->shift->count);
	char ledger[256], sentence[512];
	int64_t lost;

	known_learn(&known, remains->record, copy->begun, remains->replies);
	memcpy(known.sent, remains->known->sent, remains->shift->count);
	snprintf(ledger, sizeof ledger, "%s/copy.ledger", remains->course->folder);
	known_write(&known, remains->shift, copy->event, ledger);
	if (!checker_ask(&remains->course->checker, path, ledger, &lost, sentence))
		course_wrong(remains->course, lost, "the copy %s: %s", copy->name, sentence);
	arena_free(&arena);
}

static void check_copy(const struct copies *copies, const struct remains *remains, const char *name)
{
	const struct made_copy *copy = named(copies, name);
	char path[512];
	int64_t ledger;

	snprintf(path, sizeof path, "%s/backups/%s", remains->folder, name);
	if (!copy) {
		course_wrong(remains->course, 0, "%s has a copy's name, and there was none", path);
		return;
	}
	ledger = verify(remains->course, path);
	if (ledger < 0)
		return;
	if (ledger != copy->ledger)
		course_wrong(remains->course, 0, "the copy %s has %lld entries instead of %lld", name, (long long)ledger,
			     (long long)copy->ledger);
	compare_state(remains, copy, path);
	ask_checker(remains, copy, path);
}

static bool ends_with(const char *name, const char *ending)
{
	size_t size = strlen(name), end = strlen(ending);

	return size >= end && strcmp(name + size - end, ending) == 0;
}

void copies_check(const struct copies *copies, const struct remains *remains)
{
	char path[512];
	struct dirent *entry;
	DIR *folder;

	snprintf(path, sizeof path, "%s/backups", remains->folder);
	folder = opendir(path);
	while (folder && (entry = readdir(folder)))
		if (ends_with(entry->d_name, ".hudur"))
			check_copy(copies, remains, entry->d_name);
	if (folder)
		closedir(folder);
	for (uint32_t i = 0; i < remains->cut; i++) {
		const struct entry *mark = &remains->record->entries[i];

		if (mark->what != DEED_MARK || mark->file != MARK_COPIED)
			continue;
		snprintf(path, sizeof path, "%s/backups/%s", remains->folder, copies->all[mark->at].name);
		remains->course->acked++;
		if (access(path, F_OK) != 0)
			course_wrong(remains->course, 1, "the copy %s was done and is not there", path);
	}
}

/* ---- the next one ---- */

static void check_leftovers(struct course *course, const struct shift *shift, const char *folder)
{
	static const char *const endings[] = {"", "-journal", "-wal", "-shm"};
	char path[512];

	for (uint32_t e = 0; e < SHIFT_EVENTS; e++)
		for (size_t i = 0; shift_offers(shift, e) && i < sizeof endings / sizeof *endings; i++) {
			snprintf(path, sizeof path, "%s/backups/%s.partial%s", folder, shift_events[e], endings[i]);
			if (access(path, F_OK) == 0)
				course_wrong(course, 0, "%s is left and was not removed", path);
		}
}

void copies_check_next(struct course *course, struct shift *shift, const char *folder)
{
	struct backup_state state;
	char path[512];

	check_leftovers(course, shift, folder);
	if (!shift_offers(shift, 0))
		return;
	for (ask(shift, 0, 0, &state); is_under_way(&state); ask(shift, 0, state.task, &state))
		if (!writer_go_on(shift->writer))
			sched_yield();
	if (state.stage != task_stage_done) {
		course_wrong(course, 0, "no other copy can be made: %.*s", (int)state.problem.size, state.problem.at);
		return;
	}
	snprintf(path, sizeof path, "%.*s", (int)state.file.size, state.file.at);
	verify(course, path);
}
