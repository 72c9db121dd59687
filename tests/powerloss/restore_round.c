/* Restores under a record, cuts that off, and looks at which of the two is there. */
#include "tests/powerloss/restore_round.h"

#include <dirent.h>
#include <unistd.h>

#include "tests/powerloss/calls.h"
#include "tests/powerloss/state_digest.h"
#include "workers/restore.h"

struct restoring {
	struct writing *writing;
	struct course *course;
	struct arena *arena;
	const struct made_copy *copy;
	struct known known; /* when the worker's power went, before anything was restored */
	bool replaces;      /* what is there; else into another folder */
	bool told;          /* that it was done */
	char file[512], folder[128], again[128], path[256];
};

/* ---- the record ---- */

static void ignore(void *context, const char *sentence)
{
	(void)context;
	(void)sentence;
}

static void restore(struct restoring *r, struct record *record)
{
	struct restored restored;
	char why[RESTORE_WHY_MAX];

	if (restore_file(r->file, r->folder, r->replaces, r->writing->shift.now, ignore, NULL, &restored, why))
		course_wrong(r->course, 0, "%s cannot be restored: %s", r->file, why);
	else if (record)
		record_mark(record, MARK_RESTORED, 0);
}

/* What the first cut leaves lies beside the folder that is recorded, or in it. Returns where the restoring begins. */
static uint32_t record_restoring(struct restoring *r, struct record *record, struct chance *chance)
{
	char left[128];
	uint32_t begun;

	course_folder(r->course, "left", left);
	course_folder(r->course, "place", r->folder);
	if (r->replaces)
		snprintf(r->folder, sizeof r->folder, "%s", left);
	snprintf(r->file, sizeof r->file, "%s/backups/%s", left, r->copy->name);
	calls_watch(r->folder, record);
	rebuild(&r->writing->record, r->course->cut, DISK_HONEST, chance, left);
	begun = record->count;
	restore(r, record);
	calls_unwatch();
	return begun;
}

/* ---- what is left ---- */

/* The clients know of this event what was acknowledged before the copy was begun; of the other one what they knew. */
static struct known known_of_copy(const struct restoring *r)
{
	const struct writing *writing = r->writing;
	struct known known = known_new(r->arena, writing->shift.count);

	known_learn(&known, &writing->record, r->copy->begun, writing->known.replies);
	for (uint32_t i = 0; i < writing->shift.count; i++) {
		bool of_copy = writing->shift.all[i].event == r->copy->event;

		known.sent[i] = r->known.sent[i] && (of_copy || r->replaces);
		if (of_copy)
			continue;
		known.acked[i] = r->known.acked[i] && r->replaces;
		known.replies[i] = r->known.replies[i];
	}
	return known;
}

/* As the writer makes it, who may have to undo or to redo something first; -1: there is none that can be read. */
static int64_t ledger_left(const struct restoring *r)
{
	struct shift *shift = &r->writing->shift;
	int64_t ledger = -1;
	uint64_t digest;

	shift_forget(shift);
	if (!shift_open(shift, r->again))
		course_wrong(r->course, 0, "the folder cannot be opened: %s", shift->log);
	shift_close(shift);
	return access(r->path, F_OK) == 0 && state_digest(r->path, &ledger, &digest) ? ledger : -1;
}

static bool check_kept(const struct restoring *r, const char *name)
{
	char path[512], ledger[256], begins[128], sentence[512];
	int64_t lost;

	snprintf(begins, sizeof begins, "%s.replaced-", shift_events[r->copy->event]);
	if (strncmp(name, begins, strlen(begins)) != 0)
		return false;
	snprintf(path, sizeof path, "%s/%s", r->again, name);
	snprintf(ledger, sizeof ledger, "%s/kept.ledger", r->course->folder);
	known_write(&r->known, &r->writing->shift, r->copy->event, ledger);
	if (!checker_ask(&r->course->checker, path, ledger, &lost, sentence))
		course_wrong(r->course, lost, "%s, which was kept: %s", name, sentence);
	return true;
}

/* What was acknowledged and is not in the copy is in the file that was kept. */
static void look_for_kept(const struct restoring *r, int64_t ledger)
{
	DIR *folder = opendir(r->again);
	struct dirent *entry;
	int64_t acked = 0;
	bool found = false;

	while (folder && (entry = readdir(folder)))
		found |= check_kept(r, entry->d_name);
	if (folder)
		closedir(folder);
	for (uint32_t i = 0; i < r->writing->shift.count; i++)
		acked += r->known.acked[i] && r->writing->shift.all[i].event == r->copy->event;
	if (!found && (r->told || acked > ledger))
		course_wrong(r->course, acked, "what was replaced is not kept");
}

static void check_left(struct restoring *r)
{
	int64_t ledger = ledger_left(r);
	bool restored = ledger == r->copy->ledger;
	struct known known = restored || !r->replaces ? known_of_copy(r) : r->known;
	struct recovery recovery = {r->writing, r->course, r->again, &known, NULL, r->arena, false};

	r->course->acked += r->told;
	if (r->told && !restored)
		course_wrong(r->course, 1, "%s was restored and is not there", r->copy->name);
	if (r->replaces && restored)
		look_for_kept(r, ledger);
	if (ledger < 0 && !r->replaces && !r->told) { /* nothing came about: it is done again */
		snprintf(r->folder, sizeof r->folder, "%s", r->again);
		restore(r, NULL);
	}
	writing_recover(&recovery);
}

/* Somewhere after a copy was told of. */
static bool choose_cut(struct restoring *r, struct chance *chance)
{
	const struct record *record = &r->writing->record;

	r->course->cut = (uint32_t)chance_below(chance, record->count + UINT64_C(1));
	r->copy = copies_told(&r->writing->copies, record, r->course->cut);
	if (!r->copy)
		r->copy = copies_told(&r->writing->copies, record, r->course->cut = record->count);
	return r->copy;
}

/* Half of the cuts fall at its end, where names are given. */
static uint32_t cut_restoring(uint32_t begun, uint32_t end, struct chance *chance)
{
	enum { NAMING = 8 };

	if (chance_coin(chance) && end - begun > NAMING)
		begun = end - NAMING;
	return begun + (uint32_t)chance_below(chance, end - begun + UINT64_C(1));
}

void restoring_cut(struct writing *writing, struct course *course)
{
	struct chance chance = course_chance(course);
	struct arena arena = {0};
	struct record record = {.count = 0};
	struct restoring r = {.writing = writing, .course = course, .arena = &arena};
	uint32_t begun;

	course->subject = "restoring";
	if (!choose_cut(&r, &chance)) {
		course_wrong(course, 0, "no copy was made in the whole record");
		return;
	}
	r.known = known_new(&arena, writing->shift.count);
	known_learn(&r.known, &writing->record, course->cut, writing->known.replies);
	r.replaces = chance_below(&chance, 4) != 0;
	begun = record_restoring(&r, &record, &chance);
	course->cut = cut_restoring(begun, record.count, &chance);
	for (uint32_t i = begun; i < course->cut; i++)
		r.told |= record.entries[i].what == DEED_MARK;
	course_folder(course, "again", r.again);
	snprintf(r.path, sizeof r.path, "%s/%s.hudur", r.again, shift_events[r.copy->event]);
	rebuild(&record, course->cut, course->honesty, &chance, r.again);
	check_left(&r);
	record_free(&record);
	arena_free(&arena);
}
