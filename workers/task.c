/* Copies and verifications under way, and what came of the last of each event. */
#include "workers/task.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "workers/distrust.h"
#include "workers/driver.h"
#include "workers/removal.h"

/* A slice is a quarter of a MiB: a batch waits for one about as long as for a sync. */
enum { SLICE_PAGES = 64, ROOM_MIN = 1 << 20 };

struct task {
	enum task_kind kind;
	struct event *event;
	int64_t number;
	enum task_stage stage;
	struct driver_copy *copy;
	struct inspection *inspection;
	int64_t copied, pages;
	char partial[EVENT_PATH_MAX], file[EVENT_PATH_MAX], problem[FINDING_SIZE];
	struct task *next;
};

/* What is asked after in vain. */
static const struct task unknown = {
	.number = 1, .stage = task_stage_failed,
	.problem = "This worker knows nothing of it; it may have been started anew meanwhile. Begin again.",
};

static void end_copy(struct task *task)
{
	driver_copy_free(task->copy);
	task->copy = NULL;
}

static void fail(struct task *task, const char *problem)
{
	end_copy(task);
	if (*task->partial)
		removal_begin_all(task->partial);
	snprintf(task->problem, sizeof task->problem, "%.500s", problem);
	task->stage = task_stage_failed;
}

/* ---- names: the server gives them all ---- */

static bool partial_path(const char *folder, struct text event, char path[EVENT_PATH_MAX])
{
	int size = snprintf(path, EVENT_PATH_MAX, "%s/backups/%.*s.partial", folder, (int)event.size, event.at);

	return size > 0 && size < EVENT_PATH_MAX - 16;
}

/* FOLDER/backups/EVENT.20240229-100000.hudur, in UTC; -2 and so on where that is taken. */
static bool file_path(const struct tasks *tasks, struct task *task, int64_t now)
{
	time_t seconds = (time_t)(now / 1000);
	char whole[4096], stamp[32], more[16] = "";
	const char *folder = realpath(tasks->folder, whole) ? whole : tasks->folder;
	struct tm utc;

	if (!gmtime_r(&seconds, &utc) || !strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &utc))
		return false;
	for (int i = 2; i < 1000; i++) {
		int size = snprintf(task->file, sizeof task->file, "%s/backups/%s.%s%s.hudur", folder,
				    task->event->id, stamp, more);

		if (size <= 0 || size >= EVENT_PATH_MAX)
			return false;
		if (access(task->file, F_OK) != 0)
			return true;
		snprintf(more, sizeof more, "-%d", i);
	}
	return false;
}

static bool make_folder(const struct tasks *tasks)
{
	char path[EVENT_PATH_MAX];
	int size = snprintf(path, sizeof path, "%s/backups", tasks->folder);

	return size > 0 && size < EVENT_PATH_MAX && (mkdir(path, 0700) == 0 || errno == EEXIST);
}

void tasks_clean(const char *folder, struct text event)
{
	char path[EVENT_PATH_MAX];

	if (partial_path(folder, event, path))
		removal_begin_all(path);
}

/* ---- copying ---- */

/* The copy must leave what the event itself needs next. */
static bool has_room(const struct tasks *tasks, int64_t bytes)
{
	struct statvfs disk;

	return statvfs(tasks->folder, &disk) != 0 || (int64_t)(disk.f_bavail * disk.f_frsize) >= bytes + ROOM_MIN;
}

static int64_t size_of(const char *path)
{
	struct stat about;

	return stat(path, &about) == 0 ? (int64_t)about.st_size : 0;
}

/* NULL, or why there can be none. */
static const char *prepare_backup(struct tasks *tasks, struct task *task, int64_t now)
{
	enum error e;

	if (task->event->superseded)
		return error_sentence(E_SUPERSEDED);
	if (!has_room(tasks, size_of(task->event->path)))
		return "There is not enough room on the disk for a copy. Make room and begin again.";
	if (!make_folder(tasks) || !partial_path(tasks->folder, text_of(task->event->id), task->partial) ||
	    !file_path(tasks, task, now))
		return "The folder for copies could not be made in the worker's folder.";
	tasks_clean(tasks->folder, text_of(task->event->id));
	e = driver_copy_begin(task->event->store, task->partial, &task->copy);
	return e ? error_sentence(e) : NULL;
}

static void begin_backup(struct tasks *tasks, struct task *task, int64_t now)
{
	const char *problem = prepare_backup(tasks, task, now);

	task->stage = task_stage_copying;
	if (problem)
		fail(task, problem);
}

static const char *why_not_copied(enum error e)
{
	switch (e) {
	case E_DISK_FULL:
		return "The disk became full; the copy was given up. Make room and begin again.";
	case E_STORAGE:
		return "The copy could not be written, or another program keeps it or the event locked. Begin again.";
	default:
		return error_sentence(e);
	}
}

static void copy_slice(struct tasks *tasks, struct task *task, bool full)
{
	bool whole = false;
	enum error e = full || !has_room(tasks, 0) ? E_DISK_FULL
						     : driver_copy_step(task->copy, SLICE_PAGES, &whole);

	driver_copy_progress(task->copy, &task->copied, &task->pages);
	if (e) {
		fail(task, why_not_copied(e));
	} else if (whole) {
		end_copy(task);
		task->stage = task_stage_checking;
	}
}

/* ---- all of them ---- */

/* What the kernel lost need not have been the copy's alone. */
static void distrust(struct tasks *tasks, const struct task *task, const char *why)
{
	distrust_note(task->event->lock);
	snprintf(tasks->distrust, sizeof tasks->distrust, "event %s: %.500s", task->event->id, why);
}

