/* Opening, claiming and reloading an event's file. */
#include "workers/event.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schema/whole_file.h"
#include "workers/ahead.h"
#include "workers/distrust.h"
#include "workers/store.h"

enum { WHY_MAX = 256 };

static bool join(const char *folder, struct text id, const char *ending, char path[EVENT_PATH_MAX])
{
	int size = snprintf(path, EVENT_PATH_MAX, "%s/%.*s%s", folder, (int)id.size, id.at, ending);

	return size > 0 && size < EVENT_PATH_MAX;
}

bool event_path(const char *folder, struct text id, char path[EVENT_PATH_MAX])
{
	return join(folder, id, ".hudur", path);
}

/* A lock on a file that lost its name keeps nobody out: see event_lock_remove. */
static bool is_named(int lock, const char *path)
{
	struct stat locked, named;

	return fstat(lock, &locked) == 0 && stat(path, &named) == 0 && locked.st_dev == named.st_dev &&
	       locked.st_ino == named.st_ino;
}

static enum error lock_file(const char *path, int *lock, char *why)
{
	*lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*lock < 0) {
		snprintf(why, WHY_MAX, "%.160s cannot be made: %.60s", path, strerror(errno));
		return errno == ENOSPC || errno == EDQUOT ? E_DISK_FULL : E_STORAGE;
	}
	if (flock(*lock, LOCK_EX | LOCK_NB) == 0 && is_named(*lock, path))
		return E_OK;
	close(*lock);
	*lock = -1;
	snprintf(why, WHY_MAX, "another worker has this event (%.180s is locked)", path);
	return E_SUPERSEDED;
}

enum error event_lock(const char *folder, struct text id, int *lock, char *why)
{
	char path[EVENT_PATH_MAX];

	*lock = -1;
	if (join(folder, id, ".lock", path))
		return lock_file(path, lock, why);
	snprintf(why, WHY_MAX, "the folder's name is too long");
	return E_STORAGE;
}

void event_lock_remove(const char *folder, struct text id, int lock)
{
	char path[EVENT_PATH_MAX];

	if (join(folder, id, ".lock", path) && !distrust_is_noted(lock))
		unlink(path);
}

static enum error check_trust(const struct event *event, char *why)
{
	if (!distrust_is_noted(event->lock))
		return E_OK;
	snprintf(why, WHY_MAX, "since this machine was started a sync of it failed; check the disk, then start the "
			       "machine again");
	return E_STORAGE;
}

bool event_is_trusted(const struct event *event)
{
	if (!driver_sync_failed(event->store))
		return true;
	distrust_note(event->lock);
	return false;
}

/* SQLite takes an empty or very short file for a new database and would write over it. */
static enum error check_size(const char *path, bool create, char *why)
{
	enum { HEADER_SIZE = 100 }; /* https://www.sqlite.org/fileformat.html */
	struct stat about;

	if (stat(path, &about) != 0 || about.st_size >= HEADER_SIZE || (create && about.st_size == 0))
		return E_OK;
	snprintf(why, WHY_MAX, "this is no event file: it is too short to be one");
	return E_BAD_DATA;
}

/* Its services are called by the file's name, and its badges by the event's. */
static enum error check_name(const struct event *event, const struct event_line *line, char *why)
{
	if (!event->begun || text_is(line->event, event->id))
		return E_OK;
	snprintf(why, WHY_MAX, "the file holds the event %.*s; call it by that name, in a folder where there is no other",
		 (int)line->event.size, line->event.at);
	return E_BAD_DATA;
}

/* SQLite does the same when it has made the log, but keeps a failure to itself. */
static enum error sync_folder(const struct event *event, const char *folder, char *why, bool *distrusted)
{
	bool failed;

	if (folder_sync(folder, &failed) == 0)
		return E_OK;
	snprintf(why, WHY_MAX, "the folder %.160s cannot be synced: %.60s", folder, strerror(errno));
	*distrusted |= failed;
	if (failed)
		distrust_note(event->lock);
	return E_STORAGE;
}

static enum error claim(struct event *event, void (*random)(void *, size_t), char *why)
{
	char instance[16];
	struct event_line line;
	enum error e = driver_begin(event->store);

	random(instance, sizeof instance);
	if (e)
		return e;
	e = store_claim(event->store, (struct text){instance, sizeof instance}, &event->arena, &event->identity);
	if (!e)
		e = event_read(event->store, INT64_MAX, &event->arena, &line, &event->begun);
	if (!e)
		e = check_name(event, &line, why);
	if (!e)
		return driver_commit(event->store);
	driver_rollback(event->store);
	return e;
}

/* Two workers that have one file on this machine come to the same, be it by two names. */
static enum error find_place(struct event *event, char *why)
{
	struct boot boot = {.id = ""};
	crypto_generichash_state hash;
	struct stat file;

	if (stat(event->path, &file) != 0) {
		snprintf(why, WHY_MAX, "the file cannot be looked at: %.100s", strerror(errno));
		return E_STORAGE;
	}
	if (!boot_read(&boot))
		boot.id[0] = '\0';
	crypto_generichash_init(&hash, NULL, 0, sizeof event->place);
	crypto_generichash_update(&hash, (const unsigned char *)event->identity.instance.at, event->identity.instance.size);
	crypto_generichash_update(&hash, (const unsigned char *)boot.id, sizeof boot.id);
	crypto_generichash_update(&hash, (const unsigned char *)&file.st_dev, sizeof file.st_dev);
	crypto_generichash_update(&hash, (const unsigned char *)&file.st_ino, sizeof file.st_ino);
	crypto_generichash_final(&hash, (unsigned char *)event->place, sizeof event->place);
	return E_OK;
}

