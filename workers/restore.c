/* Copies, checks, moves what was there aside, and gives the copy its name. */
#include "workers/restore.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "workers/distrust.h"
#include "workers/inspection.h"
#include "workers/removal.h"
#include "workers/store.h"

struct restoring {
	const char *file, *folder;
	char *why;
	char id[EVENT_ID_MAX + 1], path[EVENT_PATH_MAX], partial[EVENT_PATH_MAX];
	int lock;
	bool named; /* the copy is called as the event's file */
	struct restored *restored;
};

__attribute__((format(printf, 3, 4)))
static enum error fail(struct restoring *r, enum error e, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->why, RESTORE_WHY_MAX, format, args);
	va_end(args);
	return e;
}

static bool join(char path[EVENT_PATH_MAX], const char *one, const char *ending)
{
	int size = snprintf(path, EVENT_PATH_MAX, "%s%s", one, ending);

	return size > 0 && size < EVENT_PATH_MAX;
}

static bool partial_path(const char *folder, struct text event, char path[EVENT_PATH_MAX])
{
	int size = snprintf(path, EVENT_PATH_MAX, "%s/%.*s.restoring", folder, (int)event.size, event.at);

	return size > 0 && size < EVENT_PATH_MAX - 16;
}

/* Also what SQLite makes beside a file. */
static void remove_whole(const char *path)
{
	static const char *const endings[] = {"", "-journal", "-wal", "-shm"};
	char beside[EVENT_PATH_MAX];

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (join(beside, path, endings[i]))
			unlink(beside);
}

void restore_clean(const char *folder, struct text event)
{
	char path[EVENT_PATH_MAX];

	if (partial_path(folder, event, path))
		removal_begin_all(path);
}

/* What a failed sync means is remembered: see distrust.h. */
static bool sync_path(const struct restoring *r, const char *path)
{
	bool failed = false, synced = inspection_sync(path, &failed);

	if (failed)
		distrust_note(r->lock);
	return synced;
}

static enum error seal(const struct restoring *r, const char *path)
{
	bool failed = false;
	enum error e = driver_seal(path, &failed);

	if (failed)
		distrust_note(r->lock);
	return e;
}

static enum error read_id(struct restoring *r, struct driver *source)
{
	struct event_line line;
	struct arena arena = {0};
	bool found = false;
	enum error e = event_read(source, INT64_MAX, &arena, &line, &found);

	if (!e && found && event_id_is_valid(line.event))
		snprintf(r->id, sizeof r->id, "%.*s", (int)line.event.size, line.event.at);
	arena_free(&arena);
	return *r->id ? E_OK : fail(r, e ? e : E_BAD_DATA, "%.300s holds no event", r->file);
}

/* From here on its ledger is another one than the original's: who follows the one must not go on in the other. */
static enum error renew(const struct restoring *r, const char *path)
{
	char instance[16];
	struct driver *store = NULL;
	enum error e = driver_open(path, DRIVER_WRITE, &store);

	randombytes_buf(instance, sizeof instance);
	if (!e && !(e = driver_begin(store)) &&
	    !(e = store_renew(store, (struct text){instance, sizeof instance})))
		e = driver_commit(store);
	if (!e)
		e = driver_checkpoint(store); /* closing does the same, and keeps a failure to itself */
	if (store && driver_sync_failed(store))
		distrust_note(r->lock);
	driver_free(store);
	return e;
}

static enum error copy_whole(struct restoring *r, struct driver *source)
{
	struct driver_copy *copy;
	bool whole = false;
	enum error e;

	remove_whole(r->partial);
	e = driver_copy_begin(source, r->partial, &copy);
	if (!e)
		e = driver_copy_step(copy, -1, &whole);
	driver_copy_free(copy);
	assert(e || whole); /* for all pages were asked for */
	if (!e)
		e = renew(r, r->partial);
	if (!e)
		e = seal(r, r->partial);
	if (!e && !sync_path(r, r->partial))
		e = E_STORAGE;
	if (e == E_DISK_FULL)
		return fail(r, e, "there is not enough room in %.300s; make room and do it again", r->folder);
	return e ? fail(r, e, "%.300s could not be copied into %.300s: %s", r->file, r->folder, error_sentence(e)) : E_OK;
}