static void settle(struct tasks *tasks, struct task *task)
{
	const struct verdict *verdict;
	const char *why;

	if (task->stage != task_stage_checking || !task->inspection || !inspection_is_over(task->inspection))
		return;
	if (inspection_result(task->inspection, &verdict, &why) == E_OK)
		task->stage = task_stage_done;
	else
		fail(task, why);
	if (inspection_sync_failed(task->inspection))
		distrust(tasks, task, why);
}

/* The one that was begun first. */
static struct task *first_in(const struct tasks *tasks, enum task_stage stage)
{
	struct task *first = NULL;

	for (struct task *task = tasks->first; task; task = task->next)
		if (task->stage == stage && (!first || task->number < first->number))
			first = task;
	return first;
}

/* One after the other, for all of them read from one disk. */
static void inspect_next(struct tasks *tasks)
{
	struct task *task;

	for (task = tasks->first; task; task = task->next)
		if (task->stage == task_stage_checking && task->inspection)
			return;
	task = first_in(tasks, task_stage_checking);
	if (!task)
		return;
	task->inspection = task->kind == TASK_BACKUP ? inspection_begin(task->partial, task->file)
						     : inspection_begin(task->event->path, NULL);
	if (!task->inspection)
		fail(task, error_sentence(E_NO_MEMORY));
}

static bool is_under_way(const struct task *task)
{
	return task->stage == task_stage_copying || task->stage == task_stage_checking;
}

static struct task *find(struct tasks *tasks, enum task_kind kind, const struct event *event)
{
	struct task *task = tasks->first;

	while (task && (task->kind != kind || task->event != event))
		task = task->next;
	return task;
}

/* The same task's place is used again; its last result is forgotten. */
static struct task *begin(struct tasks *tasks, struct task *task, enum task_kind kind, struct event *event, int64_t now)
{
	struct task *next = task ? task->next : tasks->first;

	if (!task) {
		task = calloc(1, sizeof *task);
		if (!task)
			return NULL;
		tasks->first = task;
	} else {
		inspection_free(task->inspection);
	}
	tasks->last = now > tasks->last ? now : tasks->last + 1;
	*task = (struct task){.kind = kind, .event = event, .number = tasks->last, .next = next};
	if (kind == TASK_BACKUP)
		begin_backup(tasks, task, now);
	else
		task->stage = task_stage_checking;
	inspect_next(tasks);
	return task;
}

const struct task *tasks_ask(struct tasks *tasks, enum task_kind kind, struct event *event, int64_t number, int64_t now)
{
	struct task *task = find(tasks, kind, event);

	if (task)
		settle(tasks, task);
	if (number != ABSENT)
		return task && task->number == number ? task : &unknown;
	return task && is_under_way(task) ? task : begin(tasks, task, kind, event, now);
}

bool tasks_are_copying(const struct tasks *tasks)
{
	return first_in(tasks, task_stage_copying);
}

bool tasks_go_on(struct tasks *tasks, bool full)
{
	struct task *copying = first_in(tasks, task_stage_copying);

	if (copying)
		copy_slice(tasks, copying, full);
	for (struct task *task = tasks->first; task; task = task->next)
		settle(tasks, task);
	inspect_next(tasks);
	return tasks_are_copying(tasks);
}

void tasks_let_go(struct tasks *tasks, const struct event *event)
{
	struct task *task = find(tasks, TASK_VERIFY, event);

	if (task && task->stage == task_stage_checking && task->inspection)
		inspection_interrupt(task->inspection);
}

void tasks_free(struct tasks *tasks)
{
	while (tasks->first) {
		struct task *next = tasks->first->next;

		if (is_under_way(tasks->first) && !tasks->first->inspection)
			fail(tasks->first, "the worker ends");
		inspection_free(tasks->first->inspection);
		free(tasks->first);
		tasks->first = next;
	}
}

/* ---- telling ---- */

static struct text or_absent(const char *text)
{
	return *text ? text_of(text) : (struct text){0};
}

enum error task_tell_backup(const struct task *task, struct backup_state *out)
{
	const struct verdict *verdict;
	const char *why;

	message_clear(&message_backup_state, out);
	out->task = task->number;
	out->stage = task->stage;
	out->problem = or_absent(task->problem);
	if (task->pages) {
		out->copied = task->copied;
		out->pages = task->pages;
	}
	if (task->stage != task_stage_done)
		return E_OK;
	inspection_result(task->inspection, &verdict, &why);
	out->file = text_of(task->file);
	out->ledger = verdict->ledger;
	out->received = verdict->received;
	out->persons = verdict->persons;
	return E_OK;
}

enum error task_tell_verify(const struct task *task, struct arena *arena, struct verify_state *out)
{
	const struct verdict *verdict;
	const struct finding *findings;
	const char *why;
	uint32_t count;

	message_clear(&message_verify_state, out);
	out->task = task->number;
	out->stage = task->stage;
	out->problem = or_absent(task->problem);
	if (task->stage != task_stage_done)
		return E_OK;
	inspection_result(task->inspection, &verdict, &why);
	count = inspection_findings(task->inspection, &findings);
	out->ledger = verdict->ledger;
	out->received = verdict->received;
	out->persons = verdict->persons;
	out->differences = verdict->differences;
	out->told.items = arena_alloc(arena, count * sizeof(struct difference));
	if (!out->told.items)
		return E_NO_MEMORY;
	for (; out->told.count < count; out->told.count++)
		LIST_AT(out->told, difference, out->told.count)->sentence =
			text_of(findings[out->told.count].sentence);
	return E_OK;
}