static void release(struct event *event)
{
	driver_free(event->store);
	state_free(&event->state);
	idset_free(&event->ids);
	arena_free(&event->arena);
	if (event->lock >= 0)
		close(event->lock);
	free(event);
}

static enum error open_store(struct event *event, const char *folder, void (*random)(void *, size_t), char *why,
			     bool *distrusted)
{
	enum error e = driver_open(event->path, DRIVER_WRITE, &event->store);

	if (!e)
		e = sync_folder(event, folder, why, distrusted);
	if (!e)
		e = claim(event, random, why);
	if (!e)
		e = find_place(event, why);
	if (e && event->store && *driver_error(event->store))
		snprintf(why, WHY_MAX, "%s", driver_error(event->store));
	*distrusted |= event->store && !event_is_trusted(event);
	return e;
}

enum error event_open(const char *folder, struct text id, bool create, void (*random)(void *, size_t),
		      struct event **out, char *why, bool *distrusted)
{
	struct event *event = calloc(1, sizeof *event);
	enum error e;

	*out = NULL;
	snprintf(why, WHY_MAX, "memory is short");
	if (!event)
		return E_NO_MEMORY;
	event->lock = -1;
	state_init(&event->state);
	snprintf(event->id, sizeof event->id, "%.*s", (int)id.size, id.at);
	if (!event_path(folder, id, event->path))
		e = E_STORAGE;
	else if (!create && access(event->path, F_OK) != 0)
		e = E_UNKNOWN_EVENT;
	else if (!(e = check_size(event->path, create, why)))
		e = event_lock(folder, id, &event->lock, why);
	if (!e)
		e = check_trust(event, why);
	if (!e)
		e = open_store(event, folder, random, why, distrusted);
	if (e) {
		release(event);
		return e;
	}
	*out = event;
	return E_OK;
}

void event_close(struct event *event)
{
	if (!event)
		return;
	driver_checkpoint(event->store); /* SQLite does the same when it closes, but keeps a failure to itself */
	event_is_trusted(event);
	release(event);
}

static void expect_fact(void *context, const void *row)
{
	const struct event *event = context;
	const struct fact *fact = row;
	const struct person *person = state_person(&event->state, fact->person);

	if (fact->id.at)
		idset_expect(&event->ids, fact->id);
	if (person)
		__builtin_prefetch(&person->passage_count, 1);
}

static enum error load_fact(void *context, const void *row)
{
	struct event *event = context;
	const struct fact *fact = row;

	if (fact->id.at && !idset_add(&event->ids, fact->id))
		return E_NO_MEMORY;
	return state_apply(&event->state, fact);
}

static enum error load_announced(void *context, const void *row)
{
	struct event *event = context;
	const struct announced *announced = row;

	return idset_add(&event->ids, announced->scan) ? E_OK : E_NO_MEMORY;
}

/*
 * Of a large meeting at least three entries of four have an id; where fewer have, room is wasted. A damaged file may name any
 * entry as its last: beyond MOST the set grows as it is filled.
 */
static size_t ids_expected(int64_t last)
{
	enum { MOST = 1 << 22 };

	return last <= 0 ? 0 : (size_t)(last < MOST ? last : MOST) / 4 * 3;
}

/* So many rows that a thread and a connection more cost nothing beside them. */
enum { LONG_LEDGER = 50000 };

static enum error load_ledger(struct event *event)
{
	int64_t last = 0;
	enum error e = ledger_last(event->store, &last);

	if (e)
		return e;
	idset_reserve(&event->ids, ids_expected(last));
	return event->read_ahead && last > LONG_LEDGER ? ahead_all(event->store, event->path, expect_fact, load_fact, event)
						       : ledger_replay(event->store, 0, load_fact, event);
}

enum error event_reload(struct event *event)
{
	enum error e;

	state_free(&event->state);
	idset_free(&event->ids);
	event->loaded = false;
	if ((e = state_read_programme(&event->state, event->store, INT64_MAX)) ||
	    (e = load_ledger(event)) ||
	    (e = announced_each(event->store, load_announced, event)))
		return e;
	for (uint32_t i = 1; i <= event->state.person_count; i++) {
		event->state.persons[i].written = state_profile(&event->state, &event->state.persons[i]);
		event->state.persons[i].renewed = false;
	}
	for (uint32_t i = 0; i < event->state.badge_count; i++)
		event->state.badges[i].dirty = false;
	event->loaded = true;
	return E_OK;
}

enum error event_begin(struct event *event)
{
	int64_t epoch = 0;
	enum error e = event->superseded ? E_SUPERSEDED : driver_begin(event->store);

	if (e)
		return e;
	e = store_epoch(event->store, &epoch);
	event->superseded = !e && epoch != event->identity.epoch;
	if (event->superseded)
		e = E_SUPERSEDED;
	if (e)
		driver_rollback(event->store);
	return e;
}