static enum error check_copy(struct restoring *r, difference_fn *differs, void *context)
{
	enum error e = verify_file(r->partial, differs, context, &r->restored->verdict);

	if (e)
		return fail(r, e, "the copy could not be checked: %s", error_sentence(e));
	return r->restored->verdict.differences
		? fail(r, E_BAD_DATA, "%.300s is not whole; restore another copy", r->file) : E_OK;
}

static enum error check_place(struct restoring *r, bool replace)
{
	char why[256];

	if (!event_path(r->folder, text_of(r->id), r->path) ||
	    !partial_path(r->folder, text_of(r->id), r->partial))
		return fail(r, E_STORAGE, "the folder's name is too long");
	if (event_lock(r->folder, text_of(r->id), &r->lock, why))
		return fail(r, E_SUPERSEDED, "%s; end the worker of %.300s and do it again", why, r->folder);
	if (distrust_is_noted(r->lock))
		return fail(r, E_STORAGE, "since this machine was started a sync of event %s failed; check the disk, then "
			    "start the machine again", r->id);
	if (access(r->path, F_OK) == 0 && !replace)
		return fail(r, E_ALREADY_DONE, "event %s is in %.300s already; with --replace this copy takes its place and "
			    "the file that is there is kept beside it", r->id, r->folder);
	return E_OK;
}

static bool choose_kept(struct restoring *r, int64_t now)
{
	time_t seconds = (time_t)(now / 1000);
	char *kept = r->restored->kept, stamp[32];
	struct tm utc;

	if (!gmtime_r(&seconds, &utc) || !strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &utc))
		return false;
	for (int i = 1; i < 1000; i++) {
		int size = snprintf(kept, EVENT_PATH_MAX, "%s/%s.replaced-%s-%d", r->folder, r->id, stamp, i);

		if (size <= 0 || size >= EVENT_PATH_MAX)
			break;
		if (access(kept, F_OK) != 0)
			return true;
	}
	*kept = '\0';
	return false;
}

static bool is_empty(const char *path)
{
	struct stat about;

	return stat(path, &about) != 0 || about.st_size == 0;
}

static enum error move_beside(struct restoring *r, const char *ending)
{
	char from[EVENT_PATH_MAX], kept[EVENT_PATH_MAX];

	if (join(from, r->path, ending) && access(from, F_OK) != 0)
		return E_OK;
	if (join(kept, r->restored->kept, ending) && rename(from, kept) == 0)
		return E_OK;
	return fail(r, E_STORAGE, "%.300s could not be moved aside: %.100s", from, strerror(errno));
}

/* A log that stayed beside the name would be taken for the new file's: SQLite moves it into the old file first. */
static enum error bring_to_rest(struct restoring *r, bool *readable)
{
	char log[EVENT_PATH_MAX], shared[EVENT_PATH_MAX];
	struct driver *old = NULL;
	enum error e = driver_open(r->path, DRIVER_READ, &old);

	driver_free(old);
	if (!join(log, r->path, "-wal") || !join(shared, r->path, "-shm"))
		return fail(r, E_STORAGE, "the folder's name is too long");
	*readable = e != E_BAD_DATA;
	if (!*readable)
		return E_OK; /* it goes aside with its log as they are; reading changed neither */
	e = seal(r, r->path); /* which may also finish what was cut off here before */
	if (e == E_DISK_FULL)
		return fail(r, e, "there is not enough room in %.300s; make room and do it again", r->folder);
	if (e || !is_empty(log))
		return fail(r, e ? e : E_STORAGE, "%.300s could not be brought to rest; end the programs that have it "
			    "open and do it again", r->path);
	unlink(log);
	unlink(shared);
	return E_OK;
}

/* What a file that is gone has left would be taken for the new one's, too. */
static enum error move_orphans(struct restoring *r)
{
	enum error e = move_beside(r, "-wal");

	if (!e)
		e = move_beside(r, "-journal");
	*r->restored->kept = '\0';
	return e;
}

/*
 * By a second name where the disk has such: then there is no instant at which the event is not there. What has a log goes
 * aside before it: a worker that can read the two would go on without what only the log holds.
 */
static enum error name_kept(struct restoring *r, bool at_rest)
{
	if ((at_rest && link(r->path, r->restored->kept) == 0) || rename(r->path, r->restored->kept) == 0)
		return at_rest ? E_OK : move_beside(r, "-wal");
	return fail(r, E_STORAGE, "%.300s could not be kept aside: %.100s", r->path, strerror(errno));
}

static enum error keep_old(struct restoring *r, int64_t now)
{
	bool there = access(r->path, F_OK) == 0, readable = true;
	enum error e;

	if (!choose_kept(r, now))
		return fail(r, E_STORAGE, "no name is free in %.300s for what is there", r->folder);
	e = there ? bring_to_rest(r, &readable) : move_orphans(r);
	if (!e && there)
		e = name_kept(r, readable);
	if (e)
		return e;
	return sync_path(r, r->folder) ? E_OK : fail(r, E_STORAGE, "the folder %.300s could not be synced", r->folder);
}

static enum error give_name(struct restoring *r)
{
	r->named = rename(r->partial, r->path) == 0;
	if (!r->named)
		return fail(r, E_STORAGE, "the copy could not be named %.300s: %.100s", r->path, strerror(errno));
	if (sync_path(r, r->folder))
		return E_OK;
	return fail(r, E_STORAGE, "the folder %.300s could not be synced; check the disk, then start the machine again",
		    r->folder);
}

/* A name that was not given, or may not last, belongs again to what had it, if anything did. */
static void take_back(const struct restoring *r)
{
	char log[EVENT_PATH_MAX], kept[EVENT_PATH_MAX];

	if (*r->restored->kept && rename(r->restored->kept, r->path) == 0) {
		unlink(r->restored->kept); /* of two names for one file the system gives up neither */
		if (join(log, r->path, "-wal") && join(kept, r->restored->kept, "-wal"))
			rename(kept, log);
	} else if (r->named) {
		unlink(r->path);
	}
}

enum error restore_file(const char *file, const char *folder, bool replace, int64_t now, difference_fn *differs,
			void *context, struct restored *restored, char why[RESTORE_WHY_MAX])
{
	struct restoring r = {.file = file, .folder = folder, .why = why, .lock = -1, .restored = restored};
	struct driver *source = NULL;
	enum error e;

	*restored = (struct restored){.verdict = {.received = ABSENT}};
	*why = '\0';
	if (access(file, R_OK) != 0)
		return fail(&r, E_STORAGE, "%.300s cannot be read: %.100s", file, strerror(errno));
	e = driver_open(file, DRIVER_READ, &source);
	if (e)
		fail(&r, e, "%.300s: %.600s", file, source ? driver_error(source) : error_sentence(e));
	else
		e = read_id(&r, source);
	if (!e)
		e = check_place(&r, replace);
	if (!e)
		e = copy_whole(&r, source);
	driver_free(source);
	if (!e)
		e = check_copy(&r, differs, context);
	if (!e && ((e = keep_old(&r, now)) || (e = give_name(&r))))
		take_back(&r);
	if (e && *r.partial && r.lock >= 0)
		remove_whole(r.partial);
	if (e && r.lock >= 0 && access(r.path, F_OK) != 0)
		event_lock_remove(folder, text_of(r.id), r.lock);
	if (r.lock >= 0)
		close(r.lock);
	return e;
}
